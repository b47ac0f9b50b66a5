# Above 400 lines: every stand-in beside the rows it answers from.
"""Rows in memory, and a unit of work on them: what the commands read and write while no engine runs.

Nothing here decides anything. Every query of the repositories that the commands use is answered from indexes, and a
unit that fails, or whose process dies before the commit, leaves no trace.
"""

from collections import defaultdict
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import pytest

from services.casework.handoff.conditions import repository as conditions_repository
from services.casework.handoff.conditions.domain import ConditionState
from services.casework.handoff.conditions.tables import Condition
from services.casework.handoff.deadlines import repository as deadlines_repository
from services.casework.handoff.deadlines.domain import DeadlineKind, DeadlineState, Notice
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.handoff.handoffs import repository as handoffs_repository
from services.casework.handoff.handoffs.commands import applying, binding, escalating, groups, moving, talking
from services.casework.handoff.handoffs.domain import OPEN, UNDECIDED, Beside, HandoffState
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup, SpokenAnswer
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.rosters import repository as rosters_repository
from services.casework.office.rosters.tables import Shift
from services.casework.person.custody import repository as custody_repository
from services.casework.person.custody.commands import chain as custody_commands
from services.casework.person.custody.tables import Custody
from services.chassis import clock
from services.chassis.database import Aggregate, Cause
from services.chassis.errors import NotFound
from services.chassis.principal import Principal

T = TypeVar("T")
ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Done:
    """One change of one row: which verb, what it was before (nothing when it was made), when."""

    row: Any
    verb: str
    before: dict[str, Any]
    at: datetime


@dataclass(slots=True)
class Rows:
    """All rows of the simulated office."""

    pack: CaseworkPack
    groups: dict[UUID, HandoffGroup] = field(default_factory=dict)
    handoffs: dict[UUID, Handoff] = field(default_factory=dict)
    conditions: dict[UUID, Condition] = field(default_factory=dict)
    of_matter: dict[UUID, list[HandoffGroup]] = field(default_factory=lambda: defaultdict(list))
    of_group: dict[UUID, list[Handoff]] = field(default_factory=lambda: defaultdict(list))
    deadlines_of: dict[UUID, list[Deadline]] = field(default_factory=lambda: defaultdict(list))
    escalations_of: dict[UUID, list[EscalationStep]] = field(default_factory=lambda: defaultdict(list))
    promises_of: dict[UUID, list[Condition]] = field(default_factory=lambda: defaultdict(list))
    spoken_of: dict[UUID, list[SpokenAnswer]] = field(default_factory=lambda: defaultdict(list))
    custody_of: dict[UUID, list[Custody]] = field(default_factory=lambda: defaultdict(list))
    alive: set[UUID] = field(default_factory=set)
    """Hand-offs that may have a deadline which has not stopped."""

    def promises(self, handoff_id: UUID) -> list[Condition]:
        """The promises of a hand-off now: one about the case may pass to another."""
        handoff = self.handoffs.get(handoff_id)
        found = self.promises_of[handoff.about_id] if handoff else []
        return sorted((one for one in found if one.handoff_id == handoff_id), key=lambda one: one.number)

    def shelves(self, row: Any) -> list[list[Any] | dict[UUID, Any]]:
        """Where a row stands."""
        match row:
            case HandoffGroup():
                return [self.groups, self.of_matter[row.about_id]]
            case Handoff():
                return [self.handoffs, self.of_group[row.group_id]]
            case Deadline():
                return [self.deadlines_of[row.about_id]]
            case EscalationStep():
                return [self.escalations_of[row.about_id]]
            case Condition():
                return [self.conditions, self.promises_of[row.matter_id]]
            case SpokenAnswer():
                return [self.spoken_of[row.handoff_id]]
            case Custody():
                return [self.custody_of[row.person_id]]
            case _:
                raise TypeError(f"no place for {type(row).__name__}")


