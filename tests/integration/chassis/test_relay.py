"""The way out: order per key, crashes between sending and marking, two relays, rows that can never leave."""

import asyncio
from typing import Any

import asyncpg

from services.chassis.database import UnitOfWork
from services.chassis.feed import FeedTransport
from services.chassis.kafka import KafkaTransport
from services.chassis.outbox import Relay, Sent, prune
from services.chassis.principal import system_principal
from tests.support.cable import cable_to
from tests.support.eventually import eventually
from tests.support.probe import make_probe
from tests.support.services import Bench

SYSTEM = system_principal("probe")


async def say(bench: Bench, note: str, facts: int = 1) -> str:
    """One probe with its facts; the key they travel under."""
    made = await bench.units.perform(lambda uow: make_probe(note, uow, facts), principal=SYSTEM)
    return str(made.correlation_id)


def relay_of(bench: Bench, exit_: Any | None = None) -> Relay:
    exit_ = exit_ or KafkaTransport(bench.settings.kafka_bootstrap_servers, bench.prefix)
    return Relay(bench.settings.database_url, exit_, batch_rows=100, poll_ms=50)


async def test_what_was_committed_while_no_relay_ran_is_sent_by_the_next(probe: Bench) -> None:
    key = await say(probe, "LATE", 3)
    assert await probe.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 3
    async with probe.running("relay"):
        messages = await probe.messages("intake.reports", expected=3)
    assert [m.key.decode() for m in messages] == [key] * 3

    async def marked() -> bool:
        return bool(await probe.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0)

    await eventually(marked)


async def test_a_crash_between_sending_and_marking_sends_again_and_is_heard_once(probe: Bench) -> None:
    class Dies(KafkaTransport):
        async def send(self, rows: Any, connection: asyncpg.Connection) -> Sent:
            await super().send(rows, connection)
            raise OSError("killed after the broker took it")

    await say(probe, "TWICE", 2)
    dying = relay_of(probe, Dies(probe.settings.kafka_bootstrap_servers, probe.prefix))
    stop = asyncio.Event()
    task = asyncio.create_task(dying.run(stop))
    await probe.messages("intake.reports", expected=2)
    stop.set()
    await task
    assert await probe.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 2
    async with probe.running("relay", "consumer"):
        await probe.messages("intake.reports", expected=4)

        async def heard() -> bool:
            return bool(await probe.value("SELECT count(*) FROM effects") == 2)

        await eventually(heard)
    assert await probe.value("SELECT count(*) FROM effects") == 2


async def test_of_two_relays_started_at_once_one_is_active(probe: Bench) -> None:
    relays = [relay_of(probe), relay_of(probe)]
    stop = asyncio.Event()
    tasks = [asyncio.create_task(relay.run(stop)) for relay in relays]

    async def settled() -> bool:
        return sorted((r.is_active, r.stood_by) for r in relays) == [(False, True), (True, False)]

    await eventually(settled)
    await asyncio.gather(*(say(probe, "PAIR", 4) for _ in range(10)))
    messages = await probe.messages("intake.reports", expected=40)
    assert len(messages) == 40
    active = next(relay for relay in relays if relay.is_active)
    await probe.value(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'relay-kafka' AND datname = current_database()"
    )
    await say(probe, "AFTER")
    await probe.messages("intake.reports", expected=41)
    stop.set()
    await asyncio.gather(*tasks)
    assert not active.is_active


async def test_a_relay_with_a_half_open_connection_notices_and_goes_on(probe: Bench) -> None:
    async with cable_to(probe.settings.database_url) as (cable, url):
        relay = Relay(
            url, KafkaTransport(probe.settings.kafka_bootstrap_servers, probe.prefix), batch_rows=100, poll_ms=50
        )
        stop = asyncio.Event()
        task = asyncio.create_task(relay.run(stop))
        await say(probe, "BEFORE")

        async def is_marked() -> bool:
            return bool(await probe.value("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL") == 1)

        await eventually(is_marked)
        cable.hold()
        await say(probe, "DURING")
        # 15 s until an answer is missed; the lock of the old session goes 20 s after its last word.
        messages = await probe.messages("intake.reports", expected=2, within_seconds=40)
        stop.set()
        await task
    assert [message.value for message in messages] == [b'{"reason_code":"BEFORE_1"}', b'{"reason_code":"DURING_1"}']


