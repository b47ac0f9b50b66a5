"""What agencies and officers of a simulated office do next: by temper, mostly legal, sometimes not."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from random import Random
from typing import Any

from services.casework.handoff.conditions.domain import ConditionAbout, ConditionState
from services.casework.handoff.handoffs import commands, domain
from services.casework.handoff.handoffs.commands import MoveHandoff, OfferedCondition, ReportStatus, Spoken
from services.casework.handoff.handoffs.commands.rows import standing
from services.casework.handoff.handoffs.domain import Act, Circumstances, HandoffState, Move, Side
from services.casework.handoff.handoffs.tables import Handoff
from services.chassis.principal import Principal
from tests.support.simulation.rows import Rows, Work, run

OFFICES = ("35.24",)
FAIL_REASONS = ("FULL", "NO_STAFF", "DECEASED", "ABSCONDED")
RESCUES = frozenset({Act.RESEND, Act.REDIRECT, Act.WITHDRAW})
"""Reads rosters and chains of custody, which the simulation does not keep."""
PATIENCE = 25
"""After so many words about a hand-off everybody wants it to end."""
ENDS = frozenset(
    {Move.ACCEPT, Move.START, Move.COMPLETE, Move.CLOSE, Move.CANCEL, Move.CONFIRM_CANCEL, Move.RESUME, Move.SEND}
)
Command = Callable[[Any], Coroutine[Any, Any, Any]]


class Temper(Enum):
    """How an agency meets a request: what it likes to do, and how often it does nothing."""

    PROMPT = 1
    SLOW = 2
    SILENT = 3
    REFUSING = 4
    ASKING = 5
    CONDITIONAL = 6
    FICKLE = 7
    BY_PHONE = 8


LIKES: dict[Temper, dict[str, float]] = {
    Temper.REFUSING: {Move.REJECT: 6, Move.FAIL: 4},
    Temper.ASKING: {Act.ASK: 8, Act.REPLY: 4, Move.HOLD: 2},
    Temper.CONDITIONAL: {Move.ACCEPT_CONDITIONALLY: 10, "meet": 4, "break": 2, "waive": 2},
    Temper.FICKLE: {Move.UNDO: 8, Move.CONTEST: 6, Move.FAIL: 3, Move.REOPEN: 4, Move.HOLD: 4, Act.RESERVE: 4},
    Temper.BY_PHONE: {"phone": 10, Act.CONFIRM: 3, Move.CONTEST: 3},
}
DISLIKED: dict[str, float] = {
    Move.CANCEL: 0.3, Move.ASK_CANCEL: 0.2, Move.HOLD: 0.4, Move.ENTER_IN_ERROR: 0.1, Move.FAIL: 0.3, Move.REJECT: 0.4,
    Move.UNDO: 0.4, "break": 0.3, "phone": 0.2, "expire": 0.05, Act.ASK: 0.4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody's next words."""

    name: str
    who: Principal
    command: Command


def receiver(handoff: Handoff) -> Principal:
    """The program of the agency that was asked."""
    return Principal(f"agency:{handoff.to_agency}", handoff.to_agency, frozenset({"agency"}), OFFICES)


def sender(handoff: Handoff) -> Principal:
    """A head of the agency that asks."""
    return Principal(f"staff:{handoff.from_agency}", handoff.from_agency, frozenset({"section-head"}), OFFICES)


SYSTEM = Principal("system:casework", "", frozenset({"system"}))


def pause_of(temper: Temper, chance: Random) -> timedelta:
    """How long until somebody says the next word."""
    silent_days = chance.uniform(1, 20) if temper == Temper.SILENT and chance.random() < 0.6 else 0
    scale = chance.choice([2, 20, 120, 600] if temper == Temper.PROMPT else [5, 120, 600, 2000])
    return timedelta(days=silent_days, minutes=chance.expovariate(1 / scale))


def next_step(handoff: Handoff, rows: Rows, temper: Temper, said: int, now: datetime, chance: Random) -> Step | None:
    """What somebody does with a hand-off now; nothing when nobody can do anything."""
    if chance.random() < 0.04:
        who = chance.choice([receiver, sender])(handoff)
        return replace(_moves(chance.choice(list(Move)), handoff, who, now, chance), name="blunder")
    offers = sorted(_offers(handoff, rows, now, chance), key=lambda step: (step.name, step.who.actor))
    if not offers:
        return None
    weights = [_weight(step.name, temper, said) for step in offers]
    return chance.choices(offers, weights)[0]


def _weight(name: str, temper: Temper, said: int) -> float:
    if said > PATIENCE and name in ENDS:
        return 50
    return LIKES.get(temper, {}).get(name, DISLIKED.get(name, 1))


