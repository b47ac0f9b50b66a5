"""From a fact to the report of its delivery, on the real engines."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.envelope import Envelope
from contracts.events import casework as events
from contracts.topics import topic_of
from services.notifications.channels.domain import DeliveryState
from services.notifications.messages.repository import gauges
from services.notifications.messages.tables import Message
from tests.support.eventually import eventually
from tests.support.folding import unlike_their_actions
from tests.support.identity import Issuer
from tests.support.notifications.by_hand import By
from tests.support.notifications.gateway import Gateway
from tests.support.notifications.story import Story
from tests.support.services import Bench


async def all_end(story: Story, count: int) -> list[dict[str, Any]]:
    """The story's messages once none of them is open."""

    async def look() -> list[dict[str, Any]]:
        rows = await story.messages()
        is_done = len(rows) == count and not any(row["state"] in ("pending", "sent") for row in rows)
        return rows if is_done else []

    return await eventually(look, within_seconds=40, what="all messages ended")


async def test_a_redelivered_fact_makes_one_message(notifications: Bench, story: Story) -> None:
    fact = story.report_verified()
    envelope = story.envelope(fact, story.report_id)
    said = await asyncio.gather(*(story.give(fact, envelope) for _ in range(4)))
    assert sorted(said) == ["applied", "duplicate", "duplicate", "duplicate"]
    other_message = envelope.model_copy(update={"id": story.case_id})
    assert await story.give(fact, other_message) == "duplicate"
    figures = [name for name, _, _ in await gauges(notifications.units.pool)]
    assert {"sigap_messages_open", "sigap_messages_failed_day"} <= set(figures)
    (message,) = await story.messages()
    assert (message["recipient"], message["state"], message["version"]) == ("REPORTER", "pending", 1)
    due = await notifications.rows("SELECT tries FROM due_messages WHERE message_id = $1", message["id"])
    assert [row["tries"] for row in due] == [0]


async def test_a_case_is_told_to_whom_it_concerns_and_delivered(
    notifications: Bench, story: Story, gateway: Gateway
) -> None:
    for fact in (
        story.report_verified(),
        story.case_opened(),
        story.handoff_requested(),
        story.handoff_escalated("REMIND_DESK"),
        story.handoff_escalated("BOTH_HEADS", 3),
        story.handoff_rejected(),
        story.outcome_recorded(),
        story.payment_credited(),
    ):
        assert await story.hear(fact) == "applied"
    async with notifications.running("relay"):
        rows = await all_end(story, 9)
        told = await facts_about(notifications, story, 18)
    assert {row["state"] for row in rows} == {"delivered"}
    number = story.number.removeprefix("ODGJ/")
    sent = {row["template"] + ">" + row["recipient"]: gateway.messages[str(row["id"])] for row in rows}
    assert {key: message["to"] for key, message in sent.items()} == {
        "reporter.report-accepted>REPORTER": "+6281200000002",
        "receiver.handoff-requested>RECEIVER": "+6281200000009",
        "receiver.handoff-reminder>RECEIVER": "+6281200000009",
        "head.handoff-late>SENDER_HEAD": "+6281200000101",
        "head.handoff-late>RECEIVER_HEAD": "+6281200000109",
        "sender.handoff-rejected>SENDER": "+6281200000001",
        "village.outcome-recorded>VILLAGE": "+6281200000217",
        "reporter.outcome-recorded>REPORTER": "+6281200000002",
        "village.payment-credited>VILLAGE": "+6281200000217",
    }
    assert sent["receiver.handoff-requested>RECEIVER"]["text"] == (
        f"Dinsos Lamongan: ada permintaan penyediaan tempat layanan lanjutan untuk perkara {number}. "
        "Mohon dijawab paling lambat Senin, 2 Maret 2026 pukul 14.30 WIB melalui aplikasi Sigap."
    )
    assert all(gateway.posts[str(row["id"])] == 1 for row in rows)
    assert sorted(told) == ["notifications.message.delivered.v1"] * 9 + ["notifications.message.sent.v1"] * 9


async def test_an_agency_hears_what_ends_its_work_and_nothing_of_a_draft_it_never_saw(
    notifications: Bench, story: Story
) -> None:
    await story.hear(story.report_verified(None))
    await story.hear(story.case_opened())
    gone = {"reason_code": "DECEASED"}
    for kind, told in (
        (events.HandoffSuperseded, {}),
        (events.HandoffExpired, gone),
        (events.HandoffFailed, {**gone, "is_receivers": False}),
        (events.HandoffFailed, {"reason_code": "FULL"}),
        (events.HandoffExpired, {**gone, "was_asked": False}),
        (events.HandoffCancelled, {"reason_code": "NO_LONGER_NEEDED", "was_asked": False}),
        (events.HandoffEnteredInError, {"was_asked": False}),
    ):
        assert await story.hear(story.handoff_fact(kind, **told)) == "applied"
    assert sorted(row["template"] for row in await story.messages() if row["recipient"] != "REPORTER") == [
        "receiver.handoff-over",
        "receiver.handoff-over",
        "receiver.handoff-superseded",
        "sender.handoff-failed",
    ]


