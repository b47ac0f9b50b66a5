"""Every query on hand-offs, groups, spoken answers and the feed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel import and_, col, or_, select

from services.casework.handoff.deadlines.domain import DeadlineKind, DeadlineState
from services.casework.handoff.handoffs.domain import ASKED, ENDED_WORK, OPEN, UNDECIDED, Beside, HandoffState
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup, LinkAnswer, SpokenAnswer
from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states


async def group(uow: UnitOfWork, group_id: UUID) -> HandoffGroup | None:
    """A group, locked: whoever answers for one of its candidates decides about all of them."""
    return await uow.first(select(HandoffGroup).where(HandoffGroup.id == group_id).with_for_update())


async def group_of_handoff(uow: UnitOfWork, handoff_id: UUID) -> UUID | None:
    """The group a hand-off belongs to."""
    found = await uow.scalars(select(Handoff.group_id).where(Handoff.id == handoff_id))
    return found[0] if found else None


async def undecided_of_group(uow: UnitOfWork, group_id: UUID) -> list[Handoff]:
    """The candidates of a group who have not given a firm answer, held ones included, locked."""
    undecided = [s.value for s in UNDECIDED]
    return await uow.all(
        select(Handoff)
        .where(
            Handoff.group_id == group_id,
            or_(col(Handoff.state).in_(undecided), col(Handoff.held_state).in_(undecided)),
        )
        .order_by(col(Handoff.candidate_no))
        .with_for_update()
    )


async def reserves_of_group(uow: UnitOfWork, group_id: UUID) -> list[Handoff]:
    """Who would still say yes, in the order of the candidates, locked."""
    return await uow.all(
        select(Handoff)
        .where(
            Handoff.group_id == group_id,
            Handoff.state == HandoffState.SUPERSEDED.value,
            col(Handoff.is_reserve).is_(True),
        )
        .order_by(col(Handoff.candidate_no))
        .with_for_update()
    )


_BESIDE = with_states("""
    SELECT h.id, g.won_by,
        EXISTS (SELECT 1 FROM handoffs o WHERE o.group_id = h.group_id AND o.state = {beaten}) AS others_were_told,
        EXISTS (SELECT 1 FROM deadlines d WHERE d.about_id = h.id AND d.state = {running} AND d.is_emergency)
            AS is_emergency,
        EXISTS (SELECT 1 FROM deadlines d WHERE d.about_id = h.id AND d.state = {running} AND d.kind = {reply_by})
            AS question_is_open
    FROM handoffs h JOIN handoff_groups g ON g.id = h.group_id WHERE h.id = ANY(:ids)
""", beaten=HandoffState.SUPERSEDED, running=DeadlineState.RUNNING, reply_by=DeadlineKind.REPLY_BY)  # fmt: skip


async def beside(reading: ReadSession, ids: Sequence[UUID]) -> dict[UUID, Beside]:
    """What beside each hand-off's own row decides about it, also what its reader cannot see, such as who was beaten."""
    return {row["id"]: _beside(row) for row in await reading.rows(_BESIDE, ids=list(ids))}


async def beside_of(uow: UnitOfWork, handoff_id: UUID) -> Beside:
    """The same of one hand-off, for a command."""
    found = (await uow.execute(_BESIDE, ids=[handoff_id])).mappings().first()
    return _beside(found) if found else Beside()


def _beside(row: Any) -> Beside:
    return Beside(row["won_by"], row["others_were_told"], row["is_emergency"], row["question_is_open"])


async def unconfirmed_answers(uow: UnitOfWork, handoff_id: UUID) -> list[SpokenAnswer]:
    """What was written down for an agency that has not said a word about it yet, locked."""
    return await uow.all(
        select(SpokenAnswer)
        .where(SpokenAnswer.handoff_id == handoff_id, col(SpokenAnswer.verdict).is_(None))
        .with_for_update()
    )


async def spoken_answers(reading: ReadSession, handoff_id: UUID) -> list[SpokenAnswer]:
    """What officers wrote down for the agency, in order."""
    return await reading.all(
        select(SpokenAnswer).where(SpokenAnswer.handoff_id == handoff_id).order_by(col(SpokenAnswer.recorded_at))
    )


async def link_answers(reading: ReadSession, handoff_id: UUID) -> list[LinkAnswer]:
    """What the agency answered through links, in order."""
    return await reading.all(
        select(LinkAnswer).where(LinkAnswer.handoff_id == handoff_id).order_by(col(LinkAnswer.recorded_at))
    )


async def of_group(reading: ReadSession, group_id: UUID) -> list[Handoff]:
    """All candidates of a group, in order."""
    return await reading.all(select(Handoff).where(Handoff.group_id == group_id).order_by(col(Handoff.candidate_no)))


async def ids_of_group(uow: UnitOfWork, group_id: UUID) -> list[UUID]:
    """Whoever was asked in a group, whatever came of it."""
    return await uow.scalars(select(Handoff.id).where(Handoff.group_id == group_id).order_by(col(Handoff.id)))


async def by_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> list[Handoff]:
    """Some hand-offs."""
    return await uow.all(select(Handoff).where(col(Handoff.id).in_(ids)).order_by(col(Handoff.id)))


async def open_groups_of_matter(uow: UnitOfWork, about_id: UUID) -> list[HandoffGroup]:
    """Groups of a case without an outcome, locked."""
    return await uow.all(
        select(HandoffGroup)
        .where(HandoffGroup.about_id == about_id, col(HandoffGroup.outcome).is_(None))
        .order_by(col(HandoffGroup.id))
        .with_for_update()
    )


async def open_of_group(uow: UnitOfWork, group_id: UUID) -> list[Handoff]:
    """Hand-offs of a group that have not ended, locked."""
    return await uow.all(
        select(Handoff)
        .where(Handoff.group_id == group_id, col(Handoff.state).in_([s.value for s in OPEN]))
        .order_by(col(Handoff.id))
        .with_for_update()
    )


