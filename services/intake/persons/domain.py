"""What is known of a person, and how surely. Pure functions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Self

from contracts.values import Nik, NikLevel, Sex, age_years
from services.chassis.errors import Invalid


class IdentityStatus(StrEnum):
    """How surely we know who this is."""

    PROVISIONAL = "PROVISIONAL"
    CLAIMED = "CLAIMED"
    MATCHED = "MATCHED"


ADULT_AGE_YEARS = 18
OLDEST_AGE_YEARS = 130
AGES_DIFFER_BY_YEARS = 15
"""By how much a guess from somebody's looks may miss; more is a mistake of typing."""


class BornInTheFuture(Invalid):
    """A birth date that has not come yet."""

    text = "Tanggal lahir tidak boleh di masa depan."
    advice = "Periksa tahun lahirnya; bila tidak diketahui, kosongkan dan isi perkiraan umur."


class BornTooLongAgo(Invalid):
    """Nobody is that old."""

    text = "Tanggal lahir lebih dari 130 tahun yang lalu."
    advice = "Periksa tahun lahirnya; bila tidak diketahui, kosongkan dan isi perkiraan umur."


class AgeAndBirthDateDisagree(Invalid):
    """The stated date and the guessed age belong to two people."""

    text = "Tanggal lahir dan perkiraan umur tidak cocok."
    advice = "Periksa keduanya; bila ragu, kosongkan tanggal lahir dan isi perkiraan umur saja."


@dataclass(frozen=True, slots=True)
class Description:
    """A person as a reporter describes them. Everything here but ``sex`` is personal data and leaves sealed only."""

    name: str | None = None
    nik: str | None = None
    birth_date: date | None = None
    approximate_age_years: int | None = None
    sex: str | None = None
    features: str | None = None

    def sealed_fields(self) -> dict[str, str | None]:
        """The fields that are sealed with the person's key."""
        return {
            "name": self.name,
            "nik": self.nik,
            "birth_date": self.birth_date.isoformat() if self.birth_date else None,
            "approximate_age_years": str(self.approximate_age_years)
            if self.approximate_age_years is not None
            else None,
            "features": self.features,
        }

    @classmethod
    def of(cls, fields: Mapping[str, str | None], sex: str | None) -> Self:
        """The person from sealed fields."""
        birth, age = fields.get("birth_date"), fields.get("approximate_age_years")
        return cls(
            name=fields.get("name"),
            nik=fields.get("nik"),
            birth_date=date.fromisoformat(birth) if birth else None,
            approximate_age_years=int(age) if age else None,
            sex=sex,
            features=fields.get("features"),
        )


REGISTRY = "registry_"
"""Before the names of sealed fields that a registry told: they stand beside what was said until a person decides."""
SAID = "said_"
"""Before those that a reporter told, once a registry's are believed."""
NAMES_AGREE_FROM = 0.8
"""How alike two words of a name must be (0 to 1): «Soeharti» is «Suharti», «Karmin» is not «Kasiyan»."""


def differences(said: Description, told: Description, today: date) -> tuple[str, ...]:
    """In what a registry's person differs from what was said of ours; what was not said differs in nothing."""
    found = []
    if said.nik and told.nik and said.nik != told.nik:
        found.append("nik")
    if said.name and told.name and not _is_one_name(said.name, told.name):
        found.append("name")
    if said.sex and told.sex and said.sex != told.sex:
        found.append("sex")
    if said.birth_date and told.birth_date and said.birth_date != told.birth_date:
        found.append("birth_date")
    age = age_years(told.birth_date, today) if told.birth_date else None
    looks = said.approximate_age_years
    if age is not None and looks is not None and abs(age - looks) > AGES_DIFFER_BY_YEARS:
        found.append("age")
    return tuple(found)


def _is_one_name(one: str, other: str) -> bool:
    """Whether each word of the shorter name stands in the longer, written out, begun or spelt a little otherwise."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    return bool(shorter) and all(any(_is_one_word(word, known) for known in longer) for word in shorter)


def _is_one_word(word: str, known: str) -> bool:
    return known.startswith(word) or SequenceMatcher(None, word, known).ratio() >= NAMES_AGREE_FROM


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold())


def identity_status(description: Description) -> IdentityStatus:
    """A stated NIK is a claim until Dukcapil matched it; without one the identity is provisional."""
    return IdentityStatus.CLAIMED if description.nik else IdentityStatus.PROVISIONAL


def nik_level(description: Description, today: date, is_known_region: Callable[[str], bool]) -> NikLevel | None:
    """How far the stated NIK checks out without Dukcapil: structure never proves existence."""
    if description.nik is None:
        return None
    sex = Sex(description.sex) if description.sex else None
    return Nik(description.nik).check(today, is_known_region, sex, description.birth_date).level


def is_apparent_minor(description: Description, today: date) -> bool:
    """Child until proven otherwise (UU 35/2014): one sign of three is enough, the stated date, the NIK's, the looks.

    A claim takes no other sign away: who looks fifteen and says nineteen is a child.
    """
    births = [description.birth_date, Nik(description.nik).birth_date(today) if description.nik else None]
    ages = [age_years(birth, today) for birth in births if birth is not None]
    if description.approximate_age_years is not None:
        ages.append(description.approximate_age_years)
    return any(age < ADULT_AGE_YEARS for age in ages)


def is_minor_by_registry(nik: str, birth: date | None, today: date, *, until_now: bool) -> bool:
    """What a match says of the age: the registry's date decides, else its NIK's; with neither it stays as it was."""
    known = birth or Nik(nik).birth_date(today)
    return age_years(known, today) < ADULT_AGE_YEARS if known else until_now


def check_ages_agree(description: Description, today: date) -> None:
    """Raise ``BornInTheFuture``, ``BornTooLongAgo`` or ``AgeAndBirthDateDisagree``: such words describe nobody."""
    birth, looks = description.birth_date, description.approximate_age_years
    if birth is None:
        return
    if birth > today:
        raise BornInTheFuture
    if age_years(birth, today) > OLDEST_AGE_YEARS:
        raise BornTooLongAgo
    if looks is not None and abs(age_years(birth, today) - looks) > AGES_DIFFER_BY_YEARS:
        raise AgeAndBirthDateDisagree(age_by_date=age_years(birth, today), age_by_looks=looks)
