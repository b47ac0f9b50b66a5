"""What keeps a case open, whom to ask before it closes, and what people may force. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.casework.handoff.handoffs.domain import ENDED_WORK, STARTED, HandoffDisposition
from services.chassis.errors import Conflict, Forbidden, Invalid

ASKED = ("intake", "disbursement", "notifications")
"""Every other service: each says what of the case is open on its side."""
ASK_AGAIN_AFTER = timedelta(hours=20)
"""A round that found something open, or was not answered, is asked anew with the procedure's next daily look."""


class Kind(StrEnum):
    """What can keep a case open."""

    HANDOFF = "HANDOFF"
    TASK = "TASK"
    CUSTODY = "CUSTODY"
    AID = "AID"
    SERVICE = "SERVICE"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that keeps a case open: what it is, under which name people know it, and with whom it lies."""

    kind: Kind
    id: str
    name: str
    party: str
    state: str = ""


class ForcedClosingReason(StrEnum):
    """Why a case is closed over what is open."""

    NO_ANSWER_FOR_LONG = "NO_ANSWER_FOR_LONG"
    RECORDED_ELSEWHERE = "RECORDED_ELSEWHERE"
    OPENED_BY_MISTAKE = "OPENED_BY_MISTAKE"


class Disposition(StrEnum):
    """What two people can make of something open when they close a case over it."""

    EXPIRE = "EXPIRE"
    FAIL = "FAIL"
    READ = "READ"
    CANCEL = "CANCEL"
    END_AID = "END_AID"
    PAY_ON = "PAY_ON"
    LEAVE = "LEAVE"


class Decision(StrEnum):
    """Where a forced closing stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


HANDOFF_DISPOSITIONS = {Disposition.EXPIRE: HandoffDisposition.EXPIRE, Disposition.FAIL: HandoffDisposition.FAIL}


class CustodyCannotBeForced(Conflict):
    """Somebody has the person in hand: that ends by signature, never by closing a file (`handoff.md` §4)."""

    text = "Perkara tidak dapat ditutup paksa selama seseorang masih menguasai orangnya."
    advice = "Catat dahulu serah terima orangnya, atau apa yang terjadi padanya."


class DispositionsAreIncomplete(Conflict):
    """What is open now is not what was chosen for."""

    text = "Masih ada hal terbuka yang belum diputuskan nasibnya, atau ada yang sudah tidak terbuka."
    advice = "Muat ulang daftar penghalang, lalu pilih nasib untuk setiap hal."


class DispositionDoesNotFit(Invalid):
    """A hand-off expires or fails, a result is read, a task is cancelled, aid ends or is paid on."""

    text = "Nasib yang dipilih tidak cocok dengan jenis hal itu."
    advice = "Lihat dispositions pada setiap penghalang."


class NothingToForce(Conflict):
    """Nothing keeps the case open."""

    text = "Tidak ada yang menghalangi penutupan perkara ini."
    advice = "Tunggu sebentar; perkara ditutup sendiri setelah layanannya berakhir."


class ClosingIsDecided(Conflict):
    """Approved or refused already."""

    text = "Usulan penutupan paksa ini sudah diputuskan."


class ClosingIsProposed(Conflict):
    """One proposal at a time."""

    text = "Sudah ada usulan penutupan paksa yang menunggu keputusan."
    legal_kind = "closing_move"


class TwoPeopleAreNeeded(Forbidden):
    """Whoever proposes does not decide."""

    text = "Usulan penutupan paksa harus diputuskan orang lain."
    advice = "Minta kepala bidang yang bukan pengusul."


def dispositions_of(blocker: Blocker) -> tuple[Disposition, ...]:
    """What people may choose for something open; nothing for custody."""
    match blocker.kind:
        case Kind.HANDOFF if blocker.state in ENDED_WORK:
            return (Disposition.READ,)
        case Kind.HANDOFF if blocker.state in STARTED:
            return (Disposition.FAIL,)
        case Kind.HANDOFF:
            return (Disposition.EXPIRE,)
        case Kind.TASK:
            return (Disposition.CANCEL,)
        case Kind.AID:
            return (Disposition.END_AID, Disposition.PAY_ON)
        case Kind.SERVICE:
            return (Disposition.LEAVE,)
        case _:
            return ()


def check_dispositions(blockers: Sequence[Blocker], dispositions: Mapping[str, str]) -> None:
    """Raise unless exactly what is open has a disposition that fits it.

    ``NothingToForce``, ``CustodyCannotBeForced``, ``DispositionsAreIncomplete`` naming what is missing or gone,
    ``DispositionDoesNotFit``.
    """
    if not blockers:
        raise NothingToForce(())
    if any(blocker.kind == Kind.CUSTODY for blocker in blockers):
        raise CustodyCannotBeForced(())
    by_id = {blocker.id: blocker for blocker in blockers}
    if by_id.keys() != dispositions.keys():
        raise DispositionsAreIncomplete(
            (), missing=sorted(by_id.keys() - dispositions.keys()), gone=sorted(dispositions.keys() - by_id.keys())
        )
    for item, disposition in dispositions.items():
        if disposition not in dispositions_of(by_id[item]):
            raise DispositionDoesNotFit(item=item, dispositions=[known.value for known in dispositions_of(by_id[item])])


def waiting_for(answers: Mapping[str, Sequence[str]]) -> list[str]:
    """Which services have not answered a round."""
    return [service for service in ASKED if service not in answers]


def open_elsewhere(answers: Mapping[str, Sequence[str]]) -> list[Blocker]:
    """What is open at the other services, or that one of them has not answered yet."""
    found = [
        Blocker(Kind.SERVICE, f"{service}:{code}", code, service)
        for service in ASKED
        for code in answers.get(service, ())
    ]
    return found + [Blocker(Kind.SERVICE, f"{service}:SILENT", "SILENT", service) for service in waiting_for(answers)]


def is_to_be_asked(asked_at: datetime | None, answers: Mapping[str, Sequence[str]], stale: bool, now: datetime) -> bool:
    """Whether a new round is due: never asked; something open has changed since; or the last one is a day old.

    While answers are on their way nobody is asked anew for a change: it counts once they are there.
    """
    if asked_at is None:
        return True
    if not open_elsewhere(answers):
        return False
    return now - asked_at >= ASK_AGAIN_AFTER or (stale and not waiting_for(answers))


def item_id(kind: Kind, row_id: UUID) -> str:
    """By which name a disposition is given to something open."""
    return f"{kind.value.lower()}:{row_id}"
