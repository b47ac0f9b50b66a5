"""Never stuck: told again, redirected, withdrawn, one by one and in bulk; a partner that is away for three days."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.casework.case.cases.commands import REACH
from services.casework.desks.closures.tables import Closure
from services.casework.handoff.handoffs.commands import escalate_if_due
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.chassis.principal import system_principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI
from tests.support.casework.asking import ask, deadlines, seen
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.eventually import eventually
from tests.support.folding import unlike_their_actions
from tests.support.identity import Issuer
from tests.support.services import Bench

SYSTEM = system_principal("casework")
BINA_LARAS, BABAT = "upt-bina-laras", "puskesmas-babat"


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    """The office's duty head."""
    return Desk(casework, issuer, OFFICE, "section-head")


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(casework: Bench) -> UUID:
    """A case to which the test hangs hand-offs of its own."""
    return await case_of(casework, await report_verified(casework))


async def facts(bench: Bench, handoff: dict[str, Any]) -> list[str]:
    rows = await bench.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE transport = 'kafka' AND headers->>'ce_subject' = $1"
        " ORDER BY id", handoff["handoff_id"],
    )  # fmt: skip
    return [row["type"].split(".")[2] for row in rows]


async def test_a_request_told_again_is_the_same_request_under_the_same_deadline(
    casework: Bench, office: Desk, issuer: Issuer, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    await office.move(handoff["handoff_id"], "resending")
    again = await seen(office, handoff)
    assert (again["state"], deadlines(again)) == ("requested", deadlines(handoff))
    assert await facts(casework, handoff) == ["requested", "resent"]
    lines = await casework.value(
        "SELECT count(*) FROM outbox WHERE transport = 'feed' AND target = $1 AND body::jsonb->>'handoff_id' = $2",
        SOEGIRI, handoff["handoff_id"],
    )  # fmt: skip
    assert lines == 2
    await Desk(casework, issuer, SOEGIRI).move(handoff["handoff_id"], "acceptance")
    refused = await office.send(f"/handoffs/{handoff['handoff_id']}/resending")
    assert (refused.status_code, refused.json()["code"]) == (409, "handoff_cannot_move")


async def test_a_redirected_request_ends_with_its_reason_and_its_step_with_whoever_completes_it(
    casework: Bench, office: Desk, issuer: Issuer, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI)
    other = Desk(casework, issuer, LAWANG)
    await office.move(handoff["handoff_id"], "redirection", reason_code="AGENCY_CLOSED", to_agency=LAWANG)
    old = await seen(office, handoff)
    assert (old["state"], old["reason_code"], deadlines(old)) == ("expired", "AGENCY_CLOSED", {})
    (new,) = [c for c in old["candidates"] if c["agency"] == LAWANG]
    fresh = await office.get(f"/handoffs/{new['handoff_id']}")
    assert (fresh["state"], fresh["group_id"]) == ("requested", old["group_id"])
    assert deadlines(fresh).keys() == {"ANSWER_BY"}
    await other.move(new["handoff_id"], "acceptance")
    await other.move(new["handoff_id"], "arrival", ba_number="BA/32")
    await other.move(new["handoff_id"], "start")
    await other.move(new["handoff_id"], "completion", result_code="DISCHARGED_STABLE")
    ended = await casework.rows("SELECT outcome, won_by FROM handoff_groups WHERE id = $1", UUID(old["group_id"]))
    assert [tuple(row) for row in ended] == [("COMPLETED", LAWANG)]


@pytest.mark.parametrize("act", ["redirection", "withdrawal"])
async def test_after_a_firm_yes_nothing_is_taken_back_without_the_receivers_consent(
    casework: Bench, office: Desk, issuer: Issuer, case_id: UUID, act: str
) -> None:
    handoff, hospital = await ask(office, case_id, SOEGIRI), Desk(casework, issuer, SOEGIRI)
    offered = set((await seen(office, handoff))["acts"])
    assert {"redirect", "withdraw", "resend"} <= offered
    await hospital.move(handoff["handoff_id"], "acceptance")
    refused = await office.move(handoff["handoff_id"], act, 409, reason_code="NO_ANSWER")
    assert refused["code"] == "consent_is_needed"
    after = await seen(office, handoff)
    assert refused["legal_now"] == after["legal_now"] + after["acts"]
    assert not {"redirect", "withdraw"} & set(after["acts"])
    await office.move(handoff["handoff_id"], "hold", reason_code="DISASTER")
    held = await office.move(handoff["handoff_id"], act, 409, reason_code="NO_ANSWER")
    assert held["code"] == "consent_is_needed", "held it is promised all the same"


async def test_a_withdrawn_request_ends_its_step(casework: Bench, office: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id, SOEGIRI, LAWANG)
    await office.move(handoff["handoff_id"], "withdrawal", reason_code="AGENCY_CLOSED")
    group = await casework.value("SELECT outcome FROM handoff_groups WHERE id = $1", UUID(handoff["group_id"]))
    assert ((await seen(office, handoff))["state"], group) == ("expired", "CANCELLED")


async def test_an_agency_that_closes_leaves_nothing_stuck_and_nobody_behind(
    casework: Bench, office: Desk, issuer: Issuer, case_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, place = BINA_LARAS, Desk(casework, issuer, BINA_LARAS)
    there, asked, promised, worked_on = [
        await ask(office, case_id, agency, purpose=purpose)
        for purpose in ("PLACEMENT", "INPATIENT_BED", "FAMILY_TRACING", "INFORMATION")
    ]
    for handoff in (there, promised, worked_on):
        await place.move(handoff["handoff_id"], "acceptance")
    await place.move(there["handoff_id"], "arrival", ba_number=f"BA/{uuid4().int % 10**8}")
    await place.move(worked_on["handoff_id"], "start")
    query = f"district=35.24&agency={agency}"
    mine = {one["handoff_id"] for one in (there, asked, promised, worked_on)}

    def of_mine(items: list[dict[str, Any]], value: str) -> dict[str, str]:
        return {item["handoff_id"]: item[value] for item in items if item["handoff_id"] in mine}

    foreseen = of_mine((await office.get(f"/closures/preview?{query}"))["items"], "disposition")
    assert foreseen == {
        there["handoff_id"]: "PERSON_IS_THERE", asked["handoff_id"]: "REDIRECT",
        promised["handoff_id"]: "REDIRECT", worked_on["handoff_id"]: "REDIRECT",
    }  # fmt: skip
    assert (await seen(office, asked))["state"] == "requested", "a look changes nothing"
    monkeypatch.setattr("services.casework.desks.closures.commands.BATCH_ROWS", 2)
    decided = await office.post(
        "/closures",
        district="35.24",
        agency=agency,
        disposition="REDIRECT",
        reason_code="AGENCY_CLOSED",
        to_agency=SOEGIRI,
    )
    await place.move(asked["handoff_id"], "rejection", reason_code="FULL")
    while decided["waiting"]:
        decided = await office.post(f"/closures/{decided['closure_id']}/batches")
    again = await office.send(f"/closures/{decided['closure_id']}/batches")
    assert (again.status_code, again.json()["code"]) == (409, "closure_is_done")
    items = (await office.get(f"/closures/{decided['closure_id']}?limit=200"))["items"]
    assert of_mine(items, "state") == {
        there["handoff_id"]: "left", asked["handoff_id"]: "changed",
        promised["handoff_id"]: "done", worked_on["handoff_id"]: "done",
    }  # fmt: skip
    assert all(item["case_number"] for item in items), "who stays there is listed by name"
    assert (await seen(office, there))["state"] == "arrived"
    for handoff, state in ((promised, "expired"), (worked_on, "failed")):
        ended = await seen(office, handoff)
        assert (ended["state"], ended["reason_code"]) == (state, "AGENCY_CLOSED")
        assert [c["state"] for c in ended["candidates"] if c["agency"] == SOEGIRI] == ["requested"]
    for kind, one in ((Closure, decided["closure_id"]), (Handoff, promised["handoff_id"])):
        assert UUID(one) not in await unlike_their_actions(casework, kind)
    assert UUID(promised["group_id"]) not in await unlike_their_actions(casework, HandoffGroup)
    itself = {
        "district": "35.24",
        "agency": agency,
        "disposition": "REDIRECT",
        "reason_code": "AGENCY_CLOSED",
        "to_agency": agency,
    }
    refused = await office.send("/closures", **itself)
    assert (refused.status_code, refused.json()["code"]) == (422, "redirected_to_itself")


async def test_after_three_days_of_a_partner_away_everything_completes(
    casework: Bench, office: Desk, issuer: Issuer, case_id: UUID
) -> None:
    handoffs = [await ask(office, case_id, BABAT, purpose="MEDICINE_CONTINUITY") for _ in range(5)]
    ids = [UUID(handoff["handoff_id"]) for handoff in handoffs]
    away = timedelta(days=3)
    await casework.units.pool.execute(
        "UPDATE deadlines SET started_at = started_at - $2::interval, due_at = due_at - $2::interval,"
        " escalates_at = escalates_at - $2::interval WHERE about_id = ANY($1::uuid[]) AND state = "
        "'running'", ids, away,
    )  # fmt: skip
    for handoff_id in ids:
        while await _is_behind(casework, handoff_id):
            await casework.units.perform(partial(escalate_if_due, handoff_id, REACH), principal=SYSTEM)
    waited = [await seen(office, handoff) for handoff in handoffs]
    assert {h["state"] for h in waited} == {"requested"}, "silence never means refused"
    assert all("CASE_CONFERENCE" in {r["kind"] for r in h["escalations"]} for h in waited), "people were told, in order"
    found = await office.get("/tasks?limit=200")
    assert len([t for t in found["items"] if t["kind"] == "CASE_CONFERENCE" and t["about_id"] == str(case_id)]) == 5
    back = Desk(casework, issuer, BABAT)
    feed = await _whole_feed(casework, back)
    assert {str(one) for one in ids} <= {line["item"].get("handoff_id") for line in feed}, "nothing was lost meanwhile"
    for handoff in handoffs:
        for move in ("acceptance", "start"):
            await back.move(handoff["handoff_id"], move)
        await back.move(handoff["handoff_id"], "completion", result_code="TAKEN_OVER")
        await office.move(handoff["handoff_id"], "closure")
        done = await seen(office, handoff)
        assert (done["state"], deadlines(done)) == ("closed", {})


async def _is_behind(bench: Bench, handoff_id: UUID) -> bool:
    """Whether an escalation step is still due by now."""
    found: bool = await bench.value(
        "SELECT count(*) > 0 FROM deadlines WHERE about_id = $1 AND state = 'running' AND escalates_at <= now()",
        handoff_id,
    )
    return found


async def _whole_feed(bench: Bench, desk: Desk) -> list[dict[str, Any]]:
    async def delivered() -> bool:
        return not await bench.value("SELECT count(*) FROM outbox WHERE transport = 'feed' AND sent_at IS NULL")

    await eventually(delivered, what="the feed delivered")
    lines: list[dict[str, Any]] = []
    after = 0
    while page := (await desk.get(f"/feed?after={after}&limit=200"))["items"]:
        lines += page
        after = page[-1]["position"]
    return lines
