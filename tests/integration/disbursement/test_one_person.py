"""A real person gets a programme's aid once in a period, whatever stands for them."""

import asyncio
from functools import partial

from contracts.events.casework import (
    CaseDuplicateUndone,
    CaseMarkedDuplicate,
    CaseOccurrenceRecorded,
    CaseOccurrenceRevoked,
)
from contracts.events.intake import PersonKeyIssued
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from services.disbursement.batches.commands import hand_in, record_sent
from services.disbursement.holds.commands import hear_of_death
from tests.support.disbursement.office import Office
from tests.support.disbursement.somebody import a_nik, somebody
from tests.support.services import Bench


async def test_two_persons_of_one_nik_are_granted_once(office: Office) -> None:
    nik = a_nik()
    first, second = await somebody(office, nik), await somebody(office, nik)
    assert await first.asks() == "established"
    assert await second.asks() == "refused"


async def test_a_nik_told_after_both_grants_holds_the_later_and_lets_it_go_when_it_was_wrong(office: Office) -> None:
    nik = a_nik()
    first, second = await somebody(office, nik), await somebody(office)
    assert [await first.asks(), await second.asks()] == ["established", "established"]
    batch = await office.propose([await first.entitlement(), await second.entitlement()])
    await second.has(nik)
    assert [await first.stands(), await second.stands()] == ["batched", "held"]
    now = await office.show(batch["batch_id"])
    assert (now["items"], [off["reason_code"] for off in now["taken_off"]]) == (1, ["SAME_PERSON"])
    await second.has(a_nik())
    assert [await first.stands(), await second.stands()] == ["batched", "established"]


async def test_a_key_that_comes_before_or_after_its_person_tells_the_same(office: Office) -> None:
    nik = a_nik()
    first, second = await somebody(office, nik), await somebody(office)
    await second.has(nik, with_key=False)
    assert [await first.asks(), await second.asks()] == ["established", "established"]
    await second.has(nik)
    assert await second.stands() == "held"


async def test_the_hash_of_a_nik_goes_with_the_key_of_its_person(disbursement: Bench, office: Office) -> None:
    found = await somebody(office, a_nik())
    hashed = "SELECT digest IS NOT NULL FROM person_digests WHERE person_id = $1"
    assert await disbursement.value(hashed, found.person_id)
    await found.tell(PersonKeyIssued(person_id=found.person_id, wrapped={}), subject=found.person_id)
    assert not await disbursement.value(hashed, found.person_id)


async def test_what_a_person_says_are_one_are_one_until_it_is_undone(office: Office) -> None:
    first, second = await somebody(office), await somebody(office)
    await second.has(None, merged_into=first.person_id)
    assert [await first.asks(), await second.asks()] == ["established", "refused"]
    await second.has(None)
    assert [await first.stands(), await second.stands()] == ["established", "established"]


async def test_the_aid_of_a_double_ends_with_it_and_comes_back(office: Office) -> None:
    parent, double = await somebody(office), await somebody(office)
    assert await double.asks() == "established"
    batch = await office.propose([await double.entitlement()])
    await double.tell(CaseMarkedDuplicate(parent_case_id=parent.case.subject))
    assert await double.stands() == "ended"
    assert (await office.show(batch["batch_id"]))["state"] == "rejected"
    assert await parent.asks() == "established"
    await double.tell(CaseDuplicateUndone(parent_case_id=parent.case.subject))
    assert [await parent.stands(), await double.stands()] == ["established", "established"]


async def test_a_request_refused_for_a_double_is_taken_up_when_the_double_ends(office: Office) -> None:
    nik = a_nik()
    double, parent = await somebody(office, nik), await somebody(office, nik)
    assert [await double.asks(), await parent.asks()] == ["established", "refused"]
    await double.tell(CaseMarkedDuplicate(parent_case_id=parent.case.subject))
    assert [await double.stands(), await parent.stands()] == ["ended", "established"]


async def test_both_with_the_bank_is_a_finding_and_no_third_is_granted(disbursement: Bench, office: Office) -> None:
    nik = a_nik()
    first, second = await somebody(office, nik), await somebody(office)
    as_system = system_principal("disbursement")
    batches = []
    for one in (first, second):
        assert await one.asks() == "established"
        batch = await office.propose([await one.entitlement()])
        for who in ("wati", "hadi"):
            assert (await office.approve(batch, who)).status_code == 201
        await disbursement.units.perform(partial(hand_in, batch["batch_id"]), principal=as_system)
        await disbursement.units.perform(partial(record_sent, batch["batch_id"], "0" * 64), principal=as_system)
        batches.append(batch["batch_id"])
    await office.bank_says(batches[0], "CREDITED")
    await second.has(nik)
    found = await disbursement.rows("SELECT kind, batch_id FROM findings WHERE batch_id = ANY($1::uuid[])", batches)
    assert [(row["kind"], str(row["batch_id"])) for row in found] == [("PERSON_PAID_TWICE", batches[1])]
    third = await somebody(office, nik)
    assert await third.asks() == "refused"


async def test_a_list_that_pays_one_person_twice_is_not_approved(disbursement: Bench, office: Office) -> None:
    first, second = await somebody(office), await somebody(office)
    lists = []
    for one in (first, second):
        assert await one.asks() == "established"
        lists.append(await office.propose([await one.entitlement()]))
    # As if the number had come between the reading and the commit of a proposal.
    await disbursement.units.pool.execute(
        "INSERT INTO persons_known (person_id, identity_status, apparent_minor, merged_into, district, sequence, as_of)"
        " VALUES ($1, 'CLAIMED', false, $2, '35.24', 1, now())",
        second.person_id,
        first.person_id,
    )
    answer = await office.approve(lists[1], "wati")
    assert (answer.status_code, answer.json()["code"]) == (409, "list_pays_one_person_twice")
    assert (await office.approve(lists[0], "wati")).status_code == 201


async def test_a_death_reaches_all_aid_of_the_real_person_until_it_is_revoked(office: Office) -> None:
    nik = a_nik()
    asking, dead = await somebody(office, nik), await somebody(office, nik)
    assert await asking.asks() == "established"
    await dead.tell(CaseOccurrenceRecorded(kind="DIED", told_by="rsud"))
    assert await asking.stands() == "held"
    await dead.tell(CaseOccurrenceRevoked(kind="DIED"))
    assert await asking.stands() == "established"


async def test_a_death_and_a_request_of_two_cases_at_the_same_instant_find_each_other(
    disbursement: Bench, office: Office
) -> None:
    nik = a_nik()
    asking, dead = await somebody(office, nik), await somebody(office, nik)
    told, go_on = asyncio.Event(), asyncio.Event()

    async def die(uow: UnitOfWork) -> None:
        await hear_of_death(dead.case.subject, clock.utc_now(), True, str(dead.case.district), uow)
        told.set()
        await go_on.wait()

    dying = asyncio.create_task(disbursement.units.perform(die, principal=system_principal("disbursement")))
    await told.wait()
    requesting = asyncio.create_task(asking.asks())
    done, _ = await asyncio.wait([requesting], timeout=0.5)
    assert not done, "a grant that does not wait for the death would not be held by it"
    go_on.set()
    await dying
    assert await requesting == "held"


async def test_a_death_known_before_the_request_holds_it(office: Office) -> None:
    dead = await somebody(office)
    await dead.tell(CaseOccurrenceRecorded(kind="DIED", told_by="rsud"))
    assert await dead.asks() == "held"
