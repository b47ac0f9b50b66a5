"""Read models of entitlements."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.errors import NotFound
from services.disbursement.entitlements import repository
from services.disbursement.entitlements.tables import Entitlement


async def show_entitlement(entitlement_id: UUID, reading: ReadSession) -> Entitlement:
    """One entitlement. Raises ``NotFound``, also when it lies outside the caller's scope."""
    found = await repository.one(reading, entitlement_id)
    if found is None:
        raise NotFound(kind="entitlement")
    return found


async def list_entitlements(
    reading: ReadSession, after: UUID | None, limit: int, state: str | None, programme_code: str | None
) -> list[Entitlement]:
    """A page of entitlements."""
    return await repository.page(reading, after, limit, state, programme_code)


async def what_keeps_open(case_id: UUID, correlation_id: UUID, uow: UnitOfWork) -> Sequence[str]:
    """What of a case keeps it from closing here: aid that is neither paid nor ended."""
    return ["AID_ON_ITS_WAY"] if await repository.open_of_case(uow, case_id) else []
