"""Messages carried set by set: patience, leases, one gateway that may be away, and what is left after a crash."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis import clock
from services.chassis.errors import Unavailable
from services.chassis.outbox import OutboxNotifier
from services.chassis.service import Running
from services.notifications.channels.domain import ChannelIsAway, ChannelRefused, DeliveryState
from services.notifications.messages import commands
from services.notifications.messages.repository import gauges
from services.notifications.messages.sweep import MessageSweep
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.notifications.by_hand import SYSTEM, By
from tests.support.notifications.gateway import Gateway
from tests.support.notifications.story import Story
from tests.support.services import Bench

FIRST, LONGEST = 5, 20
"""Patience of a notifications that is not in a hurry, in seconds."""


@pytest.fixture
def slowly(unhurried: Bench, issuer: Issuer) -> Story:
    """A case whose messages are carried by hand."""
    return Story(unhurried, issuer)


async def told(story: Story) -> By:
    """The one message that a verified report brings."""
    await story.hear(story.report_verified())
    (row,) = await story.messages()
    return By(story.bench, row["id"])


async def asked(story: Story) -> By:
    """A message that needs the number of a case not heard of yet."""
    await story.hear(story.handoff_requested())
    (row,) = await story.messages()
    return By(story.bench, row["id"])


async def again(hand: By) -> Any:
    """Its instant has come: claim and prepare."""
    await hand.make_due()
    assert await hand.claim()
    return await hand.prepare()


async def waits(hand: By) -> float:
    """How long until it is looked at."""
    seconds = await hand.due_in()
    assert seconds is not None
    return seconds


async def test_a_message_waits_for_the_facts_it_needs_with_growing_patience(slowly: Story) -> None:
    hand = await asked(slowly)
    waited = []
    for _ in range(4):
        assert await again(hand) is None
        waited.append(await waits(hand))
    for seconds, longest in zip(waited, (FIRST, 2 * FIRST, 4 * FIRST, LONGEST), strict=True):
        assert longest / 2 < seconds <= longest


async def test_a_fact_that_comes_ends_the_wait_at_once(slowly: Story) -> None:
    hand = await asked(slowly)
    assert await again(hand) is None
    await slowly.bench.units.pool.execute(
        "UPDATE due_messages SET due_at = now() + interval '1 hour' WHERE message_id = $1", hand.message_id
    )
    await slowly.hear(slowly.case_opened())
    assert await waits(hand) <= 0
    errand = await again(hand)
    assert slowly.number.removeprefix("ODGJ/") in errand.body


async def test_a_fact_that_stays_away_is_not_waited_for_past_its_time(slowly: Story) -> None:
    hand = await asked(slowly)
    pool = slowly.bench.units.pool
    await pool.execute("UPDATE messages SET facts_by = now() + interval '10 ms' WHERE id = $1", hand.message_id)
    await again(hand)
    await pool.execute("UPDATE messages SET facts_by = now() WHERE id = $1", hand.message_id)
    assert "(belum bernomor)" in (await again(hand)).body


@pytest.mark.parametrize("state", ["pending", "sent", "delivered", "failed", "skipped"])
async def test_a_message_that_is_taken_up_anew_does_only_what_is_left(slowly: Story, state: str) -> None:
    hand = await told(slowly)
    match state:
        case "sent" | "delivered":
            await again(hand)
            await hand.record(is_taken=True)
            await hand.record(report=DeliveryState.DELIVERED if state == "delivered" else DeliveryState.UNDER_WAY)
        case "failed":
            await again(hand)
            await hand.record(refusal="GATEWAY_422")
        case "skipped":
            await slowly.bench.units.pool.execute(
                "UPDATE messages SET template = 'gone' WHERE id = $1", hand.message_id
            )
            await again(hand)
    (before,) = await slowly.messages()
    assert before["state"] == state
    await slowly.bench.units.pool.execute("DELETE FROM due_messages WHERE message_id = $1", hand.message_id)
    assert await slowly.bench.units.perform(commands.rearm_messages, principal=SYSTEM) >= (state in ("pending", "sent"))
    left = await again(hand) if await hand.due_in() is not None else None
    assert (left is None, bool(left and left.to)) == (state not in ("pending", "sent"), state == "pending")
    if state == "pending":
        assert left is not None and not left.is_first_try, "nobody knows what was handed over before"


async def test_an_instant_of_a_message_that_ended_goes(slowly: Story) -> None:
    hand = await told(slowly)
    await again(hand)
    await hand.record(refusal="GATEWAY_422")
    await slowly.bench.units.pool.execute(
        "INSERT INTO due_messages VALUES ($1, '35.24', now(), 0, '')", hand.message_id
    )
    assert await again(hand) is None
    assert await hand.due_in() is None


async def test_a_claim_is_nobody_elses_until_its_lease_is_over(slowly: Story) -> None:
    hand = await told(slowly)
    await hand.make_due()
    claims = await asyncio.gather(*(By(slowly.bench, hand.message_id).claim() for _ in range(4)))
    assert sorted(claims) == [False, False, False, True]
    assert (await hand.prepare()).is_first_try
    assert 50 < await waits(hand) <= 60
    await hand.make_due()
    assert await hand.claim(lease=timedelta(0)), "its process died"
    assert not (await hand.prepare()).is_first_try, "it may have been handed over"


async def test_a_fact_that_may_be_heard_again_is_told_as_on_a_second_try(slowly: Story) -> None:
    """A restored backup does not know what was sent after it; the gateway does."""
    heard_at = clock.utc_now() - timedelta(minutes=2)
    await slowly.hear(slowly.report_verified(), recordedtime=heard_at)
    (row,) = await slowly.messages()
    assert not (await again(By(slowly.bench, row["id"]))).is_first_try
    fresh = await told(Story(slowly.bench, slowly.issuer))
    assert await slowly.bench.units.perform(commands.rearm_messages, principal=SYSTEM) >= 2
    assert not (await again(fresh)).is_first_try


async def test_a_gateway_that_is_away_is_asked_until_it_answers_and_reports_with_growing_patience(
    slowly: Story,
) -> None:
    hand = await told(slowly)
    waited = []
    for _ in range(4):
        assert (await again(hand)).to
        await hand.record()
        waited.append(await waits(hand))
    await again(hand)
    await hand.record(is_taken=True)
    waited.append(await waits(hand))
    for _ in range(3):
        assert not (await again(hand)).to
        await hand.record(report=DeliveryState.UNDER_WAY)
        waited.append(await waits(hand))
    for seconds, factor in zip(waited, (1, 2, 4, 4, 1, 2, 4, 4), strict=True):
        assert factor * FIRST / 2 < seconds <= factor * FIRST
    await slowly.bench.units.pool.execute(
        "UPDATE messages SET sent_at = now() - interval '1 day' WHERE id = $1", hand.message_id
    )
    await hand.record()
    assert await hand.due_in() is not None, "a gateway that is away has not said that nothing arrived"
    await hand.record(report=DeliveryState.UNDER_WAY)
    (row,) = await slowly.messages()
    assert (row["state"], row["reason_code"]) == ("failed", "NO_DELIVERY_REPORT")


async def figures(story: Story) -> tuple[float, float]:
    """How much is due and not taken up, and the age of the oldest."""
    found = {name: value for name, _, value in await gauges(story.bench.units.pool)}
    return found["sigap_messages_due"], found["sigap_messages_due_oldest_seconds"]


async def test_what_is_due_and_its_age_rise_and_fall(slowly: Story) -> None:
    hand = await told(slowly)
    assert await hand.claim()
    await hand.prepare()
    assert await figures(slowly) == (0, 0)
    await hand.make_due()
    count, oldest = await figures(slowly)
    assert (count, oldest > 80_000) == (1, True)
    assert await hand.claim()
    assert await figures(slowly) == (0, 0)


class Scripted:
    """A channel by a script: what is told here is answered, everything else is taken."""

    def __init__(self) -> None:
        self.sent: list[UUID] = []
        self.asked_first: list[UUID] = []
        self.at_once = self.most_at_once = 0
        self.is_away = False
        self.refused: set[UUID] = set()
        self.until: Callable[[], Awaitable[Any]] | None = None

    async def send(self, reference: UUID, to: str, text: str, *, is_first_try: bool) -> ChannelRefused | None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        if self.until is not None:
            await self.until()
        self.at_once -= 1
        self.sent.append(reference)
        if not is_first_try:
            self.asked_first.append(reference)
        if self.is_away:
            raise ChannelIsAway
        return ChannelRefused("GATEWAY_422") if reference in self.refused else None

    async def state(self, reference: UUID) -> DeliveryState:
        return DeliveryState.UNDER_WAY

    async def close(self) -> None:
        """Nothing to let go."""


def sweep_of(bench: Bench, channel: Scripted, **settings: Any) -> MessageSweep:
    """The service's own sweep over a scripted channel."""
    changed = bench.settings.model_copy(update={"gateway_connections": 3, "sweep_rows": 1000, **settings})
    return MessageSweep(Running(changed, bench.units, SYSTEM, OutboxNotifier(changed.database_url)), channel)


