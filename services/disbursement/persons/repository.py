"""Every query on who is who."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import select

from services.chassis.database import UnitOfWork
from services.disbursement.persons.domain import RealPerson
from services.disbursement.persons.tables import CaseDouble, CasePerson

SAME = """
    WITH RECURSIVE same(root, person_id) AS (
        SELECT asked, asked FROM unnest(CAST(:persons AS uuid[])) AS asked
        UNION
        SELECT same.root, near.person_id FROM same CROSS JOIN LATERAL (
            SELECT merged_into AS person_id FROM persons_known
            WHERE persons_known.person_id = same.person_id AND merged_into IS NOT NULL
            UNION ALL
            SELECT persons_known.person_id FROM persons_known WHERE merged_into = same.person_id
            UNION ALL
            SELECT theirs.person_id FROM person_digests ours
            JOIN person_digests theirs ON theirs.district = ours.district AND theirs.digest = ours.digest
            WHERE ours.person_id = same.person_id
            UNION ALL
            SELECT parent.person_id FROM case_persons own
            JOIN case_doubles double ON double.case_id = own.case_id AND double.stands
            JOIN case_persons parent ON parent.case_id = double.parent_case_id
            WHERE own.person_id = same.person_id
            UNION ALL
            SELECT child.person_id FROM case_persons own
            JOIN case_doubles double ON double.parent_case_id = own.case_id AND double.stands
            JOIN case_persons child ON child.case_id = double.case_id
            WHERE own.person_id = same.person_id
        ) near
    )
    SELECT same.root, array_agg(DISTINCT same.person_id) AS members, min(deaths.died_at) AS died_at FROM same
    LEFT JOIN case_persons theirs ON theirs.person_id = same.person_id
    LEFT JOIN deaths ON deaths.case_id = theirs.case_id AND deaths.stands
    GROUP BY same.root
"""


WHO_IS_WHO = "SELECT pg_advisory_xact_lock{}(hashtextextended(:name, 0))"


async def lock_who_is_who(uow: UnitOfWork, district: str, *, shared: bool) -> None:
    """Hold, until the commit, what is known of who is who in a district: with other readers, or alone to change it."""
    await uow.execute(WHO_IS_WHO.format("_shared" if shared else ""), name=f"who-is-who:{district}")


async def real_persons(uow: UnitOfWork, person_ids: Sequence[UUID]) -> dict[UUID, RealPerson]:
    """By person: everybody who is the same one, and whether any of them is known to have died."""
    rows = (await uow.execute(SAME, persons=sorted(set(person_ids)))).mappings().all()
    return {row["root"]: RealPerson(frozenset(row["members"]), row["died_at"]) for row in rows}


async def person_of_case(uow: UnitOfWork, case_id: UUID) -> UUID | None:
    """Whose case it is, if the case was heard of."""
    found = await uow.scalars(select(CasePerson.person_id).where(CasePerson.case_id == case_id))
    return found[0] if found else None


async def double(uow: UnitOfWork, case_id: UUID) -> CaseDouble | None:
    """What is known of a case as a double."""
    return await uow.first(select(CaseDouble).where(CaseDouble.case_id == case_id))
