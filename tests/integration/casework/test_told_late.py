"""What is recorded late counts from when it happened, and says that it was told late."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from services.chassis import clock
from services.chassis.principal import system_principal
from tests.support.casework.agencies import SOEGIRI
from tests.support.casework.asking import ask, deadlines, later, seen
from tests.support.casework.desk import Desk
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.packs.in_force import quick_pack
from tests.support.services import Bench
from tests.support.visitor import Visitor

SYSTEM = system_principal("casework")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def street(casework: Bench, issuer: Issuer) -> Street:
    """One case to which the tests hang what they tell."""
    return await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)


@pytest.fixture
def hospital(street: Street) -> Desk:
    return street.desk(SOEGIRI)


def at(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


async def test_a_call_in_the_night_that_is_recorded_in_the_morning_rings_at_once(street: Street) -> None:
    called_at = later(hours=-5)
    handoff = await ask(street.office, await street.case_id(), purpose="EMERGENCY_CARE", happened_at=called_at)
    rule = quick_pack().sla_rule("EMERGENCY_CARE", SOEGIRI)
    assert at(deadlines(handoff)["ANSWER_BY"]) == at(called_at) + rule.answer_within
    (deadline,) = [one for one in handoff["deadlines"] if one["kind"] == "ANSWER_BY"]
    assert at(deadline["started_at"]) == at(handoff["requested_at"]) == at(called_at)

    async def rang() -> Any:
        return (await seen(street.office, handoff))["escalations"]

    (first, *_) = await eventually(rang, what="the escalation of a call that nobody answered")
    assert first["kind"] == "REMIND_DESK"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"happened_at": later(days=-60)}, "happens_too_early"),
        ({"happened_at": later(hours=1)}, "happens_later"),
        ({"happened_at": later(hours=-1), "is_draft": True}, "body_is_not_valid"),
    ],
)
async def test_what_cannot_have_been_asked_then_is_refused(street: Street, body: dict[str, Any], code: str) -> None:
    path = f"/cases/{await street.case_id()}/handoffs"
    refused = await street.office.send(path, purpose="INPATIENT_BED", candidates=[SOEGIRI], **body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_what_a_move_begins_counts_from_when_it_was_made(street: Street, hospital: Desk) -> None:
    handoff = await ask(street.office, await street.case_id(), happened_at=later(hours=-9))
    said, came, ended = later(hours=-8), later(hours=-7), later(hours=-6)
    rule = quick_pack().sla_rule("INPATIENT_BED", SOEGIRI)
    await hospital.move(handoff["handoff_id"], "acceptance", happened_at=said)
    promised = await seen(street.office, handoff)
    assert at(deadlines(promised)["ARRIVE_BY"]) == at(said) + rule.arrive_within
    await hospital.move(handoff["handoff_id"], "arrival", ba_number="BA/81", happened_at=came)
    there = await seen(street.office, handoff)
    assert at(deadlines(there)["STATUS_BY"]) == at(came) + rule.status_every
    await hospital.move(handoff["handoff_id"], "start", happened_at=came)
    await hospital.move(handoff["handoff_id"], "completion", result_code="DISCHARGED_STABLE", happened_at=ended)
    over = await seen(street.office, handoff)
    assert at(deadlines(over)["READ_BY"]) > clock.utc_now(), "nobody reads what was not told"
    ended_at = await street.bench.value("SELECT ended_at FROM handoffs WHERE id = $1", UUID(handoff["handoff_id"]))
    assert ended_at == at(ended)


async def test_a_draft_that_is_sent_late_was_asked_when_it_was(street: Street) -> None:
    draft = await ask(street.office, await street.case_id(), is_draft=True)
    asked_at = later(hours=-3)
    await street.office.move(draft["handoff_id"], "dispatch", happened_at=asked_at)
    sent = await seen(street.office, draft)
    assert at(sent["requested_at"]) == at(asked_at)
    assert (
        at(deadlines(sent)["ANSWER_BY"]) == at(asked_at) + quick_pack().sla_rule("INPATIENT_BED", SOEGIRI).answer_within
    )


async def test_whoever_met_the_person_in_the_night_has_them_since_then(casework: Bench, issuer: Issuer) -> None:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    met_at = later(hours=-5)
    await street.office.post(f"/tasks/{task['id']}/completion", result_code="MET", happened_at=met_at)
    (stretch,) = (await street.case())["custody"]
    assert at(stretch["since"]) == at(met_at)


async def test_what_was_told_late_is_marked_wherever_it_is_shown(casework: Bench, issuer: Issuer) -> None:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    case_id = await street.case_id()
    found_at = await casework.value("SELECT found_at FROM cases WHERE id = $1", case_id)
    assert at((await street.case())["found_at"]) == found_at
    told = f"/cases/{case_id}/occurrences"
    await street.office.post(told, kind="ABSCONDED", happened_at=later(hours=-5))
    await street.office.post(told, kind="FOUND_AGAIN", happened_at=later(minutes=-1))
    marks = [row["is_late"] for row in (await street.office.get(told))["items"]]
    assert marks == [True, False]
    lines = (await street.office.get(f"/cases/{case_id}/timeline"))["lines"]
    late = [one["is_late"] for one in lines if one["event_type"] == "casework.case.occurrence_recorded.v1"]
    assert late == [True, False]
    office = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    for path in (f"/perkara/{case_id}", f"/perkara/{case_id}/kejadian"):
        assert "dicatat terlambat" in (await office.get(path)).text
