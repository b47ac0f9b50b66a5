"""An operator's commands on the rows they are for."""

from typing import Any

import pytest

from services.chassis.operators import COMMANDS
from services.chassis.outbox import Waker
from services.chassis.principal import system_principal
from services.chassis.processes import Running
from tests.support.eventually import eventually
from tests.support.probe import BROKEN_REASONS, make_probe
from tests.support.services import Bench

SYSTEM = system_principal("probe")


async def run(bench: Bench, *words: str) -> int:
    running = Running(bench.settings, bench.units, SYSTEM, Waker(bench.settings.database_url))
    return await COMMANDS[words[0]](running, words[1:])


async def test_a_parked_message_is_seen_and_replayed_by_command(
    probe: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    BROKEN_REASONS.add("BROKEN_1")
    async with probe.running("relay", "consumer"):
        await probe.units.perform(lambda uow: make_probe("BROKEN", uow), principal=SYSTEM)

        async def parked() -> Any:
            return await probe.value("SELECT id FROM parked WHERE state = 'parked'")

        parked_id = await eventually(parked, what="the message set aside")
        assert await run(probe, "parked") == 1
        assert str(parked_id) in capsys.readouterr().out
        assert await run(probe, "replay", str(parked_id)) == 2
        assert await run(probe, "replay", "999999", "there is none") == 1
        await probe.units.pool.execute("UPDATE parked SET claimed_by = 'staff:away', claimed_at = now()")
        assert await run(probe, "replay", str(parked_id), "too", "soon") == 1
        assert await run(probe, "release", str(parked_id)) == 0
        assert await run(probe, "release", "²") == 2
        BROKEN_REASONS.clear()
        assert await run(probe, "replay", str(parked_id), "released", "with", "the", "fix") == 0

        async def done() -> bool:
            return bool(await probe.value("SELECT state FROM parked WHERE id = $1", parked_id) == "done")

        await eventually(done, what="the message applied")
    assert await probe.value("SELECT count(*) FROM effects") == 1
    assert await run(probe, "parked") == 0


async def test_a_refused_outbox_row_is_seen_and_sent_again_by_command(
    probe: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    await probe.units.perform(lambda uow: make_probe("FREED", uow, 2), principal=SYSTEM)
    refused = await probe.value(
        "UPDATE outbox SET parked_at = now(), error = 'MessageSizeTooLargeError'"
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
