"""Who a matter is about, for whoever works on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.casework.office.matters.queries import matter_of
from services.casework.office.matters.tables import Matter
from services.casework.person.custody.queries import custody_chain
from services.casework.person.custody.tables import Custody
from services.casework.person.profile import access, domain, repository
from services.casework.person.profile.domain import Age, Fact
from services.chassis.database import ReadSession, Units
from services.chassis.persons import log_special_read, person_known, unseal_person

PURPOSE = "CASEWORK"


@dataclass(frozen=True, slots=True)
class Profile:
    """A matter's person: ``as_of`` is the age of what is known, ``others`` the person's other cases."""

    person_id: UUID
    village_code: str
    knows_who: bool
    name: str | None
    identity_status: str
    age: Age | None
    facts: Sequence[Fact]
    as_of: datetime | None
    custody: Custody | None
    others: Sequence[Matter]
    is_minor: bool

    @property
    def is_matched(self) -> bool:
        """Whether the civil registry says who this is."""
        return self.identity_status == domain.KNOWN_BY_REGISTRY


async def profile_of(
    reading: ReadSession, matter_id: UUID, units: Units, private_key: str, today: date
) -> Profile | None:
    """What is known of a matter's person: who it is to the office's workers, to others what was seen.

    The reading is kept before anything is opened. Nothing for a matter without a person. Whoever asks answers for it
    that the caller has to do with the matter.
    """
    matter = await matter_of(reading, matter_id)
    if matter is None or matter.person_id is None:
        return None
    knows_who = access.may_know_who(reading.principal)
    opened = domain.FIELDS if knows_who else domain.SEEN
    known = await person_known(reading, matter.person_id)
    fields: dict[str, str | None] = {}
    if known is not None:
        await log_special_read(units, reading.principal, PURPOSE, "matters", matter_id, opened, matter.district)
        fields = await unseal_person(reading, matter.person_id, opened, private_key)
    status = known.identity_status if known else ""
    is_matched = status == domain.KNOWN_BY_REGISTRY
    chain = await custody_chain(reading, matter_id)
    return Profile(
        person_id=matter.person_id,
        village_code=matter.village_code,
        knows_who=knows_who,
        name=fields.get("name"),
        identity_status=status,
        age=domain.age_of(fields, is_matched, today),
        facts=domain.facts_of(fields, is_matched),
        as_of=known.as_of if known else None,
        custody=next((stretch for stretch in chain if stretch.until is None), None),
        others=await repository.other_cases(reading, matter) if knows_who else (),
        is_minor=matter.apparent_minor,
    )
