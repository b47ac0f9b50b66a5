"""Read models of hand-offs for API and pages."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.casework.handoff.conditions.repository import of_handoff
from services.casework.handoff.conditions.tables import Condition
from services.casework.handoff.deadlines.domain import DeadlineState, policy_of, silence
from services.casework.handoff.deadlines.repository import escalations_of, of_handoffs
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.handoff.disclosures.commands import keep_disclosure
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.disclosures.queries import DisclosureView, readers_of, show_disclosure
from services.casework.handoff.handoffs import access, domain, repository
from services.casework.handoff.handoffs.domain import HandoffState
from services.casework.handoff.handoffs.tables import Handoff, LinkAnswer, SpokenAnswer
from services.casework.office.directory.domain import CaseworkPack, EscalationKind
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.queries import number_of
from services.chassis.clock import utc_now
from services.chassis.database import ReadSession, UnitOfWork, Units
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class HandoffView:
    """One hand-off with what its reader may know and do, and everything that explains its deadlines."""

    handoff: Handoff
    legal_now: list[str]
    acts: list[str]
    may_speak: list[str]
    case_number: str
    disclosure: DisclosureView
    deadlines: list[Deadline]
    ahead: dict[UUID, list[tuple[EscalationKind, datetime]]]
    escalations: list[EscalationStep]
    conditions: list[Condition]
    spoken: list[SpokenAnswer]
    told_late: set[UUID]
    by_link: list[LinkAnswer]
    candidates: list[Handoff]


@dataclass(frozen=True, slots=True)
class Legal:
    """What a caller may do with a hand-off now: moves, words beside them, answers to write down for others."""

    moves: list[str]
    acts: list[str]
    spoken: list[str]


async def legal_of(reading: ReadSession, handoffs: Sequence[Handoff]) -> dict[UUID, Legal]:
    """What the caller may do with each of these now: what a command would take."""
    caller = reading.principal
    beside = await repository.beside(reading, [handoff.id for handoff in handoffs])
    found = {}
    for handoff in handoffs:
        now = domain.circumstances(handoff, beside[handoff.id], caller.actor, utc_now())
        moves, acts = access.legal_now(caller, handoff, now), access.acts_now(caller, handoff, now)
        found[handoff.id] = Legal(moves, acts, access.speakable_now(caller, handoff, now))
    return found


async def show_handoff(handoff_id: UUID, reading: ReadSession, units: Units, private_key: str) -> HandoffView:
    """A hand-off with its disclosure; reading the disclosure is logged. Raises ``NotFound``, also to whoever is no
    party.
    """
    handoff = await _one(handoff_id, reading)
    legal = (await legal_of(reading, [handoff]))[handoff.id]
    deadlines = await of_handoffs(reading, [handoff.id])
    pack = await pack_in_force(reading, handoff.district)
    spoken = await repository.spoken_answers(reading, handoff.id)
    is_sender = access.stands_with_sender(reading.principal, handoff.from_agency)
    return HandoffView(
        handoff=handoff,
        legal_now=legal.moves,
        acts=legal.acts,
        may_speak=legal.spoken,
        case_number=await number_of(reading, handoff.about_id),
        disclosure=await _disclosure(handoff, pack, reading, units, private_key),
        deadlines=deadlines,
        ahead={
            c.id: silence(
                c.due_at, c.escalations, policy_of(c.kind, pack.escalation_policies.get(c.escalation_policy, ()))
            )
            for c in deadlines
            if c.state == DeadlineState.RUNNING
        },
        escalations=await escalations_of(reading, [handoff.id]),
        conditions=await of_handoff(reading, handoff.id),
        spoken=spoken,
        told_late={answer.id for answer in spoken if pack.is_told_late(answer.happened_at, answer.recorded_at)},
        by_link=await repository.link_answers(reading, handoff.id),
        candidates=await repository.of_group(reading, handoff.group_id) if is_sender else [],
    )


async def _one(handoff_id: UUID, reading: ReadSession) -> Handoff:
    handoff = await repository.one(reading, handoff_id)
    if handoff is None:
        raise NotFound(kind="handoffs")
    return handoff


async def known_handoff(uow: UnitOfWork, handoff_id: UUID) -> Handoff | None:
    """A hand-off that a fact names, if it is here: after a restore facts may tell of one that is not."""
    return await repository.one(uow, handoff_id)


async def handoff_of(source: ReadSession | UnitOfWork, handoff_id: UUID) -> Handoff:
    """A hand-off to look at. Raises ``NotFound``, also where its district is not the caller's."""
    handoff = await repository.one(source, handoff_id)
    if handoff is None or not source.principal.covers(handoff.district):
        raise NotFound(kind="handoffs")
    return handoff


