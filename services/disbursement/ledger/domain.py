"""Double entry: what an entry must be before it may stand. Pure functions over whole rupiah."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from contracts.values import Money
from services.chassis.errors import Conflict, Invalid

ENTRIES = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d01")
"""Namespace of entry ids: the same business event always makes the same entry."""


class EntryKind(StrEnum):
    """The business event behind an entry."""

    OBLIGATION = "OBLIGATION"
    PAYMENT = "PAYMENT"
    REVERSAL = "REVERSAL"
    ADJUSTMENT = "ADJUSTMENT"


@dataclass(frozen=True, slots=True)
class Line:
    """One posting: debit above zero, credit below."""

    account: str
    amount: Money


class EntryDoesNotBalance(Invalid):
    """Debits and credits differ."""

    text = "Jurnal tidak seimbang: jumlah debit dan kredit harus sama."
    advice = "Periksa nilai setiap baris jurnal."


class EntryIsEmpty(Invalid):
    """Fewer than two postings, or one of nothing."""

    text = "Jurnal harus mempunyai sedikitnya dua baris dan tidak boleh bernilai nol."
    advice = "Isi sedikitnya satu baris debit dan satu baris kredit."


class AccountIsUnknown(Invalid):
    """The chart of accounts does not list it."""

    text = "Kode rekening tidak ada pada bagan akun daerah."
    advice = "Periksa bagan akun pada paket daerah."


class EntryIsOther(Conflict):
    """An entry for the same event already stands with other lines; what stands is never changed."""

    text = "Jurnal untuk peristiwa ini sudah dibukukan dengan nilai lain."
    advice = "Bukukan jurnal balik; jurnal yang sudah ada tidak dapat diubah."


def check_entry(lines: Sequence[Line], chart: Collection[str]) -> None:
    """Raise ``EntryIsEmpty``, ``EntryDoesNotBalance`` or ``AccountIsUnknown``."""
    if len(lines) < 2 or not all(line.amount for line in lines):
        raise EntryIsEmpty
    if Money.total(line.amount for line in lines):
        raise EntryDoesNotBalance
    unknown = sorted({line.account for line in lines} - set(chart))
    if unknown:
        raise AccountIsUnknown(accounts=unknown)


def moved(amount: Money, *, debit: str, credit: str) -> tuple[Line, Line]:
    """The two lines of an amount that goes from one account to another."""
    return Line(debit, amount), Line(credit, -amount)


def entry_id(kind: EntryKind, about: UUID) -> UUID:
    """The one id of the entry that an event makes."""
    return uuid5(ENTRIES, f"{kind.value}:{about}")