def _offers(handoff: Handoff, rows: Rows, now: datetime, chance: Random) -> list[Step]:
    parties = [(Side.RECEIVER, receiver(handoff)), (Side.SENDER, sender(handoff))]
    found: list[Step] = []
    circumstances = Circumstances()
    for side, who in parties:
        beside: Any = Work(rows, who, now)
        circumstances = run(standing(handoff, beside))
        found += [_moves(Move(name), handoff, who, now, chance) for name in _legal(handoff, side, circumstances)]
        acts = domain.acts_now(handoff.state, side, circumstances, handoff.held_state)
        found += [Step(act, who, _act(act, handoff, now, chance)) for act in acts if act not in RESCUES]
    found += _decisions(handoff, rows, parties[0][1], parties[1][1], chance)
    speakable = [move for move in _legal(handoff, Side.RECEIVER, circumstances) if Move(move) in domain.SPEAKABLE]
    if speakable and handoff.to_agency != handoff.from_agency:
        found.append(_phone(Move(chance.choice(sorted(speakable))), handoff, now, chance))
    if domain.expires(handoff.state, handoff.held_state) and handoff.state in domain.OPEN:
        found.append(Step("expire", SYSTEM, lambda work: commands.expire_of_matter(handoff.about_id, "DIED", work)))
    return found


def _legal(handoff: Handoff, side: Side, circumstances: Circumstances) -> Sequence[str]:
    return domain.legal_now(handoff.state, side, circumstances)


def _conditions(now: datetime, chance: Random) -> list[OfferedCondition]:
    return [
        OfferedCondition(
            f"CONDITION_{number}",
            chance.random() < 0.5,
            now + timedelta(hours=chance.uniform(1, 96)),
            chance.choice(list(ConditionAbout)),
        )
        for number in range(chance.randint(1, 3))
    ]


def _command(move: Move, handoff: Handoff, now: datetime, chance: Random) -> MoveHandoff:
    return MoveHandoff(
        handoff.id,
        move,
        reason_code=chance.choice(FAIL_REASONS) if move == Move.FAIL else "REASON",
        result_code="DISCHARGED_STABLE" if move == Move.COMPLETE else None,
        ba_number="BA/1" if move == Move.ARRIVE else None,
        conditions=_conditions(now, chance) if move == Move.ACCEPT_CONDITIONALLY else (),
        happened_at=now - timedelta(minutes=chance.uniform(0, 300)) if chance.random() < 0.1 else None,
    )


def _moves(move: Move, handoff: Handoff, who: Principal, now: datetime, chance: Random) -> Step:
    command = _command(move, handoff, now, chance)
    return Step(move.value, who, lambda work: commands.move_handoff(command, work))


def _phone(move: Move, handoff: Handoff, now: datetime, chance: Random) -> Step:
    """The agency said it some hours ago, the officer writes it down now."""
    said = MoveHandoff(
        handoff.id,
        move,
        reason_code="BY_PHONE",
        conditions=_conditions(now, chance) if move == Move.ACCEPT_CONDITIONALLY else (),
        happened_at=now - timedelta(minutes=chance.uniform(0, 600)),
        spoken=Spoken("Petugas Uji", "DUTY_OFFICER", "0322000000"),
    )
    return Step("phone", sender(handoff), lambda work: commands.move_handoff(said, work))


def _act(act: Act, handoff: Handoff, now: datetime, chance: Random) -> Command:
    match act:
        case Act.ASK:
            return lambda work: commands.ask_question(handoff.id, "FUNDING", work)
        case Act.REPLY:
            return lambda work: commands.reply(handoff.id, "SENT", work)
        case Act.RESERVE:
            return lambda work: commands.keep_as_reserve(handoff.id, work)
        case Act.CONFIRM:
            return lambda work: commands.confirm_spoken(handoff.id, work)
        case Act.REPORT:
            ends = now + timedelta(days=chance.uniform(1, 20)) if chance.random() < 0.2 else None
            news = ReportStatus(handoff.id, "STABLE", ends, is_ready=chance.random() < 0.2)
            return lambda work: commands.report_status(news, work)
        case Act.RESEND | Act.REDIRECT | Act.WITHDRAW:
            raise AssertionError(f"nobody of the simulation says {act}")


def _decisions(handoff: Handoff, rows: Rows, asked: Principal, asker: Principal, chance: Random) -> list[Step]:
    found = []
    for condition in rows.promises(handoff.id):
        if condition.state != ConditionState.OPEN or handoff.state == HandoffState.ENTERED_IN_ERROR:
            continue
        owner = asked if condition.owner == asked.agency else asker
        for verb, who in (("meet", owner), ("break", owner), ("waive", asked)):
            found.append(Step(verb, who, _settle(condition.id, verb)))
    return found


def _settle(condition_id: Any, verb: str) -> Command:
    return lambda work: commands.settle_condition(condition_id, verb, None, work)
