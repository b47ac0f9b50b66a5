"""Reading a statement and matching it with payments. Pure functions."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, assert_never
from uuid import UUID, uuid5

from services.disbursement.batches.domain import PaymentState
from services.disbursement.findings.domain import FindingKind

LINES = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d05")
"""Namespace of the bank's lines: the same line read twice is the same line."""

STATEMENT_LIMIT_LINES = 10_000
REASON_LIMIT = 200
_REFERENCE = re.compile(r"[A-Za-z0-9]+([ ./:_-][A-Za-z0-9]+)*")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_WHOLE = re.compile(r"([0-9]{1,18})([.,]00?)?")
_DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y%m%d")
UNSTATED = "UNSTATED"


class LineStatus(StrEnum):
    """What the bank says of a payment. ``REVERSED``: what it had credited, it took back."""

    CREDITED = "CREDITED"
    REJECTED = "REJECTED"
    REVERSED = "REVERSED"


class Unreadable(StrEnum):
    """Why a file or a line of it makes no sense."""

    NOT_TEXT = "NOT_TEXT"
    NOT_JSON = "NOT_JSON"
    NOT_CSV = "NOT_CSV"
    NO_HEADER = "NO_HEADER"
    TOO_LONG = "TOO_LONG"
    PAYMENT_ID = "PAYMENT_ID"
    STATUS = "STATUS"
    AMOUNT = "AMOUNT"
    BANK_REFERENCE = "BANK_REFERENCE"


class StatementIsNotReadable(Exception):
    """Neither CSV nor JSON as agreed; nothing of it is imported. Says which line, and why."""

    def __init__(self, why: Unreadable, line_no: int | None = None) -> None:
        super().__init__(why.value)
        self.why = why
        self.line_no = line_no


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line as it could be read; ``identity`` is the same whenever the same line comes again."""

    identity: UUID
    line_no: int
    payment_id: UUID
    amount_rupiah: int
    status: LineStatus
    bank_reference: str
    reason_code: str
    reason_text: str
    value_on: date | None


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that makes no sense to us; its words are not kept, only its digest, its number and why."""

    identity: UUID
    line_no: int
    digest: str
    why: Unreadable


