"""The clock of a PostgreSQL is set away by days and by minutes while all runs on it, and set right again.

Invariant: no escalation step is written before its deadline has truly passed; a minute after the later of the deadline
and the
recovery every escalation step that is due is written once, with one fact; every answer stays, whether it was given
before or
during the skew; what runs goes on and answers. Deadlines lie seconds and minutes ahead. The faulty variant believes
any clock.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from benchmarks.ground import Ground, free_port
from services.casework.handoff.deadlines.repository import gauges
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands
from services.casework.handoff.handoffs.commands import RequestHandoff, escalating
from services.casework.office.directory.domain import CaseworkPack, EscalationKind, PolicyStep
from services.casework.office.matters.domain import case
from services.casework.wiring import SERVICE
from services.chassis import clock, outbox
from services.chassis.clock import Pace
from services.chassis.principal import system_principal
from services.chassis.temporal import connect
from tests.support.database_clock import DatabaseClock, database_clock
from tests.support.engines import Stack, running
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.packs.in_force import load, quick_pack
from tests.support.services import Bench, bench_for

OFFICE, MENUR, LAWANG = "dinsos-lamongan", "rsj-menur", "rsj-lawang"
WITHIN = timedelta(seconds=60)
SOON, LATER, MUCH_LATER = timedelta(seconds=2), timedelta(seconds=5), timedelta(minutes=20)
SEEN_WITHIN = {MENUR: SOON, LAWANG: LATER}
ESCALATION_POLICY = (
    PolicyStep(after=timedelta(0), kind=EscalationKind.REMIND_DESK),
    PolicyStep(after=timedelta(seconds=1), kind=EscalationKind.SECTION_HEAD),
)
ASKED_CLOCKS = ["RECEIVED_BY", "ANSWER_BY"]
SYSTEM = system_principal("casework")


def pack_with_two_clocks() -> CaseworkPack:
    """The district's pack; two hospitals have seconds to look and minutes to answer, both around the clock."""
    pack = quick_pack()
    escalation_policies = {**pack.escalation_policies, "silent": ESCALATION_POLICY}
    sla_rules = tuple(
        rules.model_copy(
            update={
                "emergency": True,
                "receive_within": SEEN_WITHIN[rules.agency],
                "receipt_escalation_policy": "silent",
                "answer_within": MUCH_LATER,
                "escalation_policy": "silent",
            }
        )
        if rules.agency in SEEN_WITHIN
        else rules
        for rules in pack.sla_rules
    )
    return pack.model_copy(update={"sla_rules": sla_rules, "escalation_policies": escalation_policies})


