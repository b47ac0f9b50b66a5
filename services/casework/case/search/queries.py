"""Cases as whoever looks for them finds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.casework.case.search import repository
from services.casework.case.search.domain import Asked
from services.casework.office.matters.tables import Matter
from services.chassis.database import ReadSession, Units
from services.chassis.digests import Reader
from services.chassis.names import asked_keys
from services.chassis.persons import log_special_reads, unseal_persons

PURPOSE = "SEARCH"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, how many there are in all, and the names of their persons."""

    matters: Sequence[Matter]
    of_all: int
    names: dict[UUID, str | None]


async def find(reading: ReadSession, asked: Asked, after: int, limit: int, units: Units, reader: Reader) -> Found:
    """What the caller may see of it; each name that is shown is logged before it is opened."""
    if asked.number:
        matters = await repository.of_number(reading, asked.number)
        of_all = len(matters)
    else:
        who = (
            repository.with_digest(reader.digest(asked.nik))
            if asked.nik
            else repository.with_name(asked_keys(asked.name, reader.key))
        )
        matters, of_all = await repository.page(reading, who, after, limit), await repository.count(reading, who)
    if matters:
        await log_special_reads(
            units, reading.principal, PURPOSE, "matters", [(m.id, m.district) for m in matters], ["name"]
        )
    persons = [matter.person_id for matter in matters if matter.person_id]
    opened = await unseal_persons(reading, persons, ["name"], reader.private_key)
    return Found(matters, of_all, {person_id: fields.get("name") for person_id, fields in opened.items()})
