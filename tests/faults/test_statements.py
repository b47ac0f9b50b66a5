"""The database goes away between any two statements of a write: before one is asked, or before its answer is heard.

Invariant: rows, actions, outbox and key (or inbox row) are there all together or not at all, whatever was cut; what was
acknowledged is there; the same try made again has the effect once, and the answer given before.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx2
import pytest

from benchmarks.ground import Ground
from benchmarks.intake import body
from contracts.topics import topic_of
from services.chassis.database import open_units
from services.chassis.inbox import Inbox
from services.chassis.outbox import OutboxNotifier
from services.chassis.principal import system_principal
from services.chassis.processes import build_app
from services.chassis.records import Record
from services.chassis.service import Running
from services.intake.subscriptions import SUBSCRIPTIONS
from services.intake.wiring import SERVICE
from tests.support.cable import Cable, cable_to
from tests.support.eventually import eventually
from tests.support.faulty_variants import broken
from tests.support.services import Bench, bench_for
from tests.support.wire import handoff_of, wire

IN_THE_MIDDLE = 4
"""Exchange of a warm verification with the database that comes after its row was locked, and before the commit."""
Try = Callable[[], Awaitable[str]]
"""Does a command under its one key: the answer, or nothing when it was not acknowledged."""


@dataclass
class Desk:
    """Intake behind a cable, and a straight look at its tables."""

    bench: Bench
    cable: Cable
    client: httpx2.AsyncClient
    inbox: Inbox
    token: str

    async def post(self, client: httpx2.AsyncClient, path: str, content: bytes, key: UUID) -> httpx2.Response:
        headers = {
            "Authorization": f"Bearer {self.token}", "Idempotency-Key": str(key), "Content-Type": "application/json"
        }  # fmt: skip
        return await client.post(path, content=content, headers=headers)

    async def receive(self) -> Try:
        """A report comes in: a transaction of one statement."""
        return self._through("/reports", body())

    async def verify(self) -> Try:
        """A report is believed and its person registered: a transaction of many statements."""
        made = (await self.post(self.bench.client, "/reports", body(), uuid4())).json()
        return self._through(f"/reports/{made['report_id']}/verification", b'{"expected_version": 1}')

    async def look(self) -> Try:
        """A report is read."""
        made = (await self.post(self.bench.client, "/reports", body(), uuid4())).json()

        async def go() -> str:
            headers = {"Authorization": f"Bearer {self.token}"}
            answer = await self.client.get(f"/reports/{made['report_id']}", headers=headers)
            assert answer.status_code in (200, 503), answer.text
            return answer.text if answer.is_success else ""

        return go

    async def hear(self) -> Try:
        """A fact is heard: inbox row, check, action and signal."""
        fact = handoff_of(uuid4())
        key, content, headers = wire(fact, subject=fact.handoff_id, correlation_id=uuid4())
        record = Record(topic_of(fact.TYPE).name, 0, fact.handoff_id.int % 2**60, key, headers, content)

        async def go() -> str:
            try:
                heard = await self.inbox.hear(record)
            except Exception:
                return ""
            return "heard" if heard in ("applied", "duplicate") else ""

        return go

    def _through(self, path: str, content: bytes) -> Try:
        key = uuid4()

        async def go() -> str:
            answer = await self.post(self.client, path, content, key)
            assert answer.is_success or answer.status_code in (409, 503), answer.text
            return answer.text if answer.is_success else ""

        return go

    async def counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        tables = await self.bench.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [row["tablename"] for row in tables]
        counted = await self.bench.rows("SELECT " + ", ".join(f"(SELECT count(*) FROM {n}) AS {n}" for n in names))
        return dict(counted[0])


@asynccontextmanager
async def desk_of(place: Ground) -> AsyncIterator[Desk]:
    """One fresh intake whose every statement goes through a cable."""
    async with (
        bench_for(SERVICE, place.stack, place.issuer) as bench,
        cable_to(bench.settings.database_url) as (
            cable,
            url,
        ),
    ):
        units = await open_units(url, name="cut", queue=bench.settings.queue, pool_size=1, scope=SERVICE.scope)
        app = build_app(
            SERVICE, bench.settings, Running(bench.settings, units, system_principal("intake"), OutboxNotifier(url))
        )
        assert SERVICE.prepare is not None
        await SERVICE.prepare(bench, app)  # type: ignore[arg-type]
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://sigap/intake") as client:
            inbox = Inbox(units, SUBSCRIPTIONS, system_principal("intake"))
            yield Desk(bench, cable, client, inbox, place.issuer.token(roles=["caseworker"]))
        await units.close()


async def cut_everywhere(desk: Desk, command: str) -> tuple[int, list[str]]:
    """Cut a command at each of its statements in both ways; how many cuts there were and what the invariant finds."""
    whole = await _grown(desk, await getattr(desk, command)())
    cuts, told = 0, []
    for answered in (False, True):
        for exchange in range(1, 200):
            # Connections and prepared statements as in a process that has worked for a while.
            assert await (await getattr(desk, command)())()
            go = await getattr(desk, command)()
            before = await desk.counts()
            desk.cable.cut_at(exchange, answered=answered)
            first = await go()
            if not desk.cable.is_cut:
                desk.cable.mend()
                break
            cuts += 1
            place = f"{command}, statement {exchange}, {'answered' if answered else 'not asked'}"
            after = _difference(before, await desk.counts())
            if after not in ({}, whole):
                told.append(f"{place}: only {after} of {whole}")
            if first and after != whole:
                told.append(f"{place}: acknowledged, and not there")
            desk.cable.mend()
            again = [answer for answer in [await go() for _ in range(3)] if answer]
            if not again or len({*again, first} - {""}) != 1:
                told.append(f"{place}: answers {first!r}, {again}")
            after = _difference(before, await desk.counts())
            if after != whole:
                told.append(f"{place}: after the same try again {after} and not {whole}")
    return cuts, told


async def _grown(desk: Desk, go: Try) -> dict[str, int]:
    before = await desk.counts()
    assert await go()
    return _difference(before, await desk.counts())


def _difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {table: after[table] - before[table] for table in after if after[table] != before[table]}


@pytest.mark.parametrize("command", ["receive", "verify", "look", "hear"])
async def test_a_command_cut_between_any_two_statements_is_done_whole_or_not_at_all(
    place: Ground, command: str
) -> None:
    async with desk_of(place) as desk:
        cuts, told = await cut_everywhere(desk, command)
    print(f"{command}: {cuts} cuts")
    assert cuts >= 2
    assert told == []


async def test_rows_locked_by_a_writer_that_fell_silent_are_free_again(place: Ground) -> None:
    async with desk_of(place) as desk:
        assert await (await desk.verify())()
        made = (await desk.post(desk.bench.client, "/reports", body(), uuid4())).json()
        path, content = f"/reports/{made['report_id']}/verification", b'{"expected_version": 1}'
        desk.cable.hold_at(IN_THE_MIDDLE)
        silent = asyncio.create_task(desk.post(desk.client, path, content, uuid4()))

        async def is_silent() -> bool:
            idle = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cut' AND state = $1"
            return desk.cable.exchanges >= IN_THE_MIDDLE and bool(await desk.bench.value(idle, "idle in transaction"))

        await eventually(is_silent, what="a transaction in the middle of its work")
        assert (await desk.post(desk.bench.client, path, content, uuid4())).status_code == 409

        async def others_write() -> bool:
            return (await desk.post(desk.bench.client, path, content, uuid4())).is_success

        await eventually(others_write, within_seconds=25, what="others write the same report")
        assert not (await silent).is_success


async def test_the_checker_catches_the_faulty_variant_that_says_apart(place: Ground) -> None:
    with broken("say-apart"):
        async with desk_of(place) as desk:
            _, told = await cut_everywhere(desk, "receive")
    assert told, "the checker did not notice say-apart"