async def test_facts_of_one_key_keep_their_order_whatever_fails(probe: Bench) -> None:
    class Flaky(KafkaTransport):
        turns = 0

        async def send(self, rows: Any, connection: asyncpg.Connection) -> Sent:
            Flaky.turns += 1
            if Flaky.turns % 3 == 0:
                raise OSError("away for a moment")
            return await super().send(rows[: 1 + Flaky.turns % 7], connection)

    keys = [await say(probe, f"ORDER{n}", 5) for n in range(8)]
    relay = relay_of(probe, Flaky(probe.settings.kafka_bootstrap_servers, probe.prefix))
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    messages = await probe.messages("intake.reports", expected=40, within_seconds=40)
    stop.set()
    await task
    for key in keys:
        heard = [int(dict(m.headers)["ce_sequence"]) for m in messages if m.key.decode() == key]
        assert heard == sorted(heard)
        assert set(heard) == {1, 2, 3, 4, 5}


async def test_a_row_that_can_never_be_sent_is_set_aside_and_holds_only_its_key(probe: Bench) -> None:
    poisoned = await say(probe, "POISON", 2)
    await probe.units.pool.execute(
        "UPDATE outbox SET body = to_json(repeat('x', 2000000)) WHERE id = (SELECT min(id) FROM outbox WHERE key = $1)",
        poisoned,
    )
    others = [await say(probe, f"GOOD{n}") for n in range(5)]
    async with probe.running("relay"):
        messages = await probe.messages("intake.reports", expected=5)
        assert {m.key.decode() for m in messages} == set(others)

        async def set_aside() -> Any:
            return await probe.value("SELECT error FROM outbox WHERE unsendable_at IS NOT NULL")

        assert await eventually(set_aside) == "MessageSizeTooLargeError"
        assert await probe.value("SELECT count(*) FROM outbox WHERE key = $1 AND sent_at IS NULL", poisoned) == 2
        await probe.units.pool.execute(
            'UPDATE outbox SET body = \'{"reason_code": "MENDED"}\', unsendable_at = NULL WHERE unsendable_at IS '
            "NOT NULL"
        )
        messages = await probe.messages("intake.reports", expected=7)
    mine = [m for m in messages if m.key.decode() == poisoned]
    assert [int(dict(m.headers)["ce_sequence"]) for m in mine] == [1, 2]


async def test_the_feed_counts_in_order_and_skips_nothing(probe: Bench) -> None:
    async def tell(uow: UnitOfWork, slow: bool) -> None:
        probe_row = await make_probe("FEED", uow)
        uow.feed("agency-a", {"n": 1}, about=probe_row)
        await uow.now()
        if slow:
            await asyncio.sleep(0.3)

    relay = relay_of(probe, FeedTransport())
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))

    async def perform(number: int) -> None:
        await probe.units.perform(lambda uow: tell(uow, number % 3 == 0), principal=SYSTEM)

    await asyncio.gather(*(perform(number) for number in range(24)))

    async def all_there() -> bool:
        return bool(await probe.value("SELECT count(*) FROM feed") == 24)

    seen: list[int] = []
    cursor = 0
    while len(seen) < 24:
        rows = await probe.rows("SELECT position FROM feed WHERE position > $1 ORDER BY position LIMIT 5", cursor)
        seen += [row["position"] for row in rows]
        cursor = seen[-1] if seen else 0
        await asyncio.sleep(0.01)
    await eventually(all_there)
    stop.set()
    await task
    assert seen == list(range(1, 25))


async def test_sent_rows_stay_for_replay_and_go_by_age(probe: Bench) -> None:
    await say(probe, "OLD", 3)
    async with probe.running("relay"):
        await probe.messages("intake.reports", expected=3)

        async def marked() -> bool:
            return bool(await probe.value("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL") == 3)

        await eventually(marked)
    await probe.units.pool.execute(
        "UPDATE outbox SET sent_at = now() - interval '20 days' WHERE id = (SELECT min(id) FROM outbox)"
    )
    connection = await asyncpg.connect(probe.settings.database_url)
    try:
        assert await prune(connection, outbox_days=14, inbox_days=45, request_key_days=30) == 1
    finally:
        await connection.close()
    assert await probe.value("SELECT count(*) FROM outbox") == 2
