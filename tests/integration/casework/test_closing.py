"""A case closes when nothing of it is open anywhere, or by two people over what is; on real rows."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.events.disbursement import EntitlementEnded
from tests.support.casework.aid import entitled
from tests.support.casework.closing import AnotherHead, others_answer
from tests.support.casework.desk import Desk
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import wire

NOT_MET: dict[str, Any] = {"urgency": "EMERGENCY", "operation_id": None, "is_with_reporter": False, "channel": "PHONE"}


@pytest.fixture
def street(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


async def nothing_open_here(street: Street) -> None:
    """The person was not met: nothing of the case is open in casework."""
    await street.found(**NOT_MET)
    await street.office.do_task(street.report_id, "FIRST_RESPONSE", "NOT_MET")


async def closing(street: Street) -> Any:
    return await street.office.get(f"/cases/{await street.case_id()}/closing")


async def test_a_case_closes_when_every_other_service_says_that_nothing_is_open(street: Street) -> None:
    await nothing_open_here(street)

    async def is_asked() -> bool:
        found = await closing(street)
        return [b["party"] for b in found["blockers"]] == ["intake", "disbursement", "notifications"]

    await eventually(is_asked, what="each silent service named")
    await others_answer(street.bench, street.report_id)
    await street.becomes(lambda case: case["state"] == "closed", "closed")


async def aid_ends(street: Street) -> None:
    """Disbursement tells that what it had for the case is given up."""
    ended = EntitlementEnded(
        entitlement_id=uuid4(), aid_request_id=uuid4(), case_id=await street.case_id(), reason_code="GIVEN_UP"
    )
    key, body, headers = wire(ended, subject=ended.entitlement_id, correlation_id=street.report_id)
    async with street.bench.producer() as send:
        await send("disbursement.entitlements", key, body, headers)


async def test_what_is_open_elsewhere_keeps_the_case_open_by_name_until_it_has_ended(street: Street) -> None:
    await nothing_open_here(street)
    await others_answer(street.bench, street.report_id, disbursement=("AID_ON_ITS_WAY",))

    async def is_named() -> bool:
        return [(b["party"], b["name"]) for b in (await closing(street))["blockers"]] == [
            ("disbursement", "AID_ON_ITS_WAY")
        ]

    await eventually(is_named, what="what is open, by name")
    await aid_ends(street)
    await others_answer(street.bench, street.report_id, number=2)
    await street.becomes(lambda case: case["state"] == "closed", "closed")


async def test_a_change_heard_before_the_answer_that_does_not_know_of_it_is_not_lost(street: Street) -> None:
    await nothing_open_here(street)

    async def is_asked() -> Any:
        return (await closing(street))["round"]

    await eventually(is_asked, what="the first round")
    await aid_ends(street)

    async def is_noted() -> Any:
        return await street.bench.value(
            "SELECT is_stale FROM closing_rounds WHERE correlation_id = $1", street.report_id
        )

    await eventually(is_noted, what="the change, noted before any answer")
    await others_answer(street.bench, street.report_id, disbursement=("AID_ON_ITS_WAY",))
    await others_answer(street.bench, street.report_id, number=2)
    await street.becomes(lambda case: case["state"] == "closed", "closed")


async def test_two_people_close_over_what_is_open_and_each_thing_gets_its_disposition(
    street: Street, issuer: Issuer
) -> None:
    await street.found(is_with_reporter=False, operation_id=None)
    case_id = await street.case_id()
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    item = f"task:{task['id']}"
    worker = Desk(street.bench, issuer, "dinsos-lamongan", "caseworker")
    head = AnotherHead(street.bench, issuer)
    wrong = await worker.send(
        f"/cases/{case_id}/forced-closings", reason_code="OPENED_BY_MISTAKE", dispositions={item: "READ"}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "disposition_does_not_fit")
    partial = {f"task:{uuid4()}": "CANCEL"}
    left = await worker.send(f"/cases/{case_id}/forced-closings", reason_code="OPENED_BY_MISTAKE", dispositions=partial)
    assert (left.status_code, left.json()["code"]) == (409, "dispositions_are_incomplete")
    proposed = await worker.post(
        f"/cases/{case_id}/forced-closings", reason_code="OPENED_BY_MISTAKE", dispositions={item: "CANCEL"}
    )
    again = await worker.send(
        f"/cases/{case_id}/forced-closings", reason_code="OPENED_BY_MISTAKE", dispositions={item: "CANCEL"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "closing_is_proposed")
    assert (await street.case())["state"] == "open", "nothing happens before another person decides"
    path = f"/forced-closings/{proposed['forced_closing_id']}/approval"
    same = await street.office.send(path)
    assert (same.status_code, same.json()["code"]) == (403, "two_people_are_needed")
    await head.post(path)
    case = await street.case()
    assert (case["state"], [t["state"] for t in case["tasks"]]) == ("closed", ["cancelled"])
    late = await head.send(path)
    assert (late.status_code, late.json()["code"]) == (409, "closing_is_decided")
    verbs = await street.bench.rows(
        "SELECT verb, reason FROM actions WHERE aggregate_id = $1 ORDER BY version", case_id
    )
    assert ("force_close", "OPENED_BY_MISTAKE") in [(row["verb"], row["reason"]) for row in verbs]


async def test_a_refused_proposal_changes_nothing_and_another_may_follow(street: Street, issuer: Issuer) -> None:
    await street.found(is_with_reporter=False, operation_id=None)
    case_id = await street.case_id()
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    body = {"reason_code": "OPENED_BY_MISTAKE", "dispositions": {f"task:{task['id']}": "CANCEL"}}
    proposed = await street.office.post(f"/cases/{case_id}/forced-closings", **body)
    head = AnotherHead(street.bench, issuer)
    await head.post(f"/forced-closings/{proposed['forced_closing_id']}/refusal")
    assert (await street.case())["state"] == "open"
    assert await street.office.post(f"/cases/{case_id}/forced-closings", **body)


async def test_a_case_is_never_closed_over_somebodys_custody(street: Street) -> None:
    await street.found()
    found = await closing(street)
    dispositions = {b["item"]: b["dispositions"][0] if b["dispositions"] else "CANCEL" for b in found["blockers"]}
    refused = await street.office.send(
        f"/cases/{await street.case_id()}/forced-closings", reason_code="NO_ANSWER_FOR_LONG", dispositions=dispositions
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "custody_cannot_be_forced")


async def test_a_case_with_nothing_open_needs_no_force(street: Street) -> None:
    await nothing_open_here(street)
    await others_answer(street.bench, street.report_id)
    await street.becomes(lambda case: case["state"] == "closed", "closed")
    refused = await street.office.send(
        f"/cases/{await street.case_id()}/forced-closings",
        reason_code="NO_ANSWER_FOR_LONG",
        dispositions={"aid:x": "PAY_ON"},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "case_is_closed")


async def test_held_aid_of_somebody_who_died_is_decided_by_people_before_the_case_closes(street: Street) -> None:
    await (await street.found()).screened("OUTPATIENT")
    case_id = await street.case_id()
    await entitled(street.bench, case_id)
    await street.office.post(f"/cases/{case_id}/occurrences", kind="DIED", happened_at="2026-11-01T00:00:00Z")
    await street.office.do_task(street.report_id, "BURIAL", "BURIED")
    await street.office.do_task(street.report_id, "AID_DECISION", "END")

    async def is_said() -> Any:
        return await street.bench.rows(
            "SELECT 1 FROM outbox WHERE headers->>'ce_type' = 'casework.case.aid_ended.v1'"
            " AND headers->>'ce_subject' = $1", str(case_id),
        )  # fmt: skip

    assert len(await eventually(is_said, what="the aid's end, said to disbursement")) == 1
