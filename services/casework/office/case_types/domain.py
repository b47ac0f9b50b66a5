"""A type of case as data, and the one registry of types that pages, packs, tasks, tests and the recorder read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case stands on its way, and what people call it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a service may end.

    ``custody_ends_as``: why nobody of ours has the person in hand afterwards; empty when whoever has them keeps them.
    ``ends_everything``: open requests and tasks have lost their purpose.
    """

    code: str
    text: str
    custody_ends_as: str = ""
    ends_everything: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a step may end; ``meets``: the condition of a «yes, if …» that is met by it."""

    code: str
    text: str
    meets: str = ""


@dataclass(frozen=True, slots=True)
class TaskKind:
    """What a desk is given to do, and how that may end."""

    code: str
    text: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What a procedure asks for: a hand-off for a ``purpose``, or a task of a ``kind``.

    ``results``: how a hand-off may end; those of a task stand with its kind. ``is_numbered``: once for each date that
    the pack gives.
    """

    name: str
    purpose: str = ""
    kind: str = ""
    results: tuple[Result, ...] = ()
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class CaseType:
    """Everything about a type of case but its order in time, which its workflow tells.

    ``answers_to``: the kind of need in a report for which such a case is opened. ``number_prefix``: how its numbers
    begin. ``stages``: in their order; one may be left out, none is gone back to. ``not_this_type``: how the service
    ends for a person of whom it turns out that they need another.
    """

    code: str
    name: str
    answers_to: str
    number_prefix: str
    workflow: str
    stages: tuple[Stage, ...]
    outcomes: tuple[Outcome, ...]
    not_this_type: Outcome
    steps: tuple[Step, ...]
    task_kinds: tuple[TaskKind, ...] = ()


# What is the same for every type

RECEIVED = Stage("RECEIVED", "Laporan diterima")
RESPONSE = Stage("RESPONSE", "Respons pertama")
EMERGENCY = Stage("EMERGENCY", "Gawat darurat")
CUSTODY = Stage("CUSTODY", "Penerimaan")
AFTERCARE = Stage("AFTERCARE", "Pascalayanan")

ABSCONDED = Outcome("ABSCONDED", "Meninggalkan layanan", ends_everything=True)
DECEASED = Outcome("DECEASED", "Meninggal dunia", ends_everything=True)
"""After a death the holder keeps the body until burial."""
NOT_MET = Outcome("NOT_MET", "Tidak dijumpai", ends_everything=True)
DUPLICATE = Outcome("DUPLICATE", "Ganda", custody_ends_as="DUPLICATE", ends_everything=True)
OTHER_TYPE = Outcome("OTHER_TYPE", "Ternyata jenis lain", ends_everything=True)
"""Of a case that people lead without a procedure, since nobody has defined its type."""
OF_EVERY_TYPE = (ABSCONDED, DECEASED, NOT_MET, DUPLICATE, OTHER_TYPE)

UNDECIDED = Result("UNDECIDED", "Belum ada keputusan, kembali besok")
"""A task that may end so comes back the next day until something is decided."""

REACH_STEPS = (
    Step("first-response", kind="FIRST_RESPONSE"),
    Step("emergency", purpose="EMERGENCY_CARE"),
    Step("custody", purpose="CUSTODY_TRANSFER"),
)
"""From the street into the holder's hands."""
CHILD_STEP = Step("child-protection", purpose="CHILD_PROTECTION")
"""An apparent minor is a child until proven otherwise, whatever the type (`handoff.md` §6)."""


PROVEN_ADULT = "PROVEN_ADULT"
"""Why protection ends that was asked for a child who is none."""


class TypesDisagree(Exception):
    """Two types give one code two meanings, or a folder holds no definition: nothing may start with that."""


class Coded(Protocol):
    """What is told apart by a code."""

    @property
    def code(self) -> str:
        """The code."""


C = TypeVar("C", bound=Coded)