async def of_matter(source: ReadSession | UnitOfWork, about_id: UUID) -> list[Handoff]:
    """All hand-offs of a case, oldest first."""
    return await source.all(select(Handoff).where(Handoff.about_id == about_id).order_by(col(Handoff.requested_at)))


async def one(source: ReadSession | UnitOfWork, handoff_id: UUID) -> Handoff | None:
    """One hand-off within the caller's scope."""
    return await source.first(select(Handoff).where(Handoff.id == handoff_id))


async def inbox_page(
    reading: ReadSession, agency: str | None, states: Sequence[str], after: UUID | None, limit: int
) -> list[Handoff]:
    """An agency's hand-offs (or all within scope), next due first, in pages by id when a cursor is given."""
    query = select(Handoff).limit(limit)
    if agency is not None:
        query = query.where(or_(Handoff.to_agency == agency, Handoff.from_agency == agency))
    if states:
        query = query.where(col(Handoff.state).in_(states))
    if after is not None:
        query = query.where(col(Handoff.id) > after)
    return await reading.all(query.order_by(col(Handoff.id)))


async def of_ids(reading: ReadSession, ids: Collection[UUID]) -> list[Handoff]:
    """Some hand-offs, as far as they lie within the caller's scope."""
    return await reading.all(select(Handoff).where(col(Handoff.id).in_(ids)))


async def feed_position_at(reading: ReadSession, agency: str, since: datetime) -> int:
    """The position after which everything lies that an agency was told since an instant.

    Lines are numbered as they leave, a little out of the order of their instants: the first one counts, so that none is
    skipped.
    """
    rows = await reading.rows(
        "SELECT coalesce((SELECT min(position) - 1 FROM feed WHERE agency = :agency AND recorded_at >= :since),"
        " (SELECT max(position) FROM feed WHERE agency = :agency), 0) AS position",
        agency=agency,
        since=since,
    )
    position: int = rows[0]["position"]
    return position


async def feed_read_to(reading: ReadSession, agency: str) -> int:
    """Up to which position an agency has said that it read."""
    rows = await reading.rows("SELECT position FROM feed_readers WHERE agency = :agency", agency=agency)
    return rows[0]["position"] if rows else 0


async def note_feed_read(uow: UnitOfWork, agency: str, district: str, position: int) -> None:
    """An agency has read up to a position, at most up to what there is for it; never less than before."""
    await uow.execute(
        "INSERT INTO feed_readers (agency, district, position, read_at) SELECT :agency, :district,"
        " least(:position, coalesce(max(position), 0)), now() FROM feed WHERE agency = :agency"
        " ON CONFLICT (agency) DO UPDATE SET position = greatest(feed_readers.position, excluded.position),"
        " read_at = excluded.read_at",
        agency=agency,
        district=district,
        position=position,
    )


async def feed_page(reading: ReadSession, agency: str, after: int, limit: int) -> list[Any]:
    """An agency's feed after a position, in order."""
    return await reading.rows(
        "SELECT position, body, headers, recorded_at FROM feed WHERE agency = :agency AND position > :after"
        " ORDER BY position LIMIT :limit",
        agency=agency,
        after=after,
        limit=limit,
    )


async def end_of_step(uow: UnitOfWork, about_id: UUID, step: str) -> datetime | None:
    """When the last hand-off of a case's step ended."""
    found = await uow.first(
        select(Handoff)
        .join(HandoffGroup, col(HandoffGroup.id) == col(Handoff.group_id))
        .where(HandoffGroup.about_id == about_id, HandoffGroup.step == step, col(Handoff.ended_at).is_not(None))
        .order_by(col(Handoff.ended_at).desc())
        .limit(1)
    )
    return found.ended_at if found else None


async def moved_at(uow: UnitOfWork, about_id: UUID, at: datetime, failed_for: str | None) -> list[UUID]:
    """Hand-offs of a case whose last move was made at an instant: what one act moved, and nobody since; and those that
    failed for a reason.
    """
    failed = and_(Handoff.state == HandoffState.FAILED.value, Handoff.reason_code == failed_for)
    return await uow.scalars(
        select(Handoff.id)
        .where(Handoff.about_id == about_id, or_(Handoff.last_moved_at == at, failed))
        .order_by(col(Handoff.id))
    )


async def was_sent(uow: UnitOfWork, handoff_id: UUID) -> bool:
    """Whether a hand-off was ever more than a draft."""
    found = await uow.execute(
        "SELECT EXISTS (SELECT 1 FROM actions WHERE aggregate_id = :id AND verb = ANY(:asked))",
        id=handoff_id,
        asked=sorted(ASKED),
    )
    return bool(found.scalar_one())


async def unread_of_matter(uow: UnitOfWork, about_id: UUID) -> list[UUID]:
    """Hand-offs of a case whose result the sender has not read."""
    ended = [state.value for state in ENDED_WORK]
    return await uow.scalars(
        select(Handoff.id).where(Handoff.about_id == about_id, col(Handoff.state).in_(ended)).order_by(col(Handoff.id))
    )


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Hand-offs that wait for somebody, by state, and the age of the oldest."""
    rows = await pool.fetch(
        """
        SELECT state, count(*) AS count, coalesce(extract(epoch FROM now() - min(requested_at)), 0)::float AS oldest
        FROM handoffs WHERE due_at IS NOT NULL GROUP BY state
        """
    )
    found = [("sigap_handoffs_open", {"state": row["state"]}, float(row["count"])) for row in rows]
    return found + [("sigap_handoffs_oldest_seconds", {"state": row["state"]}, row["oldest"]) for row in rows]
