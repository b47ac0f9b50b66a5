"""Whom a case can ask for work, what leaves with the request, and which tasks people give. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.disclosures.domain import DISCLOSURES, Purpose, Reader, entry_for, fields_for
from services.casework.office.directory.domain import CaseworkPack, Letter
from services.chassis.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Offer:
    """An agency that can be asked: ``is_proposed`` by the pack, and what of the person it would be shown."""

    agency: str
    is_proposed: bool
    fields: tuple[str, ...]
    basis: tuple[str, ...]
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the offers depend on: where the person was found, who asks, and whether it is a child."""

    village_code: str
    holder: str
    is_minor: bool


def purposes_of(pack: CaseworkPack) -> Sequence[Purpose]:
    """What can be asked for in a district: whatever its pack gives a time to."""
    timed = {rule.purpose for rule in pack.sla_rules}
    return [purpose for purpose in Purpose if purpose in timed]


def offers(pack: CaseworkPack, purpose: Purpose, asked: Asked) -> list[Offer]:
    """Who can be asked, those whom the pack proposes first and in its order.

    The others are agencies of a kind to which something may leave for this purpose; all of them where nothing leaves
    to anybody. A child is offered to nobody who takes adults only.
    """
    proposed = pack.candidates_for(purpose.value, asked.village_code)
    known = {agency.code: agency for agency in pack.agencies}
    kinds = {kind.value for of_purpose, kind in DISCLOSURES if of_purpose is purpose}
    others = [code for code, agency in known.items() if not kinds or agency.kind in kinds]
    found = []
    for code in dict.fromkeys([*proposed, *others]):
        if code == asked.holder or (asked.is_minor and known[code].adults_only):
            continue
        kind = known[code].kind
        entry = entry_for(purpose.value, kind)
        shown = fields_for(Reader(code, kind), purpose.value, kind, asked.holder, apparent_minor=asked.is_minor)
        found.append(Offer(code, code in proposed, shown, entry.basis, entry.letter))
    return found


LATEST = timedelta(days=366)


class TaskByHand(StrEnum):
    """What people give a desk to do, beside what procedures ask for."""

    CASE_CONFERENCE = TaskKind.CASE_CONFERENCE.value
    AFTERCARE_VISIT = TaskKind.AFTERCARE_VISIT.value
    MEDICINE_CONTROL = TaskKind.MEDICINE_CONTROL.value


class CancelReason(StrEnum):
    """Why a task that was given by hand is taken back."""

    NO_LONGER_NEEDED = "NO_LONGER_NEEDED"
    GIVEN_BY_MISTAKE = "GIVEN_BY_MISTAKE"


class TaskDueIsOutOfReach(Invalid):
    """A task is due later than now, and within a year."""

    text = "Tenggat tugas harus sesudah sekarang dan paling lama satu tahun."
    advice = "Pilih tanggal dan jam yang akan datang."


class TaskIsAProceduresStep(Conflict):
    """The procedure waits for it."""

    text = "Tugas ini bagian dari alur perkara; tidak dapat dibatalkan sendiri."
    advice = "Selesaikan dengan hasilnya, atau catat apa yang terjadi pada orangnya."


def check_due(due_at: datetime, now: datetime) -> None:
    """Raise ``TaskDueIsOutOfReach``."""
    if not now < due_at <= now + LATEST:
        raise TaskDueIsOutOfReach
