"""Messages of different keys at the same time: what they want of the same rows, and what one of them waits for."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from contracts.envelope import Envelope
from contracts.events.intake import ReportRejected
from services.chassis.database import UnitOfWork
from services.chassis.errors import StillInFlight
from services.chassis.inbox import Inbox
from services.chassis.records import Record
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.probe import BROKEN_REASONS, SCHEMA, TYPE, probe_service, when_report_rejected_keep_effect
from tests.support.probe_inbox import effects, fact, heard, set_aside
from tests.support.services import Bench, bench_for

COUNT = "UPDATE numbers SET last = last + 1 WHERE kind = :kind"
ROWS = {"FORWARDS": ("one", "other"), "BACKWARDS": ("other", "one")}


async def test_two_keys_that_deadlock_are_both_applied_once(stack: Stack, issuer: Issuer) -> None:
    both_there, tries = asyncio.Event(), []

    async def when_report_rejected_count_twice(event: ReportRejected, envelope: Envelope, uow: UnitOfWork) -> None:
        first, second = ROWS[event.reason_code]
        await uow.execute(COUNT, kind=first)
        tries.append(event.reason_code)
        if len(tries) == 2:
            both_there.set()
        await both_there.wait()
        await uow.execute(COUNT, kind=second)
        await when_report_rejected_keep_effect(event, envelope, uow)

    service = replace(probe_service(), subscriptions={TYPE: when_report_rejected_count_twice})
    async with bench_for(service, stack, issuer, schema=SCHEMA, owner="intake") as bench:
        await bench.units.pool.execute("INSERT INTO numbers (kind, last) VALUES ('one', 0), ('other', 0)")
        async with bench.running("consumer"), bench.producer() as send:
            await asyncio.gather(*(send("intake.reports", *fact(reason)) for reason in ROWS))
            await heard(bench, *ROWS)
        assert len(tries) == 3, "one of both was broken off, and tried again"
        assert [row["last"] for row in await bench.rows("SELECT last FROM numbers")] == [2, 2]
        assert sorted(await effects(bench)) == sorted(ROWS)
        assert await bench.value("SELECT count(*) FROM dead_letters") == 0


async def test_a_row_that_somebody_holds_for_long_is_waited_for_and_holds_no_other_key(
    probe: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear, given_up = Inbox.hear, []

    async def noted(inbox: Inbox, record: Record) -> str:
        try:
            return await hear(inbox, record)
        except StillInFlight:
            given_up.append(record)
            raise

    async def gave_up() -> bool:
        return bool(given_up)

    monkeypatch.setattr(Inbox, "hear", noted)
    held = fact("HELD")
    holder = await asyncpg.connect(probe.settings.database_url)
    holding = holder.transaction()
    await holding.start()
    await holder.execute(
        "INSERT INTO inbox (fact_id, event_type, district) VALUES ($1, 'held', '35.24')",
        dict(held[2])["ce_factid"].decode(),
    )
    try:
        async with probe.running("consumer"), probe.producer() as send:
            await send("intake.reports", *held)
            for number in range(5):
                await send("intake.reports", *fact(f"OTHER_{number}"))
            await heard(probe, *(f"OTHER_{number}" for number in range(5)))
            await eventually(gave_up, within_seconds=20)
            assert "HELD" not in await effects(probe)
            await holding.rollback()
            await heard(probe, "HELD")
    finally:
        await holder.close()
    assert await probe.value("SELECT count(*) FROM dead_letters") == 0


async def test_what_stood_behind_a_message_resolved_at_that_instant_is_applied(
    probe: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Inbox._why_not

    async def resolved_meanwhile(inbox: Inbox, record: Record, envelope: Envelope) -> Any:
        await probe.units.pool.execute("UPDATE dead_letters SET state = 'dropped'")
        return await ask(inbox, record, envelope)

    key = uuid4()
    BROKEN_REASONS.add("BAD")
    try:
        async with probe.running("consumer"), probe.producer() as send:
            await send("intake.reports", *fact("BAD", key, 1))
            await set_aside(probe, 1)
            monkeypatch.setattr(Inbox, "_why_not", resolved_meanwhile)
            await send("intake.reports", *fact("NEXT", key, 2))
            await heard(probe, "NEXT")
    finally:
        BROKEN_REASONS.clear()
    assert await effects(probe) == ["NEXT"]
