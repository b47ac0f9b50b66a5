"""Deadlines that fall while the workflow server, the database or the broker is away, and a workflow store that is lost.

Invariant: a minute after the later of its deadline and the recovery no hand-off is neither answered nor escalated, and
every escalation step was taken once; where the store is lost, and every workflow has to be begun anew, two minutes
after. 30 of them here, whole with ``SIGAP_FAULT_DEADLINES=1000``. The faulty variant forgets what it took.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from benchmarks.ground import Ground
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands
from services.casework.handoff.handoffs.commands import MoveHandoff, RequestHandoff
from services.casework.handoff.handoffs.domain import Move
from services.casework.office.directory.domain import CaseworkPack, EscalationKind, PolicyStep
from services.casework.office.matters.domain import case
from services.casework.wiring import SERVICE
from services.chassis import clock
from services.chassis.principal import Principal, system_principal
from tests.support.eventually import eventually
from tests.support.packs.in_force import load, quick_pack
from tests.support.services import Bench, bench_for
from tests.support.simulation.faulty_variants import without

DEADLINES = int(os.environ.get("SIGAP_FAULT_DEADLINES", "30"))
OFFICE, MENUR = "dinsos-lamongan", "rsj-menur"
WITHIN = timedelta(seconds=60)
ANSWER_WITHIN = timedelta(seconds=5 + DEADLINES / 20)
ESCALATION_POLICY = (
    PolicyStep(after=timedelta(0), kind=EscalationKind.REMIND_DESK),
    PolicyStep(after=timedelta(seconds=1), kind=EscalationKind.SECTION_HEAD),
)
SYSTEM = system_principal("casework")
HOSPITAL = Principal(f"agency:{MENUR}", MENUR, frozenset({"agency"}), ("35.24",))


def short_pack() -> CaseworkPack:
    """The district's pack; one hospital has seconds to answer, and two escalation steps."""
    pack = quick_pack()
    sla_rules = tuple(
        rule.model_copy(update={"answer_within": ANSWER_WITHIN}) if rule.agency == MENUR else rule
        for rule in pack.sla_rules
    )
    return pack.model_copy(
        update={
            "sla_rules": sla_rules,
            "escalation_policies": {**pack.escalation_policies, "silent": ESCALATION_POLICY},
        }
    )


@dataclass(slots=True)
class Deadlines:
    """Hand-offs whose deadlines are near."""

    bench: Bench
    count: int = DEADLINES
    asked: list[UUID] = field(default_factory=list)
    recovered_at: datetime | None = None
    within: timedelta = WITHIN

    async def ask(self) -> None:
        """Ask, and wait until every hand-off's workflow has been told."""
        for _ in range(self.count):
            new = uuid4()
            request = RequestHandoff(
                case(new), new, "35.24", new, "35.24.17.2007", "bed", 1, Purpose.INPATIENT_BED, OFFICE, [MENUR], "", ""
            )
            handoff = await self.bench.units.perform(_opening(request), principal=SYSTEM)
            self.asked.append(handoff.id)

        async def told() -> bool:
            waiting = "SELECT count(*) FROM outbox WHERE transport = 'temporal' AND sent_at IS NULL"
            return not await self.bench.value(waiting)

        await eventually(told, within_seconds=30, what="every workflow told")

    async def answer_some(self) -> None:
        """Every third hospital answers."""
        for handoff_id in self.asked[::3]:
            await self.bench.units.perform(_accepting(handoff_id), principal=HOSPITAL)

    async def until_due(self) -> None:
        """Until the last deadline and the last escalation step's instant have passed."""
        passed_at = clock.utc_now() + ANSWER_WITHIN + ESCALATION_POLICY[-1].after

        async def passed() -> bool:
            return clock.utc_now() > passed_at

        await eventually(passed, within_seconds=600, what="the deadlines")

    async def breaches(self) -> list[str]:
        """Wait until all is escalation step or the time is over; what the invariant finds."""
        with suppress(AssertionError):
            await eventually(
                self._all_escalated, within_seconds=self.within.total_seconds() + 10, what="every escalation"
            )
        return [what for row in await self._rows() for what in self._breaches_of(row)]

    async def _rows(self) -> list[Any]:
        return await self.bench.rows(
            """
            SELECT h.id, h.state, c.due_at, coalesce(r.numbers, '{}') AS escalations, r.first_at, coalesce(f.told, 0)
            AS told FROM handoffs h JOIN deadlines c ON c.about_id = h.id AND c.kind = 'ANSWER_BY'
            LEFT JOIN (SELECT about_id, array_agg(step_no ORDER BY decided_at, step_no) AS numbers,
                              min(decided_at) AS first_at FROM escalation_steps GROUP BY 1) r ON r.about_id = h.id
            LEFT JOIN (SELECT headers->>'ce_subject' AS subject, count(*) AS told FROM outbox WHERE transport = 'kafka'
                       AND headers->>'ce_type' = 'casework.handoff.escalated.v1' GROUP BY 1) f ON f.subject = h.id::text
            WHERE h.id = ANY($1)
            """,
            self.asked,
        )

    async def _all_escalated(self) -> bool:
        return all(
            row["state"] == "accepted" or len(row["escalations"]) == len(ESCALATION_POLICY)
            for row in await self._rows()
        )

    def _breaches_of(self, row: Any) -> list[str]:
        assert self.recovered_at is not None
        told = (
            []
            if row["told"] == len(row["escalations"])
            else [f"{row['id']}: {row['told']} facts of {row['escalations']}"]
        )
        if row["state"] == "accepted":
            return told
        if row["escalations"] != [1, 2]:
            return [*told, f"{row['id']}: {row['state']}, escalations {row['escalations']}"]
        late = row["first_at"] > max(row["due_at"], self.recovered_at) + self.within
        return [*told, f"{row['id']}: escalated only at {row['first_at']}"] if late else told