class Work:
    """Stands in for ``UnitOfWork``: the same words, on rows in memory."""

    def __init__(self, rows: Rows, principal: Principal, now: datetime) -> None:
        self.principal = principal
        self.cause = Cause()
        self.rows = rows
        self.done: list[Done] = []
        self.woken: list[UUID] = []
        self._read: list[tuple[Handoff, dict[str, Any]]] = []
        self._now = now

    async def now(self) -> datetime:
        """The simulated instant."""
        return self._now

    async def locked(self, kind: type[Any], row_id: UUID, expected_version: int | None = None) -> Any:
        """Nobody else runs meanwhile. Raises ``NotFound``."""
        row: Any = (self.rows.handoffs if kind is Handoff else self.rows.conditions).get(row_id)
        if row is None:
            raise NotFound(kind=kind.__tablename__)
        return self.read([row])[0] if kind is Handoff else row

    def read(self, handoffs: Iterable[Handoff]) -> list[Handoff]:
        """Hand-offs as they are now; a command writes on the object before it says what it changes."""
        found = list(handoffs)
        self._read += [(handoff, dict(vars(handoff))) for handoff in found]
        return found

    def create(self, row: Aggregate, verb: str, **said: Any) -> None:
        """A new row."""
        self._place(row, verb)

    def insert(self, *rows: Any) -> None:
        """Rows that are written once."""
        for row in rows:
            self._place(row, "insert")

    def change(self, row: Aggregate, verb: str, *, happened_at: Any = None, reason: Any = None, **changes: Any) -> None:
        """Change an aggregate."""
        self._change(row, verb, {**changes, "version": row.version + 1})

    def put(self, *rows: Any) -> None:
        """What the workflow was told is looked at by nobody here."""

    def set(self, row: Any, **changes: Any) -> None:
        """Change a row that is no aggregate."""
        self._change(row, "set", changes)

    def publish(self, fact: Any, about: Aggregate, **said: Any) -> None:
        """The fact was made, so it has its shape; nobody listens here."""

    def feed(self, agency: str, item: dict[str, Any], about: Aggregate) -> None:
        """Nobody polls here."""

    def signal(self, workflow: str, workflow_id: str, signal: str, message: Any, *, start: Any, about: Any) -> None:
        """Wakes the keeper of the deadline once the unit is committed."""
        if workflow == "HandoffWorkflow":
            self.woken.append(start.handoff_id)

    def roll_back(self) -> None:
        """As if it had never been."""
        for done in reversed(self.done):
            if done.before is ABSENT:
                for shelf in self.rows.shelves(done.row):
                    _take_from(shelf, done.row)
            else:
                vars(done.row).update(done.before)
        for handoff, as_read in reversed(self._read):
            vars(handoff).update(as_read)
        self.done, self.woken, self._read = [], [], []

    def _place(self, row: Any, verb: str) -> None:
        for shelf in self.rows.shelves(row):
            if isinstance(shelf, dict):
                shelf[row.id] = row
            else:
                shelf.append(row)
        if isinstance(row, Deadline):
            self.rows.alive.add(row.about_id)
        self.done.append(Done(row, verb, ABSENT, self._now))

    def _change(self, row: Any, verb: str, changes: dict[str, Any]) -> None:
        held = vars(row)
        self.done.append(Done(row, verb, {name: held[name] for name in changes}, self._now))
        held.update(changes)
        if isinstance(row, Deadline):
            self.rows.alive.add(row.about_id)


def _take_from(shelf: list[Any] | dict[UUID, Any], row: Any) -> None:
    if isinstance(shelf, dict):
        del shelf[row.id]
    else:
        assert shelf[-1] is row
        shelf.pop()


def run(command: Coroutine[Any, Any, T]) -> T:
    """Run a command that never has to wait, because its rows are in memory."""
    try:
        command.send(None)
    except StopIteration as end:
        found: T = end.value
        return found
    raise RuntimeError("a command waited for something that is not in memory")


async def _group(uow: Work, group_id: UUID) -> HandoffGroup | None:
    return uow.rows.groups.get(group_id)


async def _group_of_handoff(uow: Work, handoff_id: UUID) -> UUID | None:
    found = uow.rows.handoffs.get(handoff_id)
    return found.group_id if found else None


async def _undecided_of_group(uow: Work, group_id: UUID) -> list[Handoff]:
    return uow.read(h for h in uow.rows.of_group[group_id] if h.state in UNDECIDED or h.held_state in UNDECIDED)


