"""Tables written by hand: what a rule's own table is judged by, so that it is never judged by itself."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

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
    moves: Iterable[str],
    lead: Callable[[str, Any], str],
    *,
    refused: type[Conflict],
    says: Callable[[str], Iterable[str]] | None = None,
    legal_now: Mapping[str, set[str]] | None = None,
) -> None:
    """Each state with each move leads where the golden table says, or is refused with what is legal now.

    ``says``: the rule that names what is legal in a state; a refusal says the same in the same order. ``legal_now``:
    what people are told where that is not the moves of the golden table.
    """
    known, named = {state.value for state in states}, list(moves)
    assert {state for state, _ in golden} <= known, "the table written by hand names a state that there is not"
    assert {move for _, move in golden} <= set(named), "the table written by hand names a move that there is not"
    for state in sorted(known):
        expected = legal(golden, state) if legal_now is None else legal_now.get(state, set())
        assert says is None or set(says(state)) == expected, state
        for move in named:
            if (state, move) in golden:
                assert {lead(state, move)} == golden[state, move], (state, move)
                continue
            with pytest.raises(refused) as refusal:
                lead(state, move)
            assert set(refusal.value.legal_now) == expected, (state, move)
            assert says is None or list(refusal.value.legal_now) == list(says(state)), (state, move)


def legal(golden: Mapping[Cell, set[str]], state: str) -> set[str]:
    """The moves that are legal in a state."""
    return {move for source, move in golden if source == state}
