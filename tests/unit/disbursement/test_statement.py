"""Reading what a bank says, and what it means."""

import json
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disbursement.batches.domain import PaymentState
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
    (written,) = read_statement(BATCH, text.encode(), "text/csv")
    assert [replace(written, line_no=1)] == read(line())
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


SENT, C, F = PaymentState.INSTRUCTED, PaymentState.CREDITED, PaymentState.FAILED
OWED = 1_500_000


@pytest.mark.parametrize(
    ("status", "amount", "told_before", "expected", "verdict"),
    [
        ("CREDITED", OWED, 0, Expected(SENT, OWED, 0), Verdict(OWED, "credit")),
        ("REJECTED", OWED, 0, Expected(SENT, OWED, 0), Verdict(0, "fail", FindingKind.PAYMENT_RETURNED)),
        ("CREDITED", OWED - 2500, 0, Expected(SENT, OWED, 0), Verdict(OWED - 2500, None, FindingKind.AMOUNT_DIFFERS)),
        ("CREDITED", 2500, 0, Expected(SENT, OWED, OWED - 2500), Verdict(2500, "credit")),
        ("CREDITED", OWED + 1, 0, Expected(SENT, OWED, 0), Verdict(OWED + 1, None, FindingKind.AMOUNT_DIFFERS)),
        ("CREDITED", OWED, OWED + 1, Expected(SENT, OWED, OWED + 1), Verdict(-1, "credit")),
        ("CREDITED", OWED, 0, Expected(C, OWED, OWED), Verdict(OWED, None, FindingKind.CREDITED_TWICE)),
        ("CREDITED", OWED, OWED, Expected(C, OWED, OWED), Verdict()),
        ("CREDITED", OWED, 0, None, Verdict(OWED, None, FindingKind.PAYMENT_UNKNOWN)),
        ("REJECTED", OWED, 0, None, Verdict(0, None, FindingKind.PAYMENT_UNKNOWN)),
        ("REJECTED", OWED, 0, Expected(C, OWED, OWED), Verdict(-OWED, "fail", FindingKind.PAYMENT_RETURNED)),
        ("REVERSED", OWED, 0, Expected(C, OWED, OWED), Verdict(-OWED, "fail", FindingKind.PAYMENT_RETURNED)),
        ("REVERSED", OWED, 0, Expected(C, OWED, 2 * OWED), Verdict(-OWED)),
        ("REVERSED", 500, 0, Expected(C, OWED, OWED), Verdict(-500, None, FindingKind.AMOUNT_DIFFERS)),
        ("REVERSED", OWED, 0, Expected(SENT, OWED, 0), Verdict(-OWED, None, FindingKind.STATUS_CONTRADICTS)),
        ("REJECTED", OWED, 0, Expected(F, OWED, 0), Verdict()),
        ("REJECTED", OWED, 0, Expected(SENT, OWED, -500), Verdict(0, "fail", FindingKind.PAYMENT_RETURNED)),
        ("REJECTED", OWED, 0, Expected(F, OWED, -500), Verdict()),
        ("CREDITED", OWED, 0, Expected(F, OWED, 0), Verdict(OWED, "credit")),
        ("CREDITED", 500, 0, Expected(F, OWED, 0), Verdict(500, None, FindingKind.AMOUNT_DIFFERS)),
        ("REVERSED", 500, 0, Expected(F, OWED, 500), Verdict(-500, None, FindingKind.PAYMENT_RETURNED)),
        ("CREDITED", OWED, 0, Expected(F, 0, 0), Verdict(OWED, None, FindingKind.CREDITED_LATE)),
        ("REVERSED", OWED, 0, Expected(F, 0, OWED), Verdict(-OWED)),
    ],
)
def test_what_a_line_means(
    status: str, amount: int, told_before: int, expected: Expected | None, verdict: Verdict
) -> None:
    (found,) = read(line(status=status, amount=amount))
    assert isinstance(found, StatementLine)
    assert judge(found, expected, told_before) == verdict


def test_a_statement_is_read_by_comma_semicolon_or_tab_with_headers_as_banks_write_them() -> None:
    told = []
    for mark in ",;\t":
        header = mark.join(("Payment ID", "AMOUNT", "Status", "Bank_Reference", "Reason", "Value Date"))
        text = (
            header
            + "\r\n"
            + mark.join(
                (str(PAYMENT), "1500000,00" if mark != "," else "1500000.00", "credited", "BJT-1", "", "03-02-2026")
            )
            + "\r\n"
        )
        (found,) = read_statement(BATCH, text.encode(), "text/csv")
        assert isinstance(found, StatementLine)
        told.append((found.payment_id, found.amount_rupiah, found.status, found.bank_reference, found.value_on))
    assert set(told) == {(PAYMENT, 1_500_000, LineStatus.CREDITED, "BJT-1", date(2026, 2, 3))}


@pytest.mark.parametrize(
    ("body", "media_type", "why", "line_no"),
    [
        (b"a,b\n\xff\xfe\n", "text/csv", "NOT_TEXT", 2),
        (b"nomor;keadaan\n1;2\n", "text/csv", "NO_HEADER", 1),
        (b'payment_id,status\n"a\n', "text/csv", "NOT_CSV", 2),
        (b'{"lines": [\n oops', "application/json", "NOT_JSON", 2),
        (b'{"rows": []}', "application/json", "NOT_JSON", None),
    ],
)
def test_a_file_that_cannot_be_read_says_which_line_and_why(
    body: bytes, media_type: str, why: str, line_no: int | None
) -> None:
    with pytest.raises(StatementIsNotReadable) as fault:
        read_statement(BATCH, body, media_type)
    assert (fault.value.why.value, fault.value.line_no) == (why, line_no)


def test_a_line_that_cannot_be_read_says_its_number_and_why() -> None:
    found = read(line(), line(amount="1.5"), line(status="MAYBE"), line(payment_id="?"), line(bank_reference=""))
    told = [(one.line_no, one.why.value) for one in found if isinstance(one, UnreadableLine)]
    assert told == [(2, "AMOUNT"), (3, "STATUS"), (4, "PAYMENT_ID"), (5, "BANK_REFERENCE")]


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
