"""What keeps a case open, whom to ask, and what two people may make of it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.casework.case.closing import domain
from services.casework.case.closing.domain import ASKED, Blocker, Disposition, Kind
from services.casework.handoff.handoffs.domain import OPEN, HandoffState

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOTHING = {service: list[str]() for service in ASKED}
TASK = Blocker(Kind.TASK, "task:1", "BURIAL", "dinsos", "open")
AID = Blocker(Kind.AID, "aid:1", "AID", "disbursement", "entitled")
CUSTODY = Blocker(Kind.CUSTODY, "custody:1", "CUSTODY", "rsj", "open")


def handoff(state: HandoffState) -> Blocker:
    return Blocker(Kind.HANDOFF, "handoff:1", "INPATIENT_BED", "rsj", state.value)


def test_a_service_that_is_silent_keeps_the_case_open_by_name() -> None:
    found = domain.open_elsewhere({"intake": [], "disbursement": ["AID_ON_ITS_WAY"]})
    assert [(blocker.party, blocker.name) for blocker in found] == [
        ("disbursement", "AID_ON_ITS_WAY"), ("notifications", "SILENT")
    ]  # fmt: skip
    assert domain.open_elsewhere(NOTHING) == []


@pytest.mark.parametrize(
    ("asked_ago", "answers", "stale", "is_due"),
    [
        (None, {}, False, True),
        (timedelta(hours=1), {}, False, False),
        (timedelta(hours=1), NOTHING, False, False),
        (timedelta(hours=1), NOTHING, True, False),
        (timedelta(hours=1), {}, True, False),
        (timedelta(hours=1), {"intake": ["X"]}, True, False),
        (timedelta(hours=1), {**NOTHING, "intake": ["X"]}, False, False),
        (timedelta(hours=1), {**NOTHING, "intake": ["X"]}, True, True),
        (timedelta(hours=21), {**NOTHING, "intake": ["X"]}, False, True),
        (timedelta(hours=21), {}, False, True),
        (timedelta(hours=21), NOTHING, False, False),
    ],
)
def test_the_others_are_asked_once_and_again_when_something_changed_or_a_day_went_by(
    asked_ago: timedelta | None, answers: dict[str, list[str]], stale: bool, is_due: bool
) -> None:
    asked_at = NOW - asked_ago if asked_ago is not None else None
    assert domain.is_to_be_asked(asked_at, answers, stale, NOW) is is_due


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_hand_off_has_one_disposition_that_fits_where_it_stands(state: HandoffState) -> None:
    expected = {
        HandoffState.COMPLETED: Disposition.READ, HandoffState.FAILED: Disposition.READ,
        HandoffState.ARRIVED: Disposition.FAIL, HandoffState.IN_PROGRESS: Disposition.FAIL,
    }.get(state, Disposition.EXPIRE)  # fmt: skip
    assert domain.dispositions_of(handoff(state)) == (expected,)


def test_closing_over_somebodys_custody_is_never_possible() -> None:
    assert domain.dispositions_of(CUSTODY) == ()
    with pytest.raises(domain.CustodyCannotBeForced):
        domain.check_dispositions([TASK, CUSTODY], {"task:1": "CANCEL", "custody:1": "CANCEL"})


def test_everything_open_needs_a_disposition_and_nothing_else_gets_one() -> None:
    domain.check_dispositions([TASK, AID], {"task:1": "CANCEL", "aid:1": "END_AID"})
    for dispositions in ({"task:1": "CANCEL"}, {"task:1": "CANCEL", "aid:1": "END_AID", "task:2": "CANCEL"}):
        with pytest.raises(domain.DispositionsAreIncomplete) as refused:
            domain.check_dispositions([TASK, AID], dispositions)
        assert refused.value.facts["missing"] or refused.value.facts["gone"]
    with pytest.raises(domain.DispositionDoesNotFit) as unfit:
        domain.check_dispositions([TASK], {"task:1": "READ"})
    assert unfit.value.facts == {"item": "task:1", "dispositions": ["CANCEL"]}
    with pytest.raises(domain.NothingToForce):
        domain.check_dispositions([], {})
