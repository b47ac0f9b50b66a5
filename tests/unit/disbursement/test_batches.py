"""Four eyes, the frozen list, and the moves of a batch."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import SigapError
from services.disbursement.batches import domain
from services.disbursement.batches.domain import (
    BatchState,
    Given,
    ListLine,
    Move,
    PaymentCannotMove,
    PaymentState,
    next_payment_state,
)
from tests.support import golden

NEEDED = ("aid-verifier", "aid-approver")
PEOPLE = ["budi", "wati", "hadi", "rangkap"]
ROLES = {
    "budi": {"aid-proposer", "aid-approver"},
    "wati": {"aid-verifier"},
    "hadi": {"aid-approver"},
    "rangkap": {"aid-verifier", "aid-approver"},
}


@given(st.sampled_from(PEOPLE), st.lists(st.tuples(st.sampled_from(PEOPLE), st.booleans()), max_size=8))
def test_whatever_people_try_a_batch_is_approved_by_two_others_only(
    proposer: str, tries: list[tuple[str, bool]]
) -> None:
    state = BatchState.PROPOSED
    given_: list[Given] = []
    for actor, says_yes in tries:
        try:
            if says_yes:
                move = domain.check_approval(
                    state=state, actor=actor, roles=ROLES[actor], proposer=proposer, needed=NEEDED, given=given_
                )
                given_.append(Given(actor, NEEDED[len(given_)]))
                state = domain.next_state(state, move)
            else:
                state = domain.check_rejection(state=state, actor=actor, proposer=proposer)
        except SigapError:
            continue
    approvers = [approval.actor for approval in given_]
    assert proposer not in approvers
    assert len(set(approvers)) == len(approvers)
    assert all(approval.role in ROLES[approval.actor] for approval in given_)
    assert (state is BatchState.APPROVED) <= (len(given_) == len(NEEDED))


def attempt(**changes: Any) -> Move:
    """An approval by the first approver, but for what is said."""
    return domain.check_approval(
        **{
            "state": BatchState.PROPOSED,
            "actor": "wati",
            "roles": {"aid-verifier"},
            "proposer": "budi",
            "needed": NEEDED,
            "given": (),
            **changes,
        }
    )


def test_each_refusal_of_an_approval_has_its_own_name() -> None:
    first = (Given("wati", "aid-verifier"),)
    assert attempt() is Move.ENDORSE
    assert attempt(actor="hadi", roles={"aid-approver"}, given=first, state=BatchState.ENDORSED) is Move.APPROVE
    with pytest.raises(domain.ProposerCannotApprove):
        attempt(actor="budi")
    with pytest.raises(domain.AlreadyApprovedByYou):
        attempt(given=first, state=BatchState.ENDORSED, roles={"aid-verifier", "aid-approver"})
    with pytest.raises(domain.ApprovalNeedsOtherRole):
        attempt(roles={"aid-approver"})
    for state in (BatchState.APPROVED, BatchState.SENDING, BatchState.SENT, BatchState.RECONCILED, BatchState.REJECTED):
        with pytest.raises(domain.BatchCannotMove) as refused:
            attempt(state=state)
        assert refused.value.legal_now == ()


GOLDEN = golden.moves(
    """
    proposed: endorse→endorsed reject→rejected revise→proposed dissolve→rejected
    endorsed: endorse→endorsed approve→approved reject→rejected revise→proposed dissolve→rejected
    approved: revise→proposed dissolve→rejected hand_in→sending
    sending: take_back→approved send→sent
    sent: reconcile→reconciled
    """
)
GOLDEN_PAYMENTS = golden.moves(
    """
    ordered: instruct→instructed cancel→cancelled
    instructed: credit→credited fail→failed
    credited: fail→failed
    failed: credit→credited
    """
)


def test_a_batch_moves_as_written_down_and_people_are_told_what_they_may_do() -> None:
    by_people = {"proposed": {"approve", "reject"}, "endorsed": {"approve", "reject"}}
    golden.judge(
        GOLDEN, BatchState, Move, domain.next_state, refused=domain.BatchCannotMove, says=domain.legal_actions,
        legal_now=by_people,
    )  # fmt: skip


@given(
    st.lists(st.tuples(st.uuids(), st.integers(1, 10**12)), min_size=1, max_size=20, unique_by=lambda line: line[0]),
    st.data(),
)
def test_the_digest_changes_with_the_list_and_not_with_its_order(
    rows: list[tuple[UUID, int]], data: st.DataObject
) -> None:
    lines = [ListLine(number, row[0], row[0], row[1]) for number, row in enumerate(rows, 1)]
    digest = domain.list_digest("BANTUAN", lines)
    assert domain.list_digest("BANTUAN", data.draw(st.permutations(lines))) == digest
    at = data.draw(st.integers(0, len(lines) - 1))
    for changed in (
        replace(lines[at], amount_rupiah=lines[at].amount_rupiah + 1),
        replace(lines[at], entitlement_id=uuid4()),
        replace(lines[at], payment_id=uuid4()),
    ):
        assert domain.list_digest("BANTUAN", [*lines[:at], changed, *lines[at + 1 :]]) != digest
    assert domain.list_digest("LAIN", lines) != digest
    assert len(lines) == 1 or domain.list_digest("BANTUAN", lines[:-1]) != digest


def test_a_payment_moves_as_written_down_or_says_what_is_legal() -> None:
    golden.judge(
        GOLDEN_PAYMENTS,
        PaymentState,
        ["instruct", "cancel", "credit", "fail"],
        next_payment_state,
        refused=PaymentCannotMove,
    )


def test_a_payment_has_one_id_per_period_entitlement_and_attempt() -> None:
    entitlement = uuid4()
    ids = {
        domain.payment_id(programme, period, entitlement, attempt_no)
        for programme in ("A", "B")
        for period in ("2026", "2027")
        for attempt_no in (1, 2)
    }
    assert len(ids) == 8
    assert domain.payment_id("A", "2026", entitlement, 1) in ids


@given(st.lists(st.integers(1, 400), max_size=60), st.integers(400, 1000))
def test_every_list_of_a_proposal_may_be_approved_and_nobody_is_left_out(amounts: list[int], limit: int) -> None:
    sizes = domain.list_sizes(amounts, limit)
    assert sum(sizes) == len(amounts)
    rest = list(amounts)
    for size in sizes:
        assert 0 < sum(rest[:size]) <= limit
        rest = rest[size:]


def test_a_list_is_as_long_as_two_people_can_look_through() -> None:
    assert domain.list_sizes([1] * 2500, 10**9) == [1000, 1000, 500]
    with pytest.raises(domain.TotalIsAboveEveryLimit):
        domain.list_sizes([10, 101], 100)
