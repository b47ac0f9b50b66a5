"""What must hold after every step of a simulated office, told by the rows and by what was done to them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.casework.handoff.conditions.domain import ConditionState
from services.casework.handoff.deadlines.domain import SPREAD, DeadlineKind, DeadlineState
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.handoff.handoffs import domain
from services.casework.handoff.handoffs.domain import MOVES, OPEN, HandoffState, Move
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.casework.office.directory.domain import add_working_time, working_time_between
from tests.support.simulation.rows import ABSENT, Done, Rows

WATCHED_WITHIN = timedelta(minutes=5)
"""After so long an escalation step that was not taken is an alarm (`handoff.md` §8)."""
GRACE = timedelta(minutes=5) + SPREAD
"""For a step that died and was made again, and for the spread of deadlines."""
A_SECOND = timedelta(seconds=1)
MOVE_VERBS = {move.value: move for move in Move}


@dataclass(slots=True)
class Ledger:
    """What the checker itself remembers of a deadline: since when it runs, and what was left of it when it was
    paused."""

    runs_since: datetime
    left: timedelta | None = None


@dataclass(slots=True)
class Checker:
    """Collects breaches; each is told once, with the hand-off's number in the run."""

    rows: Rows
    breaches: list[str] = field(default_factory=list)
    checked: int = 0
    _ledgers: dict[UUID, Ledger] = field(default_factory=dict)
    _said: dict[UUID, list[str]] = field(default_factory=dict)
    _escalations: set[tuple[UUID, str, int, int]] = field(default_factory=set)

    def look(self, done: Iterable[Done], now: datetime, excused_until: Callable[[UUID], datetime]) -> None:
        """One committed step. ``excused_until``: before then, the timer of a hand-off could not look."""
        self.checked += 1
        touched: dict[UUID, Handoff] = {}
        groups: dict[UUID, HandoffGroup] = {}
        for one in done:
            match one.row:
                case Deadline():
                    self._deadline(one, now)
                    touched[one.row.about_id] = self.rows.handoffs[one.row.about_id]
                case EscalationStep() if one.before is ABSENT:
                    self._escalation(one.row, now, excused_until(one.row.about_id))
                case Handoff():
                    self._move(one)
                    touched[one.row.id] = one.row
                case HandoffGroup():
                    groups[one.row.id] = one.row
        for handoff in touched.values():
            self.stands(handoff)
            groups[handoff.group_id] = self.rows.groups[handoff.group_id]
        for group in groups.values():
            self._group(group)

    def stands(self, handoff: Handoff) -> None:
        """One promise holder, and a deadline for whatever is open."""
        state, held = handoff.state, handoff.held_state
        owes = domain.promise_holder(state, handoff.from_agency, handoff.to_agency, held)
        if handoff.promise_holder != owes:
            self._tell(handoff, f"{handoff.promise_holder} holds the promise in {state}, {owes} should")
        if (state == HandoffState.ON_HOLD) != (held is not None):
            self._tell(handoff, f"{state} and held in {held}")
        running = [c for c in self.rows.deadlines_of[handoff.id] if c.state == DeadlineState.RUNNING]
        if state in OPEN - {HandoffState.DRAFT, HandoffState.ON_HOLD} and not running:
            self._tell(handoff, f"{state} without a running deadline")
        is_asked = any(c.kind == DeadlineKind.REPLY_BY for c in running)
        stands_still = [c.kind for c in self.rows.deadlines_of[handoff.id] if c.state == DeadlineState.PAUSED]
        if stands_still and state != HandoffState.ON_HOLD and not is_asked:
            self._tell(handoff, f"{state}, and nobody will let {stands_still} go on")
        live = {
            c.occurrence
            for c in self.rows.deadlines_of[handoff.id]
            if c.kind == DeadlineKind.PROMISE_BY and c.state != DeadlineState.STOPPED
        }
        if timeless := [
            p.code for p in self.rows.promises(handoff.id) if p.state == ConditionState.OPEN and p.number not in live
        ]:
            self._tell(handoff, f"{state}, and no deadline for {timeless}")
        if state == HandoffState.DRAFT and self.rows.deadlines_of[handoff.id]:
            self._tell(handoff, "a draft with a deadline")
        due = min((c.due_at for c in running), default=None)
        if handoff.due_at != due:
            self._tell(handoff, f"shows {handoff.due_at} as due next, its deadlines say {due}")

    def is_overdue(self, handoff: Handoff, now: datetime, excused_until: datetime) -> bool:
        """Whether an escalation step should have escalated by now."""
        late = [
            c
            for c in self.rows.deadlines_of[handoff.id]
            if c.state == DeadlineState.RUNNING
            and c.escalates_at is not None
            and now > max(c.escalates_at, self._ledgers[c.id].runs_since, excused_until) + WATCHED_WITHIN + GRACE
        ]
        for silent in late:
            self._tell(handoff, f"{silent.kind} should have escalated at {silent.escalates_at}, it is {now}")
        return bool(late)

    def _tell(self, about: Handoff | HandoffGroup, what: str) -> None:
        members = [about] if isinstance(about, Handoff) else self.rows.of_group[about.id]
        said = "; ".join(", ".join(self._said.get(member.id, ())) for member in members)
        self.breaches.append(f"{about.id.hex[:8]} {about.purpose}: {what} (after {said})")

    def _move(self, one: Done) -> None:
        handoff = one.row
        self._said.setdefault(handoff.id, []).append(one.verb)
        if one.before is ABSENT or one.verb not in MOVE_VERBS:
            return
        before, move = HandoffState(one.before["state"]), MOVE_VERBS[one.verb]
        if (before, move) not in MOVES:
            self._tell(handoff, f"{move} out of {before}")

    def _group(self, group: HandoffGroup) -> None:
        members = self.rows.of_group[group.id]
        firm = [
            h.to_agency for h in members if domain.is_firm(h.state, h.held_state) or h.state == HandoffState.COMPLETED
        ]
        if len(firm) > 1:
            self._tell(group, f"{len(firm)} firm yeses: {', '.join(firm)}")
        if len(firm) == 1 and group.won_by != firm[0]:
            self._tell(group, f"{firm[0]} has given a firm yes, the group says {group.won_by}")

    def _deadline(self, one: Done, now: datetime) -> None:
        row, verb = one.row, one.verb
        about = self.rows.handoffs[row.about_id]
        if verb == "start":
            self._ledgers[row.id] = Ledger(now)
            if row.escalations:
                self._carry_over(row, about)
            return
        ledger = self._ledgers[row.id]
        match verb:
            case "pause":
                ledger.left = self._worked(row, now, row.due_at) if row.due_at > now else timedelta()
            case "resume":
                self._resumed(one, ledger, about, now)
                ledger.left = None
            case "stop" if row.escalates_at is not None:
                self._tell(about, f"{row.kind} has stopped and will escalate at {row.escalates_at}")
        ledger.runs_since = now

    def _carry_over(self, row: Deadline, about: Handoff) -> None:
        """A condition that passes from one candidate to another goes on in its escalation policy where it stood."""
        others = {other.id for other in self.rows.of_group[about.group_id]} - {about.id}
        taken = {step_no for about_id, kind, _, step_no in self._escalations if about_id in others and kind == row.kind}
        for step_no in range(1, row.escalations + 1):
            if step_no not in taken or row.kind != DeadlineKind.PROMISE_BY:
                self._tell(about, f"{row.kind} {row.occurrence} goes on after escalation {step_no}, which nobody took")
            self._escalations.add((row.about_id, row.kind, row.occurrence, step_no))

    def _resumed(self, one: Done, ledger: Ledger, about: Handoff, now: datetime) -> None:
        """What was left before a pause is left after it, to the second."""
        row: Deadline = one.row
        assert ledger.left is not None
        due = self._after(row, now, ledger.left) if ledger.left else one.before.get("due_at", row.due_at)
        first, last = sorted((due, row.due_at))
        if self._worked(row, first, last) > A_SECOND:
            self._tell(about, f"{row.kind} goes on until {row.due_at}, what was left ends {due}")

    def _after(self, row: Deadline, since: datetime, amount: timedelta) -> datetime:
        if not row.desk:
            return since + amount
        pack = self.rows.pack
        return add_working_time(since, amount, pack.calendar_of(row.agency, row.desk), pack.zone_of(row.agency))

    def _worked(self, row: Deadline, since: datetime, until: datetime) -> timedelta:
        if not row.desk:
            return until - since
        pack = self.rows.pack
        return working_time_between(since, until, pack.calendar_of(row.agency, row.desk), pack.zone_of(row.agency))

    def _escalation(self, escalation: EscalationStep, now: datetime, excused_until: datetime) -> None:
        about = self.rows.handoffs[escalation.about_id]
        key = escalation.about_id, escalation.deadline, escalation.occurrence, escalation.step_no
        what = f"escalation {escalation.step_no} of {escalation.deadline} {escalation.occurrence}"
        if key in self._escalations:
            self._tell(about, f"{what} twice")
        if escalation.step_no > 1 and (*key[:3], escalation.step_no - 1) not in self._escalations:
            self._tell(about, f"{what} before the one below it")
        self._escalations.add(key)
        deadline = self._deadline_of(escalation)
        searching = deadline.kind in ("RECEIVED_BY", "ANSWER_BY")
        escalation_policy = [
            r
            for r in self.rows.pack.escalation_policies[deadline.escalation_policy]
            if searching or r.kind != "NEXT_CANDIDATE"
        ]
        step = escalation_policy[min(escalation.step_no, len(escalation_policy)) - 1]
        if deadline.state != DeadlineState.RUNNING:
            self._tell(about, f"{what} of a deadline that is {deadline.state}")
            return
        if escalation.kind != step.kind or deadline.escalations != escalation.step_no:
            self._tell(
                about,
                f"{what} is {escalation.kind}, the escalation policy says {step.kind}; the deadline counts "
                f"{deadline.escalations}",
            )
        escalates_at = deadline.due_at + step.after
        if now < escalates_at:
            self._tell(about, f"{what} at {now}, its instant is {escalates_at}")
        since = max(escalates_at, self._ledgers[deadline.id].runs_since, excused_until)
        if now > since + WATCHED_WITHIN + GRACE:
            self._tell(about, f"{what} at {now}, its instant was {since}")

    def _deadline_of(self, escalation: EscalationStep) -> Deadline:
        deadlines = self.rows.deadlines_of[escalation.about_id]
        return next(c for c in deadlines if (c.kind, c.occurrence) == (escalation.deadline, escalation.occurrence))


def counted(rows: Rows) -> dict[str, Any]:
    """The figures of a run: hand-offs by state, deadlines, escalation steps."""
    states: dict[str, int] = {}
    for handoff in rows.handoffs.values():
        states[handoff.state] = states.get(handoff.state, 0) + 1
    return {
        "hand-offs": len(rows.handoffs),
        "groups": len(rows.groups),
        "deadlines": sum(map(len, rows.deadlines_of.values())),
        "escalations": sum(map(len, rows.escalations_of.values())),
        "conditions": len(rows.conditions),
        **dict(sorted(states.items())),
    }
