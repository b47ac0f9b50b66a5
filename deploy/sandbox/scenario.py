"""Stories and their people, as files give them: a folder each under ``scenarios``."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Nik


class Someone(BaseModel):
    """A fictional person of the scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    kind: str
    village: str
    sex: str
    features: str
    name: str | None = None
    nik: str | None = None
    approximate_age_years: int | None = None
    doubles: str | None = None


class Scenario(BaseModel):
    """An operation with its people, emergencies told by phone the same day, and what becomes of some of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    order_number: str
    place_code: str
    conducted_days_ago: float
    people: tuple[Someone, ...]
    calls: tuple[Someone, ...] = ()
    recognised_later: dict[str, str] = Field(default_factory=dict)
    absconds: tuple[str, ...] = ()
    dies: tuple[str, ...] = ()
    not_odgj_when_features_hold: str = ""

    @property
    def everybody(self) -> tuple[Someone, ...]:
        """The people of the operation and those told of by phone."""
        return (*self.people, *self.calls)

    def again(self, times: int) -> Self:
        """The same story with other people of the same names: nobody is paid twice in a year."""

        def other(someone: Someone) -> Someone:
            return someone.model_copy(update={"nik": _other_nik(someone.nik, times)}) if someone.nik else someone

        return self.model_copy(
            update={"people": tuple(map(other, self.people)), "calls": tuple(map(other, self.calls))}
        )

    def citizen(self, nik: str) -> dict[str, Any] | None:
        """What Dukcapil knows of a NIK, also of those whom the story tells again."""
        for person in self.everybody:
            if person.nik and person.name and _is_told_again(person.nik, nik):
                birth = Nik(nik).birth_date(date(2026, 1, 1))
                return {
                    "nik": nik,
                    "name": person.name,
                    "birth_date": birth.isoformat() if birth else None,
                    "sex": person.sex,
                }
        if nik == self.recognised_later.get("nik"):
            return dict(self.recognised_later)
        return None

    def family_is_known(self, features: str) -> bool:
        """Whether the village knows where somebody of this description belongs."""
        return any(person.features == features and person.name for person in self.everybody)

    def personal_values(self) -> list[str]:
        """Every name, NIK and description of the scenario: what must be found nowhere in clear."""
        found = [value for field, value in self.recognised_later.items() if field in ("name", "nik")]
        for person in self.everybody:
            found += [value for value in (person.name, person.nik, person.features) if value and len(value) > 5]
        return found


FIRST_SERIAL, SERIALS, STEP = 9001, 980, 20
"""Of the reserved serials each telling of a story takes the next twenty, and begins anew after 49."""


def _other_nik(nik: str, times: int) -> str:
    serial = FIRST_SERIAL + (int(nik[-4:]) - FIRST_SERIAL + STEP * times) % SERIALS
    return f"{nik[:-4]}{serial:04d}"


def _is_told_again(told: str, nik: str) -> bool:
    return told[:-4] == nik[:-4] and (int(nik[-4:]) - int(told[-4:])) % STEP == 0


SCENARIOS = Path(__file__).parent / "scenarios"
FIRST = "lamongan-2022"
"""The story of ``make demo``."""


@lru_cache
def load_scenario(name: str = FIRST) -> Scenario:
    """Read a story. Raises ``ValueError`` naming the stories that there are."""
    file = SCENARIOS / name / "people.yaml"
    if not file.exists():
        known = ", ".join(sorted(folder.name for folder in SCENARIOS.iterdir()))
        raise ValueError(f"Cerita «{name}» tidak ada. Yang ada: {known}.")
    return Scenario.model_validate(yaml.safe_load(file.read_text()))


def everybodys_scenario() -> Scenario:
    """The first story with the people of all others beside its own: what registries and villages know."""
    first = load_scenario()
    others = [load_scenario(folder.name) for folder in sorted(SCENARIOS.iterdir()) if folder.name != FIRST]
    return first.model_copy(update={"people": (*first.people, *(one for other in others for one in other.everybody))})