@dataclass(slots=True)
class Skewed:
    """A casework on a database whose clock is set, what was asked of whom there, and who answered."""

    bench: Bench
    dial: DatabaseClock
    issuer: Issuer
    asked: list[UUID] = field(default_factory=list)
    answered: list[UUID] = field(default_factory=list)
    right_at: datetime = field(default_factory=clock.utc_now)

    async def ask(self, agency: str, count: int) -> list[UUID]:
        """Ask one hospital so often."""
        found = []
        for _ in range(count):
            new = uuid4()
            request = RequestHandoff(
                case(new), new, "35.24", new, "35.24.17.2007", "bed", 1, Purpose.INPATIENT_BED, OFFICE, [agency], "", ""
            )
            found.append(await self._opened(request))
        self.asked += found
        return found

    async def _opened(self, request: RequestHandoff) -> UUID:
        handoff = await self.bench.units.perform(lambda uow: commands.open_handoff(request, uow), principal=SYSTEM)
        return handoff.id

    async def answer(self, agency: str, handoff_id: UUID) -> None:
        """The hospital's program says yes; it may be told to come again, and does."""
        token = self.issuer.token(f"desk-{agency}", agency=agency, roles=["agency"])
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}

        async def said() -> bool:
            answer = await self.bench.client.post(f"/handoffs/{handoff_id}/acceptance", json={}, headers=headers)
            assert answer.status_code == 200 or "retry-after" in answer.headers, answer.text
            return answer.status_code == 200

        await eventually(said, what="the answer is taken")
        self.answered.append(handoff_id)

    async def told(self) -> None:
        """Wait until everything has left, and every timer has looked."""

        async def is_told() -> bool:
            unsent = await self.bench.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
            looked = await self.bench.value("SELECT count(*) FROM timer_checks WHERE handoff_id = ANY($1)", self.asked)
            return not unsent and looked == len(self.asked)

        await eventually(is_told, within_seconds=30, what="everything told")

    async def is_ready(self) -> bool:
        """The running parts are well."""
        url = f"http://127.0.0.1:{self.bench.settings.ops_port}/health/ready"
        async with httpx2.AsyncClient(trust_env=False) as client:
            answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        return True

    async def breaches(self, within_seconds: float = WITHIN.total_seconds() + 10) -> list[str]:
        """Wait until all that is due was escalated or the time is over; what the invariant finds."""

        async def all_escalated() -> bool:
            return not [what async for what in self._missing()]

        with suppress(AssertionError):
            await eventually(all_escalated, within_seconds=within_seconds, what="every escalation")
        found = [what async for what in self._missing()]
        kept = await self.bench.rows("SELECT id FROM handoffs WHERE state = 'accepted'")
        lost = set(self.answered) - {row["id"] for row in kept}
        return [*found, *await self.wrong_escalations(), *(f"{one}: the answer is lost" for one in lost)]

    async def wrong_escalations(self) -> list[str]:
        """Escalation steps whose instant had not come when they were written, that came late, or that were not told of
        once.
        """
        escalations = await self.bench.rows(
            """
            SELECT r.about_id, r.deadline, r.step_no, r.decided_at, c.due_at,
                   (SELECT count(*) FROM outbox o WHERE o.transport = 'kafka' AND o.headers->>'ce_factid' =
                   r.fact_id::text) AS told
            FROM escalation_steps r JOIN deadlines c USING (about_id, occurrence)
            WHERE c.kind = r.deadline AND r.about_id = ANY($1) AND r.deadline = ANY($2)
            """,
            self.asked,
            ASKED_CLOCKS,
        )
        found = []
        for escalation in escalations:
            name = f"{escalation['about_id']}: escalation {escalation['step_no']} of {escalation['deadline']}"
            escalates_at = escalation["due_at"] + ESCALATION_POLICY[escalation["step_no"] - 1].after
            if not escalates_at <= escalation["decided_at"] <= clock.utc_now():
                found.append(f"{name} was taken falsely")
            elif escalation["decided_at"] > max(escalates_at, self.right_at) + WITHIN:
                found.append(f"{name} was taken late")
            if escalation["told"] != 1:
                found.append(f"{name} was told of {escalation['told']} times")
        return found

    async def _missing(self) -> AsyncIterator[str]:
        due = await self.bench.rows(
            """
            SELECT c.about_id, c.kind, array(SELECT step_no FROM escalation_steps r WHERE (r.about_id, r.deadline,
            r.occurrence)
                   = (c.about_id, c.kind, c.occurrence) ORDER BY step_no) AS escalations
            FROM deadlines c WHERE c.state = 'running' AND c.about_id = ANY($1) AND c.kind = ANY($2)
                  AND c.due_at < $3
            """,
            self.asked,
            ASKED_CLOCKS,
            self.right_at + LATER,
        )
        for row in due:
            if row["escalations"] != [1, 2]:
                yield f"{row['about_id']}: {row['kind']} has escalations {row['escalations']}"

    async def untold_answers(self) -> list[str]:
        """Answers without their one fact; asked while the clock is wrong, by which a fact may be old enough to go."""
        told = await self.bench.rows(
            "SELECT headers->>'ce_subject' AS id, count(*) AS times FROM outbox"
            " WHERE transport = 'kafka' AND headers->>'ce_type' = 'casework.handoff.accepted.v1' GROUP BY 1"
        )
        times = {row["id"]: row["times"] for row in told}
        return [
            f"{one}: the answer was told of {n} times" for one in self.answered if (n := times.get(str(one), 0)) != 1
        ]

    async def passes(self, span: timedelta) -> None:
        """Until so much time has truly passed."""
        ends = clock.utc_now() + span

        async def passed() -> bool:
            return clock.utc_now() > ends

        await eventually(passed, within_seconds=span.total_seconds() + 5, what="the time")

    async def live_through(self, away: timedelta) -> list[str]:
        """Ask and answer before and while the clock is away, let deadlines pass, set it right; what is found."""
        _, _, answered = await self.ask(MENUR, 3)
        answered_later, *_ = await self.ask(LAWANG, 2)
        await self.answer(MENUR, answered)
        await self.told()
        self.dial.set_away(away)
        with capture_logs() as said:
            await self.answer(LAWANG, answered_later)
            await self.told()
            await self.passes(SOON + ESCALATION_POLICY[-1].after)
            await eventually(self.is_ready, what="ready")
            found = await self.wrong_escalations() + await self.untold_answers()
            figures = {name: value for name, _, value in await gauges(self.bench.units.pool)}
        self.dial.set_right()
        self.right_at = clock.utc_now()
        if abs(figures["sigap_database_clock_away_seconds"] - abs(away.total_seconds())) > 2:
            found.append("the figure does not tell how far the clock was away")
        if "database_clock_jumped" not in {line["event"] for line in said}:
            found.append("nobody said that the clock jumped")
        return found + await self.breaches()


