"""The pack's parts: agencies with desks, escalation policies, sla_rules, candidates, case types. Pure values."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator

from services.casework.office.directory.domain.calendar_spans import Span
from services.casework.office.directory.domain.calendars import Calendar, DayOff, PackPart, Zone, named_once
from services.chassis.errors import Conflict, NotFound

Duration = Annotated[timedelta, Field(description="ISO 8601, such as PT45M or P30D")]


class AgencyIsUnknown(NotFound):
    """The pack lists no such agency."""

    text = "Instansi tidak terdaftar pada paket daerah."


class PurposeHasNoSlaRule(Conflict):
    """The pack in force says nothing about how long a purpose may take."""

    text = "Paket daerah belum mengatur tenggat untuk keperluan ini."
    advice = "Minta operator menambahkan keperluan ini pada bagian sla_rules paket daerah, lalu memuatnya."


class LetterheadIsMissing(Conflict):
    """The pack in force does not say how the office writes its letters."""

    text = "Paket daerah belum memuat kop surat, penanda tangan dan penomoran."
    advice = "Minta operator menambahkan bagian letterhead pada paket daerah, lalu memuatnya."


class Letter(StrEnum):
    """The letters that go along with a hand-off."""

    COVER_LETTER = "COVER_LETTER"
    REFERRAL_LETTER = "REFERRAL_LETTER"
    HANDOVER_RECORD = "HANDOVER_RECORD"


_PLACE = re.compile(r"\{(?:serial(?::0\d)?|month|year)\}")
_NUMBER = re.compile(r"[A-Za-z0-9]+([ ./-][A-Za-z0-9]+)*")


class EscalationKind(StrEnum):
    """The steps of an escalation escalation policy (`handoff.md` §3)."""

    REMIND_DESK = "REMIND_DESK"
    SECTION_HEAD = "SECTION_HEAD"
    BOTH_HEADS = "BOTH_HEADS"
    NEXT_CANDIDATE = "NEXT_CANDIDATE"
    SECRETARIAT = "SECRETARIAT"
    INSPECTORATE = "INSPECTORATE"
    CASE_CONFERENCE = "CASE_CONFERENCE"


NOTIFIED_ESCALATIONS = frozenset(
    {
        EscalationKind.REMIND_DESK,
        EscalationKind.SECTION_HEAD,
        EscalationKind.BOTH_HEADS,
        EscalationKind.SECRETARIAT,
        EscalationKind.INSPECTORATE,
    }
)
"""Escalation steps that somebody has to hear of; of the others the next candidate's request and the conference's task
tell.
"""


class Desk(PackPart):
    """A desk to which hand-offs are addressed; never a named person. ``keeps_roster``: its turns are planned here.

    ``duty_phones``: codes of the telephones that whoever has the turn may carry; the numbers stand in the section of
    notifications.
    """

    code: str
    name: str
    calendar: str = "office"
    contact: str = ""
    keeps_roster: bool = False
    duty_phones: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)], ...] = ()


class Agency(PackPart):
    """An agency with its desks; the first desk is where hand-offs arrive. Its zone, when not the district's own.

    ``stay_limit``: how long somebody may stay in its shelter; an agency without one keeps nobody overnight.
    ``adults_only``: no child is sent there.
    """

    code: str
    kind: str
    name: str
    place_code: str = ""
    zone: Zone | None = None
    stay_limit: Duration | None = None
    adults_only: bool = False
    desks: tuple[Desk, ...] = Field(min_length=1)

    @field_validator("desks")
    @classmethod
    def _phones_where_somebody_is_told(cls, desks: tuple[Desk, ...]) -> tuple[Desk, ...]:
        if any(desk.duty_phones and (n or not desk.keeps_roster) for n, desk in enumerate(desks)):
            raise ValueError("duty telephones go with the roster of the first desk, where hand-offs arrive")
        return desks


class PolicyStep(PackPart):
    """A step of an escalation policy, so long after the deadline passed."""

    after: Duration
    kind: EscalationKind


class SlaRule(PackPart):
    """How long an agency has to answer and to be reached, for a purpose; the most specific entry wins.

    An entry may hold for one agency, for all of a kind, or for all, and each of these for one urgency of the case.
    """

    purpose: str
    agency: str = ""
    agency_kind: str = ""
    urgency: str = ""
    answer_within: Duration
    receive_within: Duration | None = None
    reply_within: Duration = timedelta(hours=8)
    confirm_within: Duration = timedelta(hours=8)
    fetch_within: Duration = timedelta(days=2)
    emergency: bool = False
    arrive_within: Duration = timedelta(days=2)
    status_every: Duration = timedelta(days=7)
    read_within: Duration = timedelta(days=1)
    escalation_policy: str = "default"
    receipt_escalation_policy: str = "default"


class CandidateRule(PackPart):
    """Which agencies are asked, in order, for a purpose; by kecamatan of the finding place where it matters.

    ``side_by_side``: in cases of this urgency they are asked all at once, and the first firm yes wins.
    """

    purpose: str
    kecamatan: tuple[str, ...] = ()
    agencies: tuple[str, ...] = Field(min_length=1)
    side_by_side: frozenset[Literal["NORMAL", "URGENT", "EMERGENCY"]] = frozenset()


class CaseTypeRules(PackPart):
    """What a case type's procedure takes from the pack."""

    case_type: str
    aid_programme: str = ""
    visits_after: tuple[Span, ...] = ()
    medicine_controls_after: tuple[Span, ...] = ()
    task_due_within: Mapping[str, Duration] = Field(default_factory=dict)
    conference_due_within: Duration = timedelta(days=1)

    def due_within(self, kind: str) -> timedelta:
        """How long a task of a kind may take; what the pack does not name takes as long as a case conference."""
        return self.task_due_within.get(kind, self.conference_due_within)


