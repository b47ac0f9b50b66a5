"""An operator's commands on the rows they are for."""

from pathlib import Path
from typing import Any

import pytest

from services.chassis.operators import COMMANDS, go_on_restored
from services.chassis.outbox import OutboxNotifier
from services.chassis.principal import system_principal
from services.chassis.service import Running
from tests.support.eventually import eventually
from tests.support.probe import BROKEN_REASONS, make_probe
from tests.support.services import Bench

SYSTEM = system_principal("probe")


async def run(bench: Bench, *words: str) -> int:
    running = Running(bench.settings, bench.units, SYSTEM, OutboxNotifier(bench.settings.database_url))
    return await COMMANDS[words[0]](running, words[1:])


async def test_a_dead_letter_is_seen_and_replayed_by_command(probe: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    BROKEN_REASONS.add("BROKEN_1")
    async with probe.running("relay", "consumer"):
        await probe.units.perform(lambda uow: make_probe("BROKEN", uow), principal=SYSTEM)

        async def set_aside() -> Any:
            return await probe.value("SELECT id FROM dead_letters WHERE state = 'dead'")

        dead_letter_id = await eventually(set_aside, what="the message set aside")
        assert await run(probe, "dead-letters") == 1
        assert str(dead_letter_id) in capsys.readouterr().out
        assert await run(probe, "replay", str(dead_letter_id)) == 2
        assert await run(probe, "replay", "999999", "there is none") == 1
        await probe.units.pool.execute("UPDATE dead_letters SET claimed_by = 'staff:away', claimed_at = now()")
        assert await run(probe, "replay", str(dead_letter_id), "too", "soon") == 1
        assert await run(probe, "release", str(dead_letter_id)) == 0
        assert await run(probe, "release", "²") == 2
        BROKEN_REASONS.clear()
        assert await run(probe, "replay", str(dead_letter_id), "released", "with", "the", "fix") == 0

        async def done() -> bool:
            return bool(await probe.value("SELECT state FROM dead_letters WHERE id = $1", dead_letter_id) == "done")

        await eventually(done, what="the message applied")
    assert await probe.value("SELECT count(*) FROM effects") == 1
    assert await run(probe, "dead-letters") == 0


async def test_a_refused_outbox_row_is_seen_and_sent_again_by_command(
    probe: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    await probe.units.perform(lambda uow: make_probe("FREED", uow, 2), principal=SYSTEM)
    refused = await probe.value(
        "UPDATE outbox SET unsendable_at = now(), error = 'MessageSizeTooLargeError'"
        " WHERE id = (SELECT min(id) FROM outbox) RETURNING id"
    )
    assert await run(probe, "unsent") == 1
    assert "MessageSizeTooLargeError" in capsys.readouterr().out
    async with probe.running("relay"):
        assert await run(probe, "resend", str(refused)) == 0
        messages = await probe.messages("intake.reports", expected=2)
    assert [b"FREED_1" in (m.value or b"") for m in messages] == [True, False]
    assert await run(probe, "unsent") == 0
    assert await run(probe, "resend", str(refused)) == 1
    assert await run(probe, "resend") == 2


async def restored(bench: Bench, series: list[str], *words: str) -> int:
    running = Running(bench.settings, bench.units, SYSTEM, OutboxNotifier(bench.settings.database_url))
    return await go_on_restored(series, running, words)


async def test_what_was_sent_since_a_backup_is_sent_again(probe: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    await probe.units.perform(lambda uow: make_probe("BEFORE", uow), principal=SYSTEM)
    await probe.units.pool.execute("UPDATE outbox SET sent_at = '2026-11-01T00:00Z' WHERE transport = 'kafka'")
    await probe.units.perform(lambda uow: make_probe("SINCE", uow), principal=SYSTEM)
    await probe.units.pool.execute("UPDATE outbox SET sent_at = '2026-11-02T00:00Z' WHERE sent_at IS NULL")
    assert await restored(probe, [], "2026-11-01T12:00:00+00:00") == 0
    unsent = "SELECT count(*) FROM outbox WHERE transport = 'kafka' AND sent_at IS NULL"
    assert await probe.value(unsent) == 1
    assert "1 fakta dikirim lagi" in capsys.readouterr().out


async def test_a_series_goes_on_from_what_was_given_or_leaves_numbers_out(probe: Bench, tmp_path: Path) -> None:
    await probe.units.pool.execute("INSERT INTO numbers (kind, last) VALUES ('A', 7), ('B', 3)")
    given = tmp_path / "numbers.json"
    given.write_text('{"numbers": [{"kind": "A", "last": 12}, {"kind": "B", "last": 1}, {"kind": "C", "last": 2}]}')
    assert await restored(probe, ["numbers"], "2026-11-01T12:00:00+00:00", str(given)) == 0

    async def last(kind: str) -> int:
        return int(await probe.value("SELECT last FROM numbers WHERE kind = $1", kind))

    assert [await last(kind) for kind in "ABC"] == [12, 3, 2]
    assert await restored(probe, ["numbers"], "2026-11-01T12:00:00+00:00") == 0
    left_out = probe.settings.numbers_left_out_by_restore
    assert [await last(kind) for kind in "ABC"] == [12 + left_out, 3 + left_out, 2 + left_out]
