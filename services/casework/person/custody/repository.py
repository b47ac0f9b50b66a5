"""Every query on custody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, text
from sqlmodel import col, select

from services.casework.person.custody.domain import OPEN_CLAIMS, ClaimState, Proof
from services.casework.person.custody.tables import Custody, CustodyClaim
from services.chassis.database import ReadSession, UnitOfWork


async def locked_chain(uow: UnitOfWork, person_id: UUID) -> list[Custody]:
    """Every stretch of a person, locked together with those that are not there yet: takers come one after another."""
    await uow.execute("SELECT pg_advisory_xact_lock(hashtextextended(:person, 0))", person=f"custody:{person_id}")
    return await uow.all(
        select(Custody)
        .where(Custody.person_id == person_id)
        .order_by(col(Custody.since), col(Custody.id))
        .with_for_update()
    )


async def changed_at(uow: UnitOfWork, about_id: UUID, at: datetime) -> list[Custody]:
    """Stretches of a case that were last changed at an instant: what one act ended, and nobody touched since."""
    found = await uow.execute(
        "SELECT c.id FROM custodies c JOIN actions a ON a.aggregate_id = c.id AND a.version = c.version"
        " WHERE c.about_id = :id AND a.recorded_at = :at AND c.until IS NOT NULL",
        id=about_id,
        at=at,
    )
    ids = list(found.scalars())
    return await uow.all(select(Custody).where(col(Custody.id).in_(ids)).order_by(col(Custody.id)).with_for_update())


async def one(uow: UnitOfWork, custody_id: UUID) -> Custody | None:
    """One stretch, locked."""
    return await uow.first(select(Custody).where(Custody.id == custody_id).with_for_update())


async def custodian_of_matter(source: UnitOfWork | ReadSession, about_id: UUID) -> str | None:
    """Who has the person of a case in hand now, whoever asks."""
    rows = await source.rows("SELECT agency FROM custodies WHERE about_id = :id AND until IS NULL", id=about_id)
    return rows[0]["agency"] if rows else None


async def knows_matter(source: UnitOfWork | ReadSession, about_id: UUID, agency: str) -> bool:
    """Whether an agency has or had a part in a case: a hand-off that is not lost, or a stretch of custody."""
    rows = await source.rows(
        "SELECT EXISTS (SELECT 1 FROM parties WHERE matter_id = :id AND agency = :agency)"
        " OR EXISTS (SELECT 1 FROM custodies WHERE about_id = :id AND :agency IN (agency, giver)) AS knows",
        id=about_id,
        agency=agency,
    )
    return bool(rows[0]["knows"])


async def is_promised(uow: UnitOfWork, about_id: UUID, agency: str) -> bool:
    """Whether the person of a case is to come to an agency, by its firm yes to whoever asked it."""
    found = await uow.execute(
        "SELECT EXISTS (SELECT 1 FROM parties WHERE matter_id = :id AND agency = :agency AND is_promised)",
        id=about_id,
        agency=agency,
    )
    return bool(found.scalar_one())


async def claims_of_person(reading: ReadSession, person_id: UUID) -> list[CustodyClaim]:
    """What is claimed about a person and not decided, within the caller's scope."""
    open_states = [state.value for state in OPEN_CLAIMS]
    return await reading.all(
        select(CustodyClaim)
        .where(CustodyClaim.person_id == person_id, col(CustodyClaim.state).in_(open_states))
        .order_by(col(CustodyClaim.id))
    )


async def refused_of_person(reading: ReadSession, person_id: UUID) -> list[CustodyClaim]:
    """What was claimed about a person and refused, within the caller's scope."""
    return await reading.all(
        select(CustodyClaim)
        .where(CustodyClaim.person_id == person_id, CustodyClaim.state == ClaimState.REFUSED.value)
        .order_by(col(CustodyClaim.id))
    )


async def claim(reading: ReadSession, claim_id: UUID) -> CustodyClaim | None:
    """One claim."""
    return await reading.first(select(CustodyClaim).where(CustodyClaim.id == claim_id))


async def chain(reading: ReadSession, about_id: UUID) -> list[Custody]:
    """All custody of a case in order of time."""
    return await reading.all(
        select(Custody).where(Custody.about_id == about_id).order_by(col(Custody.since), col(Custody.id))
    )


async def last_of_person(reading: ReadSession, person_id: UUID) -> Custody | None:
    """The last stretch of a person, when it lies within the caller's scope."""
    rows = await reading.rows(
        "SELECT id FROM custodies WHERE person_id = :person ORDER BY since DESC, id DESC LIMIT 1", person=person_id
    )
    if not rows:
        return None
    return await reading.first(select(Custody).where(Custody.id == rows[0]["id"]))


async def tonight(reading: ReadSession, agency: str, after: UUID | None, limit: int) -> list[Custody]:
    """Whom an agency has in hand now, in order of id."""
    query = select(Custody).where(Custody.agency == agency, col(Custody.until).is_(None))
    if after is not None:
        query = query.where(col(Custody.id) > after)
    return await reading.all(query.order_by(col(Custody.id)).limit(limit))


async def count_tonight(reading: ReadSession, agency: str) -> int:
    """How many an agency has in hand now."""
    query = select(func.count(col(Custody.id))).where(Custody.agency == agency, col(Custody.until).is_(None))
    return await reading.first(query) or 0


async def open_of_matter(uow: UnitOfWork, about_id: UUID) -> list[Custody]:
    """The open rows of a case."""
    return await uow.all(select(Custody).where(Custody.about_id == about_id, col(Custody.until).is_(None)))


async def custodies_left(uow: UnitOfWork, about_id: UUID) -> list[UUID]:
    """Stretches of a case's custody that have ended."""
    return await uow.scalars(select(Custody.id).where(Custody.about_id == about_id, col(Custody.until).is_not(None)))


