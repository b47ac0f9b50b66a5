"""The hand-off's rules: the table walked whole, one promise holder, the ladder, FHIR names."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.directory.domain import Rung, RungKind
from services.casework.handoffs import access, domain
from services.casework.handoffs.domain import FHIR, MOVES, PROMISED, SIDE, HandoffState, Move, Side
from services.chassis.errors import NotFound
from services.chassis.principal import Principal

DUE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LADDER = [
    Rung(after=timedelta(0), kind=RungKind.REMIND_DESK),
    Rung(after=timedelta(hours=2), kind=RungKind.SECTION_HEAD),
    Rung(after=timedelta(hours=8), kind=RungKind.NEXT_CANDIDATE),
]


@pytest.mark.parametrize(("state", "move"), list(product(HandoffState, Move)))
def test_every_pair_of_state_and_move_is_legal_or_refused_with_what_is(state: HandoffState, move: Move) -> None:
    side = SIDE[move]
    if (state, move) in MOVES:
        assert domain.next_state(state, move, side) == MOVES[state, move]
    else:
        with pytest.raises(domain.HandoffCannotMove) as refused:
            domain.next_state(state, move, side)
        assert refused.value.legal_now == domain.legal_moves(state, side)


def test_every_state_is_reached_and_every_open_one_can_be_left() -> None:
    reached = {HandoffState.REQUESTED}
    while True:
        further = reached | {target for (source, _), target in MOVES.items() if source in reached}
        if further == reached:
            break
        reached = further
    assert reached == set(HandoffState)
    assert {source for source, _ in MOVES} == domain.OPEN


def test_every_state_has_its_fhir_task_status() -> None:
    known = {"requested", "received", "accepted", "in-progress", "completed", "failed", "rejected", "cancelled"}
    assert set(FHIR) == set(HandoffState)
    assert set(FHIR.values()) <= known


@pytest.mark.parametrize("state", HandoffState)
def test_the_promise_is_the_receivers_only_between_a_firm_yes_and_the_end(state: HandoffState) -> None:
    holder = domain.promise_holder(state, "sender", "receiver")
    assert holder == ("receiver" if state in PROMISED else "sender")


@given(st.lists(st.integers(min_value=-60, max_value=24 * 60), max_size=30))
def test_a_rung_is_written_once_and_in_order_whenever_the_timer_looks(minutes: list[int]) -> None:
    written = 0
    for minute in minutes:
        now = DUE + timedelta(minutes=minute)
        ringing = domain.ring(now, DUE, written, LADDER)
        if ringing.kind is None:
            assert ringing.rung_no == written
            assert written == len(LADDER) or now < DUE + LADDER[written].after
        else:
            assert ringing.rung_no == written + 1
            assert ringing.kind == LADDER[written].kind
            assert now >= DUE + LADDER[written].after
            written += 1


def test_no_clock_no_rung() -> None:
    assert domain.ring(DUE, None, 0, LADDER).look_again_at is None


def test_whoever_is_no_party_does_not_learn_that_it_exists() -> None:
    stranger = Principal("agency:c", "c", frozenset({"agency"}), ("35.24",))
    with pytest.raises(NotFound):
        access.side_of(stranger, "a", "b", Side.RECEIVER)


def test_the_other_party_is_told_that_it_is_not_its_move() -> None:
    sender = Principal("agency:a", "a", frozenset({"agency"}), ("35.24",))
    with pytest.raises(domain.NotYourMove):
        access.side_of(sender, "a", "b", Side.RECEIVER)
    assert access.side_of(sender, "a", "b", Side.SENDER) == Side.SENDER