@asynccontextmanager
async def casework_on(place: Ground, stack: Stack) -> AsyncIterator[Bench]:
    """Casework with relay and worker; a wrong clock is looked at, and old rows are deleted, every second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(escalating, "HELD_FOR", timedelta(seconds=1))
        patch.setattr(outbox, "PRUNE_EVERY_SECONDS", 1)
        async with bench_for(SERVICE, stack, place.issuer, ops_port=free_port()) as bench:
            await load(bench, pack_with_two_clocks())
            async with bench.running("relay", "worker"):
                yield bench


@pytest.fixture(scope="module")
def dial() -> Iterator[DatabaseClock]:
    with database_clock() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stack(place: Ground, dial: DatabaseClock) -> AsyncIterator[Stack]:
    """The ground's Kafka and Temporal, and a PostgreSQL of its own."""
    async with running(["postgres"], postgres_under=dial.command) as own:
        ports = {**place.stack.site.ports, "postgres": own.site.ports["postgres"]}
        yield replace(own, site=replace(own.site, ports=ports))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bench(place: Ground, stack: Stack) -> AsyncIterator[Bench]:
    async with casework_on(place, stack) as found:
        yield found


@pytest.fixture
def casework(bench: Bench, dial: DatabaseClock, place: Ground) -> Iterator[Skewed]:
    yield Skewed(bench, dial, place.issuer)
    dial.set_right()


@pytest.mark.parametrize(
    "away", [timedelta(days=30), timedelta(days=-30), timedelta(minutes=6)], ids=["ahead", "behind", "a-little"]
)
async def test_a_clock_set_away_escalates_nothing_and_loses_nothing(casework: Skewed, away: timedelta) -> None:
    assert await casework.live_through(away) == []


async def test_a_timer_does_not_spin_while_the_database_is_a_little_behind(casework: Skewed) -> None:
    asked, *_ = await casework.ask(MENUR, 1)
    await casework.told()
    casework.dial.set_away(-SOON)
    await casework.passes(2 * SOON)
    stack = casework.bench.stack
    client = await connect(stack.temporal_address, stack.temporal_namespace)
    seen = await client.get_workflow_handle(f"handoff:{asked}").describe()
    casework.dial.set_right()
    casework.right_at = clock.utc_now()
    assert seen.history_length < 60
    assert await casework.breaches() == []


async def test_the_checker_catches_the_faulty_variant_that_believes_any_clock(
    place: Ground, stack: Stack, dial: DatabaseClock
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pace, "jumped", lambda pace, database_now: None)
        async with casework_on(place, stack) as bench:
            found = await Skewed(bench, dial, place.issuer).live_through(timedelta(days=30))
    assert any("ANSWER_BY was taken falsely" in what for what in found), "the checker did not notice a false escalation"
