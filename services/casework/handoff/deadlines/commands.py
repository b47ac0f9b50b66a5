"""The only code that changes clocks and writes rungs."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from services.casework.handoff.deadlines import domain, repository
from services.casework.handoff.deadlines.domain import ClockKind, ClockState, Notice
from services.casework.handoff.deadlines.tables import Clock, RungRow
from services.casework.office.directory.domain import (
    NOTIFIED_RUNGS,
    CaseworkPack,
    Recomputed,
    Rung,
    RungKind,
    RunningClock,
    add_working_time,
    explain_deadline,
    recompute_deadline,
    working_time_between,
)
from services.chassis import clock
from services.chassis.database import Aggregate, UnitOfWork

CLOCKS = UUID("1b6f3a52-0f4e-5a0a-9a0e-3f3c7f9d2c61")


@dataclass(frozen=True, slots=True)
class StartClock:
    """A promise of time begins: ``owner`` must act ``within`` it, in the working time of a desk or around the clock."""

    kind: ClockKind
    owner: str
    agency: str
    desk: str
    within: timedelta
    ladder: str
    in_working_time: bool = True
    is_emergency: bool = False
    occurrence: int = 0
    until: datetime | None = None


class ClockSet:
    """All clocks of one hand-off inside a unit of work: read once, changed together."""

    def __init__(
        self, about: Aggregate, clocks: Iterable[Clock], pack: CaseworkPack, now: datetime, uow: UnitOfWork
    ) -> None:
        self._about = about
        self._clocks = list(clocks)
        self._pack = pack
        self._now = now
        self._uow = uow

    def running(self) -> list[Clock]:
        """The clocks that run now, next due first."""
        return sorted((c for c in self._clocks if c.state == ClockState.RUNNING), key=lambda c: (c.due_at, c.id))

    def next_due(self) -> Clock | None:
        """The running clock that is due first."""
        return next(iter(self.running()), None)

    def is_running(self, kind: ClockKind) -> bool:
        """Whether a clock of this kind runs."""
        return any(c.kind == kind for c in self.running())

    def is_paused(self, kind: ClockKind) -> bool:
        """Whether a clock of this kind stands still."""
        return any(c.kind == kind and c.state == ClockState.PAUSED for c in self._clocks)

    def due_of(self, kind: ClockKind) -> datetime | None:
        """When the running clock of a kind is due."""
        return next((c.due_at for c in self.running() if c.kind == kind), None)

    def look_at(self) -> datetime | None:
        """When the hand-off's timer should look next; none when nothing will ring."""
        ahead = ((c.rings_at, c.is_emergency) for c in self.running() if c.rings_at is not None)
        return domain.look_at(ahead, self._about.id, self._now)

    def start(self, command: StartClock) -> Clock:
        """Start a clock; ``occurrence`` 0 means one more than there were of its kind."""
        known = [c.occurrence for c in self._clocks if c.kind == command.kind]
        occurrence = command.occurrence or max(known, default=0) + 1
        due_at = command.until or self._due(command.within, command.agency, command.desk, command.in_working_time)
        promised = due_at - self._now if command.until else command.within
        started = Clock(
            id=clock.derived_id(CLOCKS, f"{self._about.id}:{command.kind}:{occurrence}"),
            correlation_id=self._about.correlation_id,
            district=self._about.district,
            handoff_id=self._about.id,
            kind=command.kind.value,
            occurrence=occurrence,
            owner=command.owner,
            agency=command.agency,
            desk=command.desk if command.in_working_time else "",
            state=ClockState.RUNNING.value,
            is_emergency=command.is_emergency,
            ladder=command.ladder,
            promised_seconds=int(promised.total_seconds()),
            started_at=self._now,
            due_at=due_at,
            rings_at=domain.rings_at_of(due_at, 0, self._ladder(command)),
            sentence=self._sentence(due_at, promised, command.agency, command.desk if command.in_working_time else ""),
        )
        self._uow.create(started, "start")
        self._clocks.append(started)
        return started

    async def stop(
        self,
        reason: str,
        kinds: Collection[ClockKind] | None = None,
        *,
        occurrence: int | None = None,
        spare: Collection[int] = (),
        happened_at: datetime | None = None,
    ) -> None:
        """The promise was kept, or nobody waits for it any more: these clocks (all, without ``kinds``) end.

        ``spare`` names the promises whose clocks go on. With ``happened_at`` before a rung's due instant the rung stays
        and is remarked on: done in time, told late.
        """
        for alive in [c for c in self._clocks if c.state != ClockState.STOPPED]:
            if (kinds is not None and alive.kind not in kinds) or occurrence not in (None, alive.occurrence):
                continue
            if alive.kind == ClockKind.PROMISE_BY and alive.occurrence in spare:
                continue
            self._uow.change(
                alive,
                "stop",
                reason=reason,
                happened_at=happened_at,
                state=ClockState.STOPPED.value,
                stopped_at=happened_at or self._now,
                rings_at=None,
                left_seconds=None,
            )
            if happened_at is not None and alive.rungs:
                for rung in await repository.rungs_of_clock(self._uow, alive):
                    self._uow.set(rung, remark=domain.remark_on(rung.due_at, happened_at))

    def go_on(self, reason: str, kinds: Collection[ClockKind]) -> None:
        """A mis-click is undone: the last clock of each kind runs on as if it had never stopped."""
        for kind in kinds:
            stopped = max((c for c in self._clocks if c.kind == kind), key=lambda c: c.occurrence, default=None)
            if stopped is not None and stopped.state == ClockState.STOPPED:
                self._run(stopped, "go_on", stopped.due_at, reason=reason, stopped_at=None)

    def pause(self, reason: str, kinds: Collection[ClockKind] | None = None) -> None:
        """Let clocks stand still and keep what was left of them. Raises ``EmergencyCannotPause``."""
        for running in self.running():
            if kinds is not None and running.kind not in kinds:
                continue
            if running.is_emergency:
                raise domain.EmergencyCannotPause((), clock=running.kind)
            self._uow.change(
                running,
                "pause",
                reason=reason,
                state=ClockState.PAUSED.value,
                left_seconds=ceil(self._left(running).total_seconds()),
                rings_at=None,
            )

    def resume(self, reason: str, kinds: Collection[ClockKind] | None = None) -> None:
        """Let paused clocks go on with what was left of them. Rungs that rang stay; what was overdue rings on."""
        for paused in [c for c in self._clocks if c.state == ClockState.PAUSED]:
            if kinds is not None and paused.kind not in kinds:
                continue
            left = timedelta(seconds=paused.left_seconds or 0)
            due_at = self._due(left, paused.agency, paused.desk, bool(paused.desk)) if left else paused.due_at
            sentence = self._sentence(due_at, left, paused.agency, paused.desk) if left else paused.sentence
            self._run(
                paused,
                "resume",
                due_at,
                reason=reason,
                left_seconds=None,
                sentence=sentence,
                started_at=self._now,
                promised_seconds=int(left.total_seconds()),
            )

    async def ring(self, is_empty: "IsEmpty") -> list[tuple[Clock, RungRow]]:
        """Write the next rung of every clock whose time has come; at most one each, each once.

        A reminder for a desk at which nobody has the turn goes to the head.
        """
        rang = []
        for running in self.running():
            ringing = domain.ring(self._now, running.due_at, running.rungs, self._ladder(running))
            if ringing.kind is None:
                continue
            is_rerouted = ringing.kind == RungKind.REMIND_DESK and await is_empty(running)
            kind = RungKind.SECTION_HEAD if is_rerouted else ringing.kind
            is_notified = kind in NOTIFIED_RUNGS
            rung = RungRow(
                handoff_id=running.handoff_id,
                clock=running.kind,
                occurrence=running.occurrence,
                rung_no=ringing.rung_no,
                kind=kind.value,
                due_at=running.due_at,
                decided_at=self._now,
                district=running.district,
                remark=domain.NOBODY_ON_DUTY if is_rerouted else None,
                fact_id=clock.new_id(),
                notice=Notice.AWAITED.value if is_notified else None,
                notice_by=self._now + self._pack.notice_within if is_notified else None,
            )
            self._uow.insert(rung)
            self._uow.change(running, "ring", reason=kind.value, rungs=ringing.rung_no, rings_at=ringing.look_again_at)
            rang.append((running, rung))
        return rang

    async def awaited_notices(self) -> list[tuple[Clock, RungRow]]:
        """The rungs of clocks that still run of which nobody knows yet whether their message arrived."""
        running = {(c.kind, c.occurrence): c for c in self.running() if c.rungs}
        if not running:
            return []
        awaited = await repository.awaited_notices(self._uow, self._about.id)
        return [(running[key], rung) for rung in awaited if (key := (rung.clock, rung.occurrence)) in running]

    def recompute(self) -> list[tuple[Clock, Recomputed]]:
        """A decree changed the calendar: new deadlines for what runs in working time. Rungs that rang stay."""
        moved = []
        for running in [c for c in self.running() if c.desk]:
            found = recompute_deadline(
                RunningClock(
                    running.started_at, timedelta(seconds=running.promised_seconds), running.due_at, running.rungs
                ),
                self._pack.calendar_of(running.agency, running.desk),
                self._pack.zone_of(running.agency),
                self._pack.decree_grace,
                self._now,
            )
            if found.is_moved:
                self._run(running, "recompute", found.due_at, reason=found.effect.value, sentence=found.why)
                moved.append((running, found))
        return moved

    def _ladder(self, clock: Clock | StartClock) -> tuple[Rung, ...]:
        return domain.ladder_of(clock.kind, self._pack.ladders[clock.ladder])

    def _run(self, alive: Clock, verb: str, due_at: datetime, *, reason: str, **changes: Any) -> None:
        self._uow.change(
            alive,
            verb,
            reason=reason,
            state=ClockState.RUNNING.value,
            due_at=due_at,
            rings_at=domain.rings_at_of(due_at, alive.rungs, self._ladder(alive)),
            **changes,
        )

    def _due(self, within: timedelta, agency: str, desk: str, in_working_time: bool) -> datetime:
        if not in_working_time:
            return self._now + within
        calendar, zone = self._pack.calendar_of(agency, desk), self._pack.zone_of(agency)
        return add_working_time(self._now, within, calendar, zone)

    def _left(self, running: Clock) -> timedelta:
        if self._now >= running.due_at or not running.desk:
            return max(running.due_at - self._now, timedelta(0))
        calendar, zone = self._pack.calendar_of(running.agency, running.desk), self._pack.zone_of(running.agency)
        return working_time_between(self._now, running.due_at, calendar, zone)

    def _sentence(self, due_at: datetime, amount: timedelta, agency: str, desk: str) -> str:
        zone = self._pack.zone_of(agency)
        if not desk:
            return domain.sentence(amount, self._now, due_at, zone)
        found = self._pack.desk(agency, desk)
        return explain_deadline(self._now, amount, self._pack.calendar_of(agency, desk), zone, found.name)


IsEmpty = Callable[[Clock], Awaitable[bool]]
"""Whether nobody has the turn at the desk whose clock this is."""


async def clocks_of(about: Aggregate, pack: CaseworkPack, uow: UnitOfWork) -> ClockSet:
    """The clocks of a hand-off, locked."""
    return ClockSet(about, await repository.all_of(uow, about.id), pack, await uow.now(), uow)


async def clocks_of_new(about: Aggregate, pack: CaseworkPack, uow: UnitOfWork) -> ClockSet:
    """For a hand-off that is made in this unit of work."""
    return ClockSet(about, (), pack, await uow.now(), uow)