class Signer(PackPart):
    """An official who signs letters; ``on_behalf_of``: the title of whoever delegated it («a.n.»)."""

    code: str
    name: str
    title: str
    rank: str = ""
    nip: str = ""
    on_behalf_of: str = ""


class LinkRules(PackPart):
    """How long a link for an agency without software is good, and how many wrong PINs lock it."""

    lifetime: Duration = Field(default=timedelta(days=7), gt=timedelta())
    pin_attempts: int = Field(default=5, ge=1, le=10)


class Letterhead(PackPart):
    """How the office writes its letters; ``numbers`` by kind of letter, with {serial}, {serial:04}, {month}, {year}."""

    government: str
    office: str
    address: tuple[str, ...] = Field(min_length=1)
    place: str
    signers: tuple[Signer, ...] = Field(min_length=1)
    numbers: Mapping[Letter, str]

    @field_validator("numbers")
    @classmethod
    def _one_for_each(cls, value: Mapping[Letter, str]) -> Mapping[Letter, str]:
        missing = sorted(set(Letter) - set(value))
        if missing:
            raise ValueError(f"no number format for {', '.join(missing)}")
        for kind, written in value.items():
            is_whole = "{year}" in written and re.search(r"\{serial(:0\d)?\}", written)
            if not is_whole or not _NUMBER.fullmatch(_PLACE.sub("1", written)):
                raise ValueError(f"{kind}: {{serial}} and {{year}} among letters, digits and . / -")
        return value


