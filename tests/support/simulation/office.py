"""Ten years of an office in a loop of events: people, timers, crashes, outages, decrees; all from one seed."""

import hashlib
import heapq
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import yaml

from services.casework.handoff.deadlines.domain import DeadlineState
from services.casework.handoff.deadlines.tables import EscalationStep
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands
from services.casework.handoff.handoffs.commands import DeskOf, Reach, RequestHandoff
from services.casework.handoff.handoffs.domain import OPEN
from services.casework.handoff.handoffs.messages import DeadlineReading
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack, DayOff, DayOffKind
from services.casework.office.matters.domain import case
from services.chassis.errors import SigapError
from services.chassis.principal import Principal
from tests.support.simulation.checker import Checker, counted
from tests.support.simulation.faulty_variants import without
from tests.support.simulation.people import SYSTEM, Command, Step, Temper, next_step, pause_of
from tests.support.simulation.rows import Rows, Work, rows_in_memory, run

PACK = Path("deploy/districts/35.24-lamongan/casework.yaml")
STARTS = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
YEARS = 10
PURPOSES = (
    Purpose.INPATIENT_BED, Purpose.INPATIENT_BED, Purpose.EMERGENCY_CARE, Purpose.FAMILY_TRACING, Purpose.PLACEMENT,
    Purpose.MEDICINE_CONTINUITY, Purpose.CUSTODY_TRANSFER, Purpose.INSURANCE,
)  # fmt: skip
CANDIDATES = ("rsud-soegiri", "rsj-menur", "rsj-lawang", "puskesmas-babat", "upt-bina-laras", "desa-sukodadi")
SENDERS = ("dinsos-lamongan", "dinsos-lamongan", "satpolpp-lamongan")
RECONCILED_EVERY = timedelta(hours=12)
LATE_AT_MOST = timedelta(minutes=4)


