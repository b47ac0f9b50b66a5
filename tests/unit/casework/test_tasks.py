"""How a task may end, and how long it may take."""

from datetime import timedelta

import pytest

from services.casework.desks.tasks.domain import ResultIsUnknown, check_result, comes_back
from services.casework.office.directory.domain import CaseTypeRules


def test_a_task_ends_as_its_kind_may_end_or_is_told_how() -> None:
    check_result("BURIAL", "BURIED")
    with pytest.raises(ResultIsUnknown) as refused:
        check_result("BURIAL", "REACHED")
    assert refused.value.facts == {"legal": "BURIED, HANDED_TO_FAMILY"}


@pytest.mark.parametrize(
    ("kind", "result", "again"),
    [
        ("WAY_OUT", "UNDECIDED", True),
        ("CASE_CONFERENCE", "UNDECIDED", True),
        ("CASE_CONFERENCE", "DECIDED", False),
        ("BURIAL", "UNDECIDED", False),
    ],
)
def test_a_task_that_decided_nothing_comes_back_where_that_may_be(kind: str, result: str, again: bool) -> None:
    assert comes_back(kind, result) is again


def test_a_task_takes_as_long_as_the_pack_says_else_as_a_conference() -> None:
    rules = CaseTypeRules(
        case_type="GEPENG",
        task_due_within={"BURIAL": timedelta(hours=4)}, conference_due_within=timedelta(days=2),
    )  # fmt: skip
    assert rules.due_within("BURIAL") == timedelta(hours=4)
    assert rules.due_within("WAY_OUT") == timedelta(days=2)
