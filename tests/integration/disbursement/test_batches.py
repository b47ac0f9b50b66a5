"""A list is frozen, approved by two different people, and only then ordered."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from tests.support.disbursement.office import AMOUNT, PROGRAMME, Office
from tests.support.services import Bench


async def test_two_different_people_approve_and_only_then_payments_are_ordered(
    disbursement: Bench, office: Office
) -> None:
    batch = await office.propose(await office.entitle(3))
    assert (batch["state"], batch["items"], batch["total_rupiah"]) == ("proposed", 3, 3 * AMOUNT)
    assert (await office.show(batch["batch_id"], "wati"))["legal_now"] == ["approve", "reject"]
    assert (await office.show(batch["batch_id"], "hadi"))["legal_now"] == ["reject"]
    assert (await office.show(batch["batch_id"], "budi"))["legal_now"] == []

    early = await office.approve(batch, "hadi")
    assert (early.status_code, early.json()["code"]) == (403, "approval_needs_other_role")
    first = await office.approve(batch, "wati")
    assert (first.status_code, first.json()["state"]) == (201, "endorsed")
    assert await disbursement.value("SELECT count(*) FROM payments WHERE batch_id = $1", batch["batch_id"]) == 0
    twice = await office.approve(batch, "wati")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_approved_by_you")

    last = await office.approve(batch, "hadi")
    assert (last.status_code, last.json()["state"]) == (201, "approved")
    late = await office.approve(batch, "hadi")
    assert (late.status_code, late.json()["legal_now"]) == (409, [])
    payments = await disbursement.rows("SELECT * FROM payments WHERE batch_id = $1", batch["batch_id"])
    assert {payment["state"] for payment in payments} == {"ordered"}
    cases = await disbursement.rows("SELECT correlation_id FROM entitlements WHERE batch_id = $1", batch["batch_id"])
    assert {p["correlation_id"] for p in payments} == {c["correlation_id"] for c in cases}
    signals = await disbursement.rows(
        "SELECT * FROM outbox WHERE transport = 'temporal' AND key = $1", f"batch:{batch['batch_id']}"
    )
    assert len(signals) == 1


async def test_nobody_approves_an_own_proposal(office: Office) -> None:
    batch = await office.propose(await office.entitle(), who="rangkap")
    answer = await office.approve(batch, "rangkap")
    assert (answer.status_code, answer.json()["code"]) == (403, "proposer_cannot_approve")
    assert (await office.show(batch["batch_id"], "rangkap"))["legal_now"] == []
    assert (await office.show(batch["batch_id"]))["approvals"] == []


async def test_a_list_needs_one_district_and_an_aid_that_somebody_may_approve(
    disbursement: Bench, office: Office
) -> None:
    body = {"programme_code": PROGRAMME, "entitlement_ids": await office.entitle(2)}
    token = office.issuer.token(roles=("aid-proposer",), offices=("35.24", "18.72"))
    province = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    whose = await disbursement.client.post("/batches", json=body, headers=province)
    assert (whose.status_code, whose.json()["code"]) == (422, "district_is_missing")
    owner = await asyncpg.connect(disbursement.settings.migrator_database_url)
    await owner.execute(
        "UPDATE entitlements SET amount_rupiah = 1000000001 WHERE id = ANY($1::uuid[])", body["entitlement_ids"]
    )
    much = await disbursement.client.post("/batches", json=body, headers=office.as_("budi"))
    assert (much.status_code, much.json()["code"]) == (409, "total_is_above_every_limit")
    await owner.execute(
        "UPDATE entitlements SET amount_rupiah = $2 WHERE id = ANY($1::uuid[])", body["entitlement_ids"], AMOUNT
    )
    await owner.close()
    assert (await office.propose(list(body["entitlement_ids"])))["items"] == 2


async def test_a_total_above_every_limit_becomes_as_many_lists_as_it_takes_and_says_so(
    disbursement: Bench, office: Office
) -> None:
    entitlements = await office.entitle(5)
    owner = await asyncpg.connect(disbursement.settings.migrator_database_url)
    worth = "UPDATE entitlements SET amount_rupiah = $2 WHERE id = ANY($1::uuid[])"
    await owner.execute(worth, entitlements, 400_000_000)
    proposed = await office.propose(entitlements)
    await owner.execute(worth, entitlements, AMOUNT)
    await owner.close()
    assert [found["total_rupiah"] for found in proposed["lists"]] == [800_000_000, 800_000_000, 400_000_000]
    assert proposed["lists"][0]["batch_id"] == proposed["batch_id"]
    assert proposed["note"] == "5 hak bantuan dibagi menjadi 3 daftar agar setiap daftar dapat disetujui."
    for found in proposed["lists"]:
        assert (await office.approve(found, "wati")).status_code == 201
    assert (await office.propose(await office.entitle()))["note"] is None


async def test_an_approval_is_for_one_list_and_one_version(office: Office) -> None:
    batch = await office.propose(await office.entitle())
    other = await office.approve(batch, "wati", digest="0" * 64)
    assert (other.status_code, other.json()["code"]) == (409, "approval_is_for_other_list")
    stale = await office.approve(batch, "wati", expected_version=7)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")


async def test_a_changed_list_can_no_longer_be_approved(disbursement: Bench, office: Office) -> None:
    batch = await office.propose(await office.entitle())
    change = "UPDATE batch_lines SET amount_rupiah = amount_rupiah + 1 WHERE batch_id = $1"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await disbursement.units.pool.execute(change, batch["batch_id"])
    owner = await asyncpg.connect(disbursement.settings.migrator_database_url)
    await owner.execute(change, batch["batch_id"])
    await owner.close()
    answer = await office.approve(batch, "wati")
    assert (answer.status_code, answer.json()["code"]) == (409, "approval_is_for_other_list")


async def test_a_rejected_list_frees_its_entitlements(disbursement: Bench, office: Office) -> None:
    entitlements = await office.entitle(2)
    batch = await office.propose(entitlements)
    taken = await disbursement.client.post(
        "/batches", json={"programme_code": PROGRAMME, "entitlement_ids": entitlements}, headers=office.as_("budi")
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "entitlements_are_not_free")
    answer = await disbursement.client.post(
        f"/batches/{batch['batch_id']}/rejection",
        json={"reason_code": "AMOUNT_QUESTIONED", "expected_version": 1},
        headers=office.as_("hadi"),
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "rejected")
    again = await office.propose(entitlements)
    assert again["batch_id"] != batch["batch_id"]
    assert again["digest"] == batch["digest"]


async def test_a_proposal_takes_all_that_waits_and_nothing_twice(disbursement: Bench, office: Office) -> None:
    await office.entitle(2)
    body = {"programme_code": PROGRAMME}
    first = await disbursement.client.post("/batches", json=body, headers=office.as_("budi"))
    assert first.status_code == 201
    assert first.json()["items"] >= 2
    second = await disbursement.client.post("/batches", json=body, headers=office.as_("budi"))
    assert (second.status_code, second.json()["code"]) == (409, "nothing_to_pay")
    elsewhere = await disbursement.client.post(
        "/batches", json={**body, "district": "35.25"}, headers=office.as_("budi")
    )
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "district_is_not_yours")
    for path in (f"/batches/{uuid4()}", f"/batches/{first.json()['batch_id']}"):
        stranger = {"Authorization": f"Bearer {office.issuer.token(roles=['auditor'], offices=['18.72'])}"}
        assert (await disbursement.client.get(path, headers=stranger)).status_code == 404


async def test_two_proposals_at_once_share_no_entitlement(disbursement: Bench, office: Office) -> None:
    body = {"programme_code": PROGRAMME, "entitlement_ids": await office.entitle(3)}
    answers = await asyncio.gather(
        *(disbursement.client.post("/batches", json=body, headers=office.as_("budi")) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_two_approvals_at_once_are_one(disbursement: Bench, office: Office) -> None:
    batch = await office.propose(await office.entitle())
    body = {"digest": batch["digest"], "expected_version": 1}
    url = f"/batches/{batch['batch_id']}/approvals"
    answers = await asyncio.gather(
        *(disbursement.client.post(url, json=body, headers=office.as_("wati")) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len((await office.show(batch["batch_id"]))["approvals"]) == 1


async def test_approvals_cannot_be_changed_by_the_app(disbursement: Bench, office: Office) -> None:
    batch = await office.propose(await office.entitle())
    await office.approve(batch, "wati")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await disbursement.units.pool.execute("UPDATE approvals SET actor = 'x' WHERE batch_id = $1", batch["batch_id"])
    with pytest.raises(asyncpg.UniqueViolationError):
        await disbursement.units.pool.execute(
            "INSERT INTO approvals SELECT batch_id, revision, 2, actor, role, digest, approved_at, district"
            " FROM approvals WHERE batch_id = $1",
            batch["batch_id"],
        )