def _opening(request: RequestHandoff) -> Callable[[Any], Awaitable[Any]]:
    return lambda uow: commands.open_handoff(request, uow)


def _accepting(handoff_id: UUID) -> Callable[[Any], Awaitable[Any]]:
    return lambda uow: commands.move_handoff(MoveHandoff(handoff_id, Move.ACCEPT), uow)


@asynccontextmanager
async def casework_on(place: Ground) -> AsyncIterator[Bench]:
    async with bench_for(SERVICE, place.stack, place.issuer) as bench:
        await load(bench, short_pack())
        async with bench.running("relay", "worker"):
            yield bench


@pytest_asyncio.fixture(loop_scope="session")
async def casework(place: Ground) -> AsyncIterator[Bench]:
    async with casework_on(place) as bench:
        yield bench


@pytest.mark.parametrize("engine", ["temporal", "kafka", "postgres"])
async def test_no_deadline_is_forgotten_that_falls_into_an_outage(place: Ground, casework: Bench, engine: str) -> None:
    deadlines = Deadlines(casework)
    await deadlines.ask()
    if engine == "postgres":
        await deadlines.answer_some()
    await place.stack.kill(engine)
    if engine != "postgres":
        await deadlines.answer_some()
    await deadlines.until_due()
    await place.stack.start(engine)
    deadlines.recovered_at = clock.utc_now()
    assert await deadlines.breaches() == []


async def test_a_lost_workflow_store_is_made_again_from_the_rows(place: Ground, casework: Bench) -> None:
    deadlines = Deadlines(casework, within=2 * WITHIN)
    await deadlines.ask()
    await place.stack.kill("temporal")
    for file in (place.stack.site.state / "temporal").glob("temporal.db*"):
        file.unlink()
    await deadlines.until_due()
    await place.stack.start("temporal")
    armed = await casework.units.perform(commands.rearm_deadlines, principal=SYSTEM)
    assert armed >= DEADLINES
    deadlines.recovered_at = clock.utc_now()
    assert await deadlines.breaches() == []


async def test_the_checker_catches_the_faulty_variant_that_forgets_what_it_took(place: Ground) -> None:
    with without("forget-the-escalations"):
        async with casework_on(place) as bench:
            deadlines = Deadlines(bench, count=2, within=timedelta(0))
            await deadlines.ask()
            await deadlines.until_due()
            deadlines.recovered_at = clock.utc_now()
            found = await deadlines.breaches()
    assert any("escalations [1]" in what for what in found), "the checker did not notice an escalation forgotten"
