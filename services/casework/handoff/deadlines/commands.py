"""The only code that changes deadlines and writes escalation steps."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from services.casework.handoff.deadlines import domain, repository
from services.casework.handoff.deadlines.domain import DeadlineKind, DeadlineState, Notice
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.office.directory.domain import (
    NOTIFIED_ESCALATIONS,
    Calendar,
    CaseworkPack,
    DecreeEffect,
    EscalationKind,
    PolicyStep,
    Recomputed,
    RunningDeadline,
    add_working_time,
    explain_deadline,
    recompute_deadline,
    working_time_between,
)
from services.casework.office.matters.domain import AboutKind
from services.chassis import clock
from services.chassis.database import Aggregate, UnitOfWork

DEADLINES = UUID("1b6f3a52-0f4e-5a0a-9a0e-3f3c7f9d2c61")


@dataclass(frozen=True, slots=True)
class StartDeadline:
    """A promise of time begins: ``owner`` must act ``within`` it, in the working time of a desk or around the clock.

    ``since``: when it began, if that lies before its record. ``escalations``: steps that were taken for the same
    promise while it hung on something else.
    """

    kind: DeadlineKind
    owner: str
    agency: str
    desk: str
    within: timedelta
    escalation_policy: str
    in_working_time: bool = True
    is_emergency: bool = False
    occurrence: int = 0
    until: datetime | None = None
    since: datetime | None = None
    escalations: int = 0


class Deadlines:
    """All deadlines of one thing, mostly a hand-off, inside a unit of work: read once, changed together."""

    def __init__(
        self,
        kind: AboutKind,
        about: Aggregate,
        deadlines: Iterable[Deadline],
        pack: CaseworkPack,
        now: datetime,
        uow: UnitOfWork,
    ) -> None:
        self._about_kind = kind
        self._about = about
        self._deadlines = list(deadlines)
        self._pack = pack
        self._now = now
        self._uow = uow

    def running(self) -> list[Deadline]:
        """The deadlines that run now, next due first."""
        return sorted((c for c in self._deadlines if c.state == DeadlineState.RUNNING), key=lambda c: (c.due_at, c.id))

    def next_due(self) -> Deadline | None:
        """The running deadline that is due first."""
        return next(iter(self.running()), None)

    def is_running(self, kind: DeadlineKind) -> bool:
        """Whether a deadline of this kind runs."""
        return any(c.kind == kind for c in self.running())

    def is_paused(self, kind: DeadlineKind) -> bool:
        """Whether a deadline of this kind stands still."""
        return any(c.kind == kind and c.state == DeadlineState.PAUSED for c in self._deadlines)

    def due_of(self, kind: DeadlineKind) -> datetime | None:
        """When the running deadline of a kind is due."""
        return next((c.due_at for c in self.running() if c.kind == kind), None)

    def look_at(self) -> datetime | None:
        """When the timer should look next; none when nothing will escalate."""
        ahead = ((c.escalates_at, c.is_emergency) for c in self.running() if c.escalates_at is not None)
        return domain.look_at(ahead, self._about.id, self._now)

    def start(self, command: StartDeadline) -> Deadline:
        """Start a deadline; ``occurrence`` 0 means one more than there were of its kind."""
        known = [c.occurrence for c in self._deadlines if c.kind == command.kind]
        occurrence = command.occurrence or max(known, default=0) + 1
        since = command.since or self._now
        desk = command.desk if command.in_working_time else ""
        due_at = command.until or self._due(since, command.within, command.agency, desk)
        promised = due_at - since if command.until else command.within
        started = Deadline(
            id=clock.derived_id(DEADLINES, f"{self._about.id}:{command.kind}:{occurrence}"),
            correlation_id=self._about.correlation_id,
            district=self._about.district,
            about_kind=self._about_kind.value,
            about_id=self._about.id,
            kind=command.kind.value,
            occurrence=occurrence,
            owner=command.owner,
            agency=command.agency,
            desk=desk,
            state=DeadlineState.RUNNING.value,
            is_emergency=command.is_emergency,
            escalation_policy=command.escalation_policy,
            promised_seconds=int(promised.total_seconds()),
            started_at=since,
            due_at=due_at,
            escalates_at=domain.escalates_at_of(due_at, command.escalations, self._escalation_policy(command)),
            escalations=command.escalations,
            sentence=self._sentence(since, due_at, promised, command.agency, desk),
        )
        self._uow.create(started, "start")
        self._deadlines.append(started)
        return started

    async def stop(
        self,
        reason: str,
        kinds: Collection[DeadlineKind] | None = None,
        *,
        occurrence: int | None = None,
        spare: Collection[int] = (),
        happened_at: datetime | None = None,
    ) -> None:
        """The promise was kept, or nobody waits for it any more: these deadlines (all, without ``kinds``) end.

        ``spare`` names the promises whose deadlines go on. With ``happened_at`` before an escalation step's due
        instant the escalation step stays and is remarked on: done in time, told late.
        """
        for alive in [c for c in self._deadlines if c.state in domain.ALIVE]:
            if (kinds is not None and alive.kind not in kinds) or occurrence not in (None, alive.occurrence):
                continue
            if alive.kind == DeadlineKind.PROMISE_BY and alive.occurrence in spare:
                continue
            self._uow.change(
                alive,
                "stop",
                reason=reason,
                happened_at=happened_at,
                state=DeadlineState.STOPPED.value,
                stopped_at=happened_at or self._now,
                escalates_at=None,
                left_seconds=None,
            )
            if happened_at is not None and alive.escalations:
                for escalation in await repository.escalations_of_deadline(self._uow, alive):
                    self._uow.set(escalation, remark=domain.remark_on(escalation.due_at, happened_at))

    def go_on(self, reason: str, kinds: Collection[DeadlineKind]) -> None:
        """A mis-click is undone: the last deadline of each kind runs on as if it had never stopped."""
        for kind in kinds:
            stopped = max((c for c in self._deadlines if c.kind == kind), key=lambda c: c.occurrence, default=None)
            if stopped is not None and stopped.state == DeadlineState.STOPPED:
                self._run(stopped, "go_on", stopped.due_at, reason=reason, stopped_at=None)

    def promises(self) -> int:
        """The number of the last condition that ever had a deadline here."""
        return max((c.occurrence for c in self._deadlines if c.kind == DeadlineKind.PROMISE_BY), default=0)

    def of_promise(self, number: int) -> Deadline | None:
        """The deadline of a condition, by the condition's number."""
        return next((c for c in self._deadlines if (c.kind, c.occurrence) == (DeadlineKind.PROMISE_BY, number)), None)

    def revive(self, stopped: Deadline, reason: str, due_at: datetime) -> None:
        """What stopped it did not happen: it runs on until another instant."""
        promised = due_at - stopped.started_at
        sentence = self._sentence(stopped.started_at, due_at, promised, stopped.agency, stopped.desk)
        self._run(stopped, "revive", due_at, reason=reason, stopped_at=None, sentence=sentence)

    def pause(self, reason: str, kinds: Collection[DeadlineKind] | None = None) -> None:
        """Let deadlines stand still and keep what was left of them. Raises ``EmergencyCannotPause``."""
        for running in self.running():
            if kinds is not None and running.kind not in kinds:
                continue
            if running.is_emergency:
                raise domain.EmergencyCannotPause((), deadline=running.kind)
            self._uow.change(
                running,
                "pause",
                reason=reason,
                state=DeadlineState.PAUSED.value,
                left_seconds=ceil(self._left(running).total_seconds()),
                escalates_at=None,
            )

    def resume(self, reason: str, kinds: Collection[DeadlineKind] | None = None) -> None:
        """Let paused deadlines go on with what was left of them.

        Escalation steps that were taken stay; what was overdue escalates on.
        """
        for paused in [c for c in self._deadlines if c.state == DeadlineState.PAUSED]:
            if kinds is not None and paused.kind not in kinds:
                continue
            left = timedelta(seconds=paused.left_seconds or 0)
            due_at = self._due(self._now, left, paused.agency, paused.desk) if left else paused.due_at
            sentence = self._sentence(self._now, due_at, left, paused.agency, paused.desk) if left else paused.sentence
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

    async def escalate(self, is_empty: "IsEmpty") -> list[tuple[Deadline, EscalationStep]]:
        """Write the next escalation step of every deadline whose time has come; at most one each, each once.

        A reminder for a desk at which nobody has the turn goes to the head.
        """
        rang = []
        for running in self.running():
            due_step = domain.escalate(self._now, running.due_at, running.escalations, self._escalation_policy(running))
            if due_step.kind is None:
                continue
            is_rerouted = due_step.kind == EscalationKind.REMIND_DESK and await is_empty(running)
            kind = EscalationKind.SECTION_HEAD if is_rerouted else due_step.kind
            is_notified = kind in NOTIFIED_ESCALATIONS
            escalation = EscalationStep(
                about_id=running.about_id,
                deadline=running.kind,
                occurrence=running.occurrence,
                step_no=due_step.step_no,
                kind=kind.value,
                due_at=running.due_at,
                decided_at=self._now,
                district=running.district,
                remark=domain.NOBODY_ON_DUTY if is_rerouted else None,
                fact_id=clock.new_id(),
                notice=Notice.AWAITED.value if is_notified else None,
                notice_by=self._now + self._pack.notice_within if is_notified else None,
            )
            self._uow.insert(escalation)
            self._uow.change(
                running,
                "escalate",
                reason=kind.value,
                escalations=due_step.step_no,
                escalates_at=due_step.next_check_at,
            )
            rang.append((running, escalation))
        return rang

    async def awaited_notices(self) -> list[tuple[Deadline, EscalationStep]]:
        """The escalation steps of deadlines that still run of which nobody knows yet whether their message arrived."""
        running = {(c.kind, c.occurrence): c for c in self.running() if c.escalations}
        if not running:
            return []
        awaited = await repository.awaited_notices(self._uow, self._about.id)
        return [
            (running[key], escalation)
            for escalation in awaited
            if (key := (escalation.deadline, escalation.occurrence)) in running
        ]

    def recompute(self, before: CaseworkPack | None) -> list[tuple[Deadline, Recomputed]]:
        """A decree changed the calendar: new deadlines for what runs in working time. Escalation steps that were taken
        stay. ``before``: the pack of until now, so that the sentence names the decree and its days.
        """
        moved = []
        for running in [c for c in self.running() if c.desk]:
            found = recompute_deadline(
                RunningDeadline(
                    running.started_at, timedelta(seconds=running.promised_seconds), running.due_at, running.escalations
                ),
                self._pack.calendar_of(running.agency, running.desk),
                self._pack.zone_of(running.agency),
                self._pack.decree_grace,
                self._now,
                self._calendar_before(running, before),
            )
            if found.is_moved:
                sentence = self._sentence_of_moved(running, found)
                self._run(running, "recompute", found.due_at, reason=found.effect.value, sentence=sentence)
                moved.append((running, found))
        return moved

    @staticmethod
    def _calendar_before(running: Deadline, before: CaseworkPack | None) -> Calendar | None:
        is_known = before is not None and any(agency.code == running.agency for agency in before.agencies)
        return before.calendar_of(running.agency, running.desk) if before and is_known else None

    def _sentence_of_moved(self, running: Deadline, found: Recomputed) -> str:
        """How the deadline is reckoned now, unless it is a grace period, and what moved it."""
        if found.effect == DecreeEffect.GRACE_GIVEN:
            return found.why
        promised = timedelta(seconds=running.promised_seconds)
        reckoned = self._sentence(running.started_at, found.due_at, promised, running.agency, running.desk)
        return f"{reckoned}. {found.why}"

    def _escalation_policy(self, deadline: Deadline | StartDeadline) -> tuple[PolicyStep, ...]:
        return domain.policy_of(deadline.kind, self._pack.escalation_policies[deadline.escalation_policy])

    def _run(self, alive: Deadline, verb: str, due_at: datetime, *, reason: str, **changes: Any) -> None:
        self._uow.change(
            alive,
            verb,
            reason=reason,
            state=DeadlineState.RUNNING.value,
            due_at=due_at,
            escalates_at=domain.escalates_at_of(due_at, alive.escalations, self._escalation_policy(alive)),
            **changes,
        )

    def _due(self, since: datetime, within: timedelta, agency: str, desk: str) -> datetime:
        if not desk:
            return since + within
        calendar, zone = self._pack.calendar_of(agency, desk), self._pack.zone_of(agency)
        return add_working_time(since, within, calendar, zone)

    def _left(self, running: Deadline) -> timedelta:
        if self._now >= running.due_at or not running.desk:
            return max(running.due_at - self._now, timedelta(0))
        calendar, zone = self._pack.calendar_of(running.agency, running.desk), self._pack.zone_of(running.agency)
        return working_time_between(self._now, running.due_at, calendar, zone)

    def _sentence(self, since: datetime, due_at: datetime, amount: timedelta, agency: str, desk: str) -> str:
        zone = self._pack.zone_of(agency)
        if not desk:
            return domain.sentence(amount, since, due_at, zone)
        found = self._pack.desk(agency, desk)
        return explain_deadline(since, amount, self._pack.calendar_of(agency, desk), zone, found.name)


IsEmpty = Callable[[Deadline], Awaitable[bool]]
"""Whether nobody has the turn at the desk whose deadline this is."""


async def deadlines_of(kind: AboutKind, about: Aggregate, pack: CaseworkPack, uow: UnitOfWork) -> Deadlines:
    """The deadlines of a thing, locked."""
    return Deadlines(kind, about, await repository.all_of(uow, about.id), pack, await uow.now(), uow)


async def deadlines_of_new(kind: AboutKind, about: Aggregate, pack: CaseworkPack, uow: UnitOfWork) -> Deadlines:
    """For a thing that is made in this unit of work."""
    return Deadlines(kind, about, (), pack, await uow.now(), uow)
