"""Read models of custody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.queries import open_findings_of_person
from services.casework.office.findings.tables import Finding
from services.casework.office.matters.queries import numbers_of
from services.casework.person.custody import access, repository
from services.casework.person.custody.tables import Custody, CustodyClaim
from services.chassis import sealing
from services.chassis.database import ReadSession, UnitOfWork, Units
from services.chassis.errors import NotFound
from services.chassis.persons import log_special_read, log_special_reads, person_key_known, unseal_persons

PURPOSE = "CUSTODY"
"""Under which the reading of a name is logged: somebody must know whom they have in hand."""


async def custody_chain(reading: ReadSession, about_id: UUID) -> list[Custody]:
    """Who had the person of a case, from when to when."""
    return await repository.chain(reading, about_id)


async def custodian_of(about_id: UUID, source: UnitOfWork | ReadSession) -> str | None:
    """Who has the person of a case in hand now; nothing when nobody has."""
    return await repository.custodian_of_matter(source, about_id)


async def unproved_since(about_id: UUID, uow: UnitOfWork) -> datetime | None:
    """When the first hand-over of a case was told whose paper nobody has brought and no finding names."""
    return await repository.first_unproved(uow, about_id)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a person is now, or was last, and what about it does not match."""

    custody: Custody
    findings: list[Finding]
    claims: list[CustodyClaim]
    refused: list[CustodyClaim]
    case_number: str = ""

    @property
    def is_held(self) -> bool:
        """Whether somebody has the person in hand now."""
        return self.custody.until is None


async def where_is(reading: ReadSession, person_id: UUID) -> Whereabouts:
    """Where a person is now. Raises ``NotFound``, also to whoever neither has the person nor gave them away last."""
    custody = await repository.last_of_person(reading, person_id)
    if custody is None:
        raise NotFound(kind="persons")
    numbers = await numbers_of(reading, [custody.about_id])
    findings = await open_findings_of_person(reading, person_id)
    claims = await repository.claims_of_person(reading, person_id)
    refused = await repository.refused_of_person(reading, person_id)
    return Whereabouts(custody, findings, claims, refused, numbers.get(custody.about_id, ""))


async def show_claim(reading: ReadSession, claim_id: UUID) -> CustodyClaim:
    """A claim with what was answered to it. Raises ``NotFound``, also to whoever is neither its side nor the office."""
    claim = await repository.claim(reading, claim_id)
    if claim is None or not reading.principal.covers(claim.district):
        raise NotFound(kind="custody_claims")
    office = (await pack_in_force(reading, claim.district)).office
    if not access.may_see_claim(reading.principal, office, (claim.told_by, claim.against)):
        raise NotFound(kind="custody_claims")
    return claim


@dataclass(frozen=True, slots=True)
class Night:
    """Who stays with an agency tonight: one page of them, and how many there are in all."""

    agency: str
    rows: list[Custody]
    count: int
    numbers: dict[UUID, str]


async def who_stays(reading: ReadSession, agency: str | None, after: UUID | None, limit: int) -> Night:
    """Whom an agency (the caller's unless named) has in hand now. Raises ``OtherAgencysNight``."""
    asked = agency or reading.principal.agency
    access.check_night(reading.principal, asked)
    rows = await repository.tonight(reading, asked, after, limit)
    numbers = await numbers_of(reading, [row.about_id for row in rows])
    return Night(asked, rows, await repository.count_tonight(reading, asked), numbers)


async def names_of(
    reading: ReadSession, rows: Sequence[Custody], units: Units, private_key: str
) -> dict[UUID, str | None]:
    """The names of persons in custody, for a page; each is logged before it is unsealed.

    Left out are those whom the caller may not read by name.
    """
    readable = [row for row in rows if access.may_read_name(reading.principal, row.agency)]
    if not readable:
        return {}
    read = [(row.id, row.district) for row in readable]
    await log_special_reads(units, reading.principal, PURPOSE, "custodies", read, ["name"])
    persons = [row.person_id for row in readable]
    opened = await unseal_persons(reading, persons, ["name"], private_key)
    return {person_id: opened.get(person_id, {}).get("name") for person_id in persons}


async def note_of(reading: ReadSession, row: Custody, units: Units, private_key: str) -> str | None:
    """The note on the belongings, for a page, logged as a name is; nothing once the person's key was destroyed."""
    if row.note_sealed is None or not access.may_read_name(reading.principal, row.agency):
        return None
    await log_special_read(units, reading.principal, PURPOSE, "custodies", row.id, ["belongings_note"], row.district)
    key = await person_key_known(reading, row.person_id)
    return sealing.unseal(row.note_sealed, sealing.unwrap(key, private_key)).get("note") if key else None


@dataclass(frozen=True, slots=True)
class Part:
    """Who has the person of a case in hand, and whether the caller's agency has a part in the case."""

    custodian: str | None
    knows_the_case: bool


async def part_in(about_id: UUID, source: UnitOfWork | ReadSession) -> Part:
    """What decides whether the caller may speak of the person of a case."""
    agency = source.principal.agency
    return Part(await custodian_of(about_id, source), await repository.knows_matter(source, about_id, agency))
