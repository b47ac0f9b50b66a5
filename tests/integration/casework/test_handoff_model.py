"""The hand-off walked at random beside a model: every path, the real commands, and what is legal told right."""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.casework.handoff.handoffs import domain
from services.casework.handoff.handoffs.domain import SIDES, Circumstances, HandoffState, Move, Side
from services.chassis import clock
from tests.support.casework.agencies import OFFICE, SOEGIRI
from tests.support.casework.asking import ask, deadlines, later, seen
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.ways import ENDS, WAYS

RUNNING: dict[HandoffState, set[str]] = {
    HandoffState.REQUESTED: {"ANSWER_BY"},
    HandoffState.RECEIVED: {"ANSWER_BY"},
    HandoffState.CONDITIONAL: {"PROMISE_BY"},
    HandoffState.ACCEPTED: {"ARRIVE_BY"},
    HandoffState.ARRIVED: {"STATUS_BY"},
    HandoffState.IN_PROGRESS: {"STATUS_BY"},
    HandoffState.COMPLETED: {"READ_BY"},
    HandoffState.FAILED: {"READ_BY"},
}
"""The deadlines that run in a state, beside the one that waits for what was spoken to be confirmed."""
WALKS = int(os.environ.get("SIGAP_WALKS", "20"))
WALKED: set[tuple[HandoffState, Move]] = set()


