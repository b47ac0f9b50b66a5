"""Every refusal of every service: a stable code, what happened and what to do in Bahasa Indonesia, and a test of it."""

import ast
import re
from pathlib import Path

import pytest

from services.chassis.errors import SigapError
from services.chassis.web import problem_of, refusals_of, status_of
from tests.support.english import ENGLISH
from tests.support.every_service import SERVICES

TESTS = Path(__file__).parents[2]
FAMILIES = frozenset({"invalid", "unauthenticated", "forbidden", "not_found", "conflict", "unavailable"})
"""Refusals that others are kinds of; `not_found` and `unavailable` are also raised as they stand."""

KINDS = sorted({kind for service in SERVICES for kind in refusals_of(service.name)}, key=lambda kind: kind.code)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_refusal_says_in_indonesian_what_happened_and_what_to_do(kind: type[SigapError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    for sentence in (kind.text, kind.advice):
        assert sentence[0].isupper(), sentence
        assert sentence.endswith("."), sentence
        assert not ENGLISH & set(re.findall(r"[a-z]+", sentence.lower())), sentence
    problem = problem_of(kind())
    assert problem.type == f"urn:sigap:problem:{kind.code}"
    assert (problem.title, problem.detail) == (kind.text, kind.advice)
    assert problem.status == status_of(kind)
    assert re.fullmatch(r"[0-9a-f]{32}", problem.trace_id)


def test_a_code_means_one_thing_in_all_services() -> None:
    meanings: dict[str, set[tuple[int, str, str]]] = {}
    for kind in KINDS:
        meanings.setdefault(kind.code, set()).add((status_of(kind), kind.text, kind.advice))
    assert {code: said for code, said in meanings.items() if len(said) > 1} == {}


def named_in(text: str) -> set[str]:
    """What a test module compares or hands on as a value of its own, and the refusals that it expects to be raised.

    Prose does not count: neither a docstring nor a word inside a longer text.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(word) | bytes(word)):
                found.add(word if isinstance(word, str) else word.decode(errors="replace"))
            case ast.keyword(arg="refused", value=ast.Attribute(attr=name) | ast.Name(id=name)):
                found.add(name)
            case ast.Call(func=ast.Attribute(attr="raises")):
                found |= {ast.unparse(part).rpartition(".")[2] for part in ast.walk(node) if isinstance(part, ast.expr)}
            case _:
                pass
    return found


def test_every_code_is_the_answer_of_a_test() -> None:
    named: set[str] = set().union(*(named_in(file.read_text()) for file in TESTS.rglob("test_*.py")))
    untested = {kind.code for kind in KINDS if not {kind.code, kind.__name__} & named}
    assert untested - FAMILIES == set()
