"""The hand-off's rules: the table walked whole, one promise holder, what each side may do, FHIR names."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from services.casework.handoff.deadlines.domain import EmergencyCannotPause
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import access, domain
from services.casework.handoff.handoffs.domain import (
    FHIR,
    HOLDABLE,
    MOVES,
    PROMISED,
    SIDES,
    UNDECIDED,
    Act,
    Beside,
    Circumstances,
    HandoffState,
    Move,
    Side,
)
from services.chassis.errors import NotFound
from services.chassis.principal import Principal, system_principal
from tests.support import golden

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HELD = sorted(HOLDABLE)


GOLDEN = golden.moves(
    """
    draft: send→requested cancel→cancelled enter-in-error→entered-in-error expire→expired
    requested: receive→received accept→accepted accept-conditionally→conditional reject→rejected cancel→cancelled \
        supersede→superseded expire→expired hold→on-hold enter-in-error→entered-in-error
    received: accept→accepted accept-conditionally→conditional reject→rejected cancel→cancelled \
        supersede→superseded expire→expired hold→on-hold
    conditional: firm-up→accepted reject→rejected cancel→cancelled supersede→superseded expire→expired hold→on-hold \
        contest→requested undo→received
    accepted: arrive→arrived start→in-progress fail→failed expire→expired hold→on-hold contest→requested \
        undo→received ask-cancel→accepted confirm-cancel→cancelled
    on-hold: resume→requested|received|conditional|accepted|arrived|in-progress supersede→superseded expire→expired
    arrived: start→in-progress fail→failed hold→on-hold
    in-progress: complete→completed fail→failed hold→on-hold ask-cancel→in-progress confirm-cancel→cancelled
    completed: close→closed
    failed: close→closed reopen→in-progress
    rejected: contest→requested
    superseded: ask-again→requested
    expired: ask-again→requested
    """
)
"""`handoff.md` §2, by hand."""

GOLDEN_SIDES = {
    "receiver": {
        "receive", "accept", "accept-conditionally", "reject", "arrive", "start", "complete", "fail", "reopen",
        "contest", "undo", "confirm-cancel",
    },
    "sender": {"send", "close", "cancel", "ask-cancel", "enter-in-error", "hold", "resume"},
    "officer": {"hold", "resume"},
    "system": {"firm-up", "expire", "supersede", "ask-again"},
}  # fmt: skip


@pytest.mark.parametrize(("state", "move"), list(product(HandoffState, Move)))
def test_every_pair_of_state_and_move_is_legal_or_refused_with_what_is(state: HandoffState, move: Move) -> None:
    side = Side(next(side for side, own in GOLDEN_SIDES.items() if move in own))
    if (state, move) not in GOLDEN:
        with pytest.raises(domain.HandoffCannotMove) as refused:
            domain.next_state(state, move, side)
        assert set(refused.value.legal_now) <= golden.legal(GOLDEN, state) & GOLDEN_SIDES[side]
        assert refused.value.legal_now == domain.legal_now(state, side, Circumstances())
    elif move == Move.RESUME:
        assert {domain.next_state(state, move, side, held) for held in HELD} == GOLDEN[state, move]
    else:
        assert {domain.next_state(state, move, side)} == GOLDEN[state, move]


def test_each_move_is_made_by_the_sides_written_down() -> None:
    for state, side in product(HandoffState, Side):
        assert set(domain.legal_moves(state, side)) == golden.legal(GOLDEN, state) & GOLDEN_SIDES[side]
    assert {side: {move for move in Move if Side(side) in SIDES[move]} for side in GOLDEN_SIDES} == GOLDEN_SIDES


def test_every_state_is_reached_and_every_open_one_can_be_left() -> None:
    reached = {HandoffState.DRAFT}
    while True:
        further = reached.union(*(targets for (source, _), targets in MOVES.items() if source in reached))
        if further == reached:
            break
        reached = further
    assert reached == set(HandoffState)
    ended = {source for source, _ in MOVES} - domain.OPEN
    assert ended == {HandoffState.REJECTED, HandoffState.SUPERSEDED, HandoffState.EXPIRED}, "contested, or asked again"


def test_every_state_has_its_fhir_task_status() -> None:
    known = {
        "draft", "requested", "received", "accepted", "rejected", "cancelled", "in-progress", "on-hold", "failed",
        "completed", "entered-in-error",
    }  # fmt: skip
    assert set(FHIR) == set(HandoffState)
    assert set(FHIR.values()) <= known
    assert domain.fhir_status(HandoffState.CLOSED, has_failed=True) == "failed"


def test_status_and_business_status_together_tell_the_states_apart() -> None:
    told = [(FHIR[state], domain.BUSINESS.get(state)) for state in HandoffState]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("state", [state for state in HandoffState if state != HandoffState.ON_HOLD])
def test_the_promise_is_the_receivers_only_between_a_firm_yes_and_the_end(state: HandoffState) -> None:
    holder = domain.promise_holder(state, "sender", "receiver")
    assert holder == ("receiver" if state in PROMISED else "sender")


@pytest.mark.parametrize("held", HELD)
def test_on_hold_the_promise_stays_with_whoever_had_it(held: HandoffState) -> None:
    holder = domain.promise_holder(HandoffState.ON_HOLD, "sender", "receiver", held)
    assert holder == domain.promise_holder(held, "sender", "receiver")


@pytest.mark.parametrize("state", HandoffState)
def test_cancelling_is_the_senders_alone_until_a_firm_yes_and_then_needs_consent(state: HandoffState) -> None:
    assert ((state, Move.CANCEL) in MOVES) == (state in UNDECIDED | {HandoffState.DRAFT})
    assert ((state, Move.ASK_CANCEL) in MOVES) == (state in {HandoffState.ACCEPTED, HandoffState.IN_PROGRESS})


@pytest.mark.parametrize(("held", "ends"), [(state, state in UNDECIDED | {HandoffState.ACCEPTED}) for state in HELD])
def test_what_is_held_expires_exactly_when_it_would_without_the_hold(held: HandoffState, ends: bool) -> None:
    assert domain.expires(HandoffState.ON_HOLD, held) == domain.expires(held) == ends


REFUSED = {
    Move.CONTEST: (Circumstances(), domain.NobodySpokeForThem),
    Move.UNDO: (Circumstances(), domain.TooLateToUndo),
    Move.ENTER_IN_ERROR: (Circumstances(), domain.TooLateToUndo),
    Move.CONFIRM_CANCEL: (Circumstances(), domain.CancellationWasNotAsked),
    Move.ASK_CANCEL: (Circumstances(person_is_there=True), domain.PersonIsThere),
    Move.ACCEPT: (Circumstances(won_by_other=True), domain.GroupIsWon),
    Move.ACCEPT_CONDITIONALLY: (Circumstances(won_by_other=True), domain.GroupIsWon),
    Move.REOPEN: (Circumstances(search_went_on=True), domain.SearchWentOn),
    Move.START: (Circumstances(must_arrive=True), domain.PersonHasNotArrived),
    Move.HOLD: (Circumstances(is_emergency=True), EmergencyCannotPause),
}


@pytest.mark.parametrize("move", REFUSED)
def test_a_move_against_the_circumstances_is_refused_and_not_offered(move: Move) -> None:
    circumstances, refusal = REFUSED[move]
    assert domain.refusal(move, circumstances) is refusal
    for state in HandoffState:
        for side in Side:
            assert move not in domain.legal_now(state, side, circumstances)


@dataclass
class Row:
    """As much of a hand-off's row as the rules look at."""

    to_agency: str = "receiver"
    purpose: str = Purpose.INPATIENT_BED.value
    state: str = HandoffState.ACCEPTED.value
    held_state: str | None = None
    reason_code: str | None = None
    is_reserve: bool = False
    spoken_for: bool = False
    cancel_asked_at: datetime | None = None
    arrived_at: datetime | None = None
    claimed_by: str | None = None
    last_move: str = Move.ACCEPT.value
    last_moved_by: str = "nurse"
    last_moved_at: datetime | None = NOW


