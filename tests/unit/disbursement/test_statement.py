"""Reading what a bank says, and what it means."""

import json
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disbursement.findings.domain import FindingKind
from services.disbursement.rails.domain import Order, file_digest, payment_file
from services.disbursement.reconciliation import domain
from services.disbursement.reconciliation.domain import (
    Expected,
    LineStatus,
    StatementIsNotReadable,
    StatementLine,
    UnreadableLine,
    Verdict,
    judge,
    read_statement,
)

BATCH, PAYMENT = uuid4(), uuid4()


def line(**changes: object) -> dict[str, object]:
    """A line as a bank writes it in JSON."""
    return {
        "payment_id": str(PAYMENT),
        "amount": 1_500_000,
        "status": "CREDITED",
        "bank_reference": "BJT-1",
        "reason": "",
        **changes,
    }


def read(*lines: dict[str, object]) -> list[StatementLine | UnreadableLine]:
    """Lines by way of JSON."""
    return read_statement(BATCH, json.dumps({"lines": lines}).encode(), "application/json")


def test_csv_and_json_say_the_same() -> None:
    text = f"payment_id,amount,status,bank_reference,reason\n{PAYMENT},1500000,CREDITED,BJT-1,\n"
    assert read_statement(BATCH, text.encode(), "text/csv") == read(line())
    assert read_statement(BATCH, json.dumps([line()]).encode(), "application/json") == read(line())


def test_the_same_line_is_the_same_whenever_it_comes() -> None:
    (first,), (second,) = read(line()), read(line(reason="LATER_WORDS"))
    assert first.identity == second.identity
    (other,) = read(line(amount=1))
    assert other.identity != first.identity
    (elsewhere,) = read_statement(uuid4(), json.dumps([line()]).encode(), "application/json")
    assert elsewhere.identity != first.identity


@pytest.mark.parametrize(
    "wrong",
    [
        {"payment_id": "?"},
        {"amount": 1.5},
        {"amount": "1,500,000"},
        {"amount": -5},
        {"amount": 10**19},
        {"status": "MAYBE"},
        {"bank_reference": ""},
        {"bank_reference": "<script>"},
    ],
)
def test_a_line_that_makes_no_sense_is_kept_by_its_digest_only(wrong: dict[str, object]) -> None:
    (found,) = read(line(**wrong))
    assert isinstance(found, UnreadableLine)


def test_a_reason_in_other_words_is_not_taken_over() -> None:
    (found,) = read(line(status="REJECTED", reason="rekening atas nama Siti sudah tutup", bank_reference=""))
    assert isinstance(found, StatementLine)
    assert found.reason_code == domain.UNSTATED


@given(st.binary(max_size=300), st.sampled_from(["text/csv", "application/json", ""]))
def test_no_bytes_break_the_reader(body: bytes, media_type: str) -> None:
    try:
        read_statement(BATCH, body, media_type)
    except StatementIsNotReadable:
        pass


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["payment_id", "amount", "status", "bank_reference", "reason"]),
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())),
        ),
        max_size=5,
    )
)
def test_no_json_breaks_the_reader(lines: list[dict[str, object]]) -> None:
    found = read_statement(BATCH, json.dumps(lines).encode(), "application/json")
    assert len(found) == len(lines)


EXPECTED = Expected(PAYMENT, 1_500_000, None)


@pytest.mark.parametrize(
    ("status", "amount", "expected", "verdict"),
    [
        ("CREDITED", 1_500_000, EXPECTED, Verdict(settles_as=LineStatus.CREDITED)),
        ("REJECTED", 1_500_000, EXPECTED, Verdict(LineStatus.REJECTED, FindingKind.PAYMENT_RETURNED)),
        ("CREDITED", 1_500_001, EXPECTED, Verdict(finding=FindingKind.AMOUNT_DIFFERS)),
        ("CREDITED", 1_500_000, None, Verdict(finding=FindingKind.PAYMENT_UNKNOWN)),
        ("CREDITED", 1_500_000, Expected(PAYMENT, 1_500_000, LineStatus.CREDITED), Verdict()),
        (
            "REJECTED",
            1_500_000,
            Expected(PAYMENT, 1_500_000, LineStatus.CREDITED),
            Verdict(finding=FindingKind.STATUS_CONTRADICTS),
        ),
    ],
)
def test_what_a_line_means(status: str, amount: int, expected: Expected | None, verdict: Verdict) -> None:
    (found,) = read(line(status=status, amount=amount))
    assert isinstance(found, StatementLine)
    assert judge(found, expected) == verdict


def test_a_payment_file_is_the_same_bytes_each_time_and_names_nobody() -> None:
    orders = [Order(UUID(int=1), "REK-0A1B", 1_500_000), Order(UUID(int=2), "REK-0A1C", 1)]
    body = payment_file(orders)
    assert body == payment_file(list(orders))
    assert file_digest(body) != file_digest(payment_file(orders[:1]))
    assert body.decode().splitlines() == [
        "payment_id,account_reference,amount_rupiah",
        "00000000-0000-0000-0000-000000000001,REK-0A1B,1500000",
        "00000000-0000-0000-0000-000000000002,REK-0A1C,1",
    ]
