"""A story of hand-offs that is told by what every query answers after each step, on whatever rows."""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

from services.casework.handoff.conditions import repository as conditions_repository
from services.casework.handoff.conditions.tables import Condition
from services.casework.handoff.deadlines import repository as deadlines_repository
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.handoff.handoffs import repository as handoffs_repository
from services.casework.handoff.handoffs.commands import escalating, groups, moving
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup, SpokenAnswer
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.rosters import repository as rosters_repository
from services.casework.person.custody import repository as custody_repository
from services.casework.person.custody.tables import Custody
from services.chassis.errors import SigapError
from services.chassis.principal import Principal
from tests.support.simulation.office import STARTS
from tests.support.simulation.people import SYSTEM
from tests.support.simulation.rows import READ_BY_COMMANDS, STAND_INS

MATTERS = [UUID(int=1), UUID(int=2)]
PERSONS = [UUID(int=11), UUID(int=12)]
NOBODY = UUID(int=99)
DISTRICT = "35.24"
SOEGIRI = "rsud-soegiri"
LEFT_OUT = {"id", "sentence", "correlation_id", "district", "about_kind", "about_id", "reply_to", "reply_workflow"}
"""Columns that are the same in every row, or that another test judges."""
WRITTEN_BY_THE_DATABASE = {"recorded_at"}
SILENT = ("nothing", "False")
"""A first answer that is not worth a line."""
Command = Callable[[Any], Coroutine[Any, Any, Any]]
Question = tuple[Any, str, tuple[Any, ...]]


class Ground(Protocol):
    """Where commands run: rows in memory, or PostgreSQL."""

    async def perform(self, who: Principal, at: datetime, command: Command) -> Any:
        """One command as one unit of work, at an instant; nothing is left of one that is refused."""