async def test_whoever_has_the_turn_is_told_under_their_duty_telephone(
    notifications: Bench, story: Story, gateway: Gateway
) -> None:
    await story.hear(story.report_verified(None))
    await story.hear(story.case_opened())
    own, police = "dinsos-lamongan", "satpolpp-lamongan"
    await story.hear(story.handoff_requested(to_agency=police, on_duty=("piket-1", "piket-2")))
    await story.hear(story.handoff_requested(to_agency=own, on_duty=("nobody-s",)))
    await story.hear(story.handoff_escalated("REMIND_DESK", deadline="READ_BY", owed_by=police, on_duty=("piket-2",)))
    await story.hear(story.handoff_escalated("BOTH_HEADS", 3, deadline="READ_BY", owed_by=own))
    async with notifications.running("relay"):
        rows = await all_end(story, 7)
    told = sorted((row["template"], row["recipient"], gateway.messages[str(row["id"])]["to"]) for row in rows[:-1])
    assert told == [
        ("head.handoff-late", "RECEIVER_HEAD", "+6281200000109"),
        ("head.handoff-late", "SENDER_HEAD", "+6281200000101"),
        ("receiver.handoff-reminder", "RECEIVER", "+6281200000052"),
        ("receiver.handoff-requested", "RECEIVER", "+6281200000001"),
        ("receiver.handoff-requested", "RECEIVER", "+6281200000051"),
        ("receiver.handoff-requested", "RECEIVER", "+6281200000052"),
    ]


async def test_a_pin_is_told_to_the_desk_and_kept_nowhere(notifications: Bench, story: Story, gateway: Gateway) -> None:
    await story.hear(story.case_opened())
    await story.hear(story.link_pin_issued("418207"))
    await story.hear(story.link_pin_issued("993351", teller="intake"))
    await story.hear(story.link_pin_issued("777123", days=-1))
    async with notifications.running("relay"):
        rows = await all_end(story, 3)
    by_state = {row["state"]: row for row in rows}
    assert by_state["failed"]["reason_code"] == "PIN_UNREADABLE"
    assert by_state["skipped"]["reason_code"] == "TOLD_TOO_LATE", "the link had expired"
    sent = gateway.messages[str(by_state["delivered"]["id"])]
    assert sent["to"] == "+6281200000009"
    assert sent["text"].startswith("Dinsos Lamongan: PIN 418207 untuk tautan permintaan")
    assert "PIN •••••• untuk" in by_state["delivered"]["body"]
    ids = [row["id"] for row in rows]
    assert await notifications.rows("SELECT * FROM message_pins WHERE message_id = ANY($1)", ids) == []
    kept = await notifications.rows("SELECT changes::text FROM actions WHERE aggregate_id = ANY($1)", ids)
    assert not any(told in row["changes"] for told in ("418207", "993351", "sealed") for row in kept)


async def facts_about(notifications: Bench, story: Story, count: int) -> list[str]:
    """The types of what was said under the story's correlation id."""

    async def look() -> list[str]:
        heard = await notifications.messages("notifications.messages", expected=count)
        mine = [m for m in heard if m.key.decode() == str(story.report_id)]
        return [Envelope.from_headers(m.headers).type for m in mine] if len(mine) >= count else []

    return await eventually(look, within_seconds=30)


async def test_a_message_waits_for_facts_that_come_later_on_another_topic(
    notifications: Bench, story: Story, gateway: Gateway
) -> None:
    await story.hear(story.handoff_requested())
    await story.hear(story.outcome_recorded())
    async with notifications.running("relay"):
        await story.hear(story.case_opened())
        await story.hear(story.report_verified())
        rows = await all_end(story, 4)
    assert {row["state"] for row in rows} == {"delivered"}
    texts = [gateway.messages[str(row["id"])]["text"] for row in rows]
    assert sum(story.number.removeprefix("ODGJ/") in text for text in texts) == 3


async def test_a_message_whose_receipt_was_lost_is_not_sent_again(
    notifications: Bench, story: Story, gateway: Gateway
) -> None:
    await story.hear(story.report_verified())
    gateway.forget_answers = 1
    async with notifications.running("relay"):
        (row,) = await all_end(story, 1)
    assert row["state"] == "delivered"
    assert gateway.posts[str(row["id"])] == 1