async def _reserves_of_group(uow: Work, group_id: UUID) -> list[Handoff]:
    return uow.read(h for h in uow.rows.of_group[group_id] if h.state == HandoffState.SUPERSEDED and h.is_reserve)


async def _beside_of(uow: Work, handoff_id: UUID) -> Beside:
    handoff = uow.rows.handoffs.get(handoff_id)
    if handoff is None:
        return Beside()
    running = [d for d in uow.rows.deadlines_of[handoff_id] if d.state == DeadlineState.RUNNING]
    return Beside(
        won_by=uow.rows.groups[handoff.group_id].won_by,
        others_were_told=any(h.state == HandoffState.SUPERSEDED for h in uow.rows.of_group[handoff.group_id]),
        is_emergency=any(d.is_emergency for d in running),
        question_is_open=any(d.kind == DeadlineKind.REPLY_BY for d in running),
    )


async def _open_of_group(uow: Work, group_id: UUID) -> list[Handoff]:
    return uow.read(sorted((h for h in uow.rows.of_group[group_id] if h.state in OPEN), key=lambda h: h.id))


async def _open_groups_of_matter(uow: Work, about_id: UUID) -> list[HandoffGroup]:
    return sorted((group for group in uow.rows.of_matter[about_id] if group.outcome is None), key=lambda g: g.id)


async def _unconfirmed_answers(uow: Work, handoff_id: UUID) -> list[SpokenAnswer]:
    return [answer for answer in uow.rows.spoken_of[handoff_id] if answer.verdict is None]


async def _by_ids(uow: Work, ids: list[UUID]) -> list[Handoff]:
    return uow.read(uow.rows.handoffs[one] for one in sorted(ids) if one in uow.rows.handoffs)


async def _all_of(uow: Work, about_id: UUID) -> list[Deadline]:
    return sorted(uow.rows.deadlines_of[about_id], key=lambda c: (c.due_at, c.id))


async def _escalations_of_deadline(uow: Work, of: Deadline) -> list[EscalationStep]:
    found = uow.rows.escalations_of[of.about_id]
    return [
        escalation for escalation in found if (escalation.deadline, escalation.occurrence) == (of.kind, of.occurrence)
    ]


async def _awaited_notices(uow: Work, about_id: UUID) -> list[EscalationStep]:
    return [escalation for escalation in uow.rows.escalations_of[about_id] if escalation.notice == Notice.AWAITED]


async def _handoffs_with_escalations_ahead(uow: Work) -> list[UUID]:
    rows = uow.rows
    rows.alive = {one for one in rows.alive if any(c.state != DeadlineState.STOPPED for c in rows.deadlines_of[one])}
    return sorted(one for one in rows.alive if any(_is_ahead(c, rows) for c in rows.deadlines_of[one]))


def _is_ahead(deadline: Deadline, rows: Rows) -> bool:
    """It will escalate, or the message of one of its escalation steps is waited for."""
    return deadline.state == DeadlineState.RUNNING and (
        deadline.escalates_at is not None
        or any(
            (step.deadline, step.occurrence, step.notice) == (deadline.kind, deadline.occurrence, Notice.AWAITED)
            for step in rows.escalations_of[deadline.about_id]
        )
    )


async def _handoffs_in_working_time(uow: Work, district: str) -> list[UUID]:
    rows = uow.rows
    return sorted(
        one
        for one in rows.alive
        if any(c.state == DeadlineState.RUNNING and c.desk and c.district == district for c in rows.deadlines_of[one])
    )


async def _of_handoff(uow: Work, handoff_id: UUID) -> list[Condition]:
    return uow.rows.promises(handoff_id)


async def _open_of_handoff(uow: Work, handoff_id: UUID) -> list[Condition]:
    return [condition for condition in uow.rows.promises(handoff_id) if condition.state == ConditionState.OPEN]


async def _open_of_handoffs(uow: Work, handoff_ids: Iterable[UUID]) -> list[Condition]:
    found = [condition for one in handoff_ids for condition in await _open_of_handoff(uow, one)]
    return sorted(found, key=lambda condition: (condition.due_at, condition.id))


async def _ids_of_group(uow: Work, group_id: UUID) -> list[UUID]:
    return sorted(handoff.id for handoff in uow.rows.of_group[group_id])


