"""The duty roster's rules, and what silence would bring from now on. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.casework.handoff.deadlines.domain import DeadlineKind, policy_of, sentence, silence
from services.casework.office.directory.domain import CaseworkPack, EscalationKind, add_working_time, explain_deadline
from services.chassis.errors import Conflict, Invalid

LONGEST_SHIFT = timedelta(days=7)


class ShiftIsTurnedRound(Invalid):
    """It must end after it starts, within a week."""

    text = "Waktu jaga tidak sah."
    advice = "Isi ends_at setelah starts_at, paling lama tujuh hari sesudahnya."


class PhoneIsNotTheDesks(Invalid):
    """The pack lists no such duty telephone at the desk."""

    text = "Telepon jaga ini tidak terdaftar pada meja tersebut."
    advice = "Pakai salah satu duty_phones meja itu pada paket daerah, atau kosongkan."


class OfficerIsUnknown(Invalid):
    """Nobody of the agency has ever signed in under this account: a turn of nobody would hide that a desk is empty."""

    text = "Petugas ini tidak dikenal pada instansi Anda."
    advice = "Pilih rekan yang sudah pernah masuk; rekan yang baru, mintalah masuk sekali dahulu."


class NothingToHandOver(Conflict):
    """No claimed item of the desk is in this officer's hands."""

    text = "Tidak ada butir meja ini yang sedang Anda tangani."


def check_shift(starts_at: datetime, ends_at: datetime) -> None:
    """Raises ``ShiftIsTurnedRound``."""
    if not timedelta(0) < ends_at - starts_at <= LONGEST_SHIFT:
        raise ShiftIsTurnedRound


def empty_since(now: datetime, last_ended_at: datetime | None, zone: str) -> datetime:
    """Since when a desk has been empty: the end of the last turn, or where that lies further back, this day's start."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    return max(midnight, last_ended_at) if last_ended_at is not None else midnight


def claim_ends_at(now: datetime, shift_ends_at: datetime | None, lasts: timedelta) -> datetime:
    """A claim lapses with the shift of whoever made it; without a roster, after the desk's usual span."""
    return shift_ends_at if shift_ends_at is not None and shift_ends_at > now else now + lasts


def gaps(
    turns: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The spans between two instants in which nobody has the turn, given when each turn starts and ends."""
    found = []
    covered = since
    for starts_at, ends_at in sorted(turns):
        if starts_at > covered:
            found.append((covered, min(starts_at, until)))
        covered = max(covered, ends_at)
        if covered >= until:
            return found
    return [*found, (covered, until)]


TOLD: dict[EscalationKind, tuple[str, ...]] = {
    EscalationKind.REMIND_DESK: ("RECEIVER_DESK",),
    EscalationKind.SECTION_HEAD: ("SENDER_HEAD",),
    EscalationKind.BOTH_HEADS: ("SENDER_HEAD", "RECEIVER_HEAD"),
    EscalationKind.NEXT_CANDIDATE: ("SENDER_DESK", "NEXT_DESK"),
    EscalationKind.SECRETARIAT: ("DISTRICT_SECRETARIAT",),
    EscalationKind.INSPECTORATE: ("DISTRICT_INSPECTORATE",),
    EscalationKind.CASE_CONFERENCE: ("CASE_HOLDER",),
}
"""Who hears of an escalation step, as the pack's messages and the conference's task tell it."""


@dataclass(frozen=True, slots=True)
class ForeseenEscalation:
    """An escalation step that would be taken, and who would be told."""

    at: datetime
    kind: EscalationKind
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeseenDeadline:
    """A deadline that would start with a request now, with the sentence that explains its instant."""

    kind: DeadlineKind
    due_at: datetime
    sentence: str
    is_emergency: bool
    escalations: tuple[ForeseenEscalation, ...]


def foresee_silence(
    pack: CaseworkPack, agency: str, purpose: str, urgency: str, now: datetime
) -> list[ForeseenDeadline]:
    """What would happen if an agency were asked now and never said a word: a dry run of its escalation policy.

    Raises ``AgencyIsUnknown``, ``PurposeHasNoSlaRule``.
    """
    rules, desk = pack.sla_rule(purpose, pack.agency(agency).code, urgency), pack.agency(agency).desks[0]
    zone, calendar = pack.zone_of(agency), pack.calendar_of(agency, desk.code)
    asked = [(DeadlineKind.ANSWER_BY, rules.answer_within, rules.escalation_policy)]
    if rules.receive_within is not None:
        asked.insert(0, (DeadlineKind.RECEIVED_BY, rules.receive_within, rules.receipt_escalation_policy))
    found = []
    for kind, within, escalation_policy in asked:
        due_at = now + within if rules.emergency else add_working_time(now, within, calendar, zone)
        why = sentence(within, now, due_at, zone) if rules.emergency else ""
        ahead = silence(due_at, 0, policy_of(kind, pack.escalation_policies[escalation_policy]))
        escalations = tuple(ForeseenEscalation(at, escalation, TOLD[escalation]) for escalation, at in ahead)
        explained = why or explain_deadline(now, within, calendar, zone, desk.name)
        found.append(ForeseenDeadline(kind, due_at, explained, rules.emergency, escalations))
    return found
