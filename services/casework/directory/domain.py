"""The casework section of a district pack, and working time. Pure values and functions.

Everything in which one district differs from another stands in the pack; nothing here knows an agency, an hour or a
ladder by itself.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.errors import Conflict, NotFound

Duration = Annotated[timedelta, Field(description="ISO 8601, such as PT45M or P30D")]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class AgencyIsUnknown(NotFound):
    """The pack lists no such agency."""

    text = "Instansi tidak terdaftar pada paket daerah."


class PackIsMissing(Conflict):
    """No pack was loaded for the district."""

    text = "Paket daerah belum dimuat."
    advice = "Minta operator memuat paket daerah (load-pack)."


class PackPart(BaseModel):
    """Base of all parts of a pack: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RungKind(StrEnum):
    """The steps of an escalation ladder (`handoff.md` §3)."""

    REMIND_DESK = "REMIND_DESK"
    SECTION_HEAD = "SECTION_HEAD"
    BOTH_HEADS = "BOTH_HEADS"
    NEXT_CANDIDATE = "NEXT_CANDIDATE"
    CASE_CONFERENCE = "CASE_CONFERENCE"


class Hours(PackPart):
    """One stretch of a working day in local time."""

    opens: time
    closes: time


class Calendar(PackPart):
    """When a desk works: weekly hours, and days on which nobody works."""

    always_open: bool = False
    weekly: Mapping[str, tuple[Hours, ...]] = {}
    days_off: Mapping[date, str] = {}


class Desk(PackPart):
    """A desk to which hand-offs are addressed; never a named person."""

    code: str
    name: str
    calendar: str = "office"
    contact: str = ""


class Agency(PackPart):
    """An agency with its desks; the first desk is where hand-offs arrive."""

    code: str
    kind: str
    name: str
    place_code: str = ""
    desks: tuple[Desk, ...] = Field(min_length=1)


class Rung(PackPart):
    """A step of a ladder, so long after the deadline passed."""

    after: Duration
    kind: RungKind


class Clock(PackPart):
    """How long an agency has to answer and to be reached, for a purpose; the most specific entry wins."""

    purpose: str
    agency: str = ""
    answer_within: Duration
    receive_within: Duration | None = None
    reply_within: Duration = timedelta(hours=8)
    confirm_within: Duration = timedelta(hours=8)
    fetch_within: Duration = timedelta(days=2)
    emergency: bool = False
    arrive_within: Duration = timedelta(days=2)
    status_every: Duration = timedelta(days=7)
    read_within: Duration = timedelta(days=1)
    ladder: str = "default"
    receipt_ladder: str = "default"


class CandidateRule(PackPart):
    """Which agencies are asked, in order, for a purpose; by kecamatan of the finding place where it matters."""

    purpose: str
    kecamatan: tuple[str, ...] = ()
    agencies: tuple[str, ...] = Field(min_length=1)


class CaseTypeRules(PackPart):
    """What a case type's procedure takes from the pack."""

    case_type: str
    number_prefix: str
    workflow: str
    aid_programme: str = ""
    visits_after: tuple[Duration, ...] = ()
    visit_due_within: Duration = timedelta(days=7)
    conference_due_within: Duration = timedelta(days=1)


class CaseworkPack(PackPart):
    """The casework section of a district pack."""

    district: str
    version: str
    zone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    office: str
    office_unit: str
    calendars: Mapping[str, Calendar]
    agencies: tuple[Agency, ...]
    ladders: Mapping[str, tuple[Rung, ...]]
    clocks: tuple[Clock, ...]
    candidates: tuple[CandidateRule, ...]
    case_types: tuple[CaseTypeRules, ...]

    def agency(self, code: str) -> Agency:
        """An agency by its code. Raises ``AgencyIsUnknown``."""
        for agency in self.agencies:
            if agency.code == code:
                return agency
        raise AgencyIsUnknown(agency=code)

    def clock(self, purpose: str, agency: str) -> Clock:
        """The clock for asking an agency for a purpose: its own entry, else the purpose's."""
        for clock in self.clocks:
            if clock.purpose == purpose and clock.agency == agency:
                return clock
        for clock in self.clocks:
            if clock.purpose == purpose and not clock.agency:
                return clock
        raise PackIsMissing(purpose=purpose)

    def candidates_for(self, purpose: str, village_code: str) -> tuple[str, ...]:
        """Whom to ask, in order; empty when the pack names nobody."""
        kecamatan = village_code[:8]
        rules = [rule for rule in self.candidates if rule.purpose == purpose]
        for rule in rules:
            if kecamatan in rule.kecamatan:
                return rule.agencies
        return next((rule.agencies for rule in rules if not rule.kecamatan), ())

    def rules_of(self, case_type: str) -> CaseTypeRules | None:
        """What the pack says about a case type, if the district runs it."""
        return next((rules for rules in self.case_types if rules.case_type == case_type), None)

    def calendar_of(self, agency: str, desk: str) -> Calendar:
        """The working calendar of a desk."""
        found = next((d for d in self.agency(agency).desks if d.code == desk), self.agency(agency).desks[0])
        return self.calendars[found.calendar]


def add_working_time(start: datetime, amount: timedelta, calendar: Calendar, zone: str) -> datetime:
    """The instant at which ``amount`` of the calendar's working time has passed since ``start`` (both in UTC).

    Around the clock this is plain addition. Otherwise only open stretches count, in the desk's own zone; a day listed
    as off counts nothing.
    """
    if calendar.always_open or not any(calendar.weekly.values()):
        return start + amount
    local_zone = ZoneInfo(zone)
    left = amount
    day = start.astimezone(local_zone).date()
    for _ in range(3660):
        if day not in calendar.days_off:
            for hours in calendar.weekly.get(WEEKDAYS[day.weekday()], ()):
                opens = datetime.combine(day, hours.opens, local_zone).astimezone(UTC)
                closes = datetime.combine(day, hours.closes, local_zone).astimezone(UTC)
                begins = max(opens, start)
                if begins >= closes:
                    continue
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
        day += timedelta(days=1)
    raise PackIsMissing(calendar="no working time within ten years")


def working_time_between(start: datetime, end: datetime, calendar: Calendar, zone: str) -> timedelta:
    """How much of the calendar's working time lies between two instants (UTC); nothing when they are turned round."""
    if calendar.always_open or not any(calendar.weekly.values()):
        return max(end - start, timedelta(0))
    local_zone = ZoneInfo(zone)
    found = timedelta(0)
    day, last = start.astimezone(local_zone).date(), end.astimezone(local_zone).date()
    while day <= last:
        if day not in calendar.days_off:
            for hours in calendar.weekly.get(WEEKDAYS[day.weekday()], ()):
                opens = datetime.combine(day, hours.opens, local_zone).astimezone(UTC)
                closes = datetime.combine(day, hours.closes, local_zone).astimezone(UTC)
                found += max(min(closes, end) - max(opens, start), timedelta(0))
        day += timedelta(days=1)
    return found