async def party_handoff(handoff_id: UUID, source: ReadSession | UnitOfWork) -> Handoff:
    """A hand-off of the caller's own agency. Raises ``NotFound`` to whoever is no party."""
    handoff = await handoff_of(source, handoff_id)
    access.check_is_party(source.principal, handoff.from_agency, handoff.to_agency)
    return handoff


async def _disclosure(
    handoff: Handoff, pack: CaseworkPack, reading: ReadSession, units: Units, private_key: str
) -> DisclosureView:
    """Nothing leaves with a draft, and nothing after the end."""
    is_sent = handoff.state != HandoffState.DRAFT or access.stands_with_sender(reading.principal, handoff.from_agency)
    return await show_disclosure(
        handoff,
        pack,
        reading,
        units,
        private_key,
        partial(keep_disclosure, handoff, pack),
        may_leave=is_sent and handoff.state in domain.OPEN,
    )


async def disclosure_of(
    handoff_id: UUID, reading: ReadSession, units: Units, private_key: str
) -> tuple[Handoff, DisclosureView]:
    """A hand-off's disclosure by itself. Raises ``NotFound``, also to whoever is no party."""
    handoff = await _one(handoff_id, reading)
    pack = await pack_in_force(reading, handoff.district)
    return handoff, await _disclosure(handoff, pack, reading, units, private_key)


async def disclosure_readers(handoff_id: UUID, reading: ReadSession, after: int, limit: int) -> list[Any]:
    """Who read a hand-off's disclosure. Raises ``NotFound`` to whoever is no party, ``ReadersAreNotYours``."""
    return await readers_of(await _one(handoff_id, reading), reading, after, limit)


async def list_handoffs(
    reading: ReadSession, agency: str | None, states: list[str], after: UUID | None, limit: int
) -> list[Handoff]:
    """A page of hand-offs."""
    return await repository.inbox_page(reading, agency, states, after, limit)


async def handoffs_of_ids(reading: ReadSession, ids: Collection[UUID]) -> list[Handoff]:
    """Those of some hand-offs that lie within the caller's scope."""
    return await repository.of_ids(reading, ids) if ids else []


@dataclass(frozen=True, slots=True)
class Feed:
    """Lines after a position; those up to ``read_to`` were read before."""

    rows: list[Any]
    after: int
    read_to: int


async def read_feed(
    reading: ReadSession,
    after: int | None,
    since: datetime | None,
    limit: int,
    note_read: Callable[[str, int], Awaitable[None]],
) -> Feed:
    """A page of the caller's feed; asking on from a position says that everything up to it was read.

    Raises ``CursorOrDate`` when both a position and an instant are given.
    """
    agency = reading.principal.agency
    if after is not None and since is not None:
        raise domain.CursorOrDate
    read_to = await repository.feed_read_to(reading, agency)
    position = after or 0
    if since is not None:
        position = await repository.feed_position_at(reading, agency, since)
    elif position > read_to:
        await note_read(agency, position)
    return Feed(await repository.feed_page(reading, agency, position, limit), position, read_to)


async def read_feed_on(reading: ReadSession, feed: Feed, limit: int) -> Feed:
    """The same page once more: what has come behind it since."""
    return replace(feed, rows=await repository.feed_page(reading, reading.principal.agency, feed.after, limit))


async def handoffs_of_matter(reading: ReadSession, about_id: UUID) -> tuple[list[Handoff], dict[UUID, int]]:
    """All hand-offs of a case, and how many escalation steps of an escalation policy were taken for each."""
    handoffs = await repository.of_matter(reading, about_id)
    escalations = await escalations_of(reading, [handoff.id for handoff in handoffs])
    return handoffs, dict(Counter(escalation.about_id for escalation in escalations))


async def is_asked_for(about_id: UUID, purpose: Purpose, uow: UnitOfWork) -> bool:
    """Whether something of a purpose is asked for in a case and has not ended."""
    return any(group.purpose == purpose for group in await repository.open_groups_of_matter(uow, about_id))