async def _handoff_of(uow: Work, condition_id: UUID) -> UUID | None:
    found = uow.rows.conditions.get(condition_id)
    return found.handoff_id if found else None


async def _is_no_child(work: Any, person_id: UUID) -> bool:
    return False


async def _locked_chain(uow: Work, person_id: UUID) -> list[Custody]:
    return sorted(uow.rows.custody_of[person_id], key=lambda custody: (custody.since, custody.id))


async def _nothing_kept(*of_a_disclosure: Any) -> None:
    return None


async def _nobody_known(uow: Work, person_id: UUID) -> None:
    return None


async def _no_findings(about: str, district: str, found: Sequence[Any], uow: Work) -> list[Any]:
    return []


async def _nobody_of_one_number(uow: Work, person_id: UUID) -> list[UUID]:
    return []


async def _no_matter(uow: Work, matter_id: UUID) -> None:
    return None


async def _nobody_apart(uow: Work, person_id: UUID) -> list[Any]:
    return []


async def _nobody_on_duty(uow: Work, agency: str, desk: str, at: datetime) -> list[Shift]:
    return []


STAND_INS: dict[Any, dict[str, Any]] = {
    handoffs_repository: {
        "group": _group,
        "group_of_handoff": _group_of_handoff,
        "undecided_of_group": _undecided_of_group,
        "reserves_of_group": _reserves_of_group,
        "beside_of": _beside_of,
        "open_of_group": _open_of_group,
        "open_groups_of_matter": _open_groups_of_matter,
        "unconfirmed_answers": _unconfirmed_answers,
        "by_ids": _by_ids,
        "ids_of_group": _ids_of_group,
    },
    deadlines_repository: {
        "all_of": _all_of,
        "escalations_of_deadline": _escalations_of_deadline,
        "awaited_notices": _awaited_notices,
        "handoffs_with_escalations_ahead": _handoffs_with_escalations_ahead,
        "handoffs_in_working_time": _handoffs_in_working_time,
    },
    conditions_repository: {
        "of_handoff": _of_handoff,
        "open_of_handoff": _open_of_handoff,
        "open_of_handoffs": _open_of_handoffs,
        "handoff_of": _handoff_of,
    },
    rosters_repository: {"on_duty": _nobody_on_duty},
    custody_repository: {
        "locked_chain": _locked_chain,
        "is_child": _is_no_child,
        "comes_with_child": _is_no_child,
        "apart": _nobody_apart,
        "of_one_number": _nobody_of_one_number,
    },
}


async def _pack_in_force(uow: Work, district: str) -> CaseworkPack:
    return uow.rows.pack


READ_BY_COMMANDS: dict[str, Any] = {
    "handoffs_with_escalations_ahead": _handoffs_with_escalations_ahead,
    "handoffs_in_working_time": _handoffs_in_working_time,
    "pack_in_force": _pack_in_force,
    "person_known": _nobody_known,
    "comes_with_child": _is_no_child,
}
"""The queries that the commands of hand-offs take from elsewhere by name."""
KEPT_ELSEWHERE: dict[str, Any] = {
    "keep_first_disclosure": lambda *of_a_disclosure: None,
    "keep_disclosure": _nothing_kept,
}
"""What they write and nobody here reads."""


@contextmanager
def rows_in_memory(chance: Random) -> Iterator[None]:
    """Let the commands of this process work on ``Work``, with ids that the seed decides."""
    with pytest.MonkeyPatch.context() as patch:
        for module, answers in STAND_INS.items():
            for name, answer in answers.items():
                patch.setattr(module, name, answer)
        for module in (applying, binding, groups, moving, talking, escalating):
            for name, answer in {**READ_BY_COMMANDS, **KEPT_ELSEWHERE}.items():
                if hasattr(module, name):
                    patch.setattr(module, name, answer)
        patch.setattr(custody_commands, "pack_in_force", _pack_in_force)
        patch.setattr(custody_commands, "keep_findings", _no_findings)
        patch.setattr(custody_commands, "matter_of", _no_matter)
        patch.setattr(clock, "new_id", lambda: UUID(int=chance.getrandbits(128)))
        yield