class Beside(RuleBasedStateMachine):
    """One hand-off of one candidate, moved by its parties and by an officer, legally and not."""

    loop: asyncio.AbstractEventLoop
    office: Desk
    hospital: Desk
    case_id: Any

    def does(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run it on the loop of the service."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @initialize(is_draft=st.booleans())
    def begin(self, is_draft: bool) -> None:
        """Open it."""
        self.handoff = self.does(ask(self.office, self.case_id, is_draft=is_draft))
        self.state = HandoffState.DRAFT if is_draft else HandoffState.REQUESTED
        self.held: HandoffState | None = None
        self.looks = 0
        self.last: Move | None = None
        self.spoken = self.cancel_asked = self.arrived = False

    def circumstances(self) -> Circumstances:
        """What the model knows beside the state; nobody else is asked, and ten minutes never pass."""
        return Circumstances(
            spoken_for=self.spoken,
            cancel_asked=self.cancel_asked,
            person_is_there=self.arrived,
            answer_may_be_undone=self.last in domain.ANSWERED_YES and not self.spoken,
            request_may_be_undone=self.last in (None, Move.SEND),
            must_arrive=not self.arrived,
            search_went_on=not self.arrived,
            is_promised=domain.is_firm(self.state, self.held),
        )

    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        """Somebody does what is legal, rather than what ends it."""
        legal = [
            Move(move)
            for side in (Side.RECEIVER, Side.SENDER)
            for move in domain.legal_now(self.state, side, self.circumstances())
        ]
        if legal:
            self.moves_to(data.draw(st.sampled_from([move for move in legal if move not in ENDS] or legal)))

    @rule(move=st.sampled_from(list(WAYS)))
    def moves(self, move: Move) -> None:
        """Somebody tries, legally or not."""
        self.moves_to(move)

    def moves_to(self, move: Move) -> None:
        """By the public API; the answer agrees with the model."""
        side = Side.RECEIVER if Side.RECEIVER in SIDES[move] else Side.SENDER
        path, body = WAYS[move]
        if move == Move.ACCEPT_CONDITIONALLY:
            body = {"conditions": [{"code": "BED_AVAILABLE", "owner": "RECEIVER", "due_at": later(days=1)}]}
        is_legal = move in domain.legal_now(self.state, side, self.circumstances())
        desk = self.hospital if side == Side.RECEIVER else self.office
        answer = self.does(desk.send(f"/handoffs/{self.handoff['handoff_id']}/{path}", **body))
        assert answer.status_code == (200 if is_legal else 409), (self.state, move, answer.text)
        if is_legal:
            self.went(move)
            if side == Side.RECEIVER:
                self.spoken = False
        else:
            offered = self.does(seen(desk, self.handoff))
            assert answer.json()["legal_now"] == offered["legal_now"] + offered["acts"], "one function for both"

    def went(self, move: Move) -> None:
        """The model follows."""
        WALKED.add((self.state, move))
        before = self.state
        self.state = domain.next_state(self.state, move, next(iter(SIDES[move])), self.held, self.circumstances())
        self.held = before if move == Move.HOLD else None
        self.last = move
        self.arrived = self.arrived or move == Move.ARRIVE
        self.cancel_asked = self.cancel_asked or move == Move.ASK_CANCEL

    @precondition(lambda self: self.state in domain.UNANSWERED)
    @rule()
    def says_yes_if(self) -> None:
        """The hospital names a condition."""
        self.moves_to(Move.ACCEPT_CONDITIONALLY)

    @precondition(lambda self: self.state in domain.UNANSWERED)
    @rule()
    def says_yes_by_phone(self) -> None:
        """An officer writes it down."""
        said: dict[str, Any] = {
            "move": "accept", "happened_at": (clock.utc_now() - timedelta(seconds=1)).isoformat(),
            "spoke_with": "Petugas Uji", "role": "HEAD", "phone": "0322000000",
        }  # fmt: skip
        self.does(self.office.move(self.handoff["handoff_id"], "spoken-answer", **said))
        self.went(Move.ACCEPT)
        self.spoken = True

    @precondition(lambda self: self.state == HandoffState.CONDITIONAL)
    @rule(is_met=st.booleans())
    def decides_the_condition(self, is_met: bool) -> None:
        """The bed is there, or is not."""
        conditions = self.does(seen(self.hospital, self.handoff))["conditions"]
        waiting = next(condition for condition in conditions if condition["state"] == "open")
        path = f"/conditions/{waiting['condition_id']}/{'fulfilment' if is_met else 'breach'}"
        self.does(self.hospital.post(path))
        WALKED.add((self.state, Move.FIRM_UP if is_met else Move.REJECT))
        self.state = HandoffState.ACCEPTED if is_met else HandoffState.REJECTED
        self.last = Move.FIRM_UP if is_met else Move.REJECT

    @invariant()
    def agrees(self) -> None:
        """The rows tell what the model knows, now to one party, now to the other."""
        self.looks += 1
        desk, side = ((self.hospital, Side.RECEIVER), (self.office, Side.SENDER))[self.looks % 2]
        found = self.does(seen(desk, self.handoff))
        assert (found["state"], found["held_state"]) == (self.state.value, self.held)
        assert found["promise_holder"] == domain.promise_holder(self.state, OFFICE, SOEGIRI, self.held)
        now = self.circumstances()
        assert set(found["legal_now"]) == set(domain.legal_now(self.state, side, now))
        assert set(found["acts"]) == set(domain.acts_now(self.state, side, now, self.held))
        before = UUID(int=UUID(found["handoff_id"]).int - 1)
        (listed,) = self.does(desk.get(f"/handoffs?limit=1&after={before}"))["items"]
        assert (listed["legal_now"], listed["acts"]) == (found["legal_now"], found["acts"])
        expected = RUNNING.get(self.state, set())
        assert deadlines(found).keys() - {"CONFIRM_BY"} == expected, self.state


@pytest.mark.parametrize("machine", [Beside])
async def test_every_walk_of_the_parties_agrees_with_the_table(
    casework: Bench, issuer: Issuer, machine: type[Beside]
) -> None:
    machine.case_id = await case_of(casework, await report_verified(casework))
    machine.loop = asyncio.get_running_loop()
    machine.office, machine.hospital = Desk(casework, issuer, OFFICE, "caseworker"), Desk(casework, issuer, SOEGIRI)
    settled = settings(
        max_examples=WALKS, stateful_step_count=12, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=settled)
    walked = {state for state, _ in WALKED}
    print(f"{len(WALKED)} pairs of state and move walked")
    assert {HandoffState.DRAFT, HandoffState.CONDITIONAL, HandoffState.ON_HOLD, HandoffState.IN_PROGRESS} <= walked
