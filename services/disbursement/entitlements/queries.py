"""Read models of entitlements."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.errors import NotFound
from services.disbursement.entitlements import repository
from services.disbursement.entitlements.domain import entitlement_id
from services.disbursement.entitlements.tables import Entitlement, Hold


async def show_entitlement(wanted: UUID, reading: ReadSession) -> Entitlement:
    """One entitlement. Raises ``NotFound``, also when it lies outside the caller's scope."""
    found = await repository.one(reading, wanted)
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


async def of_request(aid_request_id: UUID, uow: UnitOfWork) -> Entitlement | None:
    """What answers a request for aid, if it was answered already."""
    return await repository.known(uow, entitlement_id(aid_request_id))


async def of_id(wanted: UUID, uow: UnitOfWork) -> Entitlement:
    """An entitlement that another row of ours names. Raises ``NotFound``."""
    found = await repository.known(uow, wanted)
    if found is None:
        raise NotFound(kind="entitlement")
    return found


async def standing_holds(aid_request_id: UUID, uow: UnitOfWork) -> list[Hold]:
    """What keeps a request's aid from being paid."""
    return await repository.standing_holds(uow, aid_request_id)


async def of_persons(district: str, person_ids: Collection[UUID], uow: UnitOfWork) -> list[Entitlement]:
    """All that these persons were ever granted or refused, oldest first."""
    return await repository.of_persons(uow, district, person_ids)


async def of_case(case_id: UUID, uow: UnitOfWork) -> list[Entitlement]:
    """What a case was granted or refused."""
    return await repository.of_case(uow, case_id)


async def holds_of(aid_request_ids: Collection[UUID], uow: UnitOfWork) -> list[Hold]:
    """What keeps these requests' aid from being paid."""
    return await repository.holds_of(uow, aid_request_ids)


async def held_back_of(source: ReadSession | UnitOfWork, entitlement_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these entitlements may not be paid now, because somebody said so."""
    return await repository.held_back(source, entitlement_ids)


async def is_held_back(wanted: UUID, uow: UnitOfWork) -> bool:
    """Whether an entitlement may not be paid now."""
    return bool(await repository.held_back(uow, [wanted]))
