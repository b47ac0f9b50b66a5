"""Tables written by hand: what a rule's own table is judged by, so that it is never judged by itself."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from itertools import product

import pytest

from services.chassis.errors import Conflict

Cell = tuple[str, str]


def moves(text: str) -> dict[Cell, set[str]]:
    """``state: move→target move→one|another``, a state per line, as where each move leads from each state."""
    found: dict[Cell, set[str]] = {}
    for line in text.strip().splitlines():
        state, _, told = line.strip().partition(":")
        for move, _, targets in (cell.partition("→") for cell in told.split()):
            assert (state, move) not in found, f"{state} says {move} twice"
            found[state, move] = set(targets.split("|"))
    return found


def judge(
    golden: Mapping[Cell, set[str]],
    states: Iterable[StrEnum],
    by_hand: Iterable[str],
    lead: Callable[[str, str], str],
    *,
    refused: type[Conflict],
) -> None:
    """Each state with each move leads where the golden table says, or is refused."""
    known, named = {state.value for state in states}, set(by_hand)
    assert {state for state, _ in golden} <= known, "the table written by hand names a state that there is not"
    assert {move for _, move in golden} <= named, "the table written by hand names a move that there is not"
    for state, move in product(sorted(known), sorted(named)):
        if (state, move) in golden:
            assert {lead(state, move)} == golden[state, move], (state, move)
        else:
            with pytest.raises(refused):
                lead(state, move)


def legal(golden: Mapping[Cell, set[str]], state: str) -> set[str]:
    """The moves that are legal in a state."""
    return {move for source, move in golden if source == state}
