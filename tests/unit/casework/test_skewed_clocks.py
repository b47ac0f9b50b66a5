"""Clocks that are wrong: a process's own date plays no part, and a database's clock that jumps is not believed."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands
from services.casework.handoff.handoffs.commands import Reach, RequestHandoff
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.matters.domain import case
from services.chassis import clock
from services.chassis.clock import Pace
from tests.support.simulation.office import STARTS, simulate, simulated_pack
from tests.support.simulation.people import SYSTEM
from tests.support.simulation.rows import Rows, Work, rows_in_memory, run

SEED, FEW = 5, 60
BOUND = timedelta(minutes=5)


async def nobody(*about: Any) -> bool:
    """Nothing above is set going."""
    return False


REACH = Reach(nobody, nobody, nobody)  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [-30, 30])
def test_the_date_of_our_own_processes_plays_no_part(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    right = simulate(FEW, SEED)
    now = clock.utc_now
    monkeypatch.setattr(clock, "utc_now", lambda: now() + timedelta(days=days))
    wrong = simulate(FEW, SEED)
    assert wrong.breaches == []
    assert wrong.digest == right.digest


class Machine:
    """A database's clock and a process's stopwatch."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.database_now: datetime = STARTS
        self.pace = Pace(BOUND, elapsed=lambda: self.seconds)

    def wait(self, span: timedelta, jump: timedelta = timedelta(0)) -> timedelta | None:
        """Time passes for both; the database's clock may jump. Answers by how much it is not believed."""
        self.wait_unseen(span, jump)
        return self.pace.jumped(self.database_now)

    def wait_unseen(self, span: timedelta, jump: timedelta) -> None:
        """Time passes, the clock may jump, and nobody looks."""
        self.seconds += span.total_seconds()
        self.database_now += span + jump


def at(machine: Machine, rows: Rows) -> Any:
    """A unit of work at the instant that the database shows."""
    return Work(rows, SYSTEM, machine.database_now)


@pytest.mark.parametrize("jump", [timedelta(days=3), timedelta(minutes=6), timedelta(days=-3)])
def test_a_clock_that_jumps_is_not_believed_until_it_comes_back(jump: timedelta) -> None:
    machine = Machine()
    assert machine.wait(timedelta(0)) is None
    assert machine.wait(timedelta(days=9)) is None, "a long quiet time is no jump"
    assert machine.wait(timedelta(minutes=1), jump) == jump
    assert machine.wait(timedelta(hours=1)) == jump
    assert machine.wait(timedelta(hours=1), -jump) is None


def test_a_clock_that_is_set_a_little_keeps_pace() -> None:
    machine = Machine()
    for _ in range(100):
        assert machine.wait(timedelta(minutes=1), timedelta(seconds=20)) is None


def asked(rows: Rows) -> Handoff:
    """A request under way."""
    new = UUID(int=1)
    request = RequestHandoff(
        case(new), new, "35.24", new, "35.24.17.2007", "step", 1, Purpose.INPATIENT_BED, "dinsos-lamongan",
        ("rsud-soegiri",), "", "",
    )  # fmt: skip
    found: Handoff = run(commands.open_handoff(request, Work(rows, SYSTEM, STARTS)))  # type: ignore[arg-type]
    return found


def escalations_after_a_jump(pace: Pace | None, machine: Machine) -> tuple[int, Any]:
    """How many escalation steps ring when the database's clock jumps ahead by three days, and what the timer is
    told."""
    with rows_in_memory(Random(SEED)):
        rows = Rows(simulated_pack())
        handoff = asked(rows)
        reading = None
        for span, jump in ((timedelta(minutes=1), timedelta(0)), (timedelta(minutes=1), timedelta(days=3))):
            machine.wait(span, jump)
            work: Any = Work(rows, SYSTEM, machine.database_now)
            reading = run(commands.escalate_if_due(handoff.id, REACH, work, pace))
        return len(rows.escalations_of[handoff.id]), reading


def test_a_database_clock_that_jumps_holds_the_rungs_and_they_go_on_when_it_is_back() -> None:
    machine = Machine()
    escalations, reading = escalations_after_a_jump(machine.pace, machine)
    assert escalations == 0
    assert (reading.is_open, reading.next_check_within) == (True, timedelta(minutes=1))


def test_a_jump_is_known_to_a_process_that_has_not_escalation_yet() -> None:
    machine = Machine()
    with rows_in_memory(Random(SEED)):
        rows = Rows(simulated_pack())
        handoff = asked(rows)
        run(commands.read_deadlines(handoff.id, at(machine, rows), machine.pace))
        machine.wait_unseen(timedelta(minutes=1), timedelta(days=3))
        run(commands.escalate_if_due(handoff.id, REACH, at(machine, rows), machine.pace))
        assert rows.escalations_of[handoff.id] == []


@pytest.mark.parametrize(
    ("behind", "wait"), [(timedelta(seconds=20), timedelta(seconds=20)), (timedelta(hours=2), timedelta(minutes=1))]
)
def test_a_timer_ahead_of_the_databases_clock_waits_for_it(behind: timedelta, wait: timedelta) -> None:
    machine = Machine()
    with rows_in_memory(Random(SEED)):
        rows = Rows(simulated_pack())
        handoff = asked(rows)
        look = run(commands.read_deadlines(handoff.id, at(machine, rows))).next_check_at
        assert look is not None
        machine.database_now = look - behind
        reading = run(commands.escalate_if_due(handoff.id, REACH, at(machine, rows), None, look))
        assert (reading.next_check_at, reading.next_check_within) == (look, wait)
        machine.database_now = look - timedelta(days=1)
        early = run(commands.escalate_if_due(handoff.id, REACH, at(machine, rows), None, machine.database_now))
        assert early.next_check_within is None, "a timer that is early by its own clock too waits for the instant"


def test_the_faulty_variant_that_believes_any_clock_escalates_falsely() -> None:
    escalations, _ = escalations_after_a_jump(None, Machine())
    assert escalations > 0, "without the look at the pace the jump would be taken: the test above can fail"
