"""What a case says of its aid reaches it wherever it has come to."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from contracts.envelope import Envelope
from contracts.events.casework import CaseAidEnded, CaseAidHeld, CaseAidReleased
from services.chassis.principal import system_principal
from services.disbursement.batches.commands import hand_in, record_sent, take_back
from services.disbursement.batches.queries import locked_batch
from tests.support.disbursement.bank import Bank, rejected
from tests.support.disbursement.office import AMOUNT, Office, aid_requested, said_later
from tests.support.eventually import eventually
from tests.support.services import Bench

DEAD = "DECEASED"


async def listed(office: Office, count: int = 2) -> tuple[dict[str, Any], list[tuple[Any, Envelope]]]:
    """A list of so many requests for aid, with what each was asked by."""
    requests = [aid_requested() for _ in range(count)]
    for request in requests:
        assert await office.hear(*request) == "applied"
    entitlements = [await office.entitlement_of(fact.aid_request_id) for fact, _ in requests]
    return await office.propose(entitlements), requests


async def hold(office: Office, request: tuple[Any, Envelope], **envelope: Any) -> None:
    """The case says that its aid is to wait."""
    fact, said = request
    held = CaseAidHeld(aid_request_id=fact.aid_request_id, reason_code=DEAD)
    assert await office.hear(held, said_later(said, held, **envelope)) == "applied"


async def state_of(office: Office, request: tuple[Any, Envelope]) -> str:
    return str(
        await office.bench.value("SELECT state FROM entitlements WHERE aid_request_id = $1", request[0].aid_request_id)
    )


async def findings_of(office: Office, batch_id: str) -> list[dict[str, Any]]:
    """What people have to see to about a batch."""
    answer = await office.bench.client.get(f"/findings?batch_id={batch_id}", headers=office.as_("nur"))
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_death_after_the_proposal_takes_the_line_off_and_approvals_lapse(
    disbursement: Bench, office: Office
) -> None:
    batch, requests = await listed(office)
    assert (await office.approve(batch, "wati")).status_code == 201
    await hold(office, requests[0])
    now = await office.show(batch["batch_id"], "wati")
    assert (now["state"], now["revision"], now["items"], now["total_rupiah"]) == ("proposed", 2, 1, AMOUNT)
    assert now["digest"] != batch["digest"]
    assert now["approvals"] == []
    assert [(off["line_no"], off["reason_code"]) for off in now["taken_off"]] == [(1, DEAD)]
    assert now["legal_now"] == ["approve", "reject"]
    old = await office.approve(batch, "wati")
    assert (old.status_code, old.json()["code"]) == (409, "approval_is_for_other_list")
    assert await state_of(office, requests[0]) == "held"
    for who in ("wati", "hadi"):
        assert (await office.approve(now, who)).status_code == 201
    assert [line["payment_state"] for line in (await office.show(batch["batch_id"]))["lines"]] == ["ordered"]


async def test_a_death_after_the_last_approval_takes_the_order_and_its_obligation_back(
    disbursement: Bench, office: Office
) -> None:
    batch, requests = await listed(office)
    for who in ("wati", "hadi"):
        assert (await office.approve(batch, who)).status_code == 201
    await hold(office, requests[0])
    now = await office.show(batch["batch_id"])
    assert (now["state"], now["items"], now["approvals"]) == ("proposed", 1, [])
    assert await booked(disbursement, batch["batch_id"]) == {"5.1.06.01": 0, "2.1.06.01": 0}
    for who in ("wati", "hadi"):
        assert (await office.approve(now, who)).status_code == 201
    assert await booked(disbursement, batch["batch_id"]) == {"5.1.06.01": AMOUNT, "2.1.06.01": -AMOUNT}
    sent = await disbursement.units.perform(
        lambda uow: hand_in(now["batch_id"], uow), principal=system_principal("disbursement")
    )
    assert sent is not None
    assert [str(payment.id) for payment in sent] == [now["lines"][0]["payment_id"]]


async def booked(disbursement: Bench, batch_id: str) -> dict[str, int]:
    rows = await disbursement.rows(
        "SELECT account, sum(amount)::bigint AS total FROM postings JOIN journal_entries e ON e.id = entry_id"
        " WHERE e.batch_id = $1::uuid GROUP BY account",
        batch_id,
    )
    return {row["account"]: row["total"] for row in rows}


async def test_a_list_of_which_nobody_is_left_is_dissolved(office: Office) -> None:
    batch, requests = await listed(office, 1)
    await hold(office, requests[0])
    now = await office.show(batch["batch_id"])
    assert (now["state"], now["reason_code"]) == ("rejected", DEAD)


async def test_what_is_let_go_waits_for_another_list_and_is_paid_as_another_payment(
    disbursement: Bench, office: Office
) -> None:
    batch, requests = await listed(office)
    for who in ("wati", "hadi"):
        assert (await office.approve(batch, who)).status_code == 201
    first = (await office.show(batch["batch_id"]))["lines"][0]["payment_id"]
    await hold(office, requests[0])
    fact, said = requests[0]
    released = CaseAidReleased(aid_request_id=fact.aid_request_id, reason_code="FOUND_AGAIN")
    assert await office.hear(released, said_later(said, released)) == "applied"
    again = await office.propose([await office.entitlement_of(fact.aid_request_id)])
    for who in ("wati", "hadi"):
        assert (await office.approve(again, who)).status_code == 201
    assert (await office.show(again["batch_id"]))["lines"][0]["payment_id"] != first


async def test_a_hold_that_comes_when_the_file_is_with_the_bank_is_a_finding_and_bars_a_second_try(
    disbursement: Bench, office: Office, bank: Bank
) -> None:
    batch, requests = await listed(office, 1)
    for who in ("wati", "hadi"):
        assert (await office.approve(batch, who)).status_code == 201
    as_system = system_principal("disbursement")
    await disbursement.units.perform(lambda uow: hand_in(batch["batch_id"], uow), principal=as_system)
    await hold(office, requests[0])
    (found,) = await findings_of(office, batch["batch_id"])
    assert (found["kind"], found["reason_code"], found["desk"]) == ("HELD_TOO_LATE", DEAD, "keuangan")
    assert found["legal_now"] == ["RECOVERY_ASKED", "NOTED"]
    bank.answers["*"] = lambda orders: [rejected(*order) for order in orders]
    async with disbursement.running("relay", "worker"):

        async def returned() -> bool:
            return bool((await office.show(batch["batch_id"]))["state"] == "reconciled")

        await eventually(returned, within_seconds=30)
    back = next(f for f in await findings_of(office, batch["batch_id"]) if f["kind"] == "PAYMENT_RETURNED")
    assert back["legal_now"] == ["END_AID"]
    body = {"resolution": "PAY_AGAIN", "reason_code": "ACCOUNT_CORRECTED", "expected_version": 1}
    answer = await disbursement.client.post(
        f"/findings/{back['finding_id']}/resolution", json=body, headers=office.as_("budi")
    )
    assert (answer.status_code, answer.json()["legal_now"]) == (409, ["END_AID"])


async def test_a_hold_and_the_file_that_leaves_at_the_same_instant_are_one_before_the_other(
    disbursement: Bench, office: Office
) -> None:
    as_system = system_principal("disbursement")
    for _ in range(6):
        batch, requests = await listed(office)
        for who in ("wati", "hadi"):
            assert (await office.approve(batch, who)).status_code == 201
        sent, _ = await asyncio.gather(
            disbursement.units.perform(partial(hand_in, batch["batch_id"]), principal=as_system),
            hold(office, requests[0]),
        )
        late = [f["kind"] for f in await findings_of(office, batch["batch_id"])]
        held = await state_of(office, requests[0]) == "held"
        assert (sent is None, held, late) in ((True, True, []), (False, False, ["HELD_TOO_LATE"]))


async def test_a_file_that_the_bank_did_not_take_can_be_stopped_again(disbursement: Bench, office: Office) -> None:
    batch, requests = await listed(office)
    for who in ("wati", "hadi"):
        assert (await office.approve(batch, who)).status_code == 201
    as_system = system_principal("disbursement")
    await disbursement.units.perform(lambda uow: hand_in(batch["batch_id"], uow), principal=as_system)

    async def refuse(uow: Any) -> None:
        await take_back(await locked_batch(batch["batch_id"], uow), "BANK_422", uow)

    await disbursement.units.perform(refuse, principal=as_system)
    await hold(office, requests[0])
    assert (await office.show(batch["batch_id"]))["items"] == 1
    assert await disbursement.units.perform(lambda uow: hand_in(batch["batch_id"], uow), principal=as_system) is None


async def test_a_death_before_the_file_left_and_told_after_the_payment_is_a_finding_a_later_one_is_not(
    disbursement: Bench, office: Office
) -> None:
    batch, requests = await listed(office)
    for who in ("wati", "hadi"):
        assert (await office.approve(batch, who)).status_code == 201
    as_system = system_principal("disbursement")
    await disbursement.units.perform(lambda uow: hand_in(batch["batch_id"], uow), principal=as_system)
    await disbursement.units.perform(lambda uow: record_sent(batch["batch_id"], "0" * 64, uow), principal=as_system)
    await office.bank_says(batch["batch_id"], "CREDITED")
    await hold(office, requests[0], time=datetime.now(UTC) - timedelta(days=2))
    await hold(office, requests[1], time=datetime.now(UTC) + timedelta(seconds=5))
    assert [f["kind"] for f in await findings_of(office, batch["batch_id"])] == ["HELD_TOO_LATE"]


async def test_a_hold_told_before_its_request_is_kept_for_it(office: Office) -> None:
    request = aid_requested()
    await hold(office, request)
    assert await office.hear(*request) == "applied"
    assert await state_of(office, request) == "held"


async def test_what_people_ended_is_not_let_go(office: Office) -> None:
    request = aid_requested()
    assert await office.hear(*request) == "applied"
    fact, said = request
    for told in (
        CaseAidEnded(aid_request_id=fact.aid_request_id, reason_code="HEIRS_DECLINED"),
        CaseAidReleased(aid_request_id=fact.aid_request_id, reason_code="FOUND_AGAIN"),
    ):
        assert await office.hear(told, said_later(said, told)) == "applied"
    assert await state_of(office, request) == "ended"
