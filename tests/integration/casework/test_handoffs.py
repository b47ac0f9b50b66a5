# Above 400 lines: each door of a hand-off beside its neighbours, on one set of desks.
"""The promise between two agencies by its API, on real rows: conditions, questions, holds, mis-clicks."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts.events.casework import HandoffDeadlineMoved
from services.casework.handoff.wing import put_in_force, say_loaded
from services.casework.office.directory.domain import DayOff, DayOffKind
from services.chassis import clock
from services.chassis.principal import system_principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI, VILLAGE
from tests.support.casework.asking import ask, deadlines, later, seen
from tests.support.casework.colleagues import met
from tests.support.casework.desk import Desk
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.packs.in_force import quick_pack
from tests.support.services import Bench


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    """The office's duty head."""
    return Desk(casework, issuer, OFFICE, "section-head")


@pytest.fixture
def hospital(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, SOEGIRI)


@pytest.fixture
def other(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, LAWANG)


async def test_a_draft_has_no_deadline_until_it_is_sent(office: Desk, hospital: Desk, case_id: UUID) -> None:
    draft = await ask(office, case_id, is_draft=True)
    assert (draft["state"], draft["fhir_status"], draft["deadlines"]) == ("draft", "draft", [])
    await office.move(draft["handoff_id"], "dispatch")
    sent = await seen(office, draft)
    assert sent["state"] == "requested"
    assert deadlines(sent).keys() == {"ANSWER_BY"}
    assert sent["deadlines"][0]["sentence"]
    assert sent["deadlines"][0]["ahead"][0]["kind"] == "REMIND_DESK"


@pytest.mark.parametrize(("is_draft", "was_asked"), [(True, False), (False, True)])
async def test_what_ends_says_whether_the_receiver_had_been_asked(
    casework: Bench, office: Desk, case_id: UUID, is_draft: bool, was_asked: bool
) -> None:
    handoff = (await ask(office, case_id, is_draft=is_draft))["handoff_id"]
    await office.move(handoff, "cancellation", reason_code="NO_LONGER_NEEDED")
    (told,) = await casework.rows(
        "SELECT body->>'was_asked' AS said FROM outbox WHERE body->>'handoff_id' = $1 AND headers->>'ce_type' = $2",
        handoff,
        "casework.handoff.cancelled.v1",
    )
    assert told["said"] == str(was_asked).lower()


