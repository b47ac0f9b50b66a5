"""Where workflows stand: each module with its workflow types and the tests that judge it."""

from dataclasses import dataclass
from pathlib import Path

from services.casework.office.case_types.domain import CASE_TYPES

ROOT = Path(__file__).parents[2]
HISTORIES = ROOT / "tests" / "replay" / "histories"


@dataclass(frozen=True)
class Place:
    """``workflows``: by type, the module that defines it."""

    workflows: dict[str, str]
    tests: tuple[str, ...]


BY_TYPE = {
    f"{CASE_TYPES.known.packages[kind.code]}.workflow": {
        kind.workflow: f"{CASE_TYPES.known.packages[kind.code]}.workflow"
    }
    for kind in CASE_TYPES
}
"""The procedures of case types: by module, what it defines."""
HANDOFF = {"HandoffWorkflow": "services.casework.handoff.handoffs.workflow"}
CHECK = {"RegistryCheckWorkflow": "services.intake.registries.workflow"}
BATCH = {"PaymentBatchWorkflow": "services.disbursement.reconciliation.workflow"}
PROCEDURES = (
    "tests/workflows/casework/test_procedures.py",
    "tests/workflows/casework/test_procedure_ends.py",
)

PLACES = {
    "services.casework.case.procedures.blocks": Place(
        {name: module for module, workflows in BY_TYPE.items() for name in workflows}, PROCEDURES
    ),
    **{module: Place(workflows, PROCEDURES) for module, workflows in BY_TYPE.items()},
    "services.casework.handoff.handoffs.workflow": Place(HANDOFF, ("tests/workflows/casework/test_deadlines.py",)),
    "services.intake.registries.workflow": Place(CHECK, ("tests/workflows/intake/test_registry_check.py",)),
    "services.disbursement.reconciliation.workflow": Place(
        BATCH, ("tests/workflows/disbursement/test_payment_batch.py",)
    ),
}


def file_of(module: str) -> Path:
    """The module's file in the checkout."""
    return ROOT / f"{module.replace('.', '/')}.py"
