"""What a person's opened fields tell, each with who told it. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.values import Nik, NikIsInvalid, age_years


class Source(StrEnum):
    """Who told something of a person."""

    REPORTER = "REPORTER"
    REGISTRY = "REGISTRY"
    DIGITS = "DIGITS"


KNOWN_BY_REGISTRY = "MATCHED"
"""Identity status of somebody of whom the civil registry says who they are."""
SEEN = ("approximate_age_years", "features", "circumstances", "said_sex")
"""What a reporter saw, as intake names the sealed fields: it names nobody."""
FIELDS = (*SEEN, "name", "nik", "birth_date", "said_name")
"""The same, and who it is."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known: what kind of thing, what it is, and who told it."""

    name: str
    value: str
    source: Source


@dataclass(frozen=True, slots=True)
class Age:
    """How old somebody is: ``years`` by a day of birth, or by looks when there is none."""

    years: int
    born_on: date | None
    source: Source


def age_of(fields: Mapping[str, str | None], is_matched: bool, today: date) -> Age | None:
    """By the day of birth, the stated one before the one in the NIK; else as it looks. Nothing when neither is known.

    A NIK's digits tell a day of birth only to whoever has no other.
    """
    told = Source.REGISTRY if is_matched else Source.REPORTER
    if birth := fields.get("birth_date"):
        born_on = date.fromisoformat(birth)
        return Age(age_years(born_on, today), born_on, told)
    if looks := fields.get("approximate_age_years"):
        return Age(int(looks), None, Source.REPORTER)
    nik = nik_of(fields)
    in_digits = nik.birth_date(today) if nik else None
    return Age(age_years(in_digits, today), in_digits, Source.DIGITS) if in_digits else None


def nik_of(fields: Mapping[str, str | None]) -> Nik | None:
    """The number, when there is one that can be read."""
    try:
        return Nik(fields.get("nik") or "")
    except NikIsInvalid:
        return None


def facts_of(fields: Mapping[str, str | None], is_matched: bool) -> Sequence[Fact]:
    """Sex, number and what was seen, in the order in which people ask for them."""
    told = Source.REGISTRY if is_matched else Source.REPORTER
    nik = nik_of(fields)
    found = []
    if fields.get("said_sex"):
        found.append(Fact("sex", str(fields["said_sex"]), Source.REPORTER))
    elif nik:
        found.append(Fact("sex", nik.sex.value, Source.DIGITS))
    if nik:
        found.append(Fact("nik", nik.masked(), told))
    for name in ("features", "circumstances"):
        if fields.get(name):
            found.append(Fact(name, str(fields[name]), Source.REPORTER))
    said = fields.get("said_name")
    if is_matched and said and said != fields.get("name"):
        found.append(Fact("said_name", said, Source.REPORTER))
    return found
