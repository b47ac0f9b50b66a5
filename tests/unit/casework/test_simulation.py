"""Ten years of hand-offs on rows in memory: people, timers, crashes, outages and decrees from one seed.

Invariants, looked at after each step: one promise holder, at most one firm yes in a group, each escalation step once
and in order, neither early nor late nor of a deadline that stands still, a running deadline for whatever is open. 500
hand-offs here, ``SIGAP_SIMULATION_HANDOFFS=50000`` for the whole; each faulty variant must be caught by the same
checker.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from deploy.local.places import CHECKOUT
from services.casework.handoff.conditions.domain import ConditionAbout
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands, domain
from services.casework.handoff.handoffs.commands import MoveHandoff, OfferedCondition, RequestHandoff
from services.casework.handoff.handoffs.domain import Move
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.matters.domain import case
from services.chassis.principal import Principal
from tests.support.seeds import chosen_seed
from tests.support.simulation.faulty_variants import FAULTY_VARIANTS
from tests.support.simulation.office import STARTS, simulate, simulated_pack
from tests.support.simulation.people import SYSTEM, receiver, sender
from tests.support.simulation.rows import Rows, Work, rows_in_memory, run
from tests.support.simulation.scenarios import played_in_memory, written_down
from tests.support.simulation.story import every_stand_in

SEED = 22
HANDOFFS = int(os.environ.get("SIGAP_SIMULATION_HANDOFFS", "500"))
FEW = 150


def test_ten_years_of_hand_offs_keep_every_invariant() -> None:
    report = simulate(HANDOFFS, chosen_seed(24))
    print(*(f"{count:>9,} {what}" for what, count in report.figures.items()), sep="\n")
    assert report.breaches == []
    assert report.figures["hand-offs"] >= HANDOFFS


@pytest.mark.parametrize("variant", FAULTY_VARIANTS)
def test_the_checker_catches_each_faulty_variant(variant: str) -> None:
    report = simulate(FEW * 4, SEED, variant)
    assert any(FAULTY_VARIANTS[variant][1] in breach for breach in report.breaches), (
        f"the checker did not notice {variant}"
    )


def test_a_seed_gives_its_run_again_in_another_process() -> None:
    elsewhere = subprocess.run(
        [sys.executable, "-m", "tests.support.simulation.office", str(FEW), str(SEED)],
        cwd=CHECKOUT, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert simulate(FEW, SEED).digest == elsewhere.stdout.strip()
    assert simulate(FEW, SEED + 1).digest != elsewhere.stdout.strip()


async def test_the_rows_in_memory_answer_as_those_of_postgresql() -> None:
    story = await played_in_memory()
    assert every_stand_in() - story.asked == set(), "nobody asked them"
    assert story.told == written_down()


@pytest.fixture
def rows() -> Iterator[Rows]:
    with rows_in_memory(Random(SEED)):
        yield Rows(simulated_pack())


class Play:
    """A story told move by move."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.now: datetime = STARTS

    def ask(self, *candidates: str) -> list[Handoff]:
        """Ask some side by side."""
        new = UUID(int=1)
        request = RequestHandoff(
            case(new), new, "35.24", new, "35.24.17.2007", "step", 1, Purpose.INPATIENT_BED, "dinsos-lamongan",
            candidates, "", "", mode="parallel",
        )  # fmt: skip
        first = self.do(SYSTEM, lambda work: commands.open_handoff(request, work))
        return self.rows.of_group[first.group_id]

    def do(self, who: Principal, command: Callable[[Any], Any]) -> Any:
        """One command, a minute later."""
        self.now += timedelta(minutes=1)
        return run(command(Work(self.rows, who, self.now)))

    def move(self, handoff: Handoff, move: Move, **more: Any) -> None:
        """One move of whoever may make it."""
        side = next(iter(domain.SIDES[move] - {domain.Side.OFFICER}))
        who = sender(handoff) if side == domain.Side.SENDER else receiver(handoff)
        self.do(who, lambda work: commands.move_handoff(MoveHandoff(handoff.id, move, **more), work))

    def offer(self, handoff: Handoff, about: ConditionAbout = ConditionAbout.CANDIDATE) -> UUID:
        """«Yes, if …» the sender sees to something within a day."""
        condition = OfferedCondition("LETTER", True, self.now + timedelta(days=1), about)
        self.move(handoff, Move.ACCEPT_CONDITIONALLY, conditions=[condition])
        return self.rows.promises(handoff.id)[-1].id

    def meet(self, handoff: Handoff, condition_id: UUID) -> None:
        """The sender has seen to it."""
        self.do(sender(handoff), lambda work: commands.settle_condition(condition_id, "meet", None, work))

    def running(self, handoff: Handoff) -> set[tuple[str, int]]:
        """The deadlines that run."""
        return {(c.kind, c.occurrence) for c in self.rows.deadlines_of[handoff.id] if c.state == "running"}


