"""Each workflow as a next release might ship it: with a branch that only a higher ``rules_version`` takes.

With ``NEXT_RULES`` set to today's version it is the faulty variant: the branch is taken by running cases too.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.handoff.handoffs.messages import HandoffStart
    from services.casework.office.case_types.domain import CASE_TYPES
    from services.casework.office.procedure_messages.messages import ProcedureStart
    from services.disbursement.batches.messages import PaymentBatchStart
    from services.intake.registries.messages import CheckStart

from services.casework.handoff.handoffs.workflow import HandoffWorkflow
from services.disbursement.reconciliation.workflow import PaymentBatchWorkflow
from services.intake.registries.workflow import RegistryCheckWorkflow

NEXT_RULES = 2
BREATH = timedelta(seconds=1)


async def new_branch(rules_version: int) -> None:
    """What the next release does first in runs under its rules: a command that no history of today holds."""
    if rules_version >= NEXT_RULES:
        await workflow.sleep(BREATH)


def next_of(today: type[Any], name: str) -> type[Any]:
    """A case type's procedure with a step more."""

    async def run(self, start: ProcedureStart) -> None:  # type: ignore[no-untyped-def]
        """By the rules the case began with."""
        await new_branch(start.rules_version)
        await today.run(self, start)

    run.__qualname__ = f"Next{today.__name__}.run"
    body = {"run": workflow.run(run), "__module__": __name__, "__doc__": "With a step more."}
    return workflow.defn(name=name)(type(f"Next{today.__name__}", (today,), body))


PROCEDURES = [CASE_TYPES.workflow_of(kind.code) for kind in CASE_TYPES]
NEXT_PROCEDURES = [next_of(CASE_TYPES.workflow_of(kind.code), kind.workflow) for kind in CASE_TYPES]
globals().update({made.__name__: made for made in NEXT_PROCEDURES})  # the sandbox takes a workflow by its name


@workflow.defn(name="HandoffWorkflow")
class NextHandoff(HandoffWorkflow):
    """With a step more."""

    @workflow.run
    async def run(self, start: HandoffStart) -> None:
        """By the rules the hand-off began with."""
        await new_branch(start.rules_version)
        await super().run(start)


@workflow.defn(name="RegistryCheckWorkflow")
class NextCheck(RegistryCheckWorkflow):
    """With a step more."""

    @workflow.run
    async def run(self, start: CheckStart) -> None:
        """By the rules the check began with."""
        await new_branch(start.rules_version)
        await super().run(start)


@workflow.defn(name="PaymentBatchWorkflow")
class NextBatch(PaymentBatchWorkflow):
    """With a step more."""

    @workflow.run
    async def run(self, start: PaymentBatchStart) -> None:
        """By the rules the batch began with."""
        await new_branch(start.rules_version)
        await super().run(start)


TODAY: list[type[Any]] = [
    *PROCEDURES, HandoffWorkflow, RegistryCheckWorkflow, PaymentBatchWorkflow
]  # fmt: skip
NEXT: list[type[Any]] = [*NEXT_PROCEDURES, NextHandoff, NextCheck, NextBatch]
