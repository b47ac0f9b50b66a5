"""The rules of plans: what can be done when, what is signed, and what became of a line."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.casework.case.plans.domain import (
    ASKED_FOR,
    DONE_BY_TASK,
    MOVES,
    LineHasPassed,
    PlanCannotMove,
    PlannedService,
    PlanState,
    Standing,
    Work,
    check_until,
    digest_of,
    legal_moves,
    next_state,
    serves,
    standing_of,
)
from services.casework.desks.tasks.domain import known_kind
from services.casework.handoff.disclosures.domain import Purpose

DAY = date(2026, 3, 1)
ASSESSMENT, LINE = UUID(int=1), UUID(int=2)


def work(*, is_over: bool = False, result: str = "") -> Work:
    return Work("handoff", uuid4(), "FAMILY_TRACING", "a", "requested", is_over, result)


@pytest.mark.parametrize("state", PlanState)
@pytest.mark.parametrize("move", sorted({move for _, move in MOVES}))
def test_only_what_the_table_names_can_be_done(state: PlanState, move: str) -> None:
    if (state, move) in MOVES:
        assert next_state(state, move) is MOVES[state, move]
        return
    with pytest.raises(PlanCannotMove):
        next_state(state, move)


@pytest.mark.parametrize(
    ("state", "is_assessed", "has_lines", "legal"),
    [
        (None, False, False, ("assess",)),
        (None, True, False, ("assess", "begin")),
        ("draft", True, False, ("assess", "change")),
        ("draft", True, True, ("assess", "change", "propose")),
        ("proposed", True, True, ("assess", "withdraw", "return", "approve")),
        ("approved", True, True, ("assess", "begin")),
    ],
)
def test_what_is_legal_follows_from_the_newest_version(
    state: str | None, is_assessed: bool, has_lines: bool, legal: tuple[str, ...]
) -> None:
    assert legal_moves(state, is_open=True, is_assessed=is_assessed, has_lines=has_lines) == legal
    assert legal_moves(state, is_open=False, is_assessed=is_assessed, has_lines=has_lines) == ()


def test_a_digest_is_of_everything_that_is_signed_and_of_no_order() -> None:
    first, second = (LINE, "FOOD", "a", DAY, b"x"), (UUID(int=3), "AID", "b", DAY, b"y")
    known = digest_of(ASSESSMENT, [first, second])
    assert known == digest_of(ASSESSMENT, [second, first])
    others = [
        digest_of(UUID(int=9), [first, second]),
        digest_of(ASSESSMENT, [first]),
        *(
            digest_of(ASSESSMENT, [changed, second])
            for changed in [
                (UUID(int=9), "FOOD", "a", DAY, b"x"), (LINE, "AID", "a", DAY, b"x"), (LINE, "FOOD", "b", DAY, b"x"),
                (LINE, "FOOD", "a", date(2026, 3, 2), b"x"), (LINE, "FOOD", "a", DAY, b"z"),
            ]
        ),
    ]  # fmt: skip
    assert len({known, *others}) == len(others) + 1


def test_a_line_is_planned_for_today_or_later() -> None:
    check_until(DAY, DAY)
    with pytest.raises(LineHasPassed):
        check_until(date(2026, 2, 28), DAY)


@pytest.mark.parametrize(
    ("works", "standing"),
    [
        ([], Standing.NOT_BEGUN),
        ([work()], Standing.UNDER_WAY),
        ([work(is_over=True)], Standing.NOT_GIVEN),
        ([work(is_over=True, result="NOT_MET")], Standing.NOT_GIVEN),
        ([work(is_over=True), work()], Standing.UNDER_WAY),
        ([work(is_over=True), work(result="FAMILY_READY")], Standing.GIVEN),
    ],
)
def test_one_result_gives_a_service_and_only_failures_do_not(works: list[Work], standing: Standing) -> None:
    assert standing_of(works) is standing


def test_each_purpose_and_task_serves_at_most_one_service() -> None:
    purposes = [purpose for known in ASKED_FOR.values() for purpose in known]
    kinds = [known_kind(kind) for known in DONE_BY_TASK.values() for kind in known]
    assert len(set(purposes)) == len(purposes)
    assert len(set(kinds)) == len(kinds)
    left = set(Purpose) - set(purposes)
    assert left == {Purpose.CUSTODY_TRANSFER, Purpose.BURIAL, Purpose.INFORMATION}, "what is no service of a plan"


@pytest.mark.parametrize("service", PlannedService)
def test_a_hand_off_a_task_or_aid_serves_what_it_gives(service: PlannedService) -> None:
    assert serves(service, "aid", "AID") == (service is PlannedService.AID)
    assert serves(service, "handoff", "REPATRIATION") == (service is PlannedService.REUNIFICATION)
    assert serves(service, "task", "AFTERCARE_VISIT") == (service is PlannedService.FAMILY_GUIDANCE)
