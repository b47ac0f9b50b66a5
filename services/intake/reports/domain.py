"""What a report may become, and what is checked before it is believed. Pure functions."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.values import RegionCode, Urgency
from services.chassis.errors import Conflict, Forbidden, Invalid


class ReportState(StrEnum):
    """Where a report stands."""

    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class RejectionReason(StrEnum):
    """Why a report is refused."""

    NOT_TRUE = "NOT_TRUE"
    NOT_IN_NEED = "NOT_IN_NEED"
    OUTSIDE_OUR_DUTY = "OUTSIDE_OUR_DUTY"
    NOT_ENOUGH_KNOWN = "NOT_ENOUGH_KNOWN"
    WITHDRAWN = "WITHDRAWN"


class Channel(StrEnum):
    """How the report came in; kept, since counts differ by channel."""

    COUNTER = "COUNTER"
    VILLAGE_DESK = "VILLAGE_DESK"
    PHONE = "PHONE"
    CHAT = "CHAT"
    PARTNER_API = "PARTNER_API"
    OTHER_AGENCY = "OTHER_AGENCY"
    PUBLIC_PAGE = "PUBLIC_PAGE"


class Because(StrEnum):
    """What two reports have in common that few pairs of persons have."""

    NIK = "NIK"
    PHOTO = "PHOTO"
    ORDER_NUMBER = "ORDER_NUMBER"


MOVES: dict[tuple[ReportState, str], ReportState] = {
    (ReportState.RECEIVED, "verify"): ReportState.VERIFIED,
    (ReportState.RECEIVED, "reject"): ReportState.REJECTED,
    (ReportState.RECEIVED, "mark_duplicate"): ReportState.DUPLICATE,
    (ReportState.DUPLICATE, "undo_duplicate"): ReportState.RECEIVED,
}
"""What people do with a report; one that was refused is looked at anew after an objection alone.

Once it has a case, the case is marked and unmarked, and the report follows it.
"""
ALIVE = frozenset({ReportState.RECEIVED, ReportState.VERIFIED})
"""Reports that can go on for another one."""


def opens_at_once(urgency: str, channel: str, *, is_believed: bool) -> bool:
    """Whether a report is believed as it comes in: in an emergency action comes before paper, at any hour.

    Nobody stands for what comes from the public page: it waits, on top of the list, until somebody has looked. A false
    alarm ends with the first response. Source: `handoff.md` §1; first response within 45 minutes (`domain.md` §4.3)
    leaves no time for a desk that opens in the morning.
    """
    return is_believed and urgency == Urgency.EMERGENCY and channel != Channel.PUBLIC_PAGE


CLOCK_TOLERANCE = timedelta(minutes=10)
OLDEST_FINDING = timedelta(days=3650)
OPERATION_LIMIT = 200


class ReportCannotMove(Conflict):
    """The report's state does not allow this."""

    text = "Laporan ini sudah tidak dapat diubah dengan cara itu."


class FoundInTheFuture(Invalid):
    """A person cannot be found later than now."""

    text = "Waktu ditemukan berada di masa depan."
    advice = "Periksa tanggal, jam dan zona waktu, lalu kirim kembali."


class FoundTooLongAgo(Invalid):
    """Older than any report can be."""

    text = "Waktu ditemukan terlalu lama berlalu."
    advice = "Periksa tahun pada waktu ditemukan."


class RegionIsNotYours(Forbidden):
    """The place lies outside the caller's offices."""

    text = "Wilayah ini di luar kewenangan akun Anda."
    advice = "Teruskan laporan kepada dinas sosial wilayah tersebut."


class SamePersonTwice(Invalid):
    """One operation lists the same NIK twice."""

    text = "Orang yang sama tercantum dua kali dalam satu operasi."
    advice = "Hapus salah satu baris dengan NIK yang sama, lalu kirim kembali."


class ReportHasItsCase(Conflict):
    """Custody, hand-offs, tasks and aid hang on a case: whether it is a double is decided, and undone, there."""

    text = "Laporan ini sudah menjadi perkara."
    advice = "Tandai atau cabut tanda ganda pada halaman perkaranya; di sana terlihat apa yang bergantung padanya."


class ParentIsNotAlive(Conflict):
    """What was rejected, closed or is a double itself cannot go on for another report; ``last``: the one that does."""

    text = "Laporan induk ditolak, perkaranya ditutup, atau sendiri ganda."
    advice = "Pilih laporan yang masih berjalan; bila induknya ganda, pilih laporan terakhir yang dirujuknya."


class CaseNumberIsUnknown(Invalid):
    """No case of the district was opened out of a report under this number."""

    text = "Nomor perkara ini tidak dikenal."
    advice = "Salin nomornya seperti tertulis pada halaman perkara, dengan garis miringnya."


class DuplicateOfItself(Invalid):
    """A report cannot double itself."""

    text = "Laporan tidak dapat menjadi ganda dari dirinya sendiri."
    advice = "Sebutkan nomor laporan lain sebagai induk."


def next_state(state: str, move: str) -> ReportState:
    """The state after a move. Raises ``ReportCannotMove`` naming the moves that are legal now."""
    target = MOVES.get((ReportState(state), move))
    if target is None:
        raise ReportCannotMove(legal_moves(state), state=state)
    return target


def legal_moves(state: str) -> tuple[str, ...]:
    """What may be done with a report now."""
    return tuple(move for (source, move) in MOVES if source == state)


def check_parent(state: str, is_closed: bool, last: str) -> None:
    """Raise ``ParentIsNotAlive``. ``last``: the report that goes on for a double."""
    if state not in ALIVE or is_closed:
        raise ParentIsNotAlive((), state=state, last=last)


def check_found_at(found_at: datetime, now: datetime) -> None:
    """Raise ``FoundInTheFuture`` or ``FoundTooLongAgo``; ten minutes of clock error are forgiven."""
    if found_at > now + CLOCK_TOLERANCE:
        raise FoundInTheFuture
    if found_at < now - OLDEST_FINDING:
        raise FoundTooLongAgo


def check_no_doubles(niks: Sequence[str | None]) -> None:
    """Raise ``SamePersonTwice`` naming the rows (from 0) when a NIK stands twice in one operation."""
    first: dict[str, int] = {}
    for row, nik in enumerate(niks):
        if nik is None:
            continue
        if nik in first:
            raise SamePersonTwice(first_row=first[nik], second_row=row)
        first[nik] = row


def district_of(village_code: str) -> str:
    """``35.24`` of ``35.24.17.2001``."""
    return str(RegionCode(village_code).district)


CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is taken for a digit."""
CODE_CHARACTERS = 10
_READ_AS = str.maketrans("ILO", "110")


def code_of(secret: bytes) -> str:
    """A tracking code, 50 bits, out of at least seven secret bytes."""
    number = int.from_bytes(secret[:7], "big")
    return "".join(CODE_ALPHABET[(number >> (5 * place)) & 31] for place in range(CODE_CHARACTERS))


def canonical_code(typed: str) -> str:
    """A code as it was typed: without spaces and hyphens, in capitals, with I, L and O as the digits they stand for."""
    return "".join(typed.split()).replace("-", "").upper().translate(_READ_AS)


def code_in_groups(code: str) -> str:
    """For eyes and telephones: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def digest_of_code(code: str) -> bytes:
    """By what a report is found that has this code."""
    return hashlib.sha256(code.encode()).digest()
