"""What of a person leaves with a hand-off: one reviewed table by purpose and kind of receiving agency. Pure functions.

A pair that is not in `DISCLOSURES` gets the pseudonymous ids and nothing else. Widening the table is a decision: each
entry names the law on which its fields leave, and a test walks every pair.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.casework.office.directory.domain import Letter as Letter


class Purpose(StrEnum):
    """What a hand-off is for (`handoff.md` §5)."""

    CUSTODY_TRANSFER = "CUSTODY_TRANSFER"
    EMERGENCY_CARE = "EMERGENCY_CARE"
    HEALTH_SCREENING = "HEALTH_SCREENING"
    IDENTIFICATION = "IDENTIFICATION"
    INSURANCE = "INSURANCE"
    INPATIENT_BED = "INPATIENT_BED"
    FAMILY_TRACING = "FAMILY_TRACING"
    REUNIFICATION = "REUNIFICATION"
    REPATRIATION = "REPATRIATION"
    PLACEMENT = "PLACEMENT"
    MEDICINE_CONTINUITY = "MEDICINE_CONTINUITY"
    TRAINING = "TRAINING"
    CHILD_PROTECTION = "CHILD_PROTECTION"
    BURIAL = "BURIAL"
    TRANSFER = "TRANSFER"
    INFORMATION = "INFORMATION"


class AgencyKind(StrEnum):
    """Kinds of agency of which the table knows something; a district pack may name others, which get nothing."""

    SOCIAL_OFFICE = "SOCIAL_OFFICE"
    ORDER_POLICE = "ORDER_POLICE"
    HEALTH_OFFICE = "HEALTH_OFFICE"
    PUSKESMAS = "PUSKESMAS"
    HOSPITAL = "HOSPITAL"
    MENTAL_HOSPITAL = "MENTAL_HOSPITAL"
    PANTI = "PANTI"
    CIVIL_REGISTRY = "CIVIL_REGISTRY"
    HEALTH_INSURANCE = "HEALTH_INSURANCE"
    VILLAGE = "VILLAGE"
    CHILD_PROTECTION_UNIT = "CHILD_PROTECTION_UNIT"


class PersonField(StrEnum):
    """The sealed fields of a person that may leave at all.

    The age and sex that a reporter guessed leave for health purposes alone: who examines somebody unknown has no other.
    """

    NAME = "name"
    NIK = "nik"
    BIRTH_DATE = "birth_date"
    FEATURES = "features"
    GUESSED_AGE = "approximate_age_years"
    GUESSED_SEX = "said_sex"


PERSON_FIELD_TEXTS: Mapping[PersonField, str] = {
    PersonField.NAME: "Nama",
    PersonField.NIK: "NIK",
    PersonField.BIRTH_DATE: "Tanggal lahir",
    PersonField.GUESSED_SEX: "Jenis kelamin menurut pelapor",
    PersonField.GUESSED_AGE: "Perkiraan umur menurut pelapor (tahun)",
    PersonField.FEATURES: "Ciri-ciri",
}
"""What pages and letters call them, in the order in which they are told."""


MINIMUM = ("person_id", "identity_status", "apparent_minor", "as_of")
"""What every receiver gets: a pseudonym, how well the person is known, whether to treat them as a child, as of when."""

MOVES_A_PERSON = frozenset(
    {
        Purpose.CUSTODY_TRANSFER,
        Purpose.EMERGENCY_CARE,
        Purpose.HEALTH_SCREENING,
        Purpose.INPATIENT_BED,
        Purpose.REUNIFICATION,
        Purpose.REPATRIATION,
        Purpose.PLACEMENT,
    }
)

HEALTH = "UU 17/2023"
MENTAL_HEALTH = "UU 17/2023 pasal 74–85"
CARE_GOES_ON = "PP 28/2024 pasal 161–162"
REHABILITATION = "PP 39/2012"
VAGRANTS = "PP 31/1980"
SHARED_DUTIES = "UU 23/2014"
DISTRICT_STANDARD = "PP 2/2018"
CIVIL_REGISTRATION = "UU 24/2013"
REGISTRY_ACCESS = "Permendagri 102/2019"
STATE_PAID_INSURANCE = "Permensos 3/2026"
CHILDREN = ("UU 35/2014", "PP 78/2021", "Permensos 4/2020")


@dataclass(frozen=True, slots=True)
class Entry:
    """What may leave for one purpose to one kind of agency, by which law, and the letter that goes along."""

    fields: frozenset[PersonField]
    basis: tuple[str, ...]
    letter: Letter | None = None


K, F = AgencyKind, PersonField
NOTHING = Entry(frozenset(), ())
RECOGNISE = frozenset({F.NAME, F.FEATURES})
EXAMINE = frozenset({F.NAME, F.BIRTH_DATE, F.FEATURES})
ADMIT = frozenset({F.NAME, F.NIK, F.BIRTH_DATE})
GUESSED = frozenset({F.GUESSED_AGE, F.GUESSED_SEX})
ONLY_NAME = frozenset({F.NAME})
NO_FIELD: frozenset[PersonField] = frozenset()

_HANDOVER = Entry(RECOGNISE, (REHABILITATION, VAGRANTS), Letter.HANDOVER_RECORD)
_EMERGENCY = Entry(EXAMINE | GUESSED, (HEALTH,), Letter.REFERRAL_LETTER)
_SCREENING = Entry(EXAMINE | GUESSED, (MENTAL_HEALTH, REHABILITATION), Letter.REFERRAL_LETTER)
_BED = Entry(ADMIT | GUESSED, (MENTAL_HEALTH, CARE_GOES_ON), Letter.REFERRAL_LETTER)
_TRACING = Entry(RECOGNISE, (REHABILITATION, DISTRICT_STANDARD), Letter.COVER_LETTER)
_REUNION = Entry(ONLY_NAME, (REHABILITATION, DISTRICT_STANDARD), Letter.HANDOVER_RECORD)
_RETURN = Entry(ONLY_NAME, (REHABILITATION, VAGRANTS), Letter.COVER_LETTER)
_CHILD = Entry(EXAMINE, CHILDREN, Letter.COVER_LETTER)

DISCLOSURES: Mapping[tuple[Purpose, AgencyKind], Entry] = {
    (Purpose.CUSTODY_TRANSFER, K.SOCIAL_OFFICE): _HANDOVER,
    (Purpose.EMERGENCY_CARE, K.PUSKESMAS): _EMERGENCY,
    (Purpose.EMERGENCY_CARE, K.HOSPITAL): _EMERGENCY,
    (Purpose.EMERGENCY_CARE, K.MENTAL_HOSPITAL): _EMERGENCY,
    (Purpose.HEALTH_SCREENING, K.PUSKESMAS): _SCREENING,
    (Purpose.HEALTH_SCREENING, K.HOSPITAL): _SCREENING,
    (Purpose.IDENTIFICATION, K.CIVIL_REGISTRY): Entry(
        NO_FIELD, (CIVIL_REGISTRATION, REGISTRY_ACCESS), Letter.COVER_LETTER
    ),
    (Purpose.INSURANCE, K.HEALTH_INSURANCE): Entry(NO_FIELD, (STATE_PAID_INSURANCE,), Letter.COVER_LETTER),
    (Purpose.INPATIENT_BED, K.HOSPITAL): _BED,
    (Purpose.INPATIENT_BED, K.MENTAL_HOSPITAL): _BED,
    (Purpose.FAMILY_TRACING, K.VILLAGE): _TRACING,
    (Purpose.FAMILY_TRACING, K.SOCIAL_OFFICE): _TRACING,
    (Purpose.REUNIFICATION, K.VILLAGE): _REUNION,
    (Purpose.REUNIFICATION, K.SOCIAL_OFFICE): _REUNION,
    (Purpose.REPATRIATION, K.SOCIAL_OFFICE): _RETURN,
    (Purpose.REPATRIATION, K.VILLAGE): _RETURN,
    (Purpose.PLACEMENT, K.PANTI): Entry(
        ADMIT, (REHABILITATION, SHARED_DUTIES, DISTRICT_STANDARD), Letter.HANDOVER_RECORD
    ),
    (Purpose.MEDICINE_CONTINUITY, K.PUSKESMAS): Entry(ADMIT, (MENTAL_HEALTH, CARE_GOES_ON), Letter.COVER_LETTER),
    (Purpose.CHILD_PROTECTION, K.SOCIAL_OFFICE): _CHILD,
    (Purpose.CHILD_PROTECTION, K.CHILD_PROTECTION_UNIT): _CHILD,
    (Purpose.TRANSFER, K.SOCIAL_OFFICE): Entry(
        EXAMINE, (REHABILITATION, SHARED_DUTIES, DISTRICT_STANDARD), Letter.COVER_LETTER
    ),
}
"""Identity and insurance carry no field: intake asks the registry itself, no NIK passes through casework."""


def entry_for(purpose: str, to_kind: str) -> Entry:
    """What may leave for a purpose to a kind of agency; nothing for a pair nobody has reviewed."""
    if purpose in set(Purpose) and to_kind in set(AgencyKind):
        return DISCLOSURES.get((Purpose(purpose), AgencyKind(to_kind)), NOTHING)
    return NOTHING


@dataclass(frozen=True, slots=True)
class Reader:
    """The agency in whose name somebody looks at a disclosure, and of what kind it is (empty when the pack says
    not)."""

    agency: str
    kind: str


def has_apprehended(reader: Reader, purpose: str, from_agency: str) -> bool:
    """Whether a reader's agency is one that takes people off the street.

    The order police always; else whoever gives the person away in a custody transfer, except a social office, which
    has no power to seize anybody.
    """
    gave_away = purpose == Purpose.CUSTODY_TRANSFER and reader.agency == from_agency
    return reader.kind == AgencyKind.ORDER_POLICE or (gave_away and reader.kind != AgencyKind.SOCIAL_OFFICE)


def fields_for(
    reader: Reader, purpose: str, to_kind: str, from_agency: str, *, apparent_minor: bool
) -> tuple[str, ...]:
    """The fields that a reader sees: those of the table, for whoever apprehended a child without the name.

    Source: `handoff.md` §6. ``apparent_minor`` is also true of a person about whom nothing is known yet.
    """
    fields = entry_for(purpose, to_kind).fields
    if apparent_minor and has_apprehended(reader, purpose, from_agency):
        fields -= {F.NAME}
    return tuple(sorted(field.value for field in fields))


class Carrier(Protocol):
    """What of a hand-off's row decides about its disclosure."""

    id: UUID
    district: str
    person_id: UUID
    purpose: str
    from_agency: str
    to_agency: str
    requested_at: datetime