async def many(bench: Bench, issuer: Issuer, count: int) -> list[UUID]:
    """Messages of as many reports, all due before anything else."""
    ids = []
    for _ in range(count):
        ids.append((await told(Story(bench, issuer))).message_id)
    await bench.units.pool.execute(
        "UPDATE due_messages SET due_at = now() + interval '1 hour' WHERE message_id <> ALL($1)", ids
    )
    return ids


async def rows_of(bench: Bench, ids: list[UUID]) -> list[dict[str, Any]]:
    """Their state, tries and wait."""
    found = await bench.rows(
        "SELECT m.id, m.state, d.tries, extract(epoch FROM d.due_at - now())::float AS wait FROM messages m"
        " LEFT JOIN due_messages d ON d.message_id = m.id WHERE m.id = ANY($1)",
        ids,
    )
    return [dict(row) for row in found]


async def test_a_set_is_carried_over_so_many_connections_at_once(notifications: Bench, issuer: Issuer) -> None:
    ids, channel = await many(notifications, issuer, 10), Scripted()
    channel.refused = {ids[0]}
    assert await sweep_of(notifications, channel).turn(asyncio.Event())
    assert sorted(channel.sent) == sorted(ids)
    assert (channel.most_at_once, channel.asked_first) == (3, [])
    states = {row["id"]: row["state"] for row in await rows_of(notifications, ids)}
    assert states == {one: "failed" if one in channel.refused else "sent" for one in ids}


