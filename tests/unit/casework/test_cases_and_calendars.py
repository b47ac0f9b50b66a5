"""Cases: moves, blockers, numbers. Calendars: working time in the desk's own zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.topics import event_types
from services.casework.cases import domain
from services.casework.cases.domain import MOVES, CaseState, OpenThings
from services.casework.directory.commands import check_pack
from services.casework.directory.domain import (
    WEEKDAYS,
    AgencyIsUnknown,
    Calendar,
    CaseworkPack,
    Hours,
    add_working_time,
)
from services.casework.story.domain import TEXTS, tell

OFFICE = Calendar(
    weekly={day: (Hours(opens=time(7), closes=time(15)),) for day in WEEKDAYS[:5]},
    days_off={date(2026, 3, 20): "Idulfitri"},
)


@pytest.mark.parametrize(("state", "move"), list(product(CaseState, {move for _, move in MOVES})))
def test_every_pair_of_state_and_move_of_a_case(state: CaseState, move: str) -> None:
    if (state, move) in MOVES:
        assert domain.next_state(state, move) == MOVES[state, move]
    else:
        with pytest.raises((domain.CaseIsClosed, domain.CaseCannotMove)) as refused:
            domain.next_state(state, move)
        assert refused.value.legal_now == domain.legal_moves(state) or state == CaseState.CLOSED


def test_what_is_open_blocks_closing_by_name() -> None:
    assert domain.blockers(OpenThings(1, 2, 1, True)) == ["handoffs", "tasks", "custody", "aid"]
    assert domain.blockers(OpenThings(0, 0, 0, False)) == []


def test_a_case_number_is_read_by_people() -> None:
    assert domain.case_number("ODGJ", "35.24", 2026, 123) == "ODGJ/35.24/2026/000123"


@pytest.mark.parametrize(
    ("zone", "start", "hours", "due"),
    [
        ("Asia/Jakarta", datetime(2026, 3, 2, 1, tzinfo=UTC), 4, datetime(2026, 3, 2, 5, tzinfo=UTC)),
        ("Asia/Jakarta", datetime(2026, 3, 6, 7, tzinfo=UTC), 4, datetime(2026, 3, 9, 3, tzinfo=UTC)),
        ("Asia/Makassar", datetime(2026, 3, 2, 0, tzinfo=UTC), 4, datetime(2026, 3, 2, 4, tzinfo=UTC)),
        ("Asia/Jayapura", datetime(2026, 3, 2, 0, tzinfo=UTC), 4, datetime(2026, 3, 2, 4, tzinfo=UTC)),
        ("Asia/Jakarta", datetime(2026, 3, 19, 7, tzinfo=UTC), 4, datetime(2026, 3, 23, 3, tzinfo=UTC)),
        ("Asia/Jakarta", datetime(2026, 3, 7, 3, tzinfo=UTC), 1, datetime(2026, 3, 9, 1, tzinfo=UTC)),
    ],
)
def test_working_time_counts_open_hours_of_the_desk(zone: str, start: datetime, hours: int, due: datetime) -> None:
    assert add_working_time(start, timedelta(hours=hours), OFFICE, zone) == due


@given(st.integers(min_value=0, max_value=60 * 24 * 60), st.integers(min_value=1, max_value=60 * 60))
def test_working_time_never_goes_back_and_more_of_it_ends_later(offset: int, amount: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    due = add_working_time(start, timedelta(minutes=amount), OFFICE, "Asia/Jakarta")
    later = add_working_time(start, timedelta(minutes=amount + 1), OFFICE, "Asia/Jakarta")
    assert due >= start + timedelta(minutes=amount)
    assert later > due


def test_duty_desks_work_around_the_clock() -> None:
    start = datetime(2026, 3, 7, 20, tzinfo=UTC)
    assert add_working_time(start, timedelta(hours=2), Calendar(always_open=True), "Asia/Jakarta") == start + timedelta(
        hours=2
    )


def test_the_lamongan_pack_is_whole_and_a_torn_one_is_refused() -> None:
    pack = CaseworkPack.model_validate(
        yaml.safe_load(Path("deploy/districts/35.24-lamongan/casework.yaml").read_text())
    )
    check_pack(pack)
    assert pack.candidates_for("INPATIENT_BED", "35.24.05.1003") == ("rsj-menur", "rsj-lawang")
    with pytest.raises(AgencyIsUnknown):
        check_pack(pack.model_copy(update={"office": "nobody"}))


def test_every_event_of_a_case_has_its_indonesian_line() -> None:
    silent = {
        "intake.operation.conducted.v1", "intake.person.recorded.v1", "intake.person_key.issued.v1",
        "disbursement.batch.proposed.v1", "disbursement.batch.approved.v1", "disbursement.batch.rejected.v1",
        "disbursement.batch.sent.v1", "disbursement.batch.reconciled.v1",
    }  # fmt: skip
    assert set(event_types()) - silent <= set(TEXTS)
    assert tell("casework.handoff.requested.v1", {"purpose": "INPATIENT_BED"}) == "INPATIENT_BED diminta kepada –"
