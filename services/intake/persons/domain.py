"""What is known of a person, and how surely. Pure functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.values import Nik, NikLevel, Sex


class IdentityStatus(StrEnum):
    """How surely we know who this is."""

    PROVISIONAL = "PROVISIONAL"
    CLAIMED = "CLAIMED"
    MATCHED = "MATCHED"


ADULT_AGE_YEARS = 18


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
    """Apparent minor = child until proven otherwise (UU 35/2014): by stated date, NIK, or the reporter's guess."""
    birth = description.birth_date
    if birth is None and description.nik:
        birth = Nik(description.nik).birth_date(today)
    if birth is not None:
        had_birthday = (today.month, today.day) >= (birth.month, birth.day)
        return today.year - birth.year - (not had_birthday) < ADULT_AGE_YEARS
    return description.approximate_age_years is not None and description.approximate_age_years < ADULT_AGE_YEARS