@dataclass(slots=True)
class Story:
    """What was done and answered so far; rows are named in the order in which they came."""

    ground: Ground
    pack: CaseworkPack
    now: datetime = STARTS
    told: list[str] = field(default_factory=list)
    asked: set[tuple[Any, str]] = field(default_factory=set)
    groups: list[UUID] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    conditions: list[UUID] = field(default_factory=list)
    _names: dict[UUID, str] = field(default_factory=dict)
    _answers: dict[str, str] = field(default_factory=dict)
    _rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind, ids in (("matter", MATTERS), ("person", PERSONS), ("nobody", [NOBODY])):
            self._names |= {one: f"{kind} {number}" for number, one in enumerate(ids, 1)}

    async def step(self, words: str, who: Principal, command: Command, after: timedelta = timedelta(minutes=1)) -> None:
        """One command, a while later; then everything is asked."""
        self.now += after
        self.told.append(f"# {self._told(self.now)}: {words}")
        try:
            answer = await self.ground.perform(who, self.now, command)
        except SigapError as refused:
            self.told.append(f"refused: {type(refused).__name__}")
        else:
            if isinstance(answer, Handoff) and answer.group_id not in self.groups:
                self.groups.append(answer.group_id)
                self._names[answer.group_id] = f"g{len(self.groups)}"
        await self.ground.perform(SYSTEM, self.now, self._look)

    async def _look(self, uow: Any) -> None:
        await self._find_new(uow)
        for module, name, arguments in self._questions():
            found = await getattr(module, name)(uow, *arguments)
            self.asked.add((module, name))
            question = f"{name}({', '.join(self._told(one) for one in arguments)})"
            told = self._answer(found)
            if told != self._answers.get(question, told if told in SILENT else None):
                self.told.append(f"{question} = {told}")
            self._answers[question] = told
            for row in self._in_order(found) if isinstance(found, list) else [found]:
                self._tell_row(row)

    async def _find_new(self, uow: Any) -> None:
        for group_id in self.groups:
            for handoff in await handoffs_repository.open_of_group(uow, group_id):
                if handoff.id not in self._names:
                    self.handoffs.append(handoff)
                    self._names[handoff.id] = f"h{len(self.handoffs)}"
        self.deadlines = []
        for handoff in self.handoffs:
            self.deadlines += await deadlines_repository.all_of(uow, handoff.id)
            for condition in await conditions_repository.of_handoff(uow, handoff.id):
                if condition.id not in self._names:
                    self.conditions.append(condition.id)
                    self._names[condition.id] = f"c{len(self.conditions)}"

    def _questions(self) -> Iterator[Question]:
        ids = [handoff.id for handoff in self.handoffs]
        yield moving, "pack_in_force", (DISTRICT,)
        yield from _each(handoffs_repository, ["open_groups_of_matter"], MATTERS)
        of_groups = "group undecided_of_group reserves_of_group open_of_group ids_of_group"
        yield from _each(handoffs_repository, of_groups.split(), [*self.groups, NOBODY])
        yield from _each(handoffs_repository, ["group_of_handoff", "unconfirmed_answers", "beside_of"], [*ids, NOBODY])
        yield handoffs_repository, "by_ids", ([NOBODY, *reversed(ids)],)
        yield from _each(deadlines_repository, ["all_of", "awaited_notices"], [*ids, NOBODY])
        yield from _each(deadlines_repository, ["escalations_of_deadline"], self.deadlines)
        for module in (deadlines_repository, escalating):
            yield module, "handoffs_with_escalations_ahead", ()
            yield from _each(module, ["handoffs_in_working_time"], [DISTRICT, "35.25"])
        yield from _each(conditions_repository, ["of_handoff", "open_of_handoff"], [*ids, NOBODY])
        yield conditions_repository, "open_of_handoffs", ([NOBODY, *reversed(ids)],)
        yield from _each(conditions_repository, ["handoff_of"], [*self.conditions, NOBODY])
        yield rosters_repository, "on_duty", (SOEGIRI, self.pack.agency(SOEGIRI).desks[0].code, self.now)
        of_persons = "locked_chain is_child comes_with_child apart of_one_number"
        yield from _each(custody_repository, of_persons.split(), PERSONS)
        yield from _each(groups, ["person_known", "comes_with_child"], PERSONS)

    def _tell_row(self, row: Any) -> None:
        if not hasattr(row, "model_dump") or isinstance(row, CaseworkPack):
            return
        name = self._told(row)
        columns = row.model_dump(exclude=LEFT_OUT | WRITTEN_BY_THE_DATABASE)
        now = {column: self._told(value) for column, value in sorted(columns.items()) if value not in (None, "", False)}
        before = self._rows.get(name, {})
        changed = [f"{column}={value}" for column, value in now.items() if before.get(column) != value]
        gone = [f"no {column}" for column in before if column not in now]
        if changed or gone:
            self.told.append(f"  {name}: {', '.join(changed + gone)}")
        self._rows[name] = now

    def _answer(self, found: Any) -> str:
        match found:
            case list():
                return " | ".join(self._told(one) for one in self._in_order(found)) or "nothing"
            case _:
                return self._told(found)

    def _in_order(self, found: list[Any]) -> list[Any]:
        """As answered; what is asked for without an order, or has the same place in it, by name."""
        match found:
            case [EscalationStep(), *_]:
                return sorted(found, key=self._told)
            case [Deadline(), *_]:
                tied = (sorted(those, key=self._told) for _, those in groupby(found, lambda deadline: deadline.due_at))
                return [deadline for those in tied for deadline in those]
            case _:
                return found

    def _told(self, value: Any) -> str:
        match value:
            case None:
                return "nothing"
            case UUID():
                return self._names.get(value, "an id")
            case datetime():
                return f"+{value - STARTS}"
            case list():
                return "[" + " ".join(self._told(one) for one in value) + "]"
            case CaseworkPack():
                return "the pack" if value == self.pack else "another pack"
            case Deadline():
                return f"{self._told(value.about_id)} {value.kind} {value.occurrence}"
            case EscalationStep():
                return f"{self._told(value.about_id)} {value.deadline} {value.occurrence} step {value.step_no}"
            case SpokenAnswer():
                return f"{self._told(value.handoff_id)} spoken {value.move} +{value.happened_at - STARTS}"
            case Custody():
                return f"{self._told(value.person_id)} with {value.agency}"
            case Handoff() | HandoffGroup() | Condition():
                return self._told(value.id)
            case _:
                return str(value)


def _each(module: Any, names: Iterable[str], about: Iterable[Any]) -> Iterator[Question]:
    things = list(about)
    for name in names:
        for one in things:
            yield module, name, (one,)


def every_stand_in() -> set[tuple[Any, str]]:
    """What has to be asked: each query that is answered from memory, wherever a command has it from."""
    in_repositories = {(module, name) for module, names in STAND_INS.items() for name in names}
    by_commands = {
        (module, name)
        for name in READ_BY_COMMANDS
        for module in (moving, groups, escalating)
        if hasattr(module, name) and not (name == "pack_in_force" and module is not moving)
    }
    return in_repositories | by_commands
