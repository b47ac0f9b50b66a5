"""States in hand-written SQL: named there, listed in the subject's ``domain``."""

from collections.abc import Iterable
from enum import StrEnum


def with_states(sql: str, **states: Iterable[StrEnum] | StrEnum) -> str:
    """A query in which each ``{name}`` stands for a state, or for the list of a set of states, as constants.

    Constants and no parameters: PostgreSQL uses an index over open rows only when it sees which rows are meant.
    """
    return sql.format_map({name: _constant(found) for name, found in states.items()})


def _constant(states: Iterable[StrEnum] | StrEnum) -> str:
    if isinstance(states, StrEnum):
        return f"'{states.value}'"
    return f"({', '.join(sorted(_constant(state) for state in states))})"
