"""Escalation steps that arrive: what became of the message, who is called when it did not, and desks without
anybody."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from contracts.events.notifications import MessageDelivered, MessageFailed
from services.casework.case.cases.commands import REACH
from services.casework.handoff.handoffs.commands import escalate_if_due
from services.casework.handoff.wing import put_in_force
from services.casework.office.directory.domain import Desk as PackDesk
from services.chassis import clock
from services.chassis.principal import system_principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI
from tests.support.casework.asking import ask, seen
from tests.support.casework.colleagues import met
from tests.support.casework.desk import Desk
from tests.support.identity import Issuer
from tests.support.packs.in_force import quick_pack
from tests.support.services import Bench
from tests.support.wire import wire

SYSTEM = system_principal("casework")
DUKCAPIL = "dukcapil-lamongan"


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    """The office's duty head."""
    return Desk(casework, issuer, OFFICE, "section-head")


async def overdue(bench: Bench, handoff: dict[str, Any], by: timedelta = timedelta(minutes=1)) -> None:
    """The answer's time ran out so long ago, and the timer looks."""
    due_at = clock.utc_now() - by
    await bench.units.pool.execute(
        "UPDATE deadlines SET due_at = $2, escalates_at = $2 WHERE about_id = $1 AND state = 'running'",
        UUID(handoff["handoff_id"]), due_at,
    )  # fmt: skip
    await look(bench, handoff)


async def look(bench: Bench, handoff: dict[str, Any]) -> Any:
    """The timer looks."""
    return await bench.units.perform(
        lambda uow: escalate_if_due(UUID(handoff["handoff_id"]), REACH, uow), principal=SYSTEM
    )


async def told(bench: Bench, handoff: dict[str, Any], news: type[MessageDelivered] | type[MessageFailed]) -> None:
    """Notifications reports about the message of the first escalation step, twice."""
    row = (await bench.rows("SELECT fact_id FROM escalation_steps WHERE about_id = $1", UUID(handoff["handoff_id"])))[0]
    about = {
        "message_id": uuid4(), "template": "receiver.handoff-reminder", "channel": "SMS",
        "recipient_kind": "RECEIVER", "cause_fact_id": row["fact_id"],
    }  # fmt: skip
    more = {"reason_code": "NO_REPORT"} if news is MessageFailed else {}
    event = news.model_validate({**about, **more})
    correlation = await bench.value("SELECT correlation_id FROM handoffs WHERE id = $1", UUID(handoff["handoff_id"]))
    fact = wire(event, subject=event.message_id, correlation_id=correlation)
    async with bench.producer() as send:
        await send("notifications.messages", *fact)
        await send("notifications.messages", *fact)
    await bench.all_consumed()


async def calls(bench: Bench, case_id: UUID, agency: str) -> list[Any]:
    return await bench.rows(
        "SELECT * FROM tasks WHERE about_id = $1 AND kind = 'PHONE_CALL' AND call_agency = $2 ORDER BY id",
        case_id, agency,
    )  # fmt: skip