@pytest.mark.parametrize(
    ("row", "actor", "minutes", "told", "may"),
    [
        (Row(), "nurse", 9, False, True),
        (Row(), "nurse", 10, False, True),
        (Row(), "nurse", 11, False, False),
        (Row(), "colleague", 1, False, False),
        (Row(), "nurse", 1, True, False),
        (Row(last_move=Move.RECEIVE.value), "nurse", 1, False, False),
    ],
)
def test_a_yes_is_undone_within_ten_minutes_by_whoever_gave_it_while_nobody_acted(
    row: Row, actor: str, minutes: int, told: bool, may: bool
) -> None:
    now = domain.circumstances(row, Beside(others_were_told=told), actor, NOW + timedelta(minutes=minutes))
    assert now.answer_may_be_undone == may


def test_a_request_is_undone_only_while_nobody_has_claimed_it() -> None:
    asked = Row(last_move="request", last_moved_by="worker")
    assert domain.circumstances(asked, Beside(), "worker", NOW).request_may_be_undone
    asked.claimed_by = "nurse"
    assert not domain.circumstances(asked, Beside(), "worker", NOW).request_may_be_undone


def test_a_file_may_be_called_back_where_a_person_may_not() -> None:
    there = Row(arrived_at=NOW)
    assert domain.circumstances(there, Beside(), "x", NOW).person_is_there
    there.purpose = Purpose.FAMILY_TRACING.value
    assert not domain.circumstances(there, Beside(), "x", NOW).person_is_there


