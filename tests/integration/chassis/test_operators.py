"""An operator's commands on the rows they are for."""

from typing import Any

import pytest

from services.chassis.operators import COMMANDS
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