async def test_while_a_set_is_at_the_gateway_the_next_is_claimed_and_waits_for_the_connections(
    notifications: Bench, issuer: Issuer
) -> None:
    ids, channel = await many(notifications, issuer, 8), Scripted()

    async def two_sets_are_claimed() -> bool:
        rows = await rows_of(notifications, ids)
        return len(channel.sent) > 2 or sum(row["wait"] is not None and row["wait"] > 1 for row in rows) == 6

    async def until_then() -> None:
        await eventually(two_sets_are_claimed, what="a second set claimed")

    channel.until = until_then
    assert await sweep_of(notifications, channel, sweep_rows=3).turn(asyncio.Event())
    assert sorted(channel.sent) == sorted(ids), "each of three sets, once"
    assert (channel.most_at_once, channel.asked_first) == (3, [])
    assert {row["state"] for row in await rows_of(notifications, ids)} == {"sent"}


async def test_a_lane_that_fails_takes_nothing_from_the_other(
    notifications: Bench, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, channel = await many(notifications, issuer, 6), Scripted()
    record, broken = commands.record_outcomes, set[UUID]()

    async def is_cut_once(outcomes: Any, uow: Any) -> None:
        if not broken:
            broken.update(outcome.message_id for outcome in outcomes)
            raise Unavailable
        await record(outcomes, uow)

    monkeypatch.setattr(commands, "record_outcomes", is_cut_once)
    with pytest.raises(Unavailable):
        await sweep_of(notifications, channel, sweep_rows=3).turn(asyncio.Event())
    states = {row["id"]: row["state"] for row in await rows_of(notifications, ids)}
    assert states == {one: "pending" if one in broken else "sent" for one in ids}
    assert len(broken) == 3


async def test_a_gateway_that_is_away_is_not_asked_for_the_rest_of_the_set(
    notifications: Bench, issuer: Issuer
) -> None:
    ids, channel = await many(notifications, issuer, 10), Scripted()
    channel.is_away = True
    assert await sweep_of(notifications, channel).turn(asyncio.Event())
    assert len(channel.sent) < 2 * 3
    rows = await rows_of(notifications, ids)
    assert {row["state"] for row in rows} == {"pending"}
    assert sorted(row["tries"] for row in rows) == [0] * (10 - len(channel.sent)) + [1] * len(channel.sent)
    channel.is_away, tried = False, list(channel.sent)
    await notifications.units.pool.execute("UPDATE due_messages SET due_at = now() WHERE message_id = ANY($1)", ids)
    assert await sweep_of(notifications, channel).turn(asyncio.Event())
    assert sorted(channel.asked_first) == sorted(tried), "what may have been handed over is asked for first"
    assert {row["state"] for row in await rows_of(notifications, ids)} == {"sent"}


@pytest.mark.parametrize("reason", ["told to stop", "the lease is nearly over"])
async def test_what_is_not_begun_is_left_for_the_next_claim(notifications: Bench, issuer: Issuer, reason: str) -> None:
    ids, channel, stop = await many(notifications, issuer, 4), Scripted(), asyncio.Event()
    if reason == "told to stop":
        stop.set()
    settings = {} if stop.is_set() else {"sweep_lease_seconds": 1, "gateway_timeout_seconds": 1.0}
    assert await sweep_of(notifications, channel, **settings).turn(stop)
    assert channel.sent == []
    assert [(row["state"], row["tries"], row["wait"] < 1) for row in await rows_of(notifications, ids)] == [
        ("pending", 0, True)
    ] * 4


async def test_a_message_that_breaks_its_set_holds_nobody_else(
    notifications: Bench, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, channel = await many(notifications, issuer, 4), Scripted()
    record = commands.record_outcomes

    async def breaks(outcomes: Any, uow: Any) -> None:
        if ids[1] in {outcome.message_id for outcome in outcomes}:
            raise ZeroDivisionError
        await record(outcomes, uow)

    monkeypatch.setattr(commands, "record_outcomes", breaks)
    assert await sweep_of(notifications, channel).turn(asyncio.Event())
    states = {row["id"]: row["state"] for row in await rows_of(notifications, ids)}
    assert states == {one: "pending" if one == ids[1] else "sent" for one in ids}
    assert sorted(channel.asked_first) == sorted(ids), "a second hand-over asks first"


async def test_a_district_without_a_pack_waits_and_holds_nobody_else(notifications: Bench, issuer: Issuer) -> None:
    ids, channel = await many(notifications, issuer, 2), Scripted()
    await notifications.units.pool.execute("UPDATE messages SET district = '99.99' WHERE id = $1", ids[0])
    assert await sweep_of(notifications, channel).turn(asyncio.Event())
    assert channel.sent == [ids[1]]
    waiting = next(row for row in await rows_of(notifications, ids) if row["id"] == ids[0])
    assert (waiting["state"], waiting["wait"] > 30) == ("pending", True)
    await notifications.units.pool.execute("UPDATE messages SET district = '35.24' WHERE id = $1", ids[0])


async def test_what_is_told_while_the_sweeper_sleeps_is_sent_at_once(
    notifications: Bench, story: Story, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.sweeper.LOOK_EVERY", timedelta(hours=1))
    async with notifications.running("consumer", "relay"), notifications.producer() as send:
        fact = story.report_verified()
        envelope = story.envelope(fact, uuid4())
        await send("intake.reports", str(envelope.correlationid).encode(), fact.to_body(), envelope.to_headers())

        async def is_sent() -> bool:
            return [row["state"] for row in await story.messages()] in (["sent"], ["delivered"])

        await eventually(is_sent, within_seconds=30, what="told, without a look in between")