def simulated_pack() -> CaseworkPack:
    """The district's pack, with a deadline for receipt where there is time for one, and an agency in another zone."""
    pack = CaseworkPack.model_validate(yaml.safe_load(PACK.read_text()))
    sla_rules = tuple(
        rule if rule.emergency else rule.model_copy(update={"receive_within": rule.answer_within / 2})
        for rule in pack.sla_rules
    )
    agencies = tuple(
        agency.model_copy(update={"zone": "Asia/Jayapura"}) if agency.code == "upt-bina-laras" else agency
        for agency in pack.agencies
    )
    return pack.model_copy(update={"sla_rules": sla_rules, "agencies": agencies})


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: figures, breaches, and a digest of everything that was done."""

    figures: dict[str, int]
    breaches: list[str]
    digest: str


@dataclass(slots=True)
class Keeper:
    """The workflow of one hand-off, as far as it matters: which timer is the valid one, whether the run is lost."""

    armed: int = 0
    lost: bool = False


@dataclass(slots=True)
class Office:
    """One run."""

    wanted: int
    chance: Random
    rows: Rows = field(default_factory=lambda: Rows(simulated_pack()))
    counts: Counter[str] = field(default_factory=Counter)
    now: datetime = STARTS
    checker: Checker = field(init=False)
    _ahead: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _number: int = 0
    _keepers: dict[UUID, Keeper] = field(default_factory=dict)
    _excused: dict[UUID, datetime] = field(default_factory=dict)
    _tempers: dict[UUID, Temper] = field(default_factory=dict)
    _said: Counter[UUID] = field(default_factory=Counter)
    _convened: list[UUID] = field(default_factory=list)
    _outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    _digest: Any = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        self.checker = Checker(self.rows)
        at = STARTS
        while at < STARTS + timedelta(days=366 * YEARS):
            at += timedelta(days=self.chance.expovariate(1 / 25))
            ends = at + timedelta(minutes=self.chance.choice([5, 45, 300, 3000]) * self.chance.random())
            self._outages.append((at, ends))
            at = ends

    def run(self) -> Report:
        """Until every hand-off has ended, or ten years and one have passed."""
        ends = STARTS + timedelta(days=366 * (YEARS + 1))
        self._after(timedelta(), self._open)
        self._after(RECONCILED_EVERY, self._reconcile)
        self._after(timedelta(days=200), self._decree)
        while self._ahead and self._ahead[0][0] < ends and not self.checker.breaches:
            self.now, _, happens = heapq.heappop(self._ahead)
            happens()
        for handoff in self.rows.handoffs.values():
            self.checker.stands(handoff)
        figures = counted(self.rows) | dict(sorted(self.counts.items())) | {"steps checked": self.checker.checked}
        return Report(figures, self.checker.breaches, self._digest.hexdigest())

    # time

    def _after(self, wait: timedelta, happens: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._ahead, (self.now + wait, self._number, happens))

    def _seconds(self, most: float) -> timedelta:
        return timedelta(seconds=self.chance.uniform(0, most))

    def _outage(self) -> tuple[datetime, datetime]:
        """The last outage of the workflow server that has begun."""
        return self._outages[max(bisect_right(self._outages, (self.now, self.now)) - 1, 0)]

    def _is_away(self) -> bool:
        began, ends = self._outage()
        return began <= self.now < ends

    def _excused_until(self, handoff_id: UUID) -> datetime:
        began, ends = self._outage()
        if self._keepers[handoff_id].lost or began <= self.now < ends:
            return self.now
        return max(self._excused.get(handoff_id, STARTS), ends if ends <= self.now else STARTS)

    # one command, one commit

    def _do(self, who: Principal, command: Command) -> Any:
        """Run a command as one unit; nothing is left of one that is refused. Answers what it answered."""
        work = Work(self.rows, who, self.now)
        try:
            answer = run(command(work))
        except SigapError as refused:
            work.roll_back()
            self.counts[f"refused {type(refused).__name__}"] += 1
            return None
        if self.chance.random() < 0.01:
            work.roll_back()
            self.counts["died before the commit"] += 1
            return None
        self._committed(work)
        return answer

    def _committed(self, work: Work) -> None:
        if not work.done and not work.woken:
            return
        changed = [(type(one.row).__name__, one.verb, one.row) for one in work.done]
        for kind, verb, row in changed:
            self._digest.update(f"{self.now} {kind} {verb} {getattr(row, 'version', '')}".encode())
            if kind == "Handoff":
                self.counts[f"did {verb}"] += 1
                if row.id not in self._tempers:
                    self._met(row)
        self.checker.look(work.done, self.now, self._excused_until)
        for handoff_id in dict.fromkeys(work.woken):
            self._wake(handoff_id)

    def _met(self, handoff: Handoff) -> None:
        """A new hand-off: its receiver has a temper, its deadline a keeper."""
        self._tempers[handoff.id] = self.chance.choice(list(Temper))
        self._keepers[handoff.id] = Keeper()
        self._speak_later(handoff.id)

    # people

    def _open(self) -> None:
        if len(self.rows.handoffs) >= self.wanted:
            return
        gap = timedelta(days=366 * YEARS) / (self.wanted / 1.6)
        self._after(gap * self.chance.expovariate(1), self._open)
        new = [UUID(int=self.chance.getrandbits(128)) for _ in range(3)]
        request = RequestHandoff(
            about=case(new[0]),
            correlation_id=new[1],
            district=self.rows.pack.district,
            person_id=new[2],
            village_code="35.24.17.2007",
            step="step",
            occurrence=1,
            purpose=self.chance.choice(PURPOSES),
            from_agency=self.chance.choice(SENDERS),
            candidates=self.chance.sample(CANDIDATES, self.chance.randint(1, 4)),
            reply_to="",
            reply_workflow="",
            mode=self.chance.choice(["sequential", "parallel"]),
            is_draft=self.chance.random() < 0.1,
        )
        self._do(SYSTEM, lambda work: commands.open_handoff(request, work))

    def _speak_later(self, handoff_id: UUID) -> None:
        self._after(pause_of(self._tempers[handoff_id], self.chance), lambda: self._speak(handoff_id))

    def _speak(self, handoff_id: UUID) -> None:
        handoff = self.rows.handoffs[handoff_id]
        self._said[handoff_id] += 1
        step = next_step(handoff, self.rows, self._tempers[handoff_id], self._said[handoff_id], self.now, self.chance)
        if step is not None:
            self._say(step)
        lives = handoff.state in OPEN or self._said[handoff_id] < 12
        owed = any(c.state != DeadlineState.STOPPED for c in self.rows.deadlines_of[handoff_id])
        if (step is not None and lives) or owed:
            self._speak_later(handoff_id)

    def _say(self, step: Step) -> None:
        self._do(step.who, step.command)
        if self.chance.random() < 0.03:
            self.counts["said again, the answer was lost"] += 1
            self._do(step.who, step.command)

    def _decree(self) -> None:
        """A day off more, told a few days before or after the fact."""
        self._after(timedelta(days=self.chance.uniform(20, 200)), self._decree)
        pack = self.rows.pack
        day = (self.now + timedelta(days=self.chance.randint(-3, 5))).date()
        if any(off.day == day for off in pack.days_off):
            return
        off = DayOff(day=day, kind=DayOffKind.LOCAL, name="Hari libur daerah", source="SK Bupati")
        self.rows.pack = pack.model_copy(update={"days_off": (*pack.days_off, off)})
        self._do(SYSTEM, lambda work: commands.recompute_deadlines(self.rows.pack, pack, work))

    # timers

    def _reconcile(self) -> None:
        """The daily command; before it, whoever has not escalation step in time is told."""
        for handoff_id in sorted(self.rows.alive & self.rows.handoffs.keys()):
            self.checker.is_overdue(self.rows.handoffs[handoff_id], self.now, self._excused_until(handoff_id))
        self._do(SYSTEM, lambda work: commands.rearm_deadlines(work))
        if len(self.rows.handoffs) < self.wanted or self.rows.alive:
            self._after(RECONCILED_EVERY, self._reconcile)

    def _wake(self, handoff_id: UUID) -> None:
        """The relay brings the signal; now and then twice."""
        for _ in range(2 if self.chance.random() < 0.02 else 1):
            self._after(self._seconds(2), lambda: self._look(handoff_id))

    def _when_back(self, again: Callable[[], None]) -> bool:
        """While the workflow server is away nothing looks; afterwards everything does."""
        if self._is_away():
            self._after(self._outage()[1] - self.now + self._seconds(30), again)
            return True
        return False

    def _look(self, handoff_id: UUID) -> None:
        if self._when_back(lambda: self._look(handoff_id)):
            return
        keeper = self._keepers[handoff_id]
        if keeper.lost:
            keeper.lost = False
            self._excused[handoff_id] = self.now
        reading = self._do(SYSTEM, lambda work: commands.read_deadlines(handoff_id, work))
        if reading is None:
            self._after(self._seconds(20), lambda: self._look(handoff_id))
        else:
            self._arm(handoff_id, reading)

    def _arm(self, handoff_id: UUID, reading: DeadlineReading) -> None:
        """The timer for the next look: on time, early, late, twice, or never."""
        keeper = self._keepers[handoff_id]
        keeper.armed += 1
        if reading.next_check_at is None:
            return
        armed = keeper.armed
        wait = max(reading.next_check_at - self.now, timedelta())
        fate = self.chance.random()
        if fate < 0.02:
            keeper.lost = True
            self.counts["timers lost"] += 1
            return
        if fate < 0.07:
            wait = max(wait - self._seconds(600), timedelta(seconds=1))
            self.counts["timers early"] += 1
        elif fate < 0.12:
            wait += LATE_AT_MOST * self.chance.random()
            self.counts["timers late"] += 1
        elif fate < 0.17:
            self.counts["timers twice"] += 1
            self._after(wait + self._seconds(60), lambda: self._ring(handoff_id, None))
        self._after(wait, lambda: self._ring(handoff_id, armed))

    def _ring(self, handoff_id: UUID, armed: int | None) -> None:
        keeper = self._keepers[handoff_id]
        if armed is not None and armed != keeper.armed:
            return
        if self._when_back(lambda: self._ring(handoff_id, armed)):
            return
        reach = Reach(self._convene, self._have_called, self._find_empty)
        reading = self._do(SYSTEM, lambda work: commands.escalate_if_due(handoff_id, reach, work))
        if reading is None or self.chance.random() < 0.03:
            self.counts["rang again, the acknowledgement was lost"] += 1
            self._after(self._seconds(30), lambda: self._ring(handoff_id, armed))
        elif armed is not None:
            self._arm(handoff_id, reading)

    async def _convene(self, handoff: Handoff, uow: Any) -> None:
        """A case conference: somebody has to decide."""
        self._said[handoff.id] += 5
        self.counts["conferences"] += 1

    async def _have_called(self, handoff: Handoff, escalation: EscalationStep, desk: DeskOf, uow: Any) -> None:
        """Nobody delivers messages here, so that every escalation step's is telephoned after a while."""
        self.counts["telephone calls"] += 1

    async def _find_empty(self, handoff: Handoff, desk: DeskOf, uow: Any) -> bool:
        """Somebody has the turn at every desk."""
        return False


def simulate(handoffs: int, seed: int, variant: str = "") -> Report:
    """Run an office of so many hand-offs over ten years; with ``variant`` one promise is taken away from it."""
    chance = Random(seed)
    with rows_in_memory(chance), without(variant) if variant else nullcontext():
        return Office(handoffs, chance).run()


if __name__ == "__main__":
    print(simulate(int(sys.argv[1]), int(sys.argv[2])).digest)
