"""How long our loops wait for whoever is away, and how often a relay looks for what nobody told it of."""

import asyncio
from types import SimpleNamespace

import pytest

from services.chassis import outbox
from services.chassis.feed import FeedTransport
from services.chassis.outbox import Relay, wait_out


async def test_pauses_grow_while_somebody_stays_away_and_begin_anew_after_good_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lasts = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 60.0, 0.0]
    now, pauses = 0.0, []
    stop = asyncio.Event()

    async def serve(stop: asyncio.Event) -> None:
        nonlocal now
        now += lasts.pop(0)
        raise ConnectionResetError

    async def pause(stop: asyncio.Event, seconds: float) -> bool:
        pauses.append(seconds)
        if not lasts:
            stop.set()
        return stop.is_set()

    monkeypatch.setattr(outbox, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(outbox, "pause", pause)
    await wait_out(serve, stop, (OSError,), lambda error: None)
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 0.1, 0.2])


def test_a_relay_at_rest_looks_ever_more_rarely() -> None:
    relay = Relay("postgresql://nobody@127.0.0.1:1/nothing", FeedTransport(), batch_rows=1, poll_ms=250)
    rests = [0.0]
    for _ in range(5):
        rests.append(relay._next_rest(rests[-1]))
    assert rests[1:] == [0.25, 0.5, 1.0, 1.0, 1.0]
    rare = Relay("postgresql://nobody@127.0.0.1:1/nothing", FeedTransport(), batch_rows=1, poll_ms=3000)
    assert rare._next_rest(3.0) == 3.0