def by_code(things: Iterable[C]) -> dict[str, C]:
    """Things by their codes, in order. Raises ``TypesDisagree`` when a code means two of them."""
    found: dict[str, C] = {}
    for thing in things:
        if found.setdefault(thing.code, thing) != thing:
            raise TypesDisagree(f"{thing.code}: {found[thing.code]} and {thing}")
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What all types together say, by code; hand-offs' results by purpose; the packages of types by their codes."""

    types: Mapping[str, CaseType]
    packages: Mapping[str, str]
    stages: Mapping[str, Stage]
    outcomes: Mapping[str, Outcome]
    task_kinds: Mapping[str, TaskKind]
    task_results: Mapping[str, Result]
    results: Mapping[str, Mapping[str, Result]]

    def words(self) -> dict[str, dict[str, str]]:
        """What people call each of their codes, by kind of code: two kinds may share one."""
        return {
            "case_type": {code: kind.name for code, kind in self.types.items()},
            "stage": {code: stage.text for code, stage in self.stages.items()},
            "outcome": {code: outcome.text for code, outcome in self.outcomes.items()},
            "task_kind": {code: kind.text for code, kind in self.task_kinds.items()},
            "task_result": {code: result.text for code, result in self.task_results.items()},
            "handoff_result": {r.code: r.text for group in self.results.values() for r in group.values()},
        }


def known_of(packages: Mapping[str, CaseType]) -> Known:
    """Put types together, by the packages they stand in. Raises ``TypesDisagree``."""
    types = by_code(packages.values())
    for said in ("workflow", "answers_to", "number_prefix"):
        if len({getattr(kind, said) for kind in types.values()}) < len(packages):
            raise TypesDisagree(f"two types have one {said}")
    steps = [step for kind in types.values() for step in kind.steps]
    return Known(
        types=types,
        packages={kind.code: package for package, kind in packages.items()},
        stages=by_code(stage for kind in types.values() for stage in kind.stages),
        outcomes=by_code(
            [*OF_EVERY_TYPE, *(o for kind in types.values() for o in (*kind.outcomes, kind.not_this_type))]
        ),
        task_kinds=by_code(task for kind in types.values() for task in kind.task_kinds),
        task_results=by_code(r for kind in types.values() for task in kind.task_kinds for r in task.results),
        results={
            purpose: by_code(result for step in steps if step.purpose == purpose for result in step.results)
            for purpose in {step.purpose: None for step in steps if step.results}
        },
    )


class CaseTypes:
    """The types of case: folders with ``definition.py`` and ``workflow.py`` in packages that are known by name.

    They are found when somebody asks first. What stands below cases reads them too, and imports nothing from there:
    a definition is data, and imports nothing but this module and ``contracts.values``.
    """

    def __init__(self, *packages: str) -> None:
        self._packages = packages
        self._known: Known | None = None

    @property
    def known(self) -> Known:
        """What all types say. Raises ``TypesDisagree``."""
        if self._known is None:
            self._known = known_of(dict(_definitions(self._packages)))
        return self._known

    def __iter__(self) -> Iterator[CaseType]:
        return iter(self.known.types.values())

    def get(self, code: str) -> CaseType | None:
        """A type by its code, if there is one."""
        return self.known.types.get(code)

    def answering(self, need: str) -> CaseType | None:
        """The type of which a case is opened for a kind of need, if there is one."""
        return next((kind for kind in self if kind.answers_to == need), None)

    def stages_of(self, workflow: str) -> tuple[str, ...]:
        """The stages of a procedure in their order; none when there is no such procedure."""
        return next((tuple(s.code for s in kind.stages) for kind in self if kind.workflow == workflow), ())

    def outcome(self, code: str) -> Outcome:
        """An outcome by its code. Raises ``ValueError``."""
        if code not in self.known.outcomes:
            raise ValueError(f"no type of case has such an outcome: {code}")
        return self.known.outcomes[code]

    def workflow_of(self, code: str) -> type[Any]:
        """The workflow that tells a type's order in time. Raises ``KeyError``, ``TypesDisagree``."""
        module = import_module(f"{self.known.packages[code]}.workflow")
        name = self.known.types[code].workflow
        if not hasattr(module, name):
            raise TypesDisagree(f"{module.__name__} has no {name}")
        found: type[Any] = getattr(module, name)
        return found

    def look_in(self, *packages: str) -> tuple[str, ...]:
        """Look for types in these packages from now on; answers where they were looked for before."""
        before, self._packages, self._known = self._packages, packages, None
        return before


def _definitions(packages: Iterable[str]) -> Iterator[tuple[str, CaseType]]:
    for package in packages:
        for folder in iter_modules(import_module(package).__path__):
            if folder.ispkg:
                name = f"{package}.{folder.name}"
                definition = getattr(import_module(f"{name}.definition"), "DEFINITION", None)
                if not isinstance(definition, CaseType):
                    raise TypesDisagree(f"{name}.definition has no DEFINITION")
                yield name, definition


CASE_TYPES = CaseTypes("services.casework.case.procedures")
"""The types of this installation."""
