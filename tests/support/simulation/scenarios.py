"""Hand-offs opened and moved by the real commands, and what every query answers after each step: the same story on the
rows in memory and on those of PostgreSQL, told in the same words as ``answers.txt``.

``python -m tests.support.simulation.scenarios`` prints what the rows in memory answer; read it before it is kept.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.casework.handoff.conditions.domain import ConditionAbout
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands
from services.casework.handoff.handoffs.commands import (
    MoveHandoff,
    OfferedCondition,
    Reach,
    ReportStatus,
    RequestHandoff,
    Spoken,
)
from services.casework.handoff.handoffs.domain import Move
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack, DayOff, DayOffKind
from services.casework.office.matters.domain import case
from services.chassis import clock
from services.chassis.errors import SigapError
from services.chassis.principal import Principal
from tests.support.simulation.office import simulated_pack
from tests.support.simulation.people import SYSTEM, receiver, sender
from tests.support.simulation.rows import Rows, Work, rows_in_memory
from tests.support.simulation.story import DISTRICT, MATTERS, PERSONS, SOEGIRI, Command, Ground, Story

ANSWERS = Path(__file__).with_name("answers.txt")
LAWANG, MENUR, VILLAGE, CLINIC = "rsj-lawang", "rsj-menur", "desa-sukodadi", "puskesmas-babat"


@dataclass(slots=True)
class InMemory:
    """The rows of the simulation."""

    rows: Rows

    async def perform(self, who: Principal, at: datetime, command: Command) -> Any:
        """On ``Work``."""
        work = Work(self.rows, who, at)
        try:
            return await command(work)
        except SigapError:
            work.roll_back()
            raise


@contextmanager
def ids_in_order() -> Iterator[None]:
    """New ids rise, as those of a service do, and are the same in each run."""
    number = count(1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "new_id", lambda: UUID(int=next(number)))
        yield


async def played(ground: Ground, pack: CaseworkPack) -> Story:
    """The whole story."""
    story = Story(ground, pack)
    await _three_hospitals(story)
    await _escalations_of_the_reserve(story)
    await _work(story)
    await _what_was_said_by_phone(story)
    await _an_emergency(story)
    await _a_condition_passed_on(story)
    await _a_decree(story)
    return story


def _asks(
    matter: int, step: str, purpose: Purpose, candidates: list[str], mode: str = "sequential", *, is_draft: bool = False
) -> Command:
    request = RequestHandoff(
        case(MATTERS[matter]), MATTERS[matter], DISTRICT, PERSONS[matter], "35.24.17.2007", step, 1, purpose,
        "dinsos-lamongan", candidates, "", "", mode=mode, is_draft=is_draft,
    )  # fmt: skip
    return lambda uow: commands.open_handoff(request, uow)


def _moves(handoff: Handoff, move: Move, **more: Any) -> Command:
    return lambda uow: commands.move_handoff(MoveHandoff(handoff.id, move, **more), uow)


def _settles(condition_id: UUID, verb: str) -> Command:
    return lambda uow: commands.settle_condition(condition_id, verb, None, uow)


async def _three_hospitals(story: Story) -> None:
    three = [SOEGIRI, LAWANG, MENUR]
    await story.step("three are asked side by side", SYSTEM, _asks(0, "bed", Purpose.INPATIENT_BED, three, "parallel"))
    first, second, third = story.handoffs
    await story.step("the first receives it", receiver(first), _moves(first, Move.RECEIVE))
    await story.step("the second asks", receiver(second), lambda uow: commands.ask_question(second.id, "FUNDING", uow))
    await story.step("it is answered", sender(second), lambda uow: commands.reply(second.id, "SENT", uow))
    offered = [
        OfferedCondition("BED_AVAILABLE", False, story.now + timedelta(hours=5)),
        OfferedCondition("LETTER", True, story.now + timedelta(hours=26), ConditionAbout.CASE),
        OfferedCondition("ESCORT", True, story.now + timedelta(hours=27), ConditionAbout.CASE),
    ]
    conditional = _moves(first, Move.ACCEPT_CONDITIONALLY, conditions=offered)
    await story.step("the first says yes, if", receiver(first), conditional)
    bed, letter, escort = story.conditions
    await story.step("the third is held", sender(third), _moves(third, Move.HOLD, reason_code="WAITING"))
    await story.step("the letter is there", sender(first), _settles(letter, "meet"))
    await story.step("the escort is waived by no party", sender(first), _settles(escort, "waive"))
    await story.step("the escort is waived", receiver(first), _settles(escort, "waive"))
    await story.step("the bed is free: a firm yes", receiver(first), _settles(bed, "meet"))
    await story.step("the second says yes too late", receiver(second), _moves(second, Move.ACCEPT))
    await story.step("it stays as reserve", receiver(second), lambda uow: commands.keep_as_reserve(second.id, uow))
    full = _moves(first, Move.FAIL, reason_code="FULL")
    await story.step("the first is full after all: the reserve is asked", receiver(first), full)


async def _nothing(*_: Any) -> None:
    return None


async def _has_somebody(*_: Any) -> bool:
    return False


def _rings(handoff: Handoff) -> Command:
    reach = Reach(_nothing, _nothing, _has_somebody)
    return lambda uow: commands.escalate_if_due(handoff.id, reach, uow)


async def _escalations_of_the_reserve(story: Story) -> None:
    second = story.handoffs[1]
    await story.step("the timer is early", SYSTEM, _rings(second))
    await story.step("nobody looks for two days", SYSTEM, _rings(second), timedelta(days=2))
    await story.step("the timer once more", SYSTEM, _rings(second))
    await story.step("it is received at last", receiver(second), _moves(second, Move.RECEIVE))
    await story.step("to the end of the policy, its notices still awaited", SYSTEM, _rings(second))
    await story.step("what was awaited too long is telephoned", SYSTEM, _rings(second), timedelta(minutes=20))
    in_time = story.now - timedelta(days=2)
    late = _moves(second, Move.ACCEPT, happened_at=in_time)
    await story.step("the yes was given in time and is told late", receiver(second), late)


async def _work(story: Story) -> None:
    second = story.handoffs[1]
    hospital = receiver(second)
    await story.step("no arrival without its paper", hospital, _moves(second, Move.ARRIVE))
    await story.step("the person arrives", hospital, _moves(second, Move.ARRIVE, ba_number="BA/1"))
    await story.step("the work begins", hospital, _moves(second, Move.START))
    await story.step("it is held", sender(second), _moves(second, Move.HOLD, reason_code="WAITING"))
    await story.step("it goes on", sender(second), _moves(second, Move.RESUME), timedelta(hours=3))
    ready = ReportStatus(second.id, "STABLE", story.now + timedelta(days=9), is_ready=True)
    await story.step("news: ready to be fetched", hospital, lambda uow: commands.report_status(ready, uow))
    await story.step("it is done", hospital, _moves(second, Move.COMPLETE, result_code="DISCHARGED_STABLE"))
    await story.step("it is read", sender(second), _moves(second, Move.CLOSE))


def _by_phone(handoff: Handoff, move: Move, at: datetime) -> Command:
    spoken = Spoken("Petugas Uji", "DUTY_OFFICER", "0322000000")
    return _moves(handoff, move, spoken=spoken, happened_at=at, reason_code="BY_PHONE")


async def _what_was_said_by_phone(story: Story) -> None:
    two = [VILLAGE, CLINIC]
    draft = _asks(0, "family", Purpose.FAMILY_TRACING, two, is_draft=True)
    await story.step("a draft to the village", SYSTEM, draft)
    village = story.handoffs[-1]
    office = sender(village)
    await story.step("it is sent", office, _moves(village, Move.SEND))
    await story.step("the village says yes by phone", office, _by_phone(village, Move.ACCEPT, story.now))
    await story.step(
        "the village contests it", receiver(village), _moves(village, Move.CONTEST, reason_code="NOT_SAID")
    )
    await story.step("the village refuses by phone", office, _by_phone(village, Move.REJECT, story.now))
    confirmed = receiver(village)
    await story.step("the village confirms", confirmed, lambda uow: commands.confirm_spoken(village.id, uow))
    await story.step("something else is asked", SYSTEM, _asks(0, "told", Purpose.INFORMATION, [SOEGIRI]))
    await story.step("the person died", SYSTEM, lambda uow: commands.expire_of_matter(MATTERS[0], "DIED", uow))


async def _an_emergency(story: Story) -> None:
    await story.step("an emergency", SYSTEM, _asks(1, "care", Purpose.EMERGENCY_CARE, [CLINIC]))
    urgent = story.handoffs[-1]
    await story.step("it is not held", sender(urgent), _moves(urgent, Move.HOLD, reason_code="WAITING"))
    offered = [OfferedCondition("AMBULANCE", True, story.now + timedelta(hours=1))]
    conditional = _moves(urgent, Move.ACCEPT_CONDITIONALLY, conditions=offered)
    await story.step("yes, if", receiver(urgent), conditional)
    await story.step("the answer was a mis-click", receiver(urgent), _moves(urgent, Move.UNDO))
    offered = [OfferedCondition("AMBULANCE", True, story.now + timedelta(hours=2))]
    again = _moves(urgent, Move.ACCEPT_CONDITIONALLY, conditions=offered)
    await story.step("yes, if, anew", receiver(urgent), again)
    await story.step("there is no ambulance", sender(urgent), _settles(story.conditions[-1], "break"))


async def _a_condition_passed_on(story: Story) -> None:
    both = [SOEGIRI, LAWANG]
    await story.step("two hospitals", SYSTEM, _asks(1, "ward", Purpose.INPATIENT_BED, both, "parallel"))
    first, second = story.handoffs[-2:]
    offered = [OfferedCondition("LETTER", True, story.now + timedelta(hours=26), ConditionAbout.CASE)]
    conditional = _moves(first, Move.ACCEPT_CONDITIONALLY, conditions=offered)
    await story.step("the first says yes, if", receiver(first), conditional)
    await story.step("the second says yes and waits for the letter", receiver(second), _moves(second, Move.ACCEPT))
    await story.step("the letter is there", sender(second), _settles(story.conditions[-1], "meet"))


async def _a_decree(story: Story) -> None:
    await story.step("the village is asked", SYSTEM, _asks(1, "family", Purpose.FAMILY_TRACING, [VILLAGE, CLINIC]))
    due = story.deadlines[-1].due_at.date()
    off = DayOff(day=due, kind=DayOffKind.LOCAL, name="Hari libur daerah", source="SK Bupati")
    decreed = story.pack.model_copy(update={"days_off": (*story.pack.days_off, off)})
    await story.step("a day off more", SYSTEM, lambda uow: commands.recompute_deadlines(decreed, story.pack, uow))
    await story.step("every timer is woken", SYSTEM, lambda uow: commands.rearm_deadlines(uow))


def written_down() -> list[str]:
    """What is answered, line by line."""
    return ANSWERS.read_text().splitlines()


async def played_in_memory() -> Story:
    """On the rows of the simulation."""
    pack = simulated_pack()
    with rows_in_memory(Random(0)), ids_in_order():
        return await played(InMemory(Rows(pack)), pack)


if __name__ == "__main__":
    print(*asyncio.run(played_in_memory()).told, sep="\n")
