"""Whether somebody is a child: two people take protection away, one gives it back, a registry counts before both."""

from collections.abc import Callable

import pytest

from services.casework.case.ages.domain import (
    AgeDecisionCannotMove,
    AgeIsBeingDecided,
    AgeState,
    NotTakenForAChild,
    RegistryKnowsTheAge,
    check_proposal,
    is_held_adult,
    legal_moves,
    next_state,
)
from services.chassis.errors import Conflict

GOLDEN = """
    -          child  unknown  propose
    -          child  known    -
    -          adult  unknown  -
    -          adult  known    -
    proposed   child  unknown  confirm refuse
    proposed   child  known    refuse
    proposed   adult  known    refuse
    confirmed  adult  unknown  take_back
    confirmed  child  known    -
    confirmed  adult  known    -
    refused    child  unknown  -
    taken_back child  unknown  -
"""
"""The decision that waits or stands, how the person is taken, whether a registry tells the age; what can be done."""
ROWS = [line.split() for line in GOLDEN.strip().splitlines()]


@pytest.mark.parametrize(("state", "taken", "known", "moves"), [(*row[:3], row[3:]) for row in ROWS])
def test_what_can_be_done_about_an_age_is_the_table(state: str, taken: str, known: str, moves: list[str]) -> None:
    legal = legal_moves(None if state == "-" else state, is_minor=taken == "child", is_known=known == "known")
    assert list(legal) == [move for move in moves if move != "-"]


@pytest.mark.parametrize(
    ("state", "move", "becomes"),
    [("proposed", "confirm", "confirmed"), ("proposed", "refuse", "refused"), ("confirmed", "take_back", "taken_back")],
)
def test_a_decision_becomes_what_was_decided(state: str, move: str, becomes: str) -> None:
    assert next_state(state, move, is_known=False) is AgeState(becomes)


@pytest.mark.parametrize(
    ("attempt", "error", "legal"),
    [
        (lambda: next_state("proposed", "confirm", is_known=True), RegistryKnowsTheAge, ["refuse"]),
        (lambda: next_state("confirmed", "take_back", is_known=True), RegistryKnowsTheAge, []),
        (lambda: next_state("confirmed", "confirm", is_known=False), AgeDecisionCannotMove, ["take_back"]),
        (lambda: next_state("refused", "confirm", is_known=False), AgeDecisionCannotMove, []),
        (lambda: next_state("taken_back", "refuse", is_known=True), AgeDecisionCannotMove, []),
        (lambda: check_proposal(None, is_minor=True, is_known=True), RegistryKnowsTheAge, []),
        (lambda: check_proposal("proposed", is_minor=True, is_known=False), AgeIsBeingDecided, ["confirm", "refuse"]),
        (lambda: check_proposal("confirmed", is_minor=False, is_known=False), AgeIsBeingDecided, ["take_back"]),
        (lambda: check_proposal(None, is_minor=False, is_known=False), NotTakenForAChild, []),
    ],
)
def test_a_refusal_names_what_is_legal(attempt: Callable[[], object], error: type[Conflict], legal: list[str]) -> None:
    with pytest.raises(error) as refused:
        attempt()
    assert type(refused.value) is error
    assert list(refused.value.legal_now) == legal


def test_a_child_may_be_proposed_as_an_adult() -> None:
    check_proposal(None, is_minor=True, is_known=False)


@pytest.mark.parametrize(
    ("is_minor", "is_known", "is_decided", "adult"),
    [
        (True, False, False, False),
        (True, False, True, True),
        (True, True, True, False),
        (True, True, False, False),
        (False, False, False, True),
        (False, True, True, True),
    ],
)
def test_a_registry_counts_before_two_people_and_two_people_before_looks(
    is_minor: bool, is_known: bool, is_decided: bool, adult: bool
) -> None:
    assert is_held_adult(is_minor=is_minor, is_known=is_known, is_decided=is_decided) is adult