def read_statement(batch_id: UUID, body: bytes, media_type: str) -> list[StatementLine | UnreadableLine]:
    """The lines of a statement, CSV (by comma, semicolon or tab) or JSON. Raises ``StatementIsNotReadable``."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StatementIsNotReadable(Unreadable.NOT_TEXT, body[: error.start].count(b"\n") + 1) from None
    records = _records_of_json(text) if "json" in media_type else _records_of_csv(text)
    if len(records) > STATEMENT_LIMIT_LINES:
        raise StatementIsNotReadable(Unreadable.TOO_LONG, STATEMENT_LIMIT_LINES + 1)
    return [_line(batch_id, number, record) for number, record in records]


def _records_of_json(text: str) -> list[tuple[int, Mapping[str, Any]]]:
    try:
        found = json.loads(text, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise StatementIsNotReadable(Unreadable.NOT_JSON, error.lineno) from None
    except (ValueError, RecursionError):
        raise StatementIsNotReadable(Unreadable.NOT_JSON) from None
    if isinstance(found, dict):
        found = found.get("lines")
    if not isinstance(found, list):
        raise StatementIsNotReadable(Unreadable.NOT_JSON)
    return [(number, _named(record) if isinstance(record, dict) else {}) for number, record in enumerate(found, 1)]


def _records_of_csv(text: str) -> list[tuple[int, Mapping[str, Any]]]:
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter, strict=True)
    try:
        if not {"payment_id", "status"} <= {_name(name) for name in reader.fieldnames or ()}:
            raise StatementIsNotReadable(Unreadable.NO_HEADER, 1)
        return [(reader.line_num, _named(row)) for row in reader]
    except csv.Error:
        raise StatementIsNotReadable(Unreadable.NOT_CSV, reader.reader.line_num) from None


def _named(record: Mapping[Any, Any]) -> dict[str, Any]:
    return {_name(name): value for name, value in record.items() if isinstance(name, str)}


def _name(name: str) -> str:
    return re.sub(r"[ .-]+", "_", name.strip().lower())


def _line(batch_id: UUID, number: int, record: Mapping[str, Any]) -> StatementLine | UnreadableLine:
    words = {name: str(record.get(name) if record.get(name) is not None else "").strip() for name in _FIELDS}
    amount = words["amount"] or words["amount_rupiah"]
    value_on = words["value_date"] or words["value_on"]
    reference = words["bank_reference"]
    parts = [words["payment_id"].lower(), amount, words["status"].upper(), reference]
    canonical = json.dumps([*parts, value_on] if value_on else parts)
    digest = hashlib.sha256(canonical.encode(errors="replace")).hexdigest()
    identity = uuid5(LINES, f"{batch_id}:{digest}")
    is_reference = bool(_REFERENCE.fullmatch(reference)) and len(reference) <= 64
    whole = _WHOLE.fullmatch(amount)
    rupiah = int(whole[1]) if whole else None
    why = _what_is_wrong(words, rupiah, is_reference)
    if why is not None or rupiah is None:
        return UnreadableLine(identity, number, digest, why or Unreadable.AMOUNT)
    reason = words["reason"] or words["reason_code"]
    return StatementLine(
        identity=identity,
        line_no=number,
        payment_id=UUID(words["payment_id"]),
        amount_rupiah=rupiah,
        status=LineStatus(words["status"].upper()),
        bank_reference=reference if is_reference else "",
        reason_code=reason if _CODE.fullmatch(reason) else UNSTATED,
        reason_text="".join(c if c.isprintable() else " " for c in reason)[:REASON_LIMIT],
        value_on=_date(value_on),
    )


def _what_is_wrong(words: Mapping[str, str], rupiah: int | None, is_reference: bool) -> Unreadable | None:
    try:
        UUID(words["payment_id"])
    except ValueError:
        return Unreadable.PAYMENT_ID
    status = words["status"].upper()
    if status not in LineStatus.__members__:
        return Unreadable.STATUS
    if rupiah is None or (status != LineStatus.REJECTED and not rupiah):
        return Unreadable.AMOUNT
    return Unreadable.BANK_REFERENCE if status != LineStatus.REJECTED and not is_reference else None


def _date(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


_FIELDS = (
    "payment_id", "amount", "amount_rupiah", "status", "bank_reference", "reason", "reason_code", "value_date",
    "value_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment as we know it: its state, what of it is owed, and what the bank moved for it until now."""

    state: PaymentState
    owed_rupiah: int
    credited_rupiah: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line means: rupiah moved (out above zero), what becomes of the payment, what people have to see to."""

    moved_rupiah: int = 0
    move: str | None = None
    finding: FindingKind | None = None


def judge(line: StatementLine, expected: Expected | None, told_before_rupiah: int = 0) -> Verdict:
    """Match one line with the payment it names.

    ``told_before_rupiah``: what lines under the same bank reference moved already; the bank's reference names one
    movement, and its later word on the amount corrects the earlier.
    """
    moved = _moved(line, expected.credited_rupiah if expected else 0, told_before_rupiah)
    if expected is None:
        return Verdict(moved, finding=FindingKind.PAYMENT_UNKNOWN)
    if not moved:
        # Nothing moved: the payment is refused, or we knew it.
        is_refused = line.status is LineStatus.REJECTED and expected.state is PaymentState.INSTRUCTED
        return Verdict(0, "fail", FindingKind.PAYMENT_RETURNED) if is_refused else Verdict()
    return _after(moved, expected)


def _moved(line: StatementLine, credited_rupiah: int, told_before_rupiah: int) -> int:
    match line.status:
        case LineStatus.CREDITED:
            return line.amount_rupiah - told_before_rupiah
        case LineStatus.REVERSED:
            return -line.amount_rupiah - told_before_rupiah
        case LineStatus.REJECTED:
            return -min(line.amount_rupiah, max(credited_rupiah, 0))
        case _:
            assert_never(line.status)


def _after(moved: int, expected: Expected) -> Verdict:
    """What a payment is once the bank's account of it stands elsewhere; an amount that differs settles nothing."""
    credited, owed, state = expected.credited_rupiah + moved, expected.owed_rupiah, expected.state
    if credited < 0:
        return Verdict(moved, finding=FindingKind.STATUS_CONTRADICTS)
    if credited == 0:
        move = "fail" if state in (PaymentState.INSTRUCTED, PaymentState.CREDITED) else None
        return Verdict(moved, move, FindingKind.PAYMENT_RETURNED if owed else None)
    if not owed:
        return Verdict(moved, finding=FindingKind.CREDITED_LATE)
    if credited == owed:
        return Verdict(moved, None if state is PaymentState.CREDITED else "credit")
    is_second = credited > owed and state is PaymentState.CREDITED
    return Verdict(moved, finding=FindingKind.CREDITED_TWICE if is_second else FindingKind.AMOUNT_DIFFERS)


SUPERSEDED = (
    FindingKind.PAYMENT_RETURNED,
    FindingKind.LINE_MISSING,
    FindingKind.AMOUNT_DIFFERS,
    FindingKind.CREDITED_TWICE,
    FindingKind.CREDITED_LATE,
)
"""What a later movement of the payment answers; what is still wrong after it is found anew."""
