"""What a letter says and what may become of it. Pure values and functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.values import SEX_TEXTS, Sex
from services.casework.handoff.disclosures.domain import PERSON_FIELD_TEXTS, PersonField
from services.casework.office.directory.domain import CaseworkPack, Letterhead, LetterheadIsMissing, Signer
from services.casework.office.directory.domain import Letter as LetterKind
from services.chassis.errors import Conflict, Invalid

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class LetterReason(StrEnum):
    """Why a letter holds no longer."""

    WRONG_CONTENT = "WRONG_CONTENT"
    WRONG_RECEIVER = "WRONG_RECEIVER"
    NOT_SENT = "NOT_SENT"
    PAPER_LOST = "PAPER_LOST"


class LetterState(StrEnum):
    """How a letter stands; ``signed`` once the copy signed by hand was handed in."""

    ISSUED = "issued"
    SIGNED = "signed"
    VOID = "void"
    REPLACED = "replaced"


def holds(state: str) -> bool:
    """Whether a letter in this state is valid."""
    return state in (LetterState.ISSUED, LetterState.SIGNED)


class LetterMove(StrEnum):
    """What may be done with a letter."""

    SIGN = "sign"
    VOID = "void"
    REISSUE = "reissue"


S, M = LetterState, LetterMove
MOVES: Mapping[tuple[LetterState, LetterMove], LetterState] = {
    (S.ISSUED, M.SIGN): S.SIGNED,
    (S.ISSUED, M.VOID): S.VOID,
    (S.SIGNED, M.VOID): S.VOID,
    (S.ISSUED, M.REISSUE): S.REPLACED,
    (S.SIGNED, M.REISSUE): S.REPLACED,
    (S.VOID, M.REISSUE): S.REPLACED,
}
"""Where each move leads; a number once given is never given again."""
VALID = frozenset({S.ISSUED, S.SIGNED})


class LetterCannotMove(Conflict):
    """Not legal for a letter in this state."""

    text = "Surat ini tidak dapat diubah begitu pada keadaan sekarang."
    legal_kind = "letter_move"


class LetterIsNotForeseen(Conflict):
    """The reviewed table names no letter for this purpose and receiver."""

    text = "Untuk keperluan dan penerima ini tidak ada surat yang menyertai."
    advice = "Kirim serah terima tanpa surat, atau minta keperluan ini ditinjau."


class LetterStands(Conflict):
    """A letter of this hand-off is valid: pressed twice, another number would be used up."""

    text = "Serah terima ini sudah mempunyai surat yang berlaku."
    advice = "Pakai surat itu, ganti, atau nyatakan bahwa memang perlu surat lain di sampingnya."
    legal_kind = "letter_move"


class HandoffIsNotOpen(Conflict):
    """Nothing leaves with a draft, and nothing after the end."""

    text = "Surat hanya dibuat untuk serah terima yang sudah dikirim dan belum berakhir."


class SignerIsUnknown(Invalid):
    """The pack names no such signer."""

    text = "Penanda tangan tidak terdaftar pada paket daerah."
    advice = "Pilih salah satu penanda tangan pada daftar."


class LetterCannotBePrinted(Invalid):
    """What it must say holds characters that no font of ours has."""

    text = "Surat tidak dapat dicetak karena ada huruf atau tanda yang tidak dapat ditulis."
    advice = "Perbaiki data orang pada bidang yang disebut memakai huruf Latin, lalu buat suratnya kembali."


class ScanIsNotOfThisLetter(Invalid):
    """The document belongs to another hand-off, or is no signed letter."""

    text = "Berkas ini bukan hasil pindai surat tersebut."
    advice = "Unggah hasil pindai surat yang ditandatangani pada serah terima yang sama, jenis SIGNED_LETTER."


def next_state(state: str, move: LetterMove) -> LetterState:
    """Where a move leads. Raises ``LetterCannotMove`` naming what is legal now."""
    target = MOVES.get((LetterState(state), move))
    if target is None:
        raise LetterCannotMove(legal_now(state), state=state)
    return target


def legal_now(state: str) -> list[str]:
    """The moves that a letter's state allows."""
    return [move.value for (source, move) in MOVES if source == state]


def day_in_words(day: date) -> str:
    """«24 November 2026»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def number_of(letterhead: Letterhead, kind: LetterKind, serial: int, day: date) -> str:
    """The agenda number as the office writes it for this kind of letter."""
    return letterhead.numbers[kind].format(serial=serial, year=day.year, month=ROMAN[day.month - 1])


def letterhead_of(pack: CaseworkPack) -> Letterhead:
    """How the district's office writes its letters. Raises ``LetterheadIsMissing``."""
    if pack.letterhead is None:
        raise LetterheadIsMissing
    return pack.letterhead


def signer_of(letterhead: Letterhead, code: str | None) -> Signer:
    """Who signs: the one of that code, else the first. Raises ``SignerIsUnknown``."""
    found = next((signer for signer in letterhead.signers if code in (None, signer.code)), None)
    if found is None:
        raise SignerIsUnknown
    return found


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a letter says; ``values`` are the disclosure's fields for the receiver, in clear."""

    kind: LetterKind
    number: str
    day: date
    purpose: str
    case_number: str
    to_agency: str
    to_desk: str
    from_agency: str
    values: Mapping[str, str | None]
    basis: Sequence[str]
    letterhead: Letterhead
    signer: Signer
    check_url: str
    replaces: str | None = None


def laid_out(draft: Draft, qr: str) -> dict[str, Any]:
    """The draft as plain data for the template; ``qr``: an SVG. Text stays text, whatever signs it holds."""
    head, signer = draft.letterhead, draft.signer
    return {
        "government": head.government,
        "office": head.office,
        "address": list(head.address),
        "place": head.place,
        "number": draft.number,
        "day": day_in_words(draft.day),
        "date": [draft.day.year, draft.day.month, draft.day.day],
        "purpose": draft.purpose,
        "case_number": draft.case_number,
        "to_agency": draft.to_agency,
        "to_desk": draft.to_desk,
        "from_agency": draft.from_agency,
        "facts": [
            [
                PERSON_FIELD_TEXTS[PersonField(field)],
                (SEX_TEXTS[Sex(value)] if field == PersonField.GUESSED_SEX and value else value) or "belum diketahui",
            ]
            for field, value in draft.values.items()
        ],
        "basis": list(draft.basis),
        "on_behalf_of": signer.on_behalf_of,
        "title": signer.title,
        "signer": signer.name,
        "rank": signer.rank,
        "nip": signer.nip,
        "replaces": draft.replaces or "",
        "check_url": draft.check_url,
        "qr": qr,
    }