def test_a_condition_met_while_everything_is_held_makes_the_yes_firm_when_it_goes_on(rows: Rows) -> None:
    play = Play(rows)
    (asked,) = play.ask("rsud-soegiri")
    condition = play.offer(asked)
    play.move(asked, Move.HOLD)
    play.meet(asked, condition)
    assert asked.state == "on-hold"
    play.move(asked, Move.RESUME)
    assert (asked.state, asked.promise_holder) == ("accepted", "rsud-soegiri")
    assert play.running(asked) == {("ARRIVE_BY", 1)}


def test_a_condition_about_the_case_binds_the_winner_when_what_is_held_is_beaten(rows: Rows) -> None:
    play = Play(rows)
    asked, other = play.ask("rsud-soegiri", "rsj-lawang")
    play.offer(asked, ConditionAbout.CASE)
    play.move(asked, Move.HOLD)
    play.move(other, Move.ACCEPT)
    assert (asked.state, play.running(asked)) == ("superseded", set())
    assert play.running(other) == {("ARRIVE_BY", 1), ("PROMISE_BY", 1)}


def test_a_condition_about_the_case_keeps_its_deadline_when_the_yes_is_undone(rows: Rows) -> None:
    play = Play(rows)
    (asked,) = play.ask("rsud-soegiri")
    play.offer(asked, ConditionAbout.CASE)
    play.move(asked, Move.UNDO)
    assert play.running(asked) == {("ANSWER_BY", 1), ("PROMISE_BY", 1)}
    play.move(asked, Move.ACCEPT)
    assert play.running(asked) == {("ARRIVE_BY", 1), ("PROMISE_BY", 1)}


def test_what_failed_is_not_reopened_once_another_has_given_a_firm_yes(rows: Rows) -> None:
    play = Play(rows)
    asked, other = play.ask("rsud-soegiri", "rsj-lawang")
    play.move(asked, Move.ACCEPT)
    play.do(receiver(other), lambda work: commands.keep_as_reserve(other.id, work))
    play.move(asked, Move.FAIL, reason_code="FULL")
    play.move(other, Move.ACCEPT)
    with pytest.raises(domain.GroupIsWon) as refused:
        play.move(asked, Move.REOPEN)
    assert not refused.value.legal_now


def test_whoever_was_full_before_the_person_came_does_not_reopen_past_the_queue(rows: Rows) -> None:
    play = Play(rows)
    asked, other = play.ask("rsud-soegiri", "rsj-lawang")
    play.move(asked, Move.ACCEPT)
    play.do(receiver(other), lambda work: commands.keep_as_reserve(other.id, work))
    play.move(asked, Move.FAIL, reason_code="FULL")
    with pytest.raises(domain.SearchWentOn):
        play.move(asked, Move.REOPEN)
    assert (asked.state, other.state) == ("failed", "requested")
