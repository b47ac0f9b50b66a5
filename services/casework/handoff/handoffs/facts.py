"""What is said about hand-offs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from contracts.envelope import Event
from contracts.events import casework as events
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.handoff.handoffs.domain import Move
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import EscalationKind, Recomputed


def _parties(handoff: Handoff) -> dict[str, Any]:
    return {
        "handoff_id": handoff.id,
        "about_kind": handoff.about_kind,
        "about_id": handoff.about_id,
        "purpose": handoff.purpose,
        "from_agency": handoff.from_agency,
        "to_agency": handoff.to_agency,
    }


def handoff_requested(handoff: Handoff, answer_by: datetime, on_duty: tuple[str, ...]) -> events.HandoffRequested:
    """An agency was asked; ``on_duty``: the duty telephones of its desk."""
    return events.HandoffRequested(
        **_parties(handoff),
        to_desk=handoff.to_desk,
        answer_by=answer_by,
        group_id=handoff.group_id,
        candidate_no=handoff.candidate_no,
        person_id=handoff.person_id,
        on_duty=on_duty,
    )


def handoff_escalated(
    handoff: Handoff, deadline: Deadline, escalation: EscalationStep, on_duty: tuple[str, ...]
) -> events.HandoffEscalated:
    """A step of the escalation policy was taken."""
    return events.HandoffEscalated(
        **_parties(handoff),
        deadline=escalation.deadline,
        occurrence=escalation.occurrence,
        step_no=escalation.step_no,
        escalation=EscalationKind(escalation.kind).value,
        due_at=escalation.due_at,
        owed_by=deadline.owner,
        on_duty=on_duty,
    )


FEED_WORDS: dict[Move, str] = {
    Move.ASK_CANCEL: "cancellation-asked",
    Move.RESUME: "resumed",
    Move.CONTEST: "contested",
    Move.UNDO: "answer-undone",
    Move.REOPEN: "reopened",
}
"""How a move is called in a feed where the state it leads to would not tell it."""


def handoff_moved(
    handoff: Handoff,
    move: Move,
    *,
    answer_by: datetime | None = None,
    arrive_by: datetime | None = None,
    conditions: Sequence[str] = (),
    on_duty: tuple[str, ...] = (),
    was_asked: bool = True,
    is_receivers: bool = True,
) -> Event:
    """The fact that goes with a move. ``was_asked``: the receiver knew of it; ``is_receivers``: it says so itself."""
    parties = _parties(handoff)
    reason = {"reason_code": handoff.reason_code or "UNSPECIFIED"}
    match move:
        case Move.SEND | Move.ASK_AGAIN:
            return handoff_requested(handoff, answer_by or handoff.requested_at, on_duty)
        case Move.RECEIVE:
            return events.HandoffReceived(**parties)
        case Move.ACCEPT | Move.FIRM_UP:
            return events.HandoffAccepted(**parties, arrive_by=arrive_by)
        case Move.ACCEPT_CONDITIONALLY:
            return events.HandoffConditionallyAccepted(**parties, conditions=tuple(conditions))
        case Move.REJECT:
            return events.HandoffRejected(**parties, **reason)
        case Move.ARRIVE:
            return events.HandoffArrived(**parties, ba_number=handoff.ba_number)
        case Move.START:
            return events.HandoffStarted(**parties)
        case Move.COMPLETE:
            return events.HandoffCompleted(**parties, result_code=handoff.result_code or "DONE")
        case Move.FAIL:
            return events.HandoffFailed(**parties, **reason, is_receivers=is_receivers)
        case Move.REOPEN:
            return events.HandoffReopened(**parties, **reason)
        case Move.CLOSE:
            return events.HandoffClosed(**parties)
        case Move.HOLD:
            return events.HandoffHeld(**parties, **reason)
        case Move.RESUME:
            return events.HandoffResumed(**parties)
        case Move.CONTEST:
            return events.HandoffContested(**parties)
        case Move.UNDO:
            return events.HandoffAnswerUndone(**parties)
        case Move.ENTER_IN_ERROR:
            return events.HandoffEnteredInError(**parties, was_asked=was_asked)
        case Move.ASK_CANCEL:
            return events.HandoffCancellationAsked(**parties, **reason)
        case Move.CANCEL | Move.CONFIRM_CANCEL:
            return events.HandoffCancelled(**parties, **reason, was_asked=was_asked)
        case Move.EXPIRE:
            return events.HandoffExpired(**parties, **reason, was_asked=was_asked)
        case Move.SUPERSEDE:
            return events.HandoffSuperseded(**parties)
        case _:
            assert_never(move)


def condition_decided(handoff: Handoff, code: str, verdict: str) -> events.HandoffConditionDecided:
    """A condition was met, waived or broken."""
    return events.HandoffConditionDecided(**_parties(handoff), condition_code=code, verdict=verdict)


def condition_passed_on(handoff: Handoff, code: str, owed_by: str, due_at: datetime) -> events.HandoffConditionPassedOn:
    """What another candidate asked for about the case binds whoever won."""
    return events.HandoffConditionPassedOn(**_parties(handoff), condition_code=code, owed_by=owed_by, due_at=due_at)


def deadline_moved(handoff: Handoff, deadline: str, occurrence: int, found: Recomputed) -> events.HandoffDeadlineMoved:
    """A decree moved a deadline."""
    return events.HandoffDeadlineMoved(
        **_parties(handoff),
        deadline=deadline,
        occurrence=occurrence,
        due_at=found.due_at,
        was_due_at=found.was_due_at,
        effect=found.effect.value,
    )


def handoff_resent(handoff: Handoff, answer_by: datetime | None, on_duty: tuple[str, ...]) -> events.HandoffResent:
    """The desk is told once more."""
    return events.HandoffResent(**_parties(handoff), to_desk=handoff.to_desk, answer_by=answer_by, on_duty=on_duty)


def handoff_questioned(handoff: Handoff, question_code: str) -> events.HandoffQuestioned:
    """The receiver asked back."""
    return events.HandoffQuestioned(**_parties(handoff), question_code=question_code)


def handoff_replied(handoff: Handoff, reply_code: str) -> events.HandoffReplied:
    """The sender answered the question."""
    return events.HandoffReplied(**_parties(handoff), reply_code=reply_code)


def handoff_status_reported(
    handoff: Handoff, status_code: str, *, is_ready: bool, expected_end_at: datetime | None
) -> events.HandoffStatusReported:
    """News of the work."""
    return events.HandoffStatusReported(
        **_parties(handoff), status_code=status_code, is_ready=is_ready, expected_end_at=expected_end_at
    )


def feed_item(handoff: Handoff, what: str, happened_at: datetime) -> dict[str, Any]:
    """One line of an agency's feed: ids, codes and instants; the disclosure is fetched under access control."""
    return {
        "kind": f"handoff.{what}",
        "handoff_id": str(handoff.id),
        "about_kind": handoff.about_kind,
        "about_id": str(handoff.about_id),
        "group_id": str(handoff.group_id),
        "purpose": handoff.purpose,
        "state": handoff.state,
        "from_agency": handoff.from_agency,
        "to_agency": handoff.to_agency,
        "to_desk": handoff.to_desk,
        "version": handoff.version,
        "due_at": handoff.due_at.isoformat() if handoff.due_at else None,
        "happened_at": happened_at.isoformat(),
    }


def group_key(about_id: UUID, step: str, occurrence: int) -> str:
    """What makes a step's request the same when it is asked for again."""
    return f"{about_id}:{step}:{occurrence}"
