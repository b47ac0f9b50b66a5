"""What is urgent leaves first: before other keys, never before what its own key has before it, and not alone."""

import random
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.chassis.database import UnitOfWork
from services.chassis.outbox import OutboxRow, Relay, Sent
from services.chassis.principal import system_principal
from tests.support.eventually import eventually
from tests.support.faulty_variants import broken
from tests.support.probe import Poke, PokeStart, make_probe
from tests.support.services import Bench

SYSTEM = system_principal("probe")
KEYS = 12


class Notes:
    """A way out that keeps batches; with a seed it holds keys now and then, as a broker does that refuses them."""

    name = "kafka"

    def __init__(self, chance: random.Random | None = None) -> None:
        self.batches: list[list[OutboxRow]] = []
        self._chance = chance

    async def open(self) -> None:
        """Nothing to connect."""

    async def ask(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        """Nothing to let go."""

    async def send(self, rows: Sequence[OutboxRow], connection: asyncpg.Connection) -> Sent:
        """Keep what goes out."""
        held = {row.key for row in rows if self._chance and self._chance.random() < 0.02}
        leaving = [row for row in rows if row.key not in held]
        self.batches.append(leaving)
        return Sent(confirmed=[row.id for row in leaving], held_keys=held)


def relay_of(bench: Bench, notes: Notes, batch_rows: int = 100) -> Relay:
    return Relay(bench.settings.database_url, notes, batch_rows=batch_rows, poll_ms=50)


async def lay_down(bench: Bench, rows: Iterable[tuple[str, bool]]) -> None:
    """Rows of the outbox by key and haste, in this order."""
    await bench.units.pool.executemany(
        "INSERT INTO outbox (transport, key, target, body, headers, district, is_urgent)"
        " VALUES ('kafka', $1, 'intake.reports', '{}', '{}', '35.24', $2)",
        list(rows),
    )


async def turn(bench: Bench, relay: Relay, times: int = 1) -> None:
    async with bench.units.pool.acquire() as connection:
        for _ in range(times):
            await relay.turn(connection)


async def test_an_urgent_row_behind_a_thousand_leaves_first(probe: Bench) -> None:
    await lay_down(probe, [*((f"plain{number}", False) for number in range(1000)), ("urgent", True)])
    notes = Notes()
    await turn(probe, relay_of(probe, notes), 11)
    keys = [row.key for batch in notes.batches for row in batch]
    assert keys == ["urgent", *(f"plain{number}" for number in range(1000))]


async def test_a_flood_of_urgent_rows_leaves_a_share_to_the_rest(probe: Bench) -> None:
    await lay_down(probe, [(f"plain{number}", False) for number in range(30)])
    await lay_down(probe, [(f"urgent{number}", True) for number in range(300)])
    notes = Notes()
    relay = relay_of(probe, notes)
    await turn(probe, relay)
    assert [row.key for row in notes.batches[0]] == [
        *(f"urgent{number}" for number in range(75)),
        *(f"plain{number}" for number in range(25)),
    ]
    await turn(probe, relay, 3)
    assert [row.key for row in notes.batches[1]] == [
        *(f"urgent{number}" for number in range(75, 150)),
        *(f"plain{number}" for number in range(25, 30)),
        *(f"urgent{number}" for number in range(150, 170)),
    ]
    assert [len(batch) for batch in notes.batches] == [100, 100, 100, 30]


async def test_an_urgent_row_takes_with_it_what_its_key_has_before_it(probe: Bench) -> None:
    await lay_down(probe, [*((f"plain{number}", False) for number in range(200)), ("mixed", False), ("mixed", False)])
    await lay_down(probe, [("mixed", True), ("mixed", False)])
    notes = Notes()
    await turn(probe, relay_of(probe, notes))
    keys = [row.key for row in notes.batches[0]]
    assert keys == ["mixed"] * 4 + [f"plain{number}" for number in range(96)]
    ids = [row.id for row in notes.batches[0][:4]]
    assert ids == sorted(ids)


async def test_urgent_rows_wait_behind_one_of_their_key_that_can_never_leave_and_hold_up_no_other(probe: Bench) -> None:
    plain = [(f"plain{number}", False) for number in range(4)]
    await lay_down(probe, [("stuck", False), *plain, *[("stuck", True)] * 5, *[("other", True)] * 2])
    await probe.units.pool.execute("UPDATE outbox SET unsendable_at = now() WHERE key = 'stuck' AND NOT is_urgent")
    notes = Notes()
    await turn(probe, relay_of(probe, notes, batch_rows=4), 2)
    assert [[row.key for row in batch] for batch in notes.batches] == [
        ["other", "other", "plain0", "plain1"],
        ["plain2", "plain3"],
    ]


async def disorder(bench: Bench, seed: int) -> list[str]:
    """Send mixed rows of few keys, some held back at times; the keys whose order broke."""
    chance = random.Random(seed)
    keys = [f"{seed}-{number}" for number in range(KEYS)]
    await lay_down(bench, [(chance.choice(keys), chance.random() < 0.1) for _ in range(400)])
    notes = Notes(chance)
    relay = relay_of(bench, notes, batch_rows=chance.choice([4, 7, 40, 100]))

    async def all_left() -> bool:
        await turn(bench, relay, 20)
        return sum(map(len, notes.batches)) >= 400

    await eventually(all_left)
    sent: dict[str, list[int]] = {}
    for row in (row for batch in notes.batches for row in batch):
        sent.setdefault(row.key, []).append(row.id)
    assert sum(map(len, sent.values())) == 400
    return [key for key, ids in sent.items() if ids != sorted(ids)]


@pytest.mark.parametrize("seed", range(4))
async def test_no_key_loses_its_order_to_haste(probe: Bench, seed: int) -> None:
    assert await disorder(probe, seed) == []


async def test_the_checker_catches_the_faulty_variant_that_overtakes_in_the_outbox(probe: Bench) -> None:
    with broken("overtake-in-the-outbox"):
        assert await disorder(probe, 0), "the checker did not notice that keys lost their order"


async def test_facts_and_signals_of_what_passes_ahead_are_urgent_and_feed_items_never(probe: Bench) -> None:
    async def tell(note: str, uow: UnitOfWork) -> Any:
        made = await make_probe(note, uow)
        uow.feed("agency-a", {"n": 1}, about=made)
        start = PokeStart(probe_id=made.id)
        uow.signal("PokeWorkflow", f"poke:{uuid4()}", "poked", Poke(number=1), start=start, about=made)
        return made

    for note, urgent in (("URGENT", {"kafka", "temporal"}), ("PLAIN", set())):
        made = await probe.units.perform(partial(tell, note), principal=SYSTEM)
        rows = await probe.rows(
            "SELECT transport, is_urgent, headers->>'ce_urgent' AS header FROM outbox"
            " WHERE key = $1 OR headers->>'case.id' = $1 OR transport = 'feed'",
            str(made.correlation_id),
        )
        assert {row["transport"] for row in rows} == {"kafka", "temporal", "feed"}
        assert {row["transport"] for row in rows if row["is_urgent"]} == urgent
        assert {row["header"] for row in rows if row["transport"] == "kafka"} == ({"true"} if urgent else {None})
