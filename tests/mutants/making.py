"""Mutants of workflow modules: each is the module with one thing changed.

Structural ones remove, repeat or swap an awaited command; whoever reads the workflow's history sees them. Value ones
change an argument, a duration or a condition, which leaves the order of commands as it was.

Written with ``ast`` and not with a mutation library: those mutate whole packages, know nothing of commands that
leave a workflow, and judge every mutant by one suite. Here the kind of a mutant says who has to catch it.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeAlias

ROOT = Path(__file__).parents[2]
Kind: TypeAlias = Literal["structural", "value"]
Slot: TypeAlias = tuple[ast.AST, str, int | None]
"""Where a node hangs: its parent, the parent's field, and the place in it when the field is a list."""

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OFF_BY_ONE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
OTHER_SIGN: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}
OTHER_END = {"min": "max", "max": "min"}
NOT_CODE = {"annotation", "returns", "decorator_list"}
COMMANDS = {"execute_activity_method", "sleep"}


@dataclass(frozen=True)
class Mutant:
    """One change. ``name`` stays the same when lines move, so that a reviewed list can hold it."""

    file: str
    line: int
    function: str
    kind: Kind
    change: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.file}:{self.function}: {self.change}"


def mutants_of(file: Path, leaving: frozenset[str]) -> list[Mutant]:
    """All mutants of a module; ``leaving`` names the methods whose awaiting leaves a command."""
    tree = ast.parse(file.read_text())
    found = [*_structural(tree, leaving), *_values(tree)]
    return [_mutant(file, tree, *change) for change in found]


def leaving_commands(files: Sequence[Path]) -> frozenset[str]:
    """The methods which, awaited, give the workflow server something to do, by themselves or by another."""
    bodies = {
        node.name: node
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.AsyncFunctionDef)
    }
    names: frozenset[str] = frozenset()
    while True:
        more = frozenset(name for name, body in bodies.items() if any(_leaves(n, names) for n in ast.walk(body)))
        if more == names:
            return names
        names = more


def _leaves(node: ast.AST, leaving: frozenset[str]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="workflow"), attr=name)):
            has_end = any(keyword.arg == "timeout" for keyword in node.keywords)
            return name in COMMANDS or (name == "wait_condition" and has_end)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return name in leaving
        case ast.Call(func=ast.Attribute(value=ast.Name(id="asyncio"), attr="gather")):
            return any(_leaves(work, leaving) for work in node.args)
    return False


# What is changed: the slot, what stands there afterwards, and how to say it.
Change: TypeAlias = tuple[str, Kind, Slot, ast.AST | list[ast.stmt], int]


def _structural(tree: ast.Module, leaving: frozenset[str]) -> Iterator[Change]:
    for function, body, owner, field in _bodies(tree):
        for place, statement in enumerate(body):
            command = _command(statement, leaving)
            if command is None:
                if _only_waits(statement):
                    yield f"no `{_said(statement)}`", "value", (owner, field, place), ast.Pass(), statement.lineno
                continue
            again = ast.Expr(command)
            slot = (owner, field, place)
            yield f"twice `{_said(command)}`", "structural", slot, [again, statement], statement.lineno
            if isinstance(statement, ast.Expr) or _is_bound_before(statement, function):
                yield f"no `{_said(statement)}`", "structural", slot, ast.Pass(), statement.lineno
        for place, (first, second) in enumerate(pairwise(body)):
            if _command(first, leaving) and _command(second, leaving) and not _bound(first) & _used(second):
                said = f"`{_said(second)}` before `{_said(first)}`"
                slots = (owner, field, place)
                yield said, "structural", slots, [second, first], first.lineno


def _bodies(tree: ast.Module) -> Iterator[tuple[ast.AsyncFunctionDef, list[ast.stmt], ast.AST, str]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.AsyncFunctionDef):
            for owner in ast.walk(function):
                for field in ("body", "orelse", "handlers", "finalbody"):
                    body = getattr(owner, field, None)
                    if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                        yield function, body, owner, field


def _command(statement: ast.stmt, leaving: frozenset[str]) -> ast.Await | None:
    if isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign):
        for node in ast.walk(statement):
            if isinstance(node, ast.Await) and _leaves(node.value, leaving):
                return node
    return None


def _only_waits(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Await(value=ast.Call(func=ast.Attribute(attr="wait_condition" | "wait")))):
            return True
    return False


def _bound(statement: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _used(statement: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _is_bound_before(statement: ast.stmt, function: ast.AsyncFunctionDef) -> bool:
    """Whether the name exists without this statement, so that taking it away leaves code that runs."""
    before = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < statement.lineno
    }
    return bool(_bound(statement)) and _bound(statement) <= before


def _values(tree: ast.Module) -> Iterator[Change]:
    for slot, node in _slots(tree):
        for new in _other(node, slot):
            yield f"`{_said(node)}` -> `{_said(new)}`", "value", slot, new, getattr(node, "lineno", 0)
        if isinstance(node, ast.Call):
            for place, keyword in enumerate(node.keywords):
                if keyword.arg is not None:
                    new = ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :])
                    yield f"`{_said(node)}` without `{keyword.arg}`", "value", slot, new, node.lineno


def _slots(node: ast.AST) -> Iterator[tuple[Slot, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field in NOT_CODE or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not is_text and not _is_type_variable(child):
                slot = (node, field, place if isinstance(value, list) else None)
                yield slot, child
                yield from _slots(child)


def _is_type_variable(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "TypeVar"


def _other(node: ast.AST, slot: Slot) -> Iterator[ast.expr]:
    """What could stand there instead, by mistake."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as number):
            yield ast.Constant(number + 1)
        case ast.Constant(value=str() as text):
            yield ast.Constant(f"{text}-OTHER")
        case ast.Compare(ops=[op]) if type(op) in OPPOSITE or type(op) in OFF_BY_ONE:
            other = {**OPPOSITE, **OFF_BY_ONE}[type(op)]()
            yield ast.Compare(node.left, [other], node.comparators)
        case ast.BoolOp(op=ast.And()):
            yield ast.BoolOp(ast.Or(), node.values)
        case ast.BoolOp(op=ast.Or()):
            yield ast.BoolOp(ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=op) if type(op) in OTHER_SIGN:
            yield ast.BinOp(node.left, OTHER_SIGN[type(op)](), node.right)
        case ast.Call(func=ast.Name(id="min" | "max" as end)):
            yield ast.Call(ast.Name(OTHER_END[end], ast.Load()), node.args, node.keywords)
    is_condition = slot[1] == "test" and isinstance(node, ast.expr)
    is_turned_already = isinstance(node, ast.UnaryOp | ast.Constant) or (
        isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPPOSITE
    )
    if is_condition and not is_turned_already:
        assert isinstance(node, ast.expr)
        yield ast.UnaryOp(ast.Not(), node)


def _said(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())


def _mutant(
    file: Path, tree: ast.Module, change: str, kind: Kind, slot: Slot, new: ast.AST | list[ast.stmt], line: int
) -> Mutant:
    owner, field, place = slot
    old = getattr(owner, field)
    over = 2 if " before `" in change else 1
    put = new if isinstance(new, list) else [new]
    setattr(owner, field, new if place is None else [*old[:place], *put, *old[place + over :]])
    source = ast.unparse(ast.fix_missing_locations(tree))
    setattr(owner, field, old)
    name = str(file.relative_to(ROOT))
    return Mutant(name, line, _function_at(tree, line), kind, change, source + "\n")


def _function_at(tree: ast.Module, line: int) -> str:
    names = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return ".".join(names) or "module"
