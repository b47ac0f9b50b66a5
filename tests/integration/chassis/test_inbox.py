"""The way in: once each, in order per key, and nothing that is broken stops the rest or gets lost."""

import asyncio
from uuid import uuid4

import asyncpg

from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.probe import BROKEN_REASONS
from tests.support.probe_inbox import effects, fact, heard, set_aside
from tests.support.services import Bench


async def test_a_fact_delivered_three_times_has_one_effect(probe: Bench) -> None:
    key, body, headers = fact("ONCE")
    async with probe.running("consumer"), probe.producer() as send:
        for _ in range(3):
            await send("intake.reports", key, body, headers)
        await send("intake.reports", *fact("LAST"))
        await heard(probe, "ONCE", "LAST")
    assert (await effects(probe)).count("ONCE") == 1


async def test_broken_messages_are_set_aside_or_skipped_and_the_rest_goes_on(probe: Bench) -> None:
    _, body, headers = fact("X")
    without_id = [(name, value) for name, value in headers if name != "ce_factid"]
    bad_bytes = [(name, b"\xff\xfe" if name == "ce_actor" else value) for name, value in headers]
    newer = [(name, b"intake.report.rejected.v9" if name == "ce_type" else value) for name, value in headers]
    unknown = [(name, b"intake.report.sung.v1" if name == "ce_type" else value) for name, value in headers]
    async with probe.running("consumer"), probe.producer() as send:
        await send("intake.reports", b"k1", b'{"reason_code": ', headers)
        await send("intake.reports", b"k2", b'{"reason_code": "lower case"}', headers)
        await send("intake.reports", b"k3", body, without_id)
        await send("intake.reports", b"k4", body, bad_bytes)
        await send("intake.reports", b"k5", b"x" * 900_000, headers)
        await send("intake.reports", b"k6", body, newer)
        await send("intake.reports", b"k7", body, unknown)
        await send("intake.reports", b"k8", body, [("foreign", b"1")])
        await send("intake.reports", b"k9", None, headers)
        await send("intake.reports", *fact("GOOD"))
        await heard(probe, "GOOD")
        rows = await set_aside(probe, 6)
    codes = {row["key"]: row["error_code"] for row in rows}
    assert codes == {
        "k1": "body_is_not_the_event",
        "k2": "body_is_not_the_event",
        "k3": "envelope_is_not_readable",
        "k4": "envelope_is_not_readable",
        "k5": "body_is_not_the_event",
        "k8": "envelope_is_not_readable",
    }
    assert all("lower case" not in (row["error_text"] or "") for row in rows)
    assert all(row["next_try_at"] is None for row in rows), "what cannot get well by itself is not tried again"


async def test_later_messages_of_a_blocked_key_wait_behind_it_and_keep_their_order(probe: Bench) -> None:
    key = uuid4()
    BROKEN_REASONS.add("BAD")
    try:
        async with probe.running("consumer"), probe.producer() as send:
            await send("intake.reports", *fact("BAD", key, 1))
            await set_aside(probe, 1)
            await send("intake.reports", *fact("SECOND", key, 2))
            await send("intake.reports", *fact("THIRD", key, 3))
            await send("intake.reports", *fact("OTHER"))
            await heard(probe, "OTHER")
            rows = await set_aside(probe, 3)
            assert [row["state"] for row in rows] == ["dead", "blocked", "blocked"]
            BROKEN_REASONS.clear()
            await heard(probe, "BAD", "SECOND", "THIRD")
            await send("intake.reports", *fact("FOURTH", key, 4))
            await heard(probe, "FOURTH")
    finally:
        BROKEN_REASONS.clear()
    order = [reason for reason in await effects(probe) if reason != "OTHER"]
    assert order == ["BAD", "SECOND", "THIRD", "FOURTH"]


async def test_people_mend_replay_and_drop_dead_letters_by_api(probe: Bench, issuer: Issuer) -> None:
    operator = {"Authorization": f"Bearer {issuer.token(roles=['operator'])}"}
    key = uuid4()
    _, _, headers = fact("X", key)
    async with probe.running("consumer"), probe.producer() as send:
        await send("intake.reports", str(key).encode(), b"{}", headers)
        await send("intake.reports", *fact("BEHIND", key, 2))
        await send("intake.reports", b"other", b"[]", fact("Y")[2])
        await set_aside(probe, 3)
        page = (await probe.client.get("/dead-letters", headers=operator)).json()["items"]
        mine = [item for item in page if item["key"] == str(key)]
        assert [item["state"] for item in mine] == ["dead", "blocked"]
        first, last = mine[0], next(item for item in page if item["key"] == "other")
        shown = (await probe.client.get(f"/dead-letters/{first['id']}", headers=operator)).json()
        assert shown["body"] == "{}"
        write = {**operator, "Idempotency-Key": str(uuid4())}
        mended = {"expected_version": 1, "reason": "kode alasan diisi", "body": '{"reason_code": "MENDED"}'}
        answer = await probe.client.post(f"/dead-letters/{first['id']}/mend", json=mended, headers=write)
        assert answer.status_code == 200, answer.text
        await heard(probe, "MENDED", "BEHIND")
        write["Idempotency-Key"] = str(uuid4())
        dropped = {"expected_version": 1, "reason": "pesan uji"}
        answer = await probe.client.post(f"/dead-letters/{last['id']}/drop", json=dropped, headers=write)
        assert answer.status_code == 200, answer.text
        await set_aside(probe, 0)
        write["Idempotency-Key"] = str(uuid4())
        again = await probe.client.post(f"/dead-letters/{last['id']}/replay", json=dropped, headers=write)
        assert again.status_code == 409
    assert await effects(probe) == ["MENDED", "BEHIND"]


async def test_a_database_that_is_away_is_waited_for_and_nothing_is_set_aside(probe: Bench) -> None:
    async with probe.running("consumer"), probe.producer() as send:
        await send("intake.reports", *fact("BEFORE"))
        await heard(probe, "BEFORE")
        async with away(probe):
            for number in range(5):
                await send("intake.reports", *fact(f"DURING_{number}"))
            await asyncio.sleep(2)
        await heard(probe, *(f"DURING_{number}" for number in range(5)))
    assert await probe.value("SELECT count(*) FROM dead_letters") == 0
    assert len(await effects(probe)) == 6


async def test_a_key_heard_by_two_topics_stays_in_order_across_members(probe: Bench) -> None:
    keys = [uuid4() for _ in range(6)]
    async with probe.running("consumer"), probe.producer() as send:
        for sequence in range(1, 6):
            for key in keys:
                await send("intake.reports", *fact(f"S{sequence}", key, sequence))

        async def all_there() -> bool:
            return bool(await probe.value("SELECT count(*) FROM effects") == 30)

        await eventually(all_there)
    for key in keys:
        rows = await probe.rows("SELECT sequence FROM effects WHERE correlation_id = $1 ORDER BY place", key)
        assert [row["sequence"] for row in rows] == [1, 2, 3, 4, 5]


class away:
    """The probe's database refuses everybody for the length of the block."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def _admin(self, *statements: str) -> None:
        connection = await asyncpg.connect(self._bench.stack.postgres_url("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def __aenter__(self) -> None:
        name = self._bench.database_name
        await self._admin(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    async def __aexit__(self, *_: object) -> None:
        await self._admin(f"ALTER DATABASE {self._bench.database_name} ALLOW_CONNECTIONS true")