async def test_the_receipt_of_a_escalations_message_is_kept_beside_the_escalation(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    await overdue(casework, handoff)
    (escalation,) = (await seen(office, handoff))["escalations"]
    assert (escalation["kind"], escalation["notice"], escalation["delivered_at"]) == ("REMIND_DESK", "awaited", None)
    said = await casework.value(
        "SELECT count(*) FROM outbox o JOIN escalation_steps r ON o.headers->>'ce_factid' = r.fact_id::text"
        " WHERE r.about_id = $1 AND o.transport = 'kafka'", UUID(handoff["handoff_id"]),
    )  # fmt: skip
    assert said == 1, "the message is found by the fact that it tells of"
    await told(casework, handoff, MessageDelivered)
    (escalation,) = (await seen(office, handoff))["escalations"]
    assert escalation["notice"] == "delivered"
    assert escalation["delivered_at"] is not None
    assert await calls(casework, case_id, SOEGIRI) == []


async def test_a_message_that_failed_makes_one_telephone_call_and_delays_nothing(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, LAWANG, purpose="FAMILY_TRACING")
    await overdue(casework, handoff)
    before = await seen(office, handoff)
    await told(casework, handoff, MessageFailed)
    after = await seen(office, handoff)
    assert after["escalations"][0]["notice"] == "undelivered"
    assert after["deadlines"] == before["deadlines"], "no deadline waits for a telephone call"
    (call,) = await calls(casework, case_id, LAWANG)
    assert (call["agency"], call["call_desk"], call["state"]) == (OFFICE, "admisi", "open")
    shown = (await office.get("/tasks?limit=200"))["items"]
    assert LAWANG in {task["call_agency"] for task in shown if task["kind"] == "PHONE_CALL"}
    await overdue(casework, handoff, timedelta(hours=3))
    assert len((await seen(office, handoff))["escalations"]) == 2, "the escalation_policy went on"


async def test_a_message_of_which_nothing_is_heard_in_time_is_called_after(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    agency = "puskesmas-paciran"
    handoff = await ask(office, case_id, agency, purpose="HEALTH_SCREENING")
    await overdue(casework, handoff)
    reading = await look(casework, handoff)
    notice_by = await casework.value(
        "SELECT notice_by FROM escalation_steps WHERE about_id = $1", UUID(handoff["handoff_id"])
    )
    assert reading.next_check_at == notice_by, "the timer wakes for the message too"
    assert await calls(casework, case_id, agency) == []
    await casework.units.pool.execute(
        "UPDATE escalation_steps SET notice_by = now() WHERE about_id = $1", UUID(handoff["handoff_id"])
    )
    await look(casework, handoff)
    await look(casework, handoff)
    assert len(await calls(casework, case_id, agency)) == 1
    await told(casework, handoff, MessageDelivered)
    (escalation,) = (await seen(office, handoff))["escalations"]
    assert escalation["notice"] == "undelivered", "that it came too late stays visible"
    assert escalation["delivered_at"] is not None


async def said_on_duty(casework: Bench, handoff: Any, what: str) -> list[str]:
    """The duty telephones that the facts of a kind name."""
    rows = await casework.rows(
        "SELECT body FROM outbox WHERE transport = 'kafka' AND headers->>'ce_subject' = $1 AND "
        "headers->>'ce_type' = $2",
        handoff["handoff_id"],
        f"casework.handoff.{what}.v1",
    )
    (phones,) = [orjson.loads(row["body"])["on_duty"] for row in rows]
    return list(phones)


async def test_a_escalation_for_a_desk_without_anybody_goes_to_the_head_with_one_finding_for_the_shift(
    casework: Bench, office: Desk, issuer: Issuer, case_id: UUID
) -> None:
    agency = "upt-bina-laras"
    pack = quick_pack()
    rostered = tuple(
        one.model_copy(
            update={
                "desks": (PackDesk(code="penerimaan", name="Penerimaan", keeps_roster=True, duty_phones=("jaga-1",)),)
            }
        )
        if one.code == agency
        else one
        for one in pack.agencies
    )
    changed = pack.model_copy(update={"version": f"roster-{uuid4().hex[:6]}", "agencies": rostered})
    await casework.units.perform(lambda uow: put_in_force(changed, uow), principal=SYSTEM)
    try:
        alone = [await ask(office, case_id, agency, purpose="PLACEMENT") for _ in range(2)]
        for handoff in alone:
            await overdue(casework, handoff)
            (escalation,) = (await seen(office, handoff))["escalations"]
            assert (escalation["kind"], escalation["remark"]) == ("SECTION_HEAD", "NOBODY_ON_DUTY")
        found = (await office.get(f"/findings?kind=EMPTY_ROSTER&owner={agency}"))["items"]
        assert len(found) == 1, "one for the desk and shift, not one for each escalation"
        assert found[0]["details"]["desk"] == "penerimaan"
        there = Desk(casework, issuer, agency, "desk-officer")
        turn = {
            "district": "35.24", "desk": "penerimaan", "officer": "staff:jaga", "phone": "jaga-1",
            "starts_at": (clock.utc_now() - timedelta(hours=1)).isoformat(),
            "ends_at": (clock.utc_now() + timedelta(hours=1)).isoformat(),
        }  # fmt: skip
        nobody = await there.send("/shifts", **turn)
        assert (nobody.status_code, nobody.json()["code"]) == (422, "officer_is_unknown")
        await met(casework, agency, jaga="Rudi Jaga")
        wrong = await there.send("/shifts", **{**turn, "phone": "jaga-9"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "phone_is_not_the_desks")
        assert (await there.post("/shifts", **turn))["phone"] == "jaga-1"
        staffed = await ask(office, case_id, agency, purpose="PLACEMENT")
        await office.move(staffed["handoff_id"], "resending")
        await overdue(casework, staffed)
        assert (await seen(office, staffed))["escalations"][0]["kind"] == "REMIND_DESK"
        for what in ("requested", "resent", "escalated"):
            assert await said_on_duty(casework, staffed, what) == ["jaga-1"], what
        assert await said_on_duty(casework, alone[0], "requested") == []
    finally:
        back = pack.model_copy(update={"version": f"back-{uuid4().hex[:6]}"})
        await casework.units.perform(lambda uow: put_in_force(back, uow), principal=SYSTEM)


async def test_a_dry_run_is_asked_for_any_agency_by_the_office_and_for_its_own_by_others(
    casework: Bench, office: Desk, issuer: Issuer
) -> None:
    query = f"district=35.24&purpose=IDENTIFICATION&agency={DUKCAPIL}"
    (deadline_of_answer,) = (await office.get(f"/escalation-policies/dry-run?{query}"))["items"]
    assert [escalation["kind"] for escalation in deadline_of_answer["escalations"]][-1] == "INSPECTORATE"
    assert all(escalation["told"] for escalation in deadline_of_answer["escalations"])
    own = Desk(casework, issuer, DUKCAPIL, "desk-officer")
    assert (await own.get(f"/escalation-policies/dry-run?{query}"))["items"]
    await Desk(casework, issuer, LAWANG, "desk-officer").get(f"/escalation-policies/dry-run?{query}", 404)