UNPROVED = and_(
    col(Custody.proof) == Proof.NONE.value,
    col(Custody.giver).is_not(None),
    text("NOT EXISTS (SELECT 1 FROM case_findings f WHERE f.rule_key = 'proof:' || custodies.id)"),
)
"""Hand-overs that nothing proves and no finding names. Who was taken off the street was given by nobody: no paper."""


async def unproved(uow: UnitOfWork, about_id: UUID, told_by: datetime) -> list[Custody]:
    """Hand-overs of a case without a proof that were told by an instant, locked against a proof that comes now."""
    told = col(Custody.recorded_at) <= told_by
    query = select(Custody).where(Custody.about_id == about_id, UNPROVED, told).order_by(col(Custody.id))
    return await uow.all(query.with_for_update())


async def first_unproved(uow: UnitOfWork, about_id: UUID) -> datetime | None:
    """When the first hand-over of a case without a proof was told."""
    first = select(func.min(col(Custody.recorded_at))).where(Custody.about_id == about_id, UNPROVED)
    return (await uow.scalars(first))[0]


async def apart(uow: UnitOfWork, person_id: UUID) -> list[Any]:
    """A person's ties to mother or child, each with who has either in hand now; locked, so that the last move sees all.

    ``is_apart``: both are in somebody's hands, and these are not the same. ``is_settled``: they are the same, or the
    tie has ended; with one of them in nobody's hands it is neither. ``cause`` tells one parting from the next.
    """
    ties = await uow.execute(
        "SELECT id FROM family_ties WHERE :person IN (person_id, child_id) ORDER BY id", person=person_id
    )
    for tie_id in ties.scalars():
        await uow.execute("SELECT pg_advisory_xact_lock(hashtextextended(:tie, 0))", tie=f"tie:{tie_id}")
    found = await uow.execute(
        """
        SELECT t.id, t.correlation_id, t.district, t.child_matter_id, t.child_id, m.agency AS party,
               c.agency AS other_party, coalesce(m.agency <> c.agency AND NOT t.is_ended, false) AS is_apart,
               coalesce(m.agency = c.agency, false) OR t.is_ended AS is_settled,
               m.id::text || ':' || c.id::text AS cause,
               greatest(m.since, c.since) AS since
        FROM family_ties t
        LEFT JOIN custodies m ON m.person_id = t.person_id AND m.until IS NULL
        LEFT JOIN custodies c ON c.person_id = t.child_id AND c.until IS NULL
        WHERE :person IN (t.person_id, t.child_id)
        """,
        person=person_id,
    )
    return list(found.mappings())


async def of_one_number(uow: UnitOfWork, person_id: UUID) -> list[UUID]:
    """Everybody whose NIK is the person's, the person included; nobody while it is not known.

    Locked by the number, so that of two who are taken over at once the second sees the first.
    """
    await uow.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(encode(digest, 'hex'), 0)) FROM person_digests"
        " WHERE person_id = :person AND digest IS NOT NULL",
        person=person_id,
    )
    found = await uow.execute(
        "SELECT theirs.person_id FROM person_digests ours JOIN person_digests theirs"
        " ON theirs.district = ours.district AND theirs.digest = ours.digest WHERE ours.person_id = :person",
        person=person_id,
    )
    return list(found.scalars())


IN_TWO_PLACES = """
    SELECT own.id, own.person_id, own.district, own.correlation_id, own.about_kind, own.about_id, own.agency,
           other.id AS other_id, other.agency AS other_agency, other.about_id AS other_about_id,
           greatest(own.since, other.since) AS since
    FROM person_digests ours
    JOIN person_digests theirs ON theirs.district = ours.district AND theirs.digest = ours.digest
        AND theirs.person_id <> ours.person_id
    JOIN custodies own ON own.person_id = ours.person_id AND own.until IS NULL
    JOIN custodies other ON other.person_id = theirs.person_id AND other.until IS NULL
    LEFT JOIN persons_known own_known ON own_known.person_id = own.person_id
    LEFT JOIN persons_known other_known ON other_known.person_id = other.person_id
    WHERE ours.person_id = ANY(:persons)
    AND coalesce(own_known.merged_into, own.person_id) <> coalesce(other_known.merged_into, other.person_id)
    ORDER BY own.id, other.id
"""


async def in_two_places(uow: UnitOfWork, person_ids: Sequence[UUID]) -> list[Any]:
    """By person: their open custody beside each open one of somebody else with the same NIK."""
    return list((await uow.execute(IN_TWO_PLACES, persons=person_ids)).mappings())


async def two_places_found(uow: UnitOfWork, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The district of each person about whom it was found at any time."""
    found = await uow.execute(
        "SELECT DISTINCT person_id, district FROM case_findings WHERE rule_key = ANY(:rules)",
        rules=[f"number:{person_id}" for person_id in person_ids],
    )
    return {row["person_id"]: row["district"] for row in found.mappings()}


async def comes_with_child(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether the person is taken for a child, or has one along."""
    found = await uow.execute(
        """
        SELECT EXISTS (SELECT 1 FROM matters WHERE person_id = :person AND apparent_minor)
            OR EXISTS (SELECT 1 FROM family_ties t JOIN matters m ON m.id = t.child_matter_id
                       WHERE t.person_id = :person AND NOT t.is_ended AND m.apparent_minor)
        """,
        person=person_id,
    )
    return bool(found.scalar_one())


async def is_child(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether any matter takes the person for a child."""
    found = await uow.execute(
        "SELECT EXISTS (SELECT 1 FROM matters WHERE person_id = :person AND apparent_minor)", person=person_id
    )
    return bool(found.scalar_one())