async def test_refused_failed_and_unwanted_messages_end_with_their_reason(
    notifications: Bench, story: Story, gateway: Gateway, issuer: Issuer
) -> None:
    other, stranger = Story(notifications, issuer), Story(notifications, issuer)
    gateway.refuse_to.add("+6281200000003")
    gateway.fail_to.add("+6281200000004")
    await story.hear(story.report_verified("dinkes-lamongan"))
    await other.hear(other.report_verified("puskesmas-lamongan"))
    await stranger.hear(stranger.report_verified("rt-tanpa-telepon"))
    async with notifications.running("relay"):
        ended = [(await all_end(s, 1))[0] for s in (story, other, stranger)]
    gateway.refuse_to.clear()
    gateway.fail_to.clear()
    assert [(row["state"], row["reason_code"]) for row in ended] == [
        ("failed", "GATEWAY_422"),
        ("failed", "NOT_DELIVERED"),
        ("skipped", "NOBODY_SUBSCRIBED"),
    ]


async def test_a_fact_heard_days_late_is_noted_and_told_to_nobody(notifications: Bench, story: Story) -> None:
    old = datetime.now(UTC) - timedelta(days=4)
    await story.hear(story.report_verified(), time=old, recordedtime=old)
    (row,) = await story.messages()
    assert (row["state"], row["reason_code"]) == ("skipped", "TOLD_TOO_LATE")
    assert await notifications.value("SELECT count(*) FROM due_messages WHERE message_id = $1", row["id"]) == 0


async def test_reports_said_twice_count_once(notifications: Bench, story: Story) -> None:
    await story.hear(story.report_verified())
    (row,) = await story.messages()
    hand = By(notifications, row["id"])
    await hand.prepare()
    for _ in range(2):
        await hand.record(is_taken=True)
    for report in (DeliveryState.UNDER_WAY, DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.DELIVERED):
        await hand.record(report=report)
    (row,) = await story.messages()
    assert (row["state"], row["version"]) == ("delivered", 4)
    verbs = await notifications.rows("SELECT verb FROM actions WHERE aggregate_id = $1 ORDER BY version", row["id"])
    assert [v["verb"] for v in verbs] == ["tell", "address", "send", "deliver"]


async def test_the_whole_topics_read_again_send_nothing(notifications: Bench, story: Story, gateway: Gateway) -> None:
    facts = [
        story.report_verified(),
        story.case_opened(),
        story.handoff_requested(),
        story.handoff_rejected(),
        story.outcome_recorded(),
        story.payment_credited(),
    ]
    told = [(fact, story.envelope(fact)) for fact in facts]
    ids = [envelope.factid for _, envelope in told]
    async with notifications.running("consumer", "relay"), notifications.producer() as send:
        for fact, envelope in told:
            key = str(envelope.correlationid).encode()
            await send(topic_of(fact.TYPE).name, key, fact.to_body(), envelope.to_headers())
        before = await all_end(story, 6)
    posts, signals = dict(gateway.posts), await notifications.value("SELECT count(*) FROM outbox")
    assert all(posts[str(row["id"])] == 1 for row in before)

    async def heard() -> bool:
        return bool(await notifications.value("SELECT count(*) FROM inbox WHERE fact_id = ANY($1)", ids) == len(ids))

    assert await heard()
    await notifications.units.pool.execute("DELETE FROM inbox WHERE fact_id = ANY($1)", ids)
    settings = notifications.settings.model_copy(update={"group_prefix": f"{notifications.prefix}again-"})
    async with replace(notifications, settings=settings).running("consumer", "relay"):
        await eventually(heard, within_seconds=40, what="every fact heard again, by an inbox that forgot it")
    assert await story.messages() == before
    assert (dict(gateway.posts), await notifications.value("SELECT count(*) FROM outbox")) == (posts, signals)


async def test_people_see_messages_with_the_number_masked(notifications: Bench, story: Story) -> None:
    await story.hear(story.case_opened())
    fact = story.handoff_requested()
    async with notifications.running("consumer", "relay"), notifications.producer() as send:
        envelope = story.envelope(fact)
        await send(
            topic_of(fact.TYPE).name, str(envelope.correlationid).encode(), fact.to_body(), envelope.to_headers()
        )
        await all_end(story, 1)
    url = f"/messages?case_id={story.case_id}"
    (shown,) = (await notifications.client.get(url, headers=story.as_("operator"))).json()["items"]
    assert (shown["state"], shown["to_masked"]) == ("delivered", "+6281*******09")
    assert "+6281200000009" not in str(shown)
    one = await notifications.client.get(f"/messages/{shown['message_id']}", headers=story.as_("auditor"))
    assert one.json() == shown
    assert (await notifications.client.get(url, headers=story.as_("aid-proposer"))).status_code == 403
    stranger = {"Authorization": f"Bearer {story.issuer.token(roles=['auditor'], offices=['18.72'])}"}
    assert (await notifications.client.get(url, headers=stranger)).json()["items"] == []
    stored = await notifications.value("SELECT count(*) FROM actions WHERE changes::text LIKE '%6281200000009%'")
    assert stored == 0


async def test_a_row_is_what_folding_its_actions_gives(notifications: Bench) -> None:
    assert await unlike_their_actions(notifications, Message) == []