def test_nobody_says_by_phone_that_a_person_changed_hands() -> None:
    assert Move.ARRIVE not in domain.SPEAKABLE
    assert all(Side.RECEIVER in SIDES[move] for move in domain.SPEAKABLE)


STUCK = {Act.RESEND, Act.REDIRECT, Act.WITHDRAW}


@pytest.mark.parametrize(
    ("state", "side", "facts", "acts"),
    [
        (HandoffState.RECEIVED, Side.RECEIVER, {}, {Act.ASK}),
        (HandoffState.RECEIVED, Side.RECEIVER, {"question_is_open": True}, set()),
        (HandoffState.RECEIVED, Side.RECEIVER, {"is_emergency": True}, set()),
        (HandoffState.RECEIVED, Side.SENDER, {"question_is_open": True}, {Act.REPLY, *STUCK}),
        (HandoffState.REQUESTED, Side.OFFICER, {}, STUCK),
        (HandoffState.CONDITIONAL, Side.SENDER, {}, STUCK - {Act.RESEND}),
        (HandoffState.ACCEPTED, Side.SENDER, {"is_promised": True}, set()),
        (HandoffState.IN_PROGRESS, Side.OFFICER, {"is_promised": True}, set()),
        (HandoffState.IN_PROGRESS, Side.RECEIVER, {}, {Act.REPORT}),
        (HandoffState.ACCEPTED, Side.RECEIVER, {"spoken_for": True}, {Act.REPORT, Act.CONFIRM}),
        (HandoffState.SUPERSEDED, Side.RECEIVER, {}, {Act.RESERVE}),
        (HandoffState.SUPERSEDED, Side.RECEIVER, {"is_reserve": True}, set()),
        (HandoffState.CLOSED, Side.SENDER, {}, set()),
    ],
)
def test_what_can_be_said_beside_the_moves(
    state: HandoffState, side: Side, facts: dict[str, bool], acts: set[Act]
) -> None:
    assert set(domain.acts_now(state, side, Circumstances(**facts))) == acts


FLAGS = list(Circumstances.__dataclass_fields__)
IN_THEIR_WAY = {
    "spoken_for": set(), "cancel_asked": set(), "answer_may_be_undone": set(), "request_may_be_undone": set(),
    "question_is_open": set(), "is_reserve": set(), "is_promised": set(),
    "person_is_there": {Move.ASK_CANCEL, Move.CONFIRM_CANCEL},
    "won_by_other": {Move.ACCEPT, Move.ACCEPT_CONDITIONALLY, Move.CONTEST, Move.REOPEN},
    "must_arrive": {Move.START}, "search_went_on": {Move.REOPEN}, "is_emergency": {Move.HOLD},
}  # fmt: skip
NEEDS = {
    Move.CONTEST: "spoken_for", Move.UNDO: "answer_may_be_undone", Move.ENTER_IN_ERROR: "request_may_be_undone",
    Move.CONFIRM_CANCEL: "cancel_asked",
}  # fmt: skip
"""Written by hand: which circumstance stands in the way of what, and what needs one."""


@pytest.mark.parametrize("flags", list(product((False, True), repeat=len(FLAGS)))[::7])
def test_what_is_offered_is_what_is_taken_in_every_state_on_every_side(flags: tuple[bool, ...]) -> None:
    true = {name for name, is_true in zip(FLAGS, flags, strict=True) if is_true}
    now = Circumstances(**dict.fromkeys(true, True))
    blocked = set().union(*(IN_THEIR_WAY[name] for name in true))
    missing = {move for move, needed in NEEDS.items() if needed not in true}
    for state, side in product(HandoffState, Side):
        legal = golden.legal(GOLDEN, state) & GOLDEN_SIDES[side]
        assert set(domain.legal_now(state, side, now)) == {m for m in legal if Move(m) not in blocked | missing}


def test_no_circumstance_is_forgotten() -> None:
    assert set(FLAGS) == set(IN_THEIR_WAY)


