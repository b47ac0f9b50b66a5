"""The only code that opens findings, and closes those that life itself settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.findings import domain, repository
from services.disbursement.findings.domain import FindingKind, Resolution
from services.disbursement.findings.tables import Finding
from services.disbursement.programmes.queries import pack_in_force


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """Something was found in a batch; ``about`` and kind make the finding's id."""

    kind: FindingKind
    about: str
    batch_id: UUID
    correlation_id: UUID
    district: str
    reason_code: str = ""
    payment_id: UUID | None = None
    entitlement_id: UUID | None = None
    line_no: int | None = None


async def open_finding(command: OpenFinding, uow: UnitOfWork) -> None:
    """Give something to the desk that owns exceptions, with its deadline; found before, it stays as it is.

    Raises ``PackIsMissing``.
    """
    finding_id = domain.finding_id(command.batch_id, command.kind, command.about)
    if await repository.known(uow, finding_id) is not None:
        return
    rules = (await pack_in_force(uow, command.district)).exceptions
    finding = Finding(
        id=finding_id,
        correlation_id=command.correlation_id,
        district=command.district,
        kind=command.kind.value,
        batch_id=command.batch_id,
        payment_id=command.payment_id,
        entitlement_id=command.entitlement_id,
        line_no=command.line_no,
        desk=rules.desk,
        due_at=await uow.now() + rules.resolve_within,
        reason_code=command.reason_code,
    )
    uow.create(finding, "find", reason=command.kind.value)


async def settle_findings(
    entitlement_id: UUID, kinds: Sequence[FindingKind], reason_code: str, uow: UnitOfWork
) -> None:
    """What was open about an entitlement came right by itself: noted, with the reason."""
    for finding in await repository.open_about(uow, entitlement_id, kinds):
        uow.change(
            finding,
            "settle",
            reason=reason_code,
            resolution=Resolution.NOTED.value,
            resolved_at=await uow.now(),
        )