class PersonCopy(Protocol):
    """What of our copy of a person pins the values that left: the fact of intake it comes from, and its ciphertext."""

    identity_status: str
    apparent_minor: bool
    sealed: bytes | None
    sequence: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What leaves with a hand-off now, and the digest of its canonical rendering."""

    to_kind: str
    fields: tuple[str, ...]
    basis: tuple[str, ...]
    person_sequence: int | None
    digest: str


def outgoing(handoff: Carrier, to_kind: str, person: PersonCopy | None) -> Outgoing:
    """The disclosure for the receiver, as the table and what is known of the person have it."""
    fields = fields_for(
        Reader(handoff.to_agency, to_kind),
        handoff.purpose,
        to_kind,
        handoff.from_agency,
        apparent_minor=person is None or person.apparent_minor,
    )
    basis = entry_for(handoff.purpose, to_kind).basis
    digest = hashlib.sha256(_rendering(handoff, fields, basis, person).encode()).hexdigest()
    return Outgoing(to_kind, fields, basis, person.sequence if person else None, digest)


def _rendering(handoff: Carrier, fields: Sequence[str], basis: Sequence[str], person: PersonCopy | None) -> str:
    """JSON with sorted keys and no spaces; the values are in it as ciphertext, so no NIK can be tried on the digest."""
    body = {
        "handoff_id": str(handoff.id),
        "person_id": str(handoff.person_id),
        "purpose": handoff.purpose,
        "to_agency": handoff.to_agency,
        "fields": list(fields),
        "basis": list(basis),
        "person": person
        and {
            "identity_status": person.identity_status,
            "apparent_minor": person.apparent_minor,
            "sequence": person.sequence,
            "sealed_digest": hashlib.sha256(person.sealed or b"").hexdigest(),
        },
    }
    return json.dumps(body, separators=(",", ":"), sort_keys=True)
