"""Sets of states are said once, in ``domain``; SQL is made from them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.casework.case.cases.domain import CaseState
from services.casework.handoff.handoffs.domain import ENDED, STARTED
from services.chassis.database import with_states
from tests.support.checkout import ROOT, modules

LISTED = re.compile(r"\bIN\s*\(\s*'[^']*'|\bANY\s*\(\s*(?:ARRAY\s*\[|'\{)", re.IGNORECASE)
ONE = re.compile(r"\b(?:\w*_)?state\s*(?:=|<>|!=)\s*'", re.IGNORECASE)
ONE_SET_ASIDE = {"services/chassis/inbox.py"}
"""Where a message that was set aside gets its state by name."""


def texts(file: Path) -> Iterator[str]:
    """The string literals of a module, each with the holes of an f-string left open."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def found(pattern: re.Pattern[str]) -> set[str]:
    return {
        str(file.relative_to(ROOT))
        for file in modules(ROOT / "services")
        if "migrations" not in file.parts and any(pattern.search(text) for text in texts(file))
    }


def test_no_query_lists_states_itself() -> None:
    """A state that is added to ``domain`` and not to a list in SQL is left out in silence: a case closes over it."""
    assert found(LISTED) == set()


def test_no_query_spells_a_state() -> None:
    """A state that is renamed in ``domain`` leaves a query that finds nothing."""
    assert found(ONE) == ONE_SET_ASIDE


def test_what_puts_a_service_together_holds_no_query() -> None:
    """A query there belongs to no subject: whoever changes the table does not find it."""
    for file in [*(ROOT / "services").glob("*/wiring.py"), *(ROOT / "services").glob("*/*/wing.py")]:
        assert not any(re.search(r"\bSELECT\b", text) for text in texts(file)), file


def test_states_become_constants() -> None:
    """PostgreSQL plans with an index over open rows only where it sees the states, not a parameter."""
    sql = with_states("state <> {closed} AND s IN {started}", closed=CaseState.CLOSED, started=STARTED)
    assert sql == "state <> 'closed' AND s IN ('arrived', 'in-progress')"


def test_a_state_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_states("state IN {ended}", started=STARTED)


def test_what_has_ended_is_what_is_indexed_as_ended() -> None:
    """The indexes over open hand-offs name the ended states; a query that names others does not use them."""
    initial = (ROOT / "services/casework/migrations/versions/0001_initial.sql").read_text()
    line = next(line for line in initial.splitlines() if "INDEX handoffs_open_at" in line)
    assert set(re.findall(r"'([a-z-]+)'", line)) == {state.value for state in ENDED}


@pytest.mark.parametrize("sql", ["state IN ('open', 'paused')", "x NOT IN ( 'a')", "verb = ANY(ARRAY['a'])"])
def test_a_list_is_seen(sql: str) -> None:
    assert LISTED.search(sql)
