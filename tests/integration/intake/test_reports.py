"""A report's way in, on the real engines."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.envelope import Envelope
from contracts.events.intake import ReportVerified
from services.chassis.offices import AccessSection, Offices
from tests.support.identity import Issuer
from tests.support.intake.reports import VILLAGE, report, staff
from tests.support.services import Bench


async def test_a_report_is_committed_with_its_action_and_its_event(intake: Bench, issuer: Issuer) -> None:
    answer = await intake.client.post("/reports", json=report(), headers=staff(issuer))
    assert answer.status_code == 201, answer.text
    report_id = answer.json()["report_id"]
    (row,) = await intake.rows("SELECT * FROM reports WHERE id = $1", report_id)
    assert (row["state"], row["version"], row["district"]) == ("received", 1, "35.24")
    (action,) = await intake.rows("SELECT * FROM actions WHERE aggregate_id = $1", report_id)
    assert (action["verb"], action["version"]) == ("receive", 1)
    (message,) = await intake.rows("SELECT * FROM outbox WHERE key = $1", report_id)
    assert (message["transport"], message["target"]) == ("kafka", "intake.reports")


async def test_the_same_key_and_body_gives_the_first_answer_again(intake: Bench, issuer: Issuer) -> None:
    headers, body = staff(issuer), report()
    first = await intake.client.post("/reports", json=body, headers=headers)
    second = await intake.client.post("/reports", json=body, headers=headers)
    assert second.status_code == 201
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert await intake.value("SELECT count(*) FROM outbox WHERE key = $1", first.json()["report_id"]) == 1


async def test_the_same_key_with_another_body_is_refused(intake: Bench, issuer: Issuer) -> None:
    headers = staff(issuer)
    await intake.client.post("/reports", json=report(), headers=headers)
    other = await intake.client.post("/reports", json=report(kind="GEPENG"), headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "key_used_for_other_request"


async def test_twins_in_flight_have_one_effect(intake: Bench, issuer: Issuer) -> None:
    headers, body = staff(issuer), report()
    answers = await asyncio.gather(*(intake.client.post("/reports", json=body, headers=headers) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["report_id"] for answer in answers}) == 1


async def test_a_verified_report_says_so_on_kafka_with_a_whole_envelope(intake: Bench, issuer: Issuer) -> None:
    made = (await intake.client.post("/reports", json=report(), headers=staff(issuer))).json()
    answer = await intake.client.post(
        f"/reports/{made['report_id']}/verification", json={"expected_version": 1}, headers=staff(issuer)
    )
    assert answer.status_code == 200, answer.text
    async with intake.running("relay"):
        found = await intake.messages("intake.reports", expected=2)
    mine = [m for m in found if m.key.decode() == made["report_id"]]
    while len(mine) < 2:
        found = await intake.messages("intake.reports", expected=len(found) + 1)
        mine = [m for m in found if m.key.decode() == made["report_id"]]
    envelopes = [Envelope.from_headers(m.headers) for m in mine]
    assert [e.type for e in envelopes] == ["intake.report.received.v1", "intake.report.verified.v1"]
    assert [e.sequence for e in envelopes] == [1, 2]
    verified = ReportVerified.from_body(mine[1].value)
    assert str(verified.person_id) == made["person_id"]


async def test_a_lost_race_shows_both_versions(intake: Bench, issuer: Issuer) -> None:
    made = (await intake.client.post("/reports", json=report(), headers=staff(issuer))).json()
    url = f"/reports/{made['report_id']}/rejection"
    first = await intake.client.post(
        url, json={"expected_version": 1, "reason_code": "NOT_TRUE"}, headers=staff(issuer)
    )
    assert first.status_code == 200
    second = await intake.client.post(
        url, json={"expected_version": 1, "reason_code": "NOT_TRUE"}, headers=staff(issuer)
    )
    assert second.status_code == 409
    problem = second.json()
    assert problem["code"] == "stale_version"
    assert problem["facts"]["your_version"] == 1
    assert problem["facts"]["current_version"] == 2
    third = await intake.client.post(
        url, json={"expected_version": 2, "reason_code": "NOT_TRUE"}, headers=staff(issuer)
    )
    assert third.status_code == 409
    assert third.json()["legal_now"] == []


async def test_an_operation_is_taken_whole_or_not_at_all(intake: Bench, issuer: Issuer) -> None:
    token = issuer.machine("satpolpp-lamongan", "reporter-agency")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    people = [report(channel="OTHER_AGENCY"), report(kind="GEPENG", channel="OTHER_AGENCY")]
    body = {
        "order_number": f"SPT/{uuid4().int % 10**8}",
        "place_code": VILLAGE,
        "conducted_at": people[0]["found_at"],
        "reports": people,
    }
    made = await intake.client.post("/operations", json=body, headers=headers)
    assert made.status_code == 201, made.text
    assert [r["state"] for r in made.json()["reports"]] == ["verified", "verified"]
    said = await intake.value(
        "SELECT headers->>'ce_time' FROM outbox WHERE headers->>'ce_subject' = $1"
        " AND headers->>'ce_type' = 'intake.operation.conducted.v1'",
        made.json()["operation_id"],
    )
    assert datetime.fromisoformat(said) == datetime.fromisoformat(body["conducted_at"]), "when it was, not when told"
    body["reports"][1]["village_code"] = "35.24.99.2999"
    body["order_number"] = f"SPT/{uuid4().int % 10**8}"
    refused = await intake.client.post("/operations", json=body, headers={**headers, "Idempotency-Key": str(uuid4())})
    assert refused.status_code == 422
    assert "village_code" in refused.text
    assert await intake.value("SELECT count(*) FROM operations WHERE order_number = $1", body["order_number"]) == 0


async def test_a_place_of_another_office_and_a_report_as_its_own_double_are_refused(
    intake: Bench, issuer: Issuer
) -> None:
    token = issuer.token(agency="dinsos-sidoarjo", roles=["caseworker"], offices=("35.15",))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    foreign = await intake.client.post("/reports", json=report(), headers=headers)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "region_is_not_yours")
    report_id = (await intake.client.post("/reports", json=report(), headers=staff(issuer))).json()["report_id"]
    doubled = await intake.client.post(
        f"/reports/{report_id}/duplicate",
        json={"expected_version": 1, "parent_report_id": report_id},
        headers=staff(issuer),
    )
    assert (doubled.status_code, doubled.json()["code"]) == (422, "duplicate_of_itself")


async def test_malformed_input_gets_a_problem_and_changes_nothing(intake: Bench, issuer: Issuer) -> None:
    before = await intake.value("SELECT count(*) FROM reports")
    for body, field in (
        ({**report(), "person": {"nik": "35241712345678"}}, "nik"),
        ({**report(), "person": {"name": "a\u0000b"}}, "name"),
        ({**report(), "village_code": "35.24"}, "village_code"),
        ({**report(), "unknown": 1}, "unknown"),
        ({**report(), "person": {"approximate_age_years": 2**70}}, "approximate_age_years"),
    ):
        answer = await intake.client.post("/reports", json=body, headers=staff(issuer))
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert any(field in fault["field"] for fault in answer.json()["errors"])
    broken = await intake.client.post(
        "/reports", content=b'{"kind": ', headers={**staff(issuer), "Content-Type": "application/json"}
    )
    assert broken.status_code == 422
    large = await intake.client.post(
        "/reports", content=b" " * 10_000_000, headers={**staff(issuer), "Content-Type": "application/json"}
    )
    assert large.status_code == 413
    assert large.json()["code"] == "body_is_too_large"
    future = report(found_at=(datetime.now(UTC) + timedelta(days=2)).isoformat())
    assert (await intake.client.post("/reports", json=future, headers=staff(issuer))).json()[
        "code"
    ] == "found_in_the_future"
    assert await intake.value("SELECT count(*) FROM reports") == before


async def test_an_emergency_opens_a_case_at_once_from_whom_the_pack_believes(intake: Bench, issuer: Issuer) -> None:
    section = AccessSection(district="35.24", office="dinsos-lamongan", emergencies_from=frozenset({"rsud-soegiri"}))
    known = intake.app.state.places
    intake.app.state.places = replace(known, believes_emergency=Offices({"35.24": section}).believes_emergency)
    try:
        for agency, state in (("rsud-soegiri", "verified"), ("bpjs-lamongan", "received"), ("desa-uji", "received")):
            headers = {"Authorization": f"Bearer {issuer.machine(agency)}", "Idempotency-Key": str(uuid4())}
            answer = await intake.client.post("/reports", json={**report(), "urgency": "EMERGENCY"}, headers=headers)
            assert (answer.status_code, answer.json()["state"]) == (201, state), agency
            shown = await intake.client.get(f"/reports/{answer.json()['report_id']}", headers=headers)
            assert shown.json()["urgency"] == "EMERGENCY"
    finally:
        intake.app.state.places = known


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ({"birth_date": "2071-01-01"}, "born_in_the_future"),
        ({"birth_date": "1880-01-01"}, "born_too_long_ago"),
        ({"birth_date": "2015-01-01", "approximate_age_years": 45}, "age_and_birth_date_disagree"),
    ],
)
async def test_an_age_that_cannot_be_is_refused_in_a_report_and_in_an_operation(
    intake: Bench, issuer: Issuer, person: dict[str, Any], code: str
) -> None:
    body = {**report(), "person": person}
    single = await intake.client.post("/reports", json=body, headers=staff(issuer))
    operation = {
        "order_number": "ST/1/2026", "place_code": body["village_code"], "conducted_at": body["found_at"],
        "reports": [report(), body],
    }  # fmt: skip
    token = issuer.machine("satpolpp-lamongan", "reporter-agency")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    whole = await intake.client.post("/operations", json=operation, headers=headers)
    assert [(answer.status_code, answer.json()["code"]) for answer in (single, whole)] == [(422, code)] * 2
