"""Reading a statement and matching it with payments. Pure functions."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from services.disbursement.findings.domain import FindingKind

LINES = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d05")
"""Namespace of statement lines: the same line read twice is the same line."""

STATEMENT_LIMIT_LINES = 10_000
_REFERENCE = re.compile(r"[A-Za-z0-9]+([ ./:_-][A-Za-z0-9]+)*")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_WHOLE = re.compile(r"[0-9]{1,18}")
UNSTATED = "UNSTATED"


class LineStatus(StrEnum):
    """What the bank says of a payment."""

    CREDITED = "CREDITED"
    REJECTED = "REJECTED"


class StatementIsNotReadable(Exception):
    """Neither CSV nor JSON lines as agreed; nothing of it is imported."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line as it could be read; ``identity`` is the same whenever the same line comes again."""

    identity: UUID
    payment_id: UUID
    amount_rupiah: int
    status: LineStatus
    bank_reference: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that makes no sense to us; its words are not kept, only its digest."""

    identity: UUID
    digest: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment as we know it; ``settled_as`` says how it was settled, if it was."""

    payment_id: UUID
    amount_rupiah: int
    settled_as: LineStatus | None


def read_statement(batch_id: UUID, body: bytes, media_type: str) -> list[StatementLine | UnreadableLine]:
    """The lines of a statement, CSV or JSON. Raises ``StatementIsNotReadable``."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StatementIsNotReadable from None
    records = _records_of_json(text) if "json" in media_type else _records_of_csv(text)
    if len(records) > STATEMENT_LIMIT_LINES:
        raise StatementIsNotReadable
    return [_line(batch_id, record) for record in records]


def _records_of_json(text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text, parse_float=str, parse_constant=str)
    except ValueError:
        raise StatementIsNotReadable from None
    if isinstance(found, dict):
        found = found.get("lines")
    if not isinstance(found, list):
        raise StatementIsNotReadable
    return [record if isinstance(record, dict) else {} for record in found]


def _records_of_csv(text: str) -> list[Mapping[str, Any]]:
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        if not {"payment_id", "status"} <= set(reader.fieldnames or ()):
            raise StatementIsNotReadable
        return [{name: value for name, value in row.items() if isinstance(name, str)} for row in reader]
    except csv.Error:
        raise StatementIsNotReadable from None


def _line(batch_id: UUID, record: Mapping[str, Any]) -> StatementLine | UnreadableLine:
    words = {name: str(record.get(name) if record.get(name) is not None else "").strip() for name in _FIELDS}
    amount = words["amount"] or words["amount_rupiah"]
    canonical = json.dumps([words["payment_id"].lower(), amount, words["status"], words["bank_reference"]])
    digest = hashlib.sha256(canonical.encode(errors="replace")).hexdigest()
    identity = uuid5(LINES, f"{batch_id}:{digest}")
    try:
        payment_id = UUID(words["payment_id"])
        status = LineStatus(words["status"].upper())
    except ValueError:
        return UnreadableLine(identity, digest)
    is_reference = bool(_REFERENCE.fullmatch(words["bank_reference"])) and len(words["bank_reference"]) <= 64
    if not _WHOLE.fullmatch(amount) or (status is LineStatus.CREDITED and not is_reference):
        return UnreadableLine(identity, digest)
    reason = words["reason"] or words["reason_code"]
    return StatementLine(
        identity=identity,
        payment_id=payment_id,
        amount_rupiah=int(amount),
        status=status,
        bank_reference=words["bank_reference"] if is_reference else "",
        reason_code=reason if _CODE.fullmatch(reason) else UNSTATED,
    )


_FIELDS = ("payment_id", "amount", "amount_rupiah", "status", "bank_reference", "reason", "reason_code")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line means: settle the payment, write a finding, both, or nothing new."""

    settles_as: LineStatus | None = None
    finding: FindingKind | None = None


def judge(line: StatementLine, expected: Expected | None) -> Verdict:
    """Match one line with the payment it names. An amount that differs settles nothing."""
    if expected is None:
        return Verdict(finding=FindingKind.PAYMENT_UNKNOWN)
    if expected.amount_rupiah != line.amount_rupiah:
        return Verdict(finding=FindingKind.AMOUNT_DIFFERS)
    if expected.settled_as is not None:
        is_same = expected.settled_as is line.status
        return Verdict(finding=None if is_same else FindingKind.STATUS_CONTRADICTS)
    if line.status is LineStatus.REJECTED:
        return Verdict(settles_as=LineStatus.REJECTED, finding=FindingKind.PAYMENT_RETURNED)
    return Verdict(settles_as=LineStatus.CREDITED)
