"""The gateway reports by itself: signed, in time, once; what it says is kept in whatever order it comes."""

import json
from typing import Any
from uuid import uuid4

import pytest

from services.chassis import clock
from services.notifications.channels.domain import signature_of
from tests.support.identity import Issuer
from tests.support.notifications.by_hand import By
from tests.support.notifications.story import Story
from tests.support.services import Bench

SECRET = "what the gateway signs with"


@pytest.fixture
def handed(unhurried: Bench, issuer: Issuer) -> Story:
    """A case whose messages are carried by hand; the gateway is known."""
    return Story(unhurried, issuer)


async def told(story: Story, *, is_claimed: bool = True, is_sent: bool = True) -> By:
    await story.hear(story.report_verified())
    (row,) = await story.messages()
    hand = By(story.bench, row["id"])
    if is_claimed:
        await hand.make_due()
        assert await hand.claim()
        await hand.prepare()
    if is_claimed and is_sent:
        await hand.record(is_taken=True)
    return hand


async def report(bench: Bench, body: Any, *, secret: str = SECRET, age: int = 0, **headers: str) -> tuple[int, Any]:
    """What is answered to a report; ``age``: signed so many seconds ago."""
    content = json.dumps(body).encode()
    timestamp = str(int(clock.utc_now().timestamp()) - age)
    signed = {"X-Gateway-Timestamp": timestamp, "X-Gateway-Signature": signature_of(secret, timestamp, content)}
    answer = await bench.client.post(
        "/gateway/reports", content=content, headers={"Content-Type": "application/json", **signed, **headers}
    )
    return answer.status_code, answer.json() if answer.content else None


@pytest.mark.parametrize(("said", "state"), [("delivered", "delivered"), ("failed", "failed")])
async def test_a_report_ends_a_message_once(handed: Story, said: str, state: str) -> None:
    hand = await told(handed)
    body = {"reference": str(hand.message_id), "state": said}
    assert [await report(handed.bench, body) for _ in range(2)] == [(204, None)] * 2
    (row,) = await handed.messages()
    assert (row["state"], row["version"]) == (state, 4)
    assert await hand.due_in() is None, "nobody asks for it any more"
    facts = await handed.bench.rows(
        "SELECT headers->>'ce_type' AS type, headers->>'traceparent' AS trace FROM outbox"
        " WHERE headers->>'ce_subject' = $1 ORDER BY id",
        str(hand.message_id),
    )
    assert [fact["type"] for fact in facts] == ["notifications.message.sent.v1", f"notifications.message.{state}.v1"]


@pytest.mark.parametrize(("said", "state"), [("delivered", "delivered"), ("failed", "failed")])
async def test_a_report_that_overtakes_our_own_note_of_the_sending_is_kept(
    handed: Story, said: str, state: str
) -> None:
    hand = await told(handed, is_sent=False)
    assert await report(handed.bench, {"reference": str(hand.message_id), "state": said}) == (204, None)
    await hand.record(is_taken=True)
    (row,) = await handed.messages()
    assert (row["state"], row["version"], row["sent_at"] is None) == (state, 4, False)


async def test_a_report_of_what_nobody_handed_over_or_that_ended_otherwise_names_what_is_legal(handed: Story) -> None:
    waiting = await told(handed, is_claimed=False)
    status, problem = await report(handed.bench, {"reference": str(waiting.message_id), "state": "delivered"})
    assert (status, problem["code"]) == (409, "message_cannot_move")
    assert problem["legal_now"] == ["address", "skip", "send", "fail"]
    ended = await told(Story(handed.bench, handed.issuer))
    assert (await report(handed.bench, {"reference": str(ended.message_id), "state": "failed"}))[0] == 204
    status, problem = await report(handed.bench, {"reference": str(ended.message_id), "state": "delivered"})
    assert (status, problem["legal_now"]) == (409, [])
    status, _ = await report(handed.bench, {"reference": str(uuid4()), "state": "delivered"})
    assert status == 404


async def test_what_the_gateway_did_not_sign_now_is_not_heard(handed: Story) -> None:
    hand = await told(handed)
    body = {"reference": str(hand.message_id), "state": "failed"}
    unsigned: list[dict[str, Any]] = [
        {"secret": "another"}, {"age": 301}, {"age": -301}, {"X-Gateway-Signature": ""},
        {"X-Gateway-Signature": "not hex"}, {"X-Gateway-Timestamp": "1"},
    ]  # fmt: skip
    for wrong in unsigned:
        status, problem = await report(handed.bench, body, **wrong)
        assert (status, problem["code"]) == (401, "report_is_not_signed"), wrong
    for malformed in ({}, {**body, "state": "read"}, {**body, "to": "+62"}, {**body, "reference": "x"}):
        assert (await report(handed.bench, malformed))[0] == 422
    soon: dict[str, Any] = {"X-Gateway-Timestamp": "soon"}
    assert (await report(handed.bench, body, **soon))[0] == 422
    (row,) = await handed.messages()
    assert row["state"] == "sent"


async def test_an_office_without_the_secret_takes_no_reports(notifications: Bench, story: Story) -> None:
    status, problem = await report(notifications, {"reference": str(uuid4()), "state": "failed"}, secret="")
    assert (status, problem["code"]) == (403, "reports_are_not_taken")
