"""From the last approval to the bank's statement line, on the real engines."""

from typing import Any

import asyncpg
import pytest

from contracts.envelope import Envelope
from services.chassis.database import Aggregate
from services.chassis.principal import system_principal
from services.disbursement.batches.tables import Batch, Payment
from services.disbursement.entitlements.tables import Entitlement
from services.disbursement.findings.tables import Finding
from services.disbursement.reconciliation.commands import import_statement
from services.disbursement.reconciliation.domain import read_statement
from tests.support.disbursement.bank import Bank, credited, rejected
from tests.support.disbursement.office import AMOUNT, Office
from tests.support.eventually import eventually
from tests.support.folding import unlike_their_actions
from tests.support.services import Bench


async def reaches(office: Office, batch_id: str, state: str) -> dict[str, Any]:
    """The batch once it stands there."""

    async def look() -> dict[str, Any]:
        found = await office.show(batch_id)
        return found if found["state"] == state else {}

    return await eventually(look, within_seconds=30, what=f"batch {state}")


async def test_an_approved_batch_is_paid_and_reconciled(disbursement: Bench, office: Office, bank: Bank) -> None:
    bank.answers["*"] = lambda orders: [
        rejected(*order) if number == 0 else credited(*order) for number, order in enumerate(orders)
    ]
    batch = await office.approved(3)
    async with disbursement.running("relay", "worker"):
        done = await reaches(office, batch["batch_id"], "reconciled")
        told = await told_about(disbursement, batch["batch_id"])
    assert (done["matched"], done["returned"]) == (2, 1)
    assert [line["payment_state"] for line in done["lines"]] == ["failed", "credited", "credited"]
    assert bank.posts[batch["batch_id"]] == 1
    assert b"aaaa" not in bank.files[batch["batch_id"]]

    entries = (
        await disbursement.client.get(f"/batches/{batch['batch_id']}/entries", headers=office.as_("nur"))
    ).json()["items"]
    assert sorted(entry["kind"] for entry in entries) == ["OBLIGATION", "PAYMENT", "PAYMENT"]
    payable = sum(p["amount_rupiah"] for e in entries for p in e["postings"] if p["account"] == "2.1.06.01")
    assert payable == -AMOUNT

    findings = (
        await disbursement.client.get(f"/findings?batch_id={batch['batch_id']}", headers=office.as_("nur"))
    ).json()["items"]
    assert [(f["kind"], f["desk"], f["reason_code"]) for f in findings] == [
        ("PAYMENT_RETURNED", "keuangan", "ACCOUNT_CLOSED")
    ]
    assert sorted(told) == [
        "disbursement.batch.approved.v1",
        "disbursement.batch.approved.v1",
        "disbursement.batch.proposed.v1",
        "disbursement.batch.reconciled.v1",
        "disbursement.batch.sent.v1",
        *["disbursement.payment.credited.v1"] * 2,
        "disbursement.payment.failed.v1",
        *["disbursement.payment.instructed.v1"] * 3,
    ]


async def told_about(disbursement: Bench, batch_id: str) -> list[str]:
    """The types of everything said about a batch and its payments, once 11 facts are there."""
    expected = 11

    async def look() -> list[str]:
        seen = []
        for message in await disbursement.messages("disbursement.batches", "disbursement.payments", expected=expected):
            if batch_id.encode() in message.value:
                envelope = Envelope.from_headers(message.headers)
                assert message.key.decode() == str(envelope.correlationid)
                seen.append(envelope.type)
        return seen if len(seen) >= expected else []

    return await eventually(look, within_seconds=30)


async def test_a_file_whose_receipt_was_lost_is_not_handed_in_again(
    disbursement: Bench, office: Office, bank: Bank
) -> None:
    bank.answers["*"] = lambda orders: [credited(*order) for order in orders]
    batch = await office.approved()
    bank.forget_answer_once.add(batch["batch_id"])
    async with disbursement.running("relay", "worker"):
        await reaches(office, batch["batch_id"], "reconciled")
    assert bank.posts[batch["batch_id"]] == 1


async def test_a_refused_file_is_a_finding_and_can_be_sent_again(
    disbursement: Bench, office: Office, bank: Bank
) -> None:
    bank.answers["*"] = lambda orders: [credited(*order) for order in orders]
    batch = await office.approved()
    bank.refuse.add(batch["batch_id"])
    async with disbursement.running("relay", "worker"):

        async def finding() -> dict[str, Any]:
            url = f"/findings?batch_id={batch['batch_id']}"
            items = (await disbursement.client.get(url, headers=office.as_("nur"))).json()["items"]
            return items[0] if items else {}

        found = await eventually(finding, within_seconds=30)
        assert (found["kind"], found["reason_code"], found["legal_now"]) == ("FILE_REFUSED", "BANK_422", ["SEND_AGAIN"])
        bank.refuse.clear()
        body = {"resolution": "SEND_AGAIN", "reason_code": "BANK_FIXED", "expected_version": 1}
        answer = await disbursement.client.post(
            f"/findings/{found['finding_id']}/resolution", json=body, headers=office.as_("budi")
        )
        assert answer.status_code == 200, answer.text
        await reaches(office, batch["batch_id"], "reconciled")