class CaseworkPack(PackPart):
    """The casework section of a district pack."""

    district: str
    version: str
    zone: Zone
    office: str
    office_unit: str
    days_off: tuple[DayOff, ...] = ()
    decree_grace: Duration = Field(default=timedelta(hours=4), gt=timedelta())
    decree_wanted_within: Duration = Field(default=timedelta(days=60), gt=timedelta())
    marked_late_after: Duration = Field(default=timedelta(minutes=30), gt=timedelta())
    late_after: Duration = Field(default=timedelta(days=1), gt=timedelta())
    notice_within: Duration = Field(default=timedelta(minutes=15), gt=timedelta())
    proof_within: Duration = Field(default=timedelta(days=3), gt=timedelta())
    calendars: Mapping[str, Calendar]
    agencies: tuple[Agency, ...]
    escalation_policies: Mapping[str, tuple[PolicyStep, ...]]
    sla_rules: tuple[SlaRule, ...]
    candidates: tuple[CandidateRule, ...]
    case_types: tuple[CaseTypeRules, ...]
    letterhead: Letterhead | None = None
    links: LinkRules = LinkRules()

    @field_validator("days_off")
    @classmethod
    def _once_each(cls, value: tuple[DayOff, ...]) -> tuple[DayOff, ...]:
        return named_once(value)

    def agency(self, code: str) -> Agency:
        """An agency by its code. Raises ``AgencyIsUnknown``."""
        for agency in self.agencies:
            if agency.code == code:
                return agency
        raise AgencyIsUnknown(agency=code)

    def kind_of(self, code: str) -> str:
        """What kind of agency it is; empty when the pack does not list it."""
        return next((agency.kind for agency in self.agencies if agency.code == code), "")

    def desk(self, agency: str, desk: str) -> Desk:
        """A desk of an agency; its first one when there is none of that code. Raises ``AgencyIsUnknown``."""
        desks = self.agency(agency).desks
        return next((found for found in desks if found.code == desk), desks[0])

    def sla_rule(self, purpose: str, agency: str, urgency: str = "") -> SlaRule:
        """The sla_rule for asking an agency for a purpose, in a case of some urgency.

        The agency's own entry goes before that of its kind, this before the purpose's; among equals the one that names
        the urgency. Raises ``PurposeHasNoSlaRule``.
        """
        kind = self.kind_of(agency)
        fitting = [
            sla_rule
            for sla_rule in self.sla_rules
            if sla_rule.purpose == purpose
            and sla_rule.agency in ("", agency)
            and sla_rule.agency_kind in ("", kind)
            and sla_rule.urgency in ("", urgency)
        ]
        if not fitting:
            raise PurposeHasNoSlaRule(purpose=purpose)
        return max(
            fitting, key=lambda sla_rule: (bool(sla_rule.agency), bool(sla_rule.agency_kind), bool(sla_rule.urgency))
        )

    def candidates_for(self, purpose: str, village_code: str) -> tuple[str, ...]:
        """Whom to ask, in order; empty when the pack names nobody."""
        rule = self._candidate_rule(purpose, village_code)
        return rule.agencies if rule else ()

    def asks_side_by_side(self, purpose: str, village_code: str, urgency: str) -> bool:
        """Whether all candidates are asked at once."""
        rule = self._candidate_rule(purpose, village_code)
        return rule is not None and urgency in rule.side_by_side

    def _candidate_rule(self, purpose: str, village_code: str) -> CandidateRule | None:
        kecamatan = village_code[:8]
        rules = [rule for rule in self.candidates if rule.purpose == purpose]
        named = (rule for rule in rules if kecamatan in rule.kecamatan)
        return next(named, next((rule for rule in rules if not rule.kecamatan), None))

    def is_for_adults_only(self, code: str | None) -> bool:
        """Whether no child may be kept there; not of whoever the pack does not list."""
        return any(agency.adults_only for agency in self.agencies if agency.code == code)

    def stay_limit(self, code: str | None) -> timedelta | None:
        """How long somebody may stay with an agency; ``None`` when nothing limits it."""
        return next((agency.stay_limit for agency in self.agencies if agency.code == code), None)

    def rules_of(self, case_type: str) -> CaseTypeRules | None:
        """What the pack says about a case type, if the district runs it."""
        return next((rules for rules in self.case_types if rules.case_type == case_type), None)

    def is_told_late(self, happened_at: datetime, recorded_at: datetime) -> bool:
        """Whether what happened was recorded so much later that whoever reads it has to know."""
        return recorded_at - happened_at > self.marked_late_after

    def calendar_of(self, agency: str, desk: str) -> Calendar:
        """The working calendar of a desk, with the pack's days off that it observes."""
        return self.calendars[self.desk(agency, desk).calendar].observing(self.days_off)

    def zone_of(self, agency: str) -> Zone:
        """The zone in which an agency's desks work: its own, else the district's. Raises ``AgencyIsUnknown``."""
        return self.agency(agency).zone or self.zone
