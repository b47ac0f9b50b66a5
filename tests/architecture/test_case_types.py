"""What a type of case names stands in its folder, so that another type is a folder and no search through the house."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from services.casework.office.case_types.domain import (
    AFTERCARE,
    CASE_TYPES,
    CUSTODY,
    EMERGENCY,
    OF_EVERY_TYPE,
    RECEIVED,
    RESPONSE,
)
from tests.support.checkout import ROOT, modules

SERVICES = ROOT / "services"
TYPES = SERVICES / "casework" / "case" / "procedures"
SAME_FOR_EVERY_TYPE = {thing.code for thing in (RECEIVED, RESPONSE, EMERGENCY, CUSTODY, AFTERCARE, *OF_EVERY_TYPE)}
ANOTHER_MEANING = {
    ("services/disbursement", "RETURN"): "a move of an entitlement: the bank gives a payment back",
    ("services/casework/handoff", "GUARANTEE_LETTER"): "a condition of a «yes, if …», which the task's result meets",
}
"""By folder and code: what the same letters mean there."""


def named_by_types() -> set[str]:
    """Types, their procedures, stages, outcomes and kinds of task."""
    known = CASE_TYPES.known
    ours = {*known.types, *known.stages, *known.outcomes, *known.task_kinds, *(kind.workflow for kind in CASE_TYPES)}
    return ours - SAME_FOR_EVERY_TYPE


def words_in(file: Path) -> Iterator[str]:
    """What the code of a module or template names: identifiers, attributes, words in literals; not its docstrings."""
    if file.suffix != ".py":
        yield from re.findall(r"\w+", file.read_text())
        return
    tree = ast.parse(file.read_text())
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in said:
                yield from re.findall(r"\w+", text)
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.ClassDef(name=name):
                yield name.rsplit(".", 1)[-1]


def strays(folder: Path, names: set[str]) -> set[tuple[str, str]]:
    """Where the names stand outside the types' folders: file and name."""
    files = [*modules(folder), *sorted(folder.rglob("*.html")), *sorted(folder.rglob("*.typ"))]
    outside = [file for file in files if file.parent == TYPES or TYPES not in file.parents]
    return {(str(file.relative_to(ROOT)), word) for file in outside for word in names & set(words_in(file))}


def is_excused(stray: tuple[str, str]) -> bool:
    """Whether the letters mean something else there."""
    return any(stray[0].startswith(folder) and stray[1] == code for folder, code in ANOTHER_MEANING)


def test_no_type_stage_outcome_or_kind_of_task_of_a_type_is_named_outside_its_folder() -> None:
    """A type that is known in ten places is added in nine of them; the tenth shows a code to people, or falls over."""
    found = strays(SERVICES, named_by_types())
    assert {stray for stray in found if not is_excused(stray)} == set()


def test_a_stray_name_would_be_seen() -> None:
    folder = SERVICES / "casework" / "office" / "case_types"
    assert {name for _, name in strays(folder, {"AFTERCARE", "CASE_TYPES", "Stage"})} == {
        "AFTERCARE", "CASE_TYPES", "Stage",
    }  # fmt: skip


def test_every_excuse_is_needed() -> None:
    for folder, code in ANOTHER_MEANING:
        assert strays(ROOT / folder, {code} & named_by_types()), (folder, code)


def test_a_definition_is_data_that_everybody_may_read() -> None:
    """Tasks, hand-offs and packs read it from below: what it imports, they import."""
    allowed = {"contracts.values", "services.casework.office.case_types.domain"}
    for file in TYPES.glob("*/definition.py"):
        found = {node.module for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)}
        assert found <= allowed, file


def test_a_type_is_a_definition_and_a_workflow() -> None:
    """A third file is a second place where something about the type can stand."""
    for package in CASE_TYPES.known.packages.values():
        folder = ROOT.joinpath(*package.split("."))
        assert {file.name for file in folder.glob("*.py")} == {"__init__.py", "definition.py", "workflow.py"}