async def test_a_statement_imported_twice_changes_nothing(disbursement: Bench, office: Office, bank: Bank) -> None:
    bank.as_csv = True
    bank.answers["*"] = lambda orders: [credited(*order) for order in orders]
    batch = await office.approved(2)
    batch_id = batch["batch_id"]
    async with disbursement.running("relay", "worker"):
        await reaches(office, batch_id, "reconciled")
    bank.as_csv = False
    before = await state_of_everything(disbursement)
    body = (
        "payment_id,amount,status,bank_reference,reason\n"
        + "".join(f"{pid},{amount},CREDITED,BJT-{pid[:8]},\n" for pid, amount in bank.orders(batch_id))
    ).encode()
    lines = read_statement(batch["batch_id"], body, "text/csv")
    for _ in range(2):
        await disbursement.units.perform(
            lambda uow: import_statement(batch["batch_id"], lines, uow), principal=system_principal("disbursement")
        )
    assert await state_of_everything(disbursement) == before


async def state_of_everything(disbursement: Bench) -> list[Any]:
    """How many rows there are of what an import can write, and the highest versions."""
    return [
        await disbursement.value(f"SELECT count(*) FROM {table}")
        for table in ("actions", "postings", "bank_movements", "findings", "outbox")
    ]


async def test_lines_that_do_not_match_become_findings_and_settle_nothing(
    disbursement: Bench, office: Office, bank: Bank
) -> None:
    bank.answers["*"] = lambda orders: [
        credited(orders[0][0], orders[0][1] + 1),
        credited("99999999-9999-4999-8999-999999999999", 5),
        {"payment_id": "?", "amount": "1.5", "status": "CREDITED", "bank_reference": "x", "reason": ""},
    ]
    batch = await office.approved()
    async with disbursement.running("relay", "worker"):

        async def findings() -> list[str]:
            rows = await disbursement.rows("SELECT kind FROM findings WHERE batch_id = $1", batch["batch_id"])
            return sorted(row["kind"] for row in rows) if len(rows) >= 3 else []

        assert await eventually(findings, within_seconds=30) == [
            "AMOUNT_DIFFERS",
            "LINE_UNREADABLE",
            "PAYMENT_UNKNOWN",
        ]
        assert (await office.show(batch["batch_id"]))["state"] == "sent"
        bank.answers["*"] = lambda orders: [credited(*order) for order in orders]
        await reaches(office, batch["batch_id"], "reconciled")


async def test_a_returned_payment_can_be_paid_again_without_booking_the_cost_twice(
    disbursement: Bench, office: Office, bank: Bank
) -> None:
    bank.answers["*"] = lambda orders: [rejected(*order) for order in orders]
    batch = await office.approved()
    async with disbursement.running("relay", "worker"):
        await reaches(office, batch["batch_id"], "reconciled")
    url = f"/findings?batch_id={batch['batch_id']}&is_open=true"
    (finding,) = (await disbursement.client.get(url, headers=office.as_("nur"))).json()["items"]
    body = {"resolution": "PAY_AGAIN", "reason_code": "ACCOUNT_CORRECTED", "expected_version": 1}
    path = f"/findings/{finding['finding_id']}/resolution"
    refused = await disbursement.client.post(path, json=body | {"resolution": "NOTED"}, headers=office.as_("budi"))
    assert (refused.status_code, refused.json()["legal_now"]) == (409, ["PAY_AGAIN", "END_AID"])
    assert (await disbursement.client.post(path, json=body, headers=office.as_("budi"))).status_code == 200
    again = await disbursement.client.post(path, json=body | {"expected_version": 2}, headers=office.as_("budi"))
    assert (again.status_code, again.json()["code"]) == (409, "finding_is_resolved")

    bank.answers["*"] = lambda orders: [credited(*order) for order in orders]
    second = await office.propose([batch["lines"][0]["entitlement_id"]])
    for who in ("wati", "hadi"):
        assert (await office.approve(second, who)).status_code == 201
    async with disbursement.running("relay", "worker"):
        done = await reaches(office, second["batch_id"], "reconciled")
    assert done["lines"][0]["payment_id"] != batch["lines"][0]["payment_id"]
    sums = await disbursement.rows(
        "SELECT account, sum(amount)::bigint AS total FROM postings JOIN journal_entries e ON e.id = entry_id"
        " WHERE e.batch_id = ANY($1::uuid[]) GROUP BY account",
        [batch["batch_id"], second["batch_id"]],
    )
    assert {row["account"]: row["total"] for row in sums} == {
        "5.1.06.01": AMOUNT,
        "2.1.06.01": 0,
        "1.1.01.03": -AMOUNT,
    }


@pytest.mark.parametrize("kind", [Entitlement, Batch, Payment, Finding])
async def test_a_row_is_what_folding_its_actions_gives(disbursement: Bench, kind: type[Aggregate]) -> None:
    assert await disbursement.value(f"SELECT count(*) FROM {kind.__tablename__}") > 0
    assert await unlike_their_actions(disbursement, kind) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments SET amount_rupiah = 1",
        "UPDATE payments SET account_reference = 'lain'",
        "DELETE FROM payments",
        "UPDATE bank_movements SET moved_rupiah = 1",
        "DELETE FROM bank_movements",
    ],
)
async def test_what_is_owed_and_what_the_bank_moved_is_not_changed_by_the_services_role(
    disbursement: Bench, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await disbursement.units.pool.execute(statement)