async def test_a_conditional_yes_is_firm_when_the_last_condition_is_met(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    conditions = [
        {"code": "INSURANCE_ACTIVE", "owner": "SENDER", "due_at": later(days=3), "about": "CASE"},
        {"code": "BED_AVAILABLE", "owner": "RECEIVER", "due_at": later(days=1)},
    ]
    await hospital.move(handoff["handoff_id"], "conditional-acceptance", conditions=conditions)
    waiting = await seen(office, handoff)
    assert (waiting["state"], waiting["business_status"], waiting["promise_holder"]) == (
        "conditional", "conditional", OFFICE,
    )  # fmt: skip
    assert deadlines(waiting).keys() == {"PROMISE_BY"}, "the answer's deadline has stopped"
    insurance, bed = (condition["condition_id"] for condition in waiting["conditions"])
    await office.post(f"/conditions/{insurance}/fulfilment")
    assert (await seen(office, handoff))["state"] == "conditional"
    await hospital.post(f"/conditions/{bed}/fulfilment")
    firm = await seen(office, handoff)
    assert (firm["state"], firm["promise_holder"]) == ("accepted", SOEGIRI)
    assert deadlines(firm).keys() == {"ARRIVE_BY"}


async def test_a_broken_condition_ends_the_yes_with_its_reason_and_the_next_one_is_asked(
    office: Desk, hospital: Desk, other: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI, LAWANG)
    condition = {"code": "BED_AVAILABLE", "owner": "RECEIVER", "due_at": later(days=1)}
    await hospital.move(handoff["handoff_id"], "conditional-acceptance", conditions=[condition])
    condition = (await seen(hospital, handoff))["conditions"][0]["condition_id"]
    await hospital.post(f"/conditions/{condition}/breach", reason_code="NO_LONGER_ABLE")
    ended = await seen(office, handoff)
    assert (ended["state"], ended["reason_code"], deadlines(ended)) == ("rejected", "NO_LONGER_ABLE", {})
    assert [(c["agency"], c["state"]) for c in ended["candidates"]] == [(SOEGIRI, "rejected"), (LAWANG, "requested")]


async def test_only_its_owner_meets_a_condition_and_only_its_maker_waives_it(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    condition = {"code": "INSURANCE_ACTIVE", "owner": "SENDER", "due_at": later(days=1)}
    await hospital.move(handoff["handoff_id"], "conditional-acceptance", conditions=[condition])
    condition = (await seen(hospital, handoff))["conditions"][0]["condition_id"]
    for desk, verb in ((hospital, "fulfilment"), (office, "waiver")):
        refused = await _refused(desk, f"/conditions/{condition}/{verb}")
        assert refused["code"] == "condition_is_not_yours"
    await hospital.post(f"/conditions/{condition}/waiver")
    assert (await seen(office, handoff))["state"] == "accepted"
    assert (await _refused(hospital, f"/conditions/{condition}/waiver"))["code"] == "condition_is_decided"


async def test_what_was_promised_about_the_case_binds_whoever_wins(
    casework: Bench, office: Desk, hospital: Desk, other: Desk, case_id: UUID
) -> None:
    handoff, won = await _beaten(office, hospital, other, case_id)
    beaten, winner = await seen(office, handoff), await seen(other, won)
    assert beaten["state"] == "superseded"
    assert {p["code"]: p["state"] for p in beaten["conditions"]} == {"BED_AVAILABLE": "void"}
    assert deadlines(beaten) == {}
    found = {p["code"]: (p["state"], p["owner"], p["asked_by"]) for p in winner["conditions"]}
    assert found == {"INSURANCE_ACTIVE": ("open", OFFICE, LAWANG), "MEDICINE_SUPPLIED": ("open", LAWANG, LAWANG)}
    assert deadlines(winner).keys() == {"PROMISE_BY", "ARRIVE_BY"}
    told = await casework.rows(
        "SELECT body->>'condition_code' AS code, body->>'owed_by' AS owner FROM outbox"
        " WHERE body->>'handoff_id' = $1 AND headers->>'ce_type' = 'casework.handoff.condition_passed_on.v1'"
        " ORDER BY 1",
        won["handoff_id"],
    )
    assert [tuple(row.values()) for row in told] == [("INSURANCE_ACTIVE", OFFICE), ("MEDICINE_SUPPLIED", LAWANG)]
    insurance, medicine = (p["condition_id"] for p in sorted(winner["conditions"], key=lambda p: p["code"]))
    assert (await hospital.send(f"/conditions/{insurance}/waiver")).status_code == 404, "no party any more"
    await office.post(f"/conditions/{insurance}/fulfilment")
    await other.post(f"/conditions/{medicine}/fulfilment")
    assert deadlines(await seen(other, won)).keys() == {"ARRIVE_BY"}


async def test_what_the_winner_asked_for_itself_is_not_asked_twice(
    office: Desk, hospital: Desk, other: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI, LAWANG, mode="parallel")
    won = await _of(office, handoff, LAWANG)
    insurance = {"code": "INSURANCE_ACTIVE", "owner": "SENDER", "due_at": later(days=3), "about": "CASE"}
    for desk, asked in ((hospital, handoff), (other, won)):
        await desk.move(asked["handoff_id"], "conditional-acceptance", conditions=[insurance])
    (own,) = (await seen(other, won))["conditions"]
    await office.post(f"/conditions/{own['condition_id']}/fulfilment")
    assert [(p["code"], p["state"]) for p in (await seen(other, won))["conditions"]] == [("INSURANCE_ACTIVE", "met")]
    beaten = await seen(office, handoff)
    assert ([p["state"] for p in beaten["conditions"]], deadlines(beaten)) == (["void"], {})


async def test_a_request_that_ends_without_a_result_ends_what_was_promised_about_the_case(
    office: Desk, hospital: Desk, other: Desk, case_id: UUID
) -> None:
    _, won = await _beaten(office, hospital, other, case_id)
    await other.move(won["handoff_id"], "failure", reason_code="NO_LONGER_ABLE")
    ended = await seen(office, won)
    assert {p["state"] for p in ended["conditions"]} == {"void"}
    assert deadlines(ended).keys() == {"READ_BY"}


async def _of(office: Desk, handoff: dict[str, Any], agency: str) -> dict[str, Any]:
    candidates = (await seen(office, handoff))["candidates"]
    return next(c for c in candidates if c["agency"] == agency)


async def _beaten(office: Desk, hospital: Desk, other: Desk, case_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """One hospital's conditional yes, and the other's firm one that beat it."""
    handoff = await ask(office, case_id, SOEGIRI, LAWANG, mode="parallel")
    conditions = [
        {"code": "INSURANCE_ACTIVE", "owner": "SENDER", "due_at": later(days=3), "about": "CASE"},
        {"code": "MEDICINE_SUPPLIED", "owner": "RECEIVER", "due_at": later(days=2), "about": "CASE"},
        {"code": "BED_AVAILABLE", "owner": "RECEIVER", "due_at": later(days=1)},
    ]
    await hospital.move(handoff["handoff_id"], "conditional-acceptance", conditions=conditions)
    won = await _of(office, handoff, LAWANG)
    await other.move(won["handoff_id"], "acceptance")
    return handoff, won


async def test_side_by_side_the_first_firm_yes_wins_and_the_later_may_stay_as_reserve(
    office: Desk, hospital: Desk, other: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI, LAWANG, mode="parallel")
    theirs = next(c for c in handoff["candidates"] if c["agency"] == LAWANG)
    await other.move(theirs["handoff_id"], "acceptance")
    late = await hospital.move(handoff["handoff_id"], "acceptance", 409)
    assert (late["code"], late["legal_now"]) == ("group_is_won", ["reserve"])
    await hospital.move(handoff["handoff_id"], "reserve")
    await other.move(theirs["handoff_id"], "failure", reason_code="FULL")
    again = await seen(hospital, handoff)
    assert (again["state"], again["is_reserve"]) == ("requested", False), "the reserve is asked first"
    await hospital.move(handoff["handoff_id"], "acceptance")


async def test_a_question_stops_the_receivers_deadline_and_starts_the_senders(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    before = deadlines(handoff)["ANSWER_BY"]
    await hospital.move(handoff["handoff_id"], "question", question_code="FUNDING_UNCLEAR")
    asked = await seen(office, handoff)
    assert deadlines(asked).keys() == {"REPLY_BY"}
    assert deadlines(asked, "paused").keys() == {"ANSWER_BY"}
    assert "reply" in asked["acts"]
    await office.move(handoff["handoff_id"], "hold", reason_code="DISASTER")
    await office.move(handoff["handoff_id"], "resumption")
    assert deadlines(await seen(office, handoff)).keys() == {"REPLY_BY"}, "a hold in between answers no question"
    assert (await hospital.move(handoff["handoff_id"], "question", 409, question_code="LETTER_MISSING"))[
        "code"
    ] == "question_is_open"
    await office.move(handoff["handoff_id"], "reply", reply_code="LETTER_SENT")
    replied = await seen(office, handoff)
    assert deadlines(replied).keys() == {"ANSWER_BY"}
    assert deadlines(replied)["ANSWER_BY"] >= before
    assert (await office.move(handoff["handoff_id"], "reply", 409, reply_code="LETTER_SENT"))[
        "code"
    ] == "no_question_is_open"


async def test_on_hold_everything_stands_still_and_goes_on_where_it_was(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    await hospital.move(handoff["handoff_id"], "acceptance")
    await office.move(handoff["handoff_id"], "hold", reason_code="WAITING_FOR_DOCUMENT")
    held = await seen(office, handoff)
    assert (held["state"], held["held_state"], held["promise_holder"]) == ("on-hold", "accepted", SOEGIRI)
    assert (deadlines(held), held["due_at"]) == ({}, None)
    assert (await hospital.move(handoff["handoff_id"], "start", 409))["code"] == "handoff_cannot_move"
    await office.move(handoff["handoff_id"], "resumption")
    resumed = await seen(office, handoff)
    assert (resumed["state"], resumed["held_state"]) == ("accepted", None)
    assert deadlines(resumed)["ARRIVE_BY"] > deadlines(held, "paused")["ARRIVE_BY"]


async def test_an_emergency_is_never_paused(office: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id, purpose="EMERGENCY_CARE")
    assert handoff["deadlines"][0]["is_emergency"]
    refused = await office.move(handoff["handoff_id"], "hold", 409, reason_code="HOLIDAY_CLOSURE")
    assert refused["code"] == "emergency_cannot_pause"


async def test_what_is_said_of_an_emergencys_hand_off_passes_ahead_also_after_its_answer(
    office: Desk, hospital: Desk, case_id: UUID, casework: Bench
) -> None:
    for purpose, is_urgent in (("EMERGENCY_CARE", True), ("INPATIENT_BED", False)):
        handoff = await ask(office, case_id, purpose=purpose)
        await hospital.move(handoff["handoff_id"], "acceptance")
        told = await casework.rows(
            "SELECT transport, is_urgent FROM outbox WHERE headers->>'ce_subject' = $1 OR key = 'handoff:' || $1"
            " OR (transport = 'feed' AND body->>'handoff_id' = $1)",
            handoff["handoff_id"],
        )
        assert {(row["transport"], row["is_urgent"]) for row in told} == {
            ("kafka", is_urgent), ("temporal", is_urgent), ("feed", False)
        }, purpose  # fmt: skip


async def test_a_mis_click_is_undone_by_whoever_made_it_and_the_deadline_runs_on(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    due = deadlines(handoff)["ANSWER_BY"]
    await hospital.move(handoff["handoff_id"], "acceptance")
    assert "undo" in (await seen(hospital, handoff))["legal_now"]
    await hospital.move(handoff["handoff_id"], "undoing")
    undone = await seen(hospital, handoff)
    assert (undone["state"], undone["promise_holder"], deadlines(undone)) == ("received", OFFICE, {"ANSWER_BY": due})
    wrong = await ask(office, case_id)
    await office.move(wrong["handoff_id"], "error")
    assert (await seen(office, wrong))["fhir_status"] == "entered-in-error"


async def test_what_somebody_acted_on_cannot_be_undone(
    casework: Bench, office: Desk, hospital: Desk, other: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI, LAWANG, mode="parallel")
    await hospital.move(handoff["handoff_id"], "acceptance")
    refused = await hospital.move(handoff["handoff_id"], "undoing", 409)
    assert refused["code"] == "too_late_to_undo", "the other candidate has heard that it is won"
    alone = await ask(office, case_id)
    await hospital.move(alone["handoff_id"], "acceptance")
    await casework.units.pool.execute(
        "UPDATE handoffs SET last_moved_at = now() - interval '11 minutes' WHERE id = $1", UUID(alone["handoff_id"])
    )
    assert (await hospital.move(alone["handoff_id"], "undoing", 409))["code"] == "too_late_to_undo"


async def test_after_a_firm_yes_the_sender_asks_and_the_receiver_lets_go(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    await hospital.move(handoff["handoff_id"], "acceptance")
    late = await office.move(handoff["handoff_id"], "cancellation", 409, reason_code="NO_LONGER_NEEDED")
    assert late["legal_now"] == [
        "hold", "ask-cancel",
    ]  # fmt: skip
    refused = await hospital.move(handoff["handoff_id"], "cancellation-consent", 409)
    assert refused["code"] == "cancellation_was_not_asked"
    await office.move(handoff["handoff_id"], "cancellation-request", reason_code="OTHER_SOLUTION")
    await hospital.move(handoff["handoff_id"], "cancellation-consent")
    assert (await seen(office, handoff))["state"] == "cancelled"


async def test_no_work_on_a_person_begins_before_they_have_arrived(office: Desk, hospital: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id)
    await hospital.move(handoff["handoff_id"], "acceptance")
    refused = await hospital.move(handoff["handoff_id"], "start", 409)
    assert (refused["code"], "start" in refused["legal_now"]) == ("person_has_not_arrived", False)
    assert "start" not in (await seen(office, handoff))["may_speak"], "not by telephone either"
    said = {
        "move": "start",
        "spoke_with": "Petugas",
        "role": "HEAD",
        "phone": "0322000000",
        "happened_at": later(seconds=-1),
    }
    assert (await office.move(handoff["handoff_id"], "spoken-answer", 409, **said))["code"] == "person_has_not_arrived"
    await hospital.move(handoff["handoff_id"], "arrival", ba_number="BA/78")
    await hospital.move(handoff["handoff_id"], "start")


async def test_nothing_has_happened_a_year_before_it_was_asked_for(office: Desk, hospital: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id)
    await hospital.move(handoff["handoff_id"], "acceptance")
    early = await hospital.move(handoff["handoff_id"], "arrival", 422, ba_number="BA/79", happened_at=later(days=-365))
    assert early["code"] == "happens_too_early"
    died = await office.send(f"/cases/{case_id}/occurrences", kind="DIED", happened_at=later(days=-365))
    assert (died.status_code, died.json()["code"]) == (422, "happens_too_early")
    await hospital.move(handoff["handoff_id"], "arrival", ba_number="BA/79", happened_at=later(hours=-6))


async def test_a_contest_carries_its_reason_and_one_deadline_waits_for_what_was_spoken(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    said: dict[str, Any] = {
        "spoke_with": "Petugas",
        "role": "HEAD",
        "phone": "0322000000",
        "happened_at": later(seconds=-1),
    }
    for move in ("receive", "accept"):
        await office.move(handoff["handoff_id"], "spoken-answer", move=move, **said)
    running = [c for c in (await seen(office, handoff))["deadlines"] if c["state"] == "running"]
    assert [c["kind"] for c in running].count("CONFIRM_BY") == 1
    await hospital.move(handoff["handoff_id"], "contest", reason_code="FULL")
    assert (await seen(office, handoff))["reason_code"] == "FULL"


async def test_whoever_was_full_before_the_person_came_stands_behind_whoever_was_asked_since(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI, LAWANG)
    await hospital.move(handoff["handoff_id"], "acceptance")
    await hospital.move(handoff["handoff_id"], "failure", reason_code="FULL")
    refused = await hospital.move(handoff["handoff_id"], "reopening", 409, reason_code="FOUND_AGAIN")
    assert (refused["code"], "reopen" in refused["legal_now"]) == ("search_went_on", False)
    assert "reopen" not in (await seen(hospital, handoff))["legal_now"]


async def test_a_winner_is_not_offered_an_undoing_when_others_have_heard(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI, LAWANG, mode="parallel")
    await hospital.move(handoff["handoff_id"], "acceptance")
    assert "undo" not in (await seen(hospital, handoff))["legal_now"]
    assert (await hospital.move(handoff["handoff_id"], "undoing", 409))["code"] == "too_late_to_undo"


async def test_an_unanswered_emergency_is_neither_held_nor_asked_back(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, purpose="EMERGENCY_CARE")
    ward = Desk(casework, issuer, handoff["to_agency"])
    assert "hold" not in (await seen(office, handoff))["legal_now"]
    assert "ask" not in (await seen(ward, handoff))["acts"]
    held = await office.move(handoff["handoff_id"], "hold", 409, reason_code="DISASTER")
    asked = await ward.move(handoff["handoff_id"], "question", 409, question_code="LETTER_MISSING")
    assert {held["code"], asked["code"]} == {"emergency_cannot_pause"}
    assert "hold" not in held["legal_now"]


async def test_once_the_person_is_there_the_way_back_is_a_hand_off_back(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    await hospital.move(handoff["handoff_id"], "acceptance")
    await hospital.move(handoff["handoff_id"], "arrival", ba_number="BA/77")
    await hospital.move(handoff["handoff_id"], "start")
    refused = await office.move(handoff["handoff_id"], "cancellation-request", 409, reason_code="NO_LONGER_NEEDED")
    assert refused["code"] == "person_is_there"


async def test_news_starts_the_next_period_and_ready_starts_the_deadline_to_fetch(
    office: Desk, hospital: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, purpose="MEDICINE_CONTINUITY")
    await hospital.move(handoff["handoff_id"], "acceptance")
    await hospital.move(handoff["handoff_id"], "start")
    await hospital.move(
        handoff["handoff_id"], "status", status_code="IMPROVING", expected_end_at=later(days=20), is_ready=True
    )
    far = await hospital.move(
        handoff["handoff_id"], "status", 422, status_code="IMPROVING", expected_end_at="9999-12-31T00:00:00Z"
    )
    assert far["code"] == "end_is_too_far"
    told = await seen(office, handoff)
    assert deadlines(told).keys() == {"STATUS_BY", "EXPECTED_END", "FETCH_BY"}
    assert [c["occurrence"] for c in told["deadlines"] if c["kind"] == "STATUS_BY"] == [1, 2]
    assert next(c["owner"] for c in told["deadlines"] if c["kind"] == "FETCH_BY") == OFFICE
    await hospital.move(handoff["handoff_id"], "failure", reason_code="ABSCONDED")
    await hospital.move(handoff["handoff_id"], "reopening", reason_code="FOUND_AGAIN")
    assert (await seen(office, handoff))["state"] == "in-progress"


async def test_a_claim_is_one_persons_until_the_shift_ends_and_hides_nothing(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    first, second = (issuer.token(name, agency=SOEGIRI, roles=("desk-officer",)) for name in ("nurse-one", "nurse-two"))
    starts, ends = clock.utc_now() - timedelta(hours=1), clock.utc_now() + timedelta(hours=3)

    async def post(token: str, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        return await casework.client.post(path, json=body, headers=headers)

    await met(casework, SOEGIRI, **{"nurse-two": "Ns. Rini"})
    planned = await post(
        first, "/shifts", district="35.24", desk="igd", officer="staff:nurse-one", starts_at=starts.isoformat(),
        ends_at=ends.isoformat(),
    )  # fmt: skip
    assert planned.status_code == 201, planned.text
    path = f"/handoffs/{handoff['handoff_id']}"
    assert (await post(first, f"{path}/claim")).status_code == 200
    until = await casework.value("SELECT claimed_until FROM handoffs WHERE id = $1", UUID(handoff["handoff_id"]))
    assert abs(until - ends) < timedelta(seconds=1), "it lapses with the shift"
    assert (await post(second, f"{path}/claim")).json()["code"] == "handoff_is_claimed"
    assert (await post(second, f"{path}/receipt")).status_code == 200, "a claim is no lock on the answer"
    gone = await post(first, "/shift-handovers", to_officer="staff:nurse-two")
    assert gone.json() == {"handoff_ids": [handoff["handoff_id"]]}
    assert (await post(first, "/shift-handovers")).json()["code"] == "nothing_to_hand_over"
    assert (await post(second, f"{path}/release")).status_code == 200
    assert await casework.value("SELECT claimed_by FROM handoffs WHERE id = $1", UUID(handoff["handoff_id"])) is None
    turned = await post(
        first, "/shifts", district="35.24", desk="igd", officer="x", starts_at=ends.isoformat(),
        ends_at=starts.isoformat(),
    )  # fmt: skip
    assert turned.json()["code"] == "shift_is_turned_round"
    far = await post(
        first, "/shifts", district="35.24", desk="igd", officer="staff:nurse-two", starts_at="9999-12-31T00:00:00Z",
        ends_at="9999-12-31T08:00:00Z",
    )  # fmt: skip
    assert far.status_code == 201
    roster = (await casework.client.get("/shifts?desk=igd", headers={"Authorization": f"Bearer {first}"})).json()
    assert roster["on_duty"] == ["staff:nurse-one"]


async def test_a_decree_moves_open_deadlines_and_leaves_escalations(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    """Family tracing is answered in office hours: a day off more puts the answer later, an escalation step that was
    taken stays put.
    """
    handoff = await ask(office, case_id, VILLAGE, purpose="FAMILY_TRACING")
    rang = await ask(office, case_id, VILLAGE, purpose="FAMILY_TRACING")
    before = deadlines(handoff)["ANSWER_BY"]
    await casework.units.pool.execute(
        "UPDATE deadlines SET escalations = 1 WHERE about_id = $1", UUID(rang["handoff_id"])
    )
    pack = quick_pack()
    day = datetime.fromisoformat(before).astimezone(ZoneInfo(pack.zone)).date()
    decree = DayOff(day=day, kind=DayOffKind.LOCAL, name="Hari libur uji", source="uji")
    decreed = pack.model_copy(update={"version": f"decree-{uuid4().hex[:6]}", "days_off": (*pack.days_off, decree)})

    async def load() -> str:
        return say_loaded(
            await casework.units.perform(lambda uow: put_in_force(decreed, uow), principal=system_principal("test"))
        )

    try:
        loaded = re.fullmatch(r"dimuat; (\d+) tenggat berjalan digeser", await load())
        assert loaded is not None
        assert int(loaded[1]) >= 1
        assert await load() == "sudah berlaku"
        moved = await seen(office, handoff)
        assert deadlines(moved)["ANSWER_BY"] > before
        assert moved["due_at"] == deadlines(moved)["ANSWER_BY"]
        sentence = next(c["sentence"] for c in moved["deadlines"])
        assert "(Hari libur uji) tidak dihitung" in sentence, "reckoned anew"
        assert "Kalender kerja berubah: menurut uji: " in sentence
        assert "(Hari libur uji) menjadi hari libur; tenggat mundur" in sentence
        assert deadlines(await seen(office, rang))["ANSWER_BY"] == deadlines(rang)["ANSWER_BY"]
        said = await casework.rows(
            "SELECT headers->>'ce_subject' AS subject FROM outbox WHERE headers->>'ce_type' = $1",
            HandoffDeadlineMoved.TYPE,
        )
        assert handoff["handoff_id"] in {row["subject"] for row in said}
        assert rang["handoff_id"] not in {row["subject"] for row in said}
    finally:
        back = pack.model_copy(update={"version": f"back-{uuid4().hex[:6]}"})
        await casework.units.perform(lambda uow: put_in_force(back, uow), principal=system_principal("test"))


async def test_nobody_to_ask_is_said_at_once(office: Desk, case_id: UUID) -> None:
    refused = await _refused(office, f"/cases/{case_id}/handoffs", purpose="TRAINING")
    assert (refused["status"], refused["code"]) == (422, "nobody_to_ask")
    refused = await _refused(office, f"/cases/{case_id}/handoffs", purpose="TRAINING", candidates=[SOEGIRI])
    assert (refused["status"], refused["code"]) == (409, "purpose_has_no_sla_rule")


async def _refused(desk: Desk, path: str, **body: Any) -> dict[str, Any]:
    answer = await desk.send(path, **body)
    assert answer.status_code in (403, 409, 422), answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("urgency", "asked"), [("URGENT", 1), ("EMERGENCY", 3)])
async def test_hospitals_are_asked_side_by_side_where_the_pack_says_that_it_is_urgent(
    casework: Bench, issuer: Issuer, urgency: str, asked: int
) -> None:
    street = await Street(casework, issuer).found(urgency=urgency)
    if urgency == "EMERGENCY":
        await street.desk(SOEGIRI).carry_out(street.report_id, "EMERGENCY_CARE", "STABILISED")
    await street.screened()
    await street.desk(SOEGIRI).open_handoff(street.report_id, "INPATIENT_BED")
    beds = [h["state"] for h in (await street.case())["handoffs"] if h["purpose"] == "INPATIENT_BED"]
    assert beds == ["requested"] * asked