@pytest.mark.parametrize(
    ("purpose", "arrived", "reason", "went_on"),
    [
        (Purpose.INPATIENT_BED, False, "FULL", True),
        (Purpose.INPATIENT_BED, False, "ABSCONDED", True),
        (Purpose.INPATIENT_BED, True, "ABSCONDED", False),
        (Purpose.FAMILY_TRACING, False, "NO_STAFF", True),
        (Purpose.FAMILY_TRACING, False, "NOT_FOUND", False),
    ],
)
def test_whoever_gave_a_yes_back_before_the_person_came_stands_behind_the_queue(
    purpose: Purpose, arrived: bool, reason: str, went_on: bool
) -> None:
    row = Row(purpose=purpose.value, state="failed", reason_code=reason, arrived_at=NOW if arrived else None)
    assert domain.circumstances(row, Beside(), "x", NOW).search_went_on == went_on


def test_whoever_is_no_party_does_not_learn_that_it_exists() -> None:
    stranger = Principal("agency:c", "c", frozenset({"agency"}), ("35.24",))
    with pytest.raises(NotFound):
        access.side_of(stranger, "a", "b", {Side.RECEIVER})


def test_the_other_party_is_told_that_it_is_not_its_move() -> None:
    sender = Principal("agency:a", "a", frozenset({"agency"}), ("35.24",))
    with pytest.raises(domain.NotYourMove):
        access.side_of(sender, "a", "b", {Side.RECEIVER})
    assert access.side_of(sender, "a", "b", {Side.SENDER}) == Side.SENDER


def test_each_party_stands_on_its_own_side_and_the_system_on_any() -> None:
    receiver = Principal("agency:b", "b", frozenset({"agency"}), ("35.24",))
    assert access.side_of(receiver, "a", "b", SIDES[Move.ACCEPT]) == Side.RECEIVER
    assert access.sides(Principal("staff:a", "a", frozenset({"section-head"}), ("35.24",)), "a", "b") == [
        Side.SENDER, Side.OFFICER,
    ]  # fmt: skip
    assert access.side_of(system_principal("casework"), "a", "b", SIDES[Move.EXPIRE]) == Side.SYSTEM


def test_only_a_party_or_the_system_is_let_in() -> None:
    for known in (Principal("agency:a", "a"), Principal("agency:b", "b"), system_principal("casework")):
        access.check_is_party(known, "a", "b")
    with pytest.raises(NotFound) as unknown:
        access.check_is_party(Principal("agency:c", "c"), "a", "b")
    assert unknown.value.facts == {"kind": "handoffs"}


@pytest.mark.parametrize(
    ("role", "move", "may"),
    [
        ("agency", Move.ACCEPT, True),
        ("desk-officer", Move.CANCEL, True),
        ("auditor", Move.ACCEPT, False),
        ("auditor", Move.CANCEL, False),
        ("operator", Move.HOLD, False),
    ],
)
def test_a_move_needs_a_role_that_answers_or_sends(role: str, move: Move, may: bool) -> None:
    assert access.may_move(Principal("staff:x", "a", frozenset({role})), move) is may
    assert access.may_move(system_principal("casework"), move)


@pytest.mark.parametrize(
    ("claimed_by", "until", "is_others"),
    [
        ("staff:other", NOW + timedelta(minutes=1), True),
        ("staff:other", NOW, False),
        ("staff:me", NOW + timedelta(minutes=1), False),
        ("staff:other", None, False),
        (None, None, False),
    ],
)
def test_a_colleagues_claim_holds_until_its_end(
    claimed_by: str | None, until: datetime | None, is_others: bool
) -> None:
    me = Principal("staff:me", "b", frozenset({"desk-officer"}), ("35.24",))
    assert access.is_claimed_by_other(claimed_by, until, me, NOW) is is_others


def test_a_duty_head_may_hold_what_is_between_others_but_not_answer_it() -> None:
    head = Principal("staff:h", "office", frozenset({"section-head"}), ("35.24",))
    assert access.side_of(head, "a", "b", SIDES[Move.HOLD]) == Side.OFFICER
    with pytest.raises(domain.NotYourMove):
        access.side_of(head, "a", "b", SIDES[Move.ACCEPT])


def test_only_staff_of_the_asking_side_write_down_what_was_said_by_phone() -> None:
    head = Principal("staff:h", "office", frozenset({"section-head"}), ("35.24",))
    access.check_may_speak_for(head, "a", "b")
    for refused, error in (
        (Principal("staff:b", "b", frozenset({"caseworker"}), ("35.24",)), domain.NotYourMove),
        (Principal("agency:a", "a", frozenset({"agency"}), ("35.24",)), domain.NotYourMove),
        (Principal("staff:c", "c", frozenset({"desk-officer"}), ("35.24",)), NotFound),
    ):
        with pytest.raises(error):
            access.check_may_speak_for(refused, "a", "b")
