"""Working calendars as data: weekly hours, periods with other hours, days off, days worked in exception.

A calendar that cannot be meant is refused when its pack is read; the error names the place in the pack.
"""

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from itertools import combinations, pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

Zone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = time(0)


class PackPart(BaseModel):
    """Base of all parts of a pack: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _written_as_text(value: Any) -> Any:
    if not isinstance(value, str | time):
        raise ValueError('write the time in quotes, such as "12:30": YAML reads 12:30 without them as a number')
    return value


def _whole_minute_on_the_wall(value: time) -> time:
    if value.tzinfo is not None or value.second or value.microsecond:
        raise ValueError("a whole minute of the desk's own wall clock, without a zone")
    return value


WallTime = Annotated[time, BeforeValidator(_written_as_text), AfterValidator(_whole_minute_on_the_wall)]


class Hours(PackPart):
    """One stretch of a day in the desk's local time; closing at 00:00 is the end of the day."""

    opens: WallTime
    closes: WallTime

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.closes != MIDNIGHT and self.closes <= self.opens:
            raise ValueError(f"closes {self.closes:%H:%M} before it opens {self.opens:%H:%M}")
        return self


def _one_after_another(stretches: tuple[Hours, ...]) -> tuple[Hours, ...]:
    for earlier, later in pairwise(stretches):
        if earlier.closes == MIDNIGHT or later.opens < earlier.closes:
            raise ValueError(f"{later.opens:%H:%M} opens before {earlier.opens:%H:%M}–{earlier.closes:%H:%M} is over")
    return stretches


Stretches = Annotated[tuple[Hours, ...], AfterValidator(_one_after_another)]
Weekly = Mapping[Weekday, Stretches]


class DayOffKind(StrEnum):
    """Whose day off it is; a calendar says which kinds it observes."""

    NATIONAL = "NATIONAL"
    JOINT_LEAVE = "JOINT_LEAVE"
    LOCAL = "LOCAL"


class DayOff(PackPart):
    """A day that counts nothing, and who says so; a forecast waits for its decree."""

    day: date
    kind: DayOffKind
    name: str
    source: str
    is_forecast: bool = False


class Period(PackPart):
    """Days, both ends included, with weekly hours of their own, such as Ramadan; a weekday not named is closed."""

    name: str
    starts_on: date
    ends_on: date
    weekly: Weekly
    source: str
    is_forecast: bool = False

    @model_validator(mode="after")
    def _can_be_meant(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError(f"ends {self.ends_on} before it starts {self.starts_on}")
        if not any(self.weekly.values()):
            raise ValueError("no working time at all: days without any are days off")
        return self


class WorkedDay(PackPart):
    """A day worked in exception, such as a Saturday; it wins over weekly hours and days off."""

    day: date
    name: str
    hours: Annotated[Stretches, Field(min_length=1)]
    source: str


class Calendar(PackPart):
    """When a desk works. The pack's days off of the kinds it observes are added by ``observing``."""

    name: str = "jam kerja kantor"
    always_open: bool = False
    weekly: Weekly = {}
    periods: tuple[Period, ...] = ()
    observes: tuple[DayOffKind, ...] = ()
    days_off: tuple[DayOff, ...] = ()
    worked_days: tuple[WorkedDay, ...] = ()

    @field_validator("days_off", mode="before")
    @classmethod
    def _by_date(cls, value: Any) -> Any:
        """Packs loaded before 2026.2 hold names by date."""
        if isinstance(value, Mapping):
            return [{"day": day, "kind": DayOffKind.LOCAL, "name": name, "source": ""} for day, name in value.items()]
        return value

    @field_validator("days_off")
    @classmethod
    def _once_each(cls, value: tuple[DayOff, ...]) -> tuple[DayOff, ...]:
        return named_once(value)

    @model_validator(mode="after")
    def _can_be_meant(self) -> Self:
        own = (self.weekly, self.periods, self.observes, self.days_off, self.worked_days)
        if self.always_open:
            if any(own):
                raise ValueError("a calendar that is always open has no hours, periods or days of its own")
            return self
        if not any(self.weekly.values()):
            raise ValueError("no working time at all: give weekly hours, or always_open")
        for one, other in combinations(self.periods, 2):
            if one.starts_on <= other.ends_on and other.starts_on <= one.ends_on:
                raise ValueError(f"the periods {one.name} and {other.name} overlap")
        worked = [worked.day for worked in self.worked_days]
        if len(set(worked)) < len(worked):
            raise ValueError("worked_days names a day twice")
        return self

    def knows(self, year: int) -> bool:
        """Whether the national days of a year are decreed, as far as this calendar observes any."""
        if self.always_open or DayOffKind.NATIONAL not in self.observes:
            return True
        return any(
            off.kind == DayOffKind.NATIONAL and not off.is_forecast and off.day.year == year for off in self.days_off
        )

    def observing(self, days_off: tuple[DayOff, ...]) -> "Calendar":
        """This calendar with those of the pack's days off that it observes."""
        observed = tuple(off for off in days_off if off.kind in self.observes)
        return self.model_copy(update={"days_off": (*self.days_off, *observed)}) if observed else self


def named_once(days_off: tuple[DayOff, ...]) -> tuple[DayOff, ...]:
    """The days off as they are. Raises ``ValueError`` naming a day given twice with one kind."""
    seen: set[tuple[date, DayOffKind]] = set()
    for off in days_off:
        if (off.day, off.kind) in seen:
            raise ValueError(f"{off.day} is given twice as {off.kind}")
        seen.add((off.day, off.kind))
    return days_off
