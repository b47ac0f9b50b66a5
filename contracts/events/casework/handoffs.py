"""What casework says of hand-offs: the promises between agencies."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Instant, Ordinal, Reference, Slug


class HandoffFact(Event):
    """What every fact about a hand-off tells: which promise, of which case, between whom, for what."""

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    handoff_id: UUID
    about_kind: Slug
    about_id: UUID
    purpose: Code
    from_agency: Slug
    to_agency: Slug


class HandoffRequested(HandoffFact):
    """An agency was asked to take over a piece of work until `answer_by`; the sender keeps it until a firm yes.

    `on_duty` are the codes of the duty telephones of whoever has the turn at the desk now; without any the desk's own
    number is told.
    """

    TYPE: ClassVar[str] = "casework.handoff.requested.v1"

    to_desk: Slug
    answer_by: Instant
    group_id: UUID | None = None
    candidate_no: Ordinal
    person_id: UUID
    on_duty: tuple[Slug, ...] = ()


class HandoffReceived(HandoffFact):
    """A person at the desk has seen the request."""

    TYPE: ClassVar[str] = "casework.handoff.received.v1"


class HandoffAccepted(HandoffFact):
    """The receiver gave a firm yes: the promise is the receiver's from now on."""

    TYPE: ClassVar[str] = "casework.handoff.accepted.v1"

    arrive_by: Instant | None = None


class HandoffRejected(HandoffFact):
    """The receiver declined before work began; the promise stays with the sender."""

    TYPE: ClassVar[str] = "casework.handoff.rejected.v1"

    reason_code: Code


class HandoffArrived(HandoffFact):
    """The person or the file is there, signed for by the receiver."""

    TYPE: ClassVar[str] = "casework.handoff.arrived.v1"

    ba_number: Reference | None = None


class HandoffStarted(HandoffFact):
    """The receiver began the work."""

    TYPE: ClassVar[str] = "casework.handoff.started.v1"


class HandoffCompleted(HandoffFact):
    """The receiver finished with a result; the promise is back with the sender."""

    TYPE: ClassVar[str] = "casework.handoff.completed.v1"

    result_code: Code


class HandoffFailed(HandoffFact):
    """The work ended without what was promised; the promise is back with the sender. `is_receivers`: the receiver said
    so; else what happened to the person ended it."""

    TYPE: ClassVar[str] = "casework.handoff.failed.v1"

    reason_code: Code
    is_receivers: bool = True


class HandoffClosed(HandoffFact):
    """The sender has read the result; nothing is open between the two."""

    TYPE: ClassVar[str] = "casework.handoff.closed.v1"


class HandoffCancelled(HandoffFact):
    """The sender withdrew the request. `was_asked`: the receiver had been asked; a draft it never saw."""

    TYPE: ClassVar[str] = "casework.handoff.cancelled.v1"

    reason_code: Code
    was_asked: bool = True


class HandoffExpired(HandoffFact):
    """What the hand-off was for is gone. `was_asked`: the receiver had been asked; a draft it never saw."""

    TYPE: ClassVar[str] = "casework.handoff.expired.v1"

    reason_code: Code
    was_asked: bool = True


class HandoffSuperseded(HandoffFact):
    """Another candidate of the same group gave the first firm yes."""

    TYPE: ClassVar[str] = "casework.handoff.superseded.v1"


class HandoffConditionallyAccepted(HandoffFact):
    """«Yes, if …»: the sender keeps everything until every condition is met."""

    TYPE: ClassVar[str] = "casework.handoff.conditionally_accepted.v1"

    conditions: tuple[Code, ...]


class HandoffConditionDecided(HandoffFact):
    """A condition of a conditional yes was met, waived or broken."""

    TYPE: ClassVar[str] = "casework.handoff.condition_decided.v1"

    condition_code: Code
    verdict: Literal["met", "waived", "broken"]


