"""Every query on entitlements."""

from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states
from services.disbursement.entitlements.domain import COUNTING, STANDING, EntitlementState
from services.disbursement.entitlements.tables import Entitlement, Hold

NOT_COUNTING = tuple(state.value for state in EntitlementState if state not in COUNTING)

SETTLED = (*NOT_COUNTING, EntitlementState.PAID.value)


async def known(uow: UnitOfWork, entitlement_id: UUID) -> Entitlement | None:
    """One entitlement, if it was answered already."""
    return await uow.first(select(Entitlement).where(Entitlement.id == entitlement_id))


async def hold(uow: UnitOfWork, hold_id: UUID) -> Hold | None:
    """A source's hold on a request's aid, locked."""
    return await uow.first(select(Hold).where(Hold.id == hold_id).with_for_update())


async def standing_holds(uow: UnitOfWork, aid_request_id: UUID) -> list[Hold]:
    """What keeps a request's aid from being paid."""
    states = [state.value for state in STANDING]
    return await uow.all(
        select(Hold)
        .where(Hold.aid_request_id == aid_request_id, col(Hold.state).in_(states))
        .order_by(col(Hold.since), col(Hold.id))
    )


async def held_back(source: UnitOfWork | ReadSession, entitlement_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these entitlements somebody keeps from being paid."""
    rows = await source.all(
        select(Entitlement)
        .join(Hold, col(Hold.aid_request_id) == col(Entitlement.aid_request_id))
        .where(
            col(Entitlement.id).in_(entitlement_ids),
            col(Hold.state).in_([state.value for state in STANDING]),
        )
    )
    return frozenset(row.id for row in rows)


async def counting(
    uow: UnitOfWork, district: str, programme_code: str, period: str, person_ids: Collection[UUID]
) -> Entitlement | None:
    """The entitlement that already counts for these persons, who are one, programme and period."""
    return await uow.first(
        select(Entitlement).where(
            Entitlement.district == district,
            Entitlement.programme_code == programme_code,
            Entitlement.period == period,
            col(Entitlement.person_id).in_(person_ids),
            col(Entitlement.state).not_in(NOT_COUNTING),
        )
    )


async def of_persons(uow: UnitOfWork, district: str, person_ids: Collection[UUID]) -> list[Entitlement]:
    """All that these persons were ever granted or refused, oldest first."""
    return await uow.all(
        select(Entitlement)
        .where(Entitlement.district == district, col(Entitlement.person_id).in_(person_ids))
        .order_by(col(Entitlement.recorded_at), col(Entitlement.id))
    )


async def of_case(uow: UnitOfWork, case_id: UUID) -> list[Entitlement]:
    """What a case was granted or refused."""
    return await uow.all(select(Entitlement).where(Entitlement.case_id == case_id).order_by(col(Entitlement.id)))


async def holds_of(uow: UnitOfWork, aid_request_ids: Collection[UUID]) -> list[Hold]:
    """What keeps these requests' aid from being paid."""
    return await uow.all(
        select(Hold).where(
            col(Hold.aid_request_id).in_(aid_request_ids),
            col(Hold.state).in_([state.value for state in STANDING]),
        )
    )


async def open_of_case(uow: UnitOfWork, case_id: UUID) -> bool:
    """Whether aid of a case is on its way: due, held, in a payment list, or come back from the bank."""
    found = await uow.scalars(
        select(Entitlement.id).where(Entitlement.case_id == case_id, col(Entitlement.state).not_in(SETTLED)).limit(1)
    )
    return bool(found)


async def lock_lists(uow: UnitOfWork, district: str, programme_code: str) -> None:
    """One proposal or approval of a programme at a time, until the commit."""
    await uow.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))", name=f"lists:{district}:{programme_code}"
    )


async def payable(
    uow: UnitOfWork, district: str, programme_code: str, only: Sequence[UUID] | None, limit: int
) -> list[Entitlement]:
    """Entitlements waiting for a batch, locked, oldest first."""
    query = select(Entitlement).where(
        Entitlement.district == district,
        Entitlement.programme_code == programme_code,
        Entitlement.state == EntitlementState.ESTABLISHED.value,
    )
    if only is not None:
        query = query.where(col(Entitlement.id).in_(only))
    return await uow.all(
        query.order_by(col(Entitlement.recorded_at), col(Entitlement.id)).limit(limit).with_for_update()
    )


async def of_batch(uow: UnitOfWork, batch_id: UUID) -> list[Entitlement]:
    """The entitlements that a batch holds, locked."""
    return await uow.all(
        select(Entitlement).where(Entitlement.batch_id == batch_id).order_by(col(Entitlement.id)).with_for_update()
    )


async def one(reading: ReadSession, entitlement_id: UUID) -> Entitlement | None:
    """One entitlement within the caller's scope."""
    return await reading.first(select(Entitlement).where(Entitlement.id == entitlement_id))


async def page(
    reading: ReadSession, after: UUID | None, limit: int, state: str | None, programme_code: str | None
) -> list[Entitlement]:
    """Entitlements by id after a cursor."""
    query = select(Entitlement).order_by(col(Entitlement.id)).limit(limit)
    if after is not None:
        query = query.where(col(Entitlement.id) > after)
    if state is not None:
        query = query.where(Entitlement.state == state)
    if programme_code is not None:
        query = query.where(Entitlement.programme_code == programme_code)
    return await reading.all(query)


_WAITING = with_states(
    "SELECT count(*) FROM entitlements WHERE state = {established}", established=EntitlementState.ESTABLISHED
)


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Entitlements that wait for a list."""
    return [("sigap_entitlements_waiting", {}, float(await pool.fetchval(_WAITING)))]
