"""Each movement of the bank is a row and in the books; each difference is somebody's, until a decision closes it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.chassis.principal import system_principal
from services.disbursement.batches.commands import read_batch
from services.disbursement.reconciliation.commands import look_for_missing
from tests.support.disbursement.bank import Bank, credited
from tests.support.disbursement.office import AMOUNT, Office
from tests.support.eventually import eventually
from tests.support.services import Bench

EXPENSE, PAYABLE, CASH, SUSPENSE = "5.1.06.01", "2.1.06.01", "1.1.01.03", "1.1.06.99"


async def books(office: Office, batch_id: str) -> dict[str, int]:
    """What a list came to in the books, by account."""
    rows = await office.bench.rows(
        "SELECT account, sum(amount)::bigint AS total FROM postings JOIN journal_entries e ON e.id = entry_id"
        " WHERE e.batch_id = $1::uuid GROUP BY account HAVING sum(amount) <> 0",
        batch_id,
    )
    return {row["account"]: row["total"] for row in rows}


async def findings(office: Office, batch_id: str) -> dict[str, dict[str, Any]]:
    """What is open about a list, by kind."""
    url = f"/findings?batch_id={batch_id}&is_open=true"
    answer = await office.bench.client.get(url, headers=office.as_("nur"))
    return {found["kind"]: found for found in answer.json()["items"]}


async def decide(office: Office, finding: dict[str, Any], resolution: str) -> None:
    body = {"resolution": resolution, "reason_code": "BANK_CONFIRMED", "expected_version": finding["version"]}
    answer = await office.bench.client.post(
        f"/findings/{finding['finding_id']}/resolution", json=body, headers=office.as_("budi")
    )
    assert answer.status_code == 200, answer.text


async def test_a_second_credit_is_booked_and_somebody_gets_it_back(office: Office) -> None:
    batch_id = await office.sent()
    await office.bank_says(batch_id, "CREDITED", bank_reference="BJT-1")
    await office.bank_says(batch_id, "CREDITED", bank_reference="BJT-2")
    assert (await office.show(batch_id))["state"] == "reconciled"
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, SUSPENSE: AMOUNT, CASH: -2 * AMOUNT}
    found = await findings(office, batch_id)
    assert found["CREDITED_TWICE"]["legal_now"] == ["RECOVERED", "NOTED"]
    await decide(office, found["CREDITED_TWICE"], "RECOVERED")
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, CASH: -AMOUNT}
    assert await findings(office, batch_id) == {}


async def test_a_second_credit_that_the_bank_takes_back_needs_no_decision(office: Office) -> None:
    batch_id = await office.sent()
    for status, reference in (("CREDITED", "BJT-1"), ("CREDITED", "BJT-2"), ("REVERSED", "BJT-3")):
        await office.bank_says(batch_id, status, bank_reference=reference)
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, CASH: -AMOUNT}
    assert await findings(office, batch_id) == {}


@pytest.mark.parametrize(("status", "reference"), [("REJECTED", ""), ("REVERSED", "BJT-2")])
async def test_a_movement_back_that_leaves_what_was_owed_credits_by_the_credit_before_it(
    office: Office, status: str, reference: str
) -> None:
    batch_id = await office.sent()
    await office.bank_says(batch_id, "CREDITED", amount=AMOUNT + 2_500, bank_reference="BJT-1")
    await office.bank_says(batch_id, status, amount=2_500, bank_reference=reference)
    (line,) = (await office.show(batch_id))["lines"]
    assert (line["payment_state"], line["bank_reference"]) == ("credited", "BJT-1")
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, CASH: -AMOUNT}
    assert await findings(office, batch_id) == {}


async def test_a_line_told_again_after_its_correction_is_the_old_one_unless_it_has_a_day_of_its_own(
    office: Office,
) -> None:
    batch_id, fee = await office.sent(), 2_500
    for amount in (AMOUNT, AMOUNT - fee, AMOUNT):
        await office.bank_says(batch_id, "CREDITED", amount=amount, bank_reference="BJT-1")
    assert (await books(office, batch_id))[CASH] == fee - AMOUNT
    assert await findings(office, batch_id), "what stands differs from what is owed: somebody has to ask the bank"
    await office.bank_says(batch_id, "CREDITED", amount=AMOUNT, bank_reference="BJT-1", value_date="2026-07-02")
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, CASH: -AMOUNT}
    assert await findings(office, batch_id) == {}


async def test_a_rejection_of_what_was_taken_back_already_moves_nothing(office: Office) -> None:
    batch_id = await office.sent()
    await office.bank_says(batch_id, "REVERSED", amount=2_500, bank_reference="BJT-1")
    before = await books(office, batch_id)
    await office.bank_says(batch_id, "REJECTED", bank_reference="")
    assert await books(office, batch_id) == before
    assert before[CASH] == 2_500


async def test_a_part_amount_waits_for_the_rest_or_for_a_decision(office: Office) -> None:
    fee = 2_500
    accepted, completed = await office.sent(), await office.sent()
    for batch_id in (accepted, completed):
        await office.bank_says(batch_id, "CREDITED", amount=AMOUNT - fee, reason="biaya transfer dipotong")
        assert (await office.show(batch_id))["state"] == "sent"
    found = (await findings(office, accepted))["AMOUNT_DIFFERS"]
    assert (found["desk"], found["legal_now"]) == ("keuangan", ["ACCEPT_AMOUNT"])
    await decide(office, found, "ACCEPT_AMOUNT")
    await office.bank_says(completed, "CREDITED", amount=fee, bank_reference="BJT-REST")
    assert [(await office.show(b))["state"] for b in (accepted, completed)] == ["reconciled", "reconciled"]
    assert await books(office, accepted) == {EXPENSE: AMOUNT - fee, CASH: fee - AMOUNT}
    assert await books(office, completed) == {EXPENSE: AMOUNT, CASH: -AMOUNT}
    assert await findings(office, accepted) == await findings(office, completed) == {}


async def test_a_line_that_never_comes_is_missed_and_paid_again_only_when_the_bank_says_so(
    disbursement: Bench, office: Office
) -> None:
    batch_id = await office.sent(2)
    lines = (await office.show(batch_id))["lines"]
    await office.bank_says(batch_id, "CREDITED", only=lines[0]["payment_id"])
    as_system = system_principal("disbursement")
    await disbursement.units.perform(partial(look_for_missing, UUID(batch_id)), principal=as_system)
    assert await findings(office, batch_id) == {}
    await _sent_earlier(disbursement, batch_id, "4 days")
    for _ in range(2):
        await disbursement.units.perform(partial(look_for_missing, UUID(batch_id)), principal=as_system)
    await _sent_earlier(disbursement, batch_id, "-4 days")
    missing = (await findings(office, batch_id))["LINE_MISSING"]
    assert (missing["payment_id"], missing["legal_now"]) == (lines[1]["payment_id"], ["BANK_SAYS_UNPAID"])
    await decide(office, missing, "BANK_SAYS_UNPAID")
    assert (await office.show(batch_id))["state"] == "reconciled"
    await decide(office, (await findings(office, batch_id))["PAYMENT_RETURNED"], "PAY_AGAIN")
    again = await office.propose([lines[1]["entitlement_id"]])
    await office.bank_says(batch_id, "CREDITED", only=lines[1]["payment_id"])
    assert (await office.show(again["batch_id"]))["state"] == "rejected"
    late = (await findings(office, batch_id))["CREDITED_LATE"]
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, SUSPENSE: AMOUNT, CASH: -2 * AMOUNT}
    await decide(office, late, "RECOVERED")
    assert (await office.propose([lines[1]["entitlement_id"]]))["items"] == 1


async def _sent_earlier(disbursement: Bench, batch_id: str, by: str) -> None:
    owner = await asyncpg.connect(disbursement.settings.migrator_database_url)
    await owner.execute("UPDATE batches SET sent_at = sent_at - $2::text::interval WHERE id = $1::uuid", batch_id, by)
    await owner.close()


async def test_what_was_settled_is_reversed_by_a_later_movement_and_can_be_paid_again(office: Office) -> None:
    batch_id = await office.sent()
    await office.bank_says(batch_id, "CREDITED")
    assert (await office.show(batch_id))["matched"] == 1
    await office.bank_says(batch_id, "REJECTED", bank_reference="", reason="ACCOUNT_CLOSED")
    shown = await office.show(batch_id)
    assert (shown["matched"], shown["returned"], shown["lines"][0]["payment_state"]) == (0, 1, "failed")
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, PAYABLE: -AMOUNT}
    await decide(office, (await findings(office, batch_id))["PAYMENT_RETURNED"], "PAY_AGAIN")
    assert await books(office, batch_id) == {}
    assert (await office.propose([shown["lines"][0]["entitlement_id"]]))["items"] == 1


async def test_a_return_that_the_bank_takes_back_settles_its_finding(office: Office) -> None:
    batch_id = await office.sent()
    await office.bank_says(batch_id, "REJECTED", reason="ACCOUNT_CLOSED")
    await office.bank_says(batch_id, "CREDITED")
    assert await findings(office, batch_id) == {}
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, CASH: -AMOUNT}


async def test_money_for_a_payment_that_is_not_ours_stands_in_the_books(office: Office) -> None:
    batch_id = await office.sent()
    await office.bank_says(batch_id, "CREDITED", payment_id="99999999-9999-4999-8999-999999999999", amount=70_000)
    assert await books(office, batch_id) == {EXPENSE: AMOUNT, PAYABLE: -AMOUNT, SUSPENSE: 70_000, CASH: -70_000}
    assert set(await findings(office, batch_id)) == {"PAYMENT_UNKNOWN"}


async def test_a_movement_keeps_value_date_reference_and_the_banks_own_words(office: Office) -> None:
    batch_id = await office.sent()
    await office.bank_says(
        batch_id, "REJECTED", bank_reference="", reason="rekening sudah ditutup", value_date="2026-02-03"
    )
    (row,) = await office.bench.rows("SELECT * FROM bank_movements WHERE batch_id = $1::uuid", batch_id)
    told = (row["status"], str(row["value_on"]), row["reason_text"], row["moved_rupiah"])
    assert told == ("REJECTED", "2026-02-03", "rekening sudah ditutup", 0)


async def test_a_file_that_cannot_be_read_is_a_finding_and_the_next_one_is_read(
    disbursement: Bench, office: Office, bank: Bank
) -> None:
    bank.answers["*"] = lambda orders: [credited(*order) for order in orders]
    bank.instead = b"nomor;keadaan\n1;lunas\n"
    batch = await office.approved()
    try:
        async with disbursement.running("relay", "worker"):

            async def told() -> dict[str, Any]:
                return (await findings(office, batch["batch_id"])).get("STATEMENT_UNREADABLE", {})

            found = await eventually(told, within_seconds=30)
            assert (found["reason_code"], found["line_no"]) == ("NO_HEADER", 1)
            bank.instead = b""

            async def done() -> bool:
                return bool((await office.show(batch["batch_id"]))["state"] == "reconciled")

            await eventually(done, within_seconds=30)
    finally:
        bank.instead = b""


async def test_a_settled_list_is_watched_for_as_long_as_the_pack_says(disbursement: Bench, office: Office) -> None:
    batch_id = await office.sent()
    as_system = system_principal("disbursement")
    reading = await disbursement.units.perform(partial(read_batch, UUID(batch_id)), principal=as_system)
    assert (reading.is_awaiting_statement, reading.longest_wait) == (True, timedelta(milliseconds=200))
    await office.bank_says(batch_id, "CREDITED")
    over = await disbursement.units.perform(partial(read_batch, UUID(batch_id)), principal=as_system)
    assert not over.is_awaiting_statement
    assert datetime.now(UTC) > datetime.fromisoformat((await office.show(batch_id))["reconciled_at"])