class HandoffConditionPassedOn(HandoffFact):
    """What another candidate asked for about the case itself binds the receiver of this hand-off, which won.

    `owed_by` sees to it until `due_at`.
    """

    TYPE: ClassVar[str] = "casework.handoff.condition_passed_on.v1"

    condition_code: Code
    owed_by: Slug
    due_at: Instant


class HandoffHeld(HandoffFact):
    """The hand-off and its deadlines stand still, for a reason."""

    TYPE: ClassVar[str] = "casework.handoff.held.v1"

    reason_code: Code


class HandoffResumed(HandoffFact):
    """The hand-off goes on where it was held, its deadlines with what was left of them."""

    TYPE: ClassVar[str] = "casework.handoff.resumed.v1"


class HandoffResent(HandoffFact):
    """The desk was told once more of a request that it has not answered; no deadline changed. `on_duty`: as asked."""

    TYPE: ClassVar[str] = "casework.handoff.resent.v1"

    to_desk: Slug
    answer_by: Instant | None = None
    on_duty: tuple[Slug, ...] = ()


class HandoffQuestioned(HandoffFact):
    """The receiver asked back: its deadline stands still and the sender's runs."""

    TYPE: ClassVar[str] = "casework.handoff.questioned.v1"

    question_code: Code


class HandoffReplied(HandoffFact):
    """The sender answered the receiver's question."""

    TYPE: ClassVar[str] = "casework.handoff.replied.v1"

    reply_code: Code


class HandoffContested(HandoffFact):
    """The receiver says that the answer recorded on its behalf was wrong: it is asked anew, with fresh deadlines."""

    TYPE: ClassVar[str] = "casework.handoff.contested.v1"


class HandoffAnswerUndone(HandoffFact):
    """A yes was a mis-click and is taken back within minutes, before anybody acted on it."""

    TYPE: ClassVar[str] = "casework.handoff.answer_undone.v1"


class HandoffEnteredInError(HandoffFact):
    """The request was a mis-click: it never was. `was_asked`: the receiver had been asked; a draft it never saw."""

    TYPE: ClassVar[str] = "casework.handoff.entered_in_error.v1"

    was_asked: bool = True


class HandoffCancellationAsked(HandoffFact):
    """The sender asks to be let off a promise; the receiver confirms or goes on."""

    TYPE: ClassVar[str] = "casework.handoff.cancellation_asked.v1"

    reason_code: Code


class HandoffReopened(HandoffFact):
    """Work that had failed goes on, because the person was found again."""

    TYPE: ClassVar[str] = "casework.handoff.reopened.v1"

    reason_code: Code


class HandoffStatusReported(HandoffFact):
    """How the work stands, without a diagnosis; ready: the sender may fetch the person."""

    TYPE: ClassVar[str] = "casework.handoff.status_reported.v1"

    status_code: Code
    is_ready: bool
    expected_end_at: Instant | None = None


class HandoffDeadlineMoved(HandoffFact):
    """A decree changed the working calendar, and with it an open deadline; escalation steps that were taken stay."""

    TYPE: ClassVar[str] = "casework.handoff.deadline_moved.v1"

    deadline: Code
    occurrence: Ordinal
    due_at: Instant
    was_due_at: Instant
    effect: Code


class HandoffEscalated(HandoffFact):
    """A deadline ran out and the escalation policy's next step was decided; its delivery is another fact.

    `owed_by` is the agency that let it run out, `on_duty` the duty telephones at its desk.
    """

    TYPE: ClassVar[str] = "casework.handoff.escalated.v1"

    deadline: Code
    occurrence: Ordinal
    step_no: Ordinal
    escalation: Literal[
        "REMIND_DESK",
        "SECTION_HEAD",
        "BOTH_HEADS",
        "NEXT_CANDIDATE",
        "SECRETARIAT",
        "INSPECTORATE",
        "CASE_CONFERENCE",
    ]
    due_at: Instant
    owed_by: Slug | None = None
    on_duty: tuple[Slug, ...] = ()
