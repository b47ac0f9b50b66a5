"""What the agency API answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.casework.handoff.conditions.tables import Condition
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.handoff.handoffs.domain import BUSINESS, HandoffState, fhir_status
from services.casework.handoff.handoffs.queries import HandoffView
from services.casework.handoff.handoffs.tables import Handoff, SpokenAnswer
from services.casework.office.directory.domain import EscalationKind


class HandoffReceipt(BaseModel):
    """How a hand-off stands after a move."""

    handoff_id: UUID
    state: str
    version: int
    due_at: datetime | None

    @classmethod
    def of(cls, handoff: Handoff) -> "HandoffReceipt":
        """From the row."""
        return cls(handoff_id=handoff.id, state=handoff.state, version=handoff.version, due_at=handoff.due_at)


class HandoffOut(BaseModel):
    """A hand-off as a party to it sees it."""

    handoff_id: UUID
    about_kind: str
    about_id: UUID
    group_id: UUID
    purpose: str
    state: str
    fhir_status: str
    business_status: str | None
    held_state: str | None
    version: int
    from_agency: str
    to_agency: str
    to_desk: str
    promise_holder: str
    candidate_no: int
    deadline: str | None
    due_at: datetime | None
    requested_at: datetime
    received_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    claimed: bool
    spoken_for: bool
    cancel_asked: bool
    is_reserve: bool
    result_code: str | None
    reason_code: str | None
    legal_now: list[str]
    acts: list[str]

    @classmethod
    def of(cls, handoff: Handoff, legal_now: list[str], acts: list[str]) -> "HandoffOut":
        """From the row and what the caller may do now."""
        return cls(
            handoff_id=handoff.id,
            about_kind=handoff.about_kind,
            about_id=handoff.about_id,
            group_id=handoff.group_id,
            purpose=handoff.purpose,
            state=handoff.state,
            fhir_status=fhir_status(handoff.state, has_failed=handoff.result_code is None),
            business_status=BUSINESS.get(HandoffState(handoff.state)),
            held_state=handoff.held_state,
            version=handoff.version,
            from_agency=handoff.from_agency,
            to_agency=handoff.to_agency,
            to_desk=handoff.to_desk,
            promise_holder=handoff.promise_holder,
            candidate_no=handoff.candidate_no,
            deadline=handoff.deadline,
            due_at=handoff.due_at,
            requested_at=handoff.requested_at,
            received_at=handoff.received_at,
            answered_at=handoff.answered_at,
            ended_at=handoff.ended_at,
            claimed=handoff.claimed_by is not None,
            spoken_for=handoff.spoken_for,
            cancel_asked=handoff.cancel_asked_at is not None,
            is_reserve=handoff.is_reserve,
            result_code=handoff.result_code,
            reason_code=handoff.reason_code,
            legal_now=legal_now,
            acts=acts,
        )


class EscalationAhead(BaseModel):
    """What will escalate if nobody says a word from now on."""

    kind: str
    at: datetime


class EscalationStepOut(BaseModel):
    """An escalation step that was taken, and what is known of the message that told of it."""

    deadline: str
    occurrence: int
    step_no: int
    kind: str
    due_at: datetime
    decided_at: datetime
    remark: str | None
    notice: str | None = Field(description="awaited, delivered atau undelivered; kosong bila tidak ada pemberitahuan")
    delivered_at: datetime | None

    @classmethod
    def of(cls, escalation: EscalationStep) -> "EscalationStepOut":
        """From the row."""
        return cls(**escalation.model_dump(include=set(cls.model_fields)))


class DeadlineOut(BaseModel):
    """A promise of time, and why it ends when it ends."""

    kind: str
    occurrence: int
    state: str
    owner: str
    started_at: datetime
    due_at: datetime
    escalations: int
    is_emergency: bool
    sentence: str
    ahead: list[EscalationAhead]

    @classmethod
    def of(cls, deadline: Deadline, ahead: Sequence[tuple[EscalationKind, datetime]]) -> "DeadlineOut":
        """From the row and what its escalation policy has left."""
        return cls(
            **deadline.model_dump(include=set(cls.model_fields) - {"ahead"}),
            ahead=[EscalationAhead(kind=kind.value, at=at) for kind, at in ahead],
        )


class ConditionOut(BaseModel):
    """A condition of a conditional yes."""

    condition_id: UUID
    number: int
    code: str
    about: str
    owner: str
    asked_by: str
    due_at: datetime
    state: str

    @classmethod
    def of(cls, condition: Condition) -> "ConditionOut":
        """From the row."""
        return cls(condition_id=condition.id, **condition.model_dump(include=set(cls.model_fields) - {"condition_id"}))


class SpokenOut(BaseModel):
    """An answer that an officer wrote down for the agency; who spoke is shown to the parties."""

    move: str
    spoke_with: str
    role: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    is_late: bool = Field(description="Dicatat jauh sesudah dikatakan")
    verdict: str | None

    @classmethod
    def of(cls, answer: SpokenAnswer, *, is_late: bool) -> "SpokenOut":
        """From the row."""
        return cls(is_late=is_late, **answer.model_dump(include=set(cls.model_fields) - {"is_late"}))


class CandidateOut(BaseModel):
    """One of those who were asked, as the sender sees it."""

    handoff_id: UUID
    candidate_no: int
    agency: str
    state: str
    is_reserve: bool

    @classmethod
    def of(cls, handoff: Handoff) -> "CandidateOut":
        """From the row."""
        return cls(
            handoff_id=handoff.id,
            candidate_no=handoff.candidate_no,
            agency=handoff.to_agency,
            state=handoff.state,
            is_reserve=handoff.is_reserve,
        )


class LinkAnswerOut(BaseModel):
    """An answer that the agency gave without software, through a link."""

    move: str
    recorded_at: datetime
    via: Literal["LINK"] = "LINK"


class HandoffDetail(HandoffOut):
    """One hand-off with its disclosure: what the receiver needs to know for the purpose, and nothing else."""

    case_number: str
    disclosure: dict[str, Any]
    basis: list[str] = []
    withheld: list[str] = []
    may_speak: list[str]
    deadlines: list[DeadlineOut]
    escalations: list[EscalationStepOut]
    conditions: list[ConditionOut]
    spoken: list[SpokenOut]
    by_link: list[LinkAnswerOut] = []
    candidates: list[CandidateOut]

    @classmethod
    def of_view(cls, view: HandoffView) -> "HandoffDetail":
        """From the read model."""
        plain = HandoffOut.of(view.handoff, view.legal_now, view.acts).model_dump()
        return cls(
            **plain,
            case_number=view.case_number,
            disclosure=view.disclosure.shown,
            basis=list(view.disclosure.entry.basis),
            withheld=list(view.disclosure.withheld),
            may_speak=view.may_speak,
            deadlines=[DeadlineOut.of(deadline, view.ahead.get(deadline.id, ())) for deadline in view.deadlines],
            escalations=[EscalationStepOut.of(escalation) for escalation in view.escalations],
            conditions=[ConditionOut.of(condition) for condition in view.conditions],
            spoken=[SpokenOut.of(answer, is_late=answer.id in view.told_late) for answer in view.spoken],
            by_link=[LinkAnswerOut(move=answer.move, recorded_at=answer.recorded_at) for answer in view.by_link],
            candidates=[CandidateOut.of(handoff) for handoff in view.candidates],
        )


class ConditionReceipt(BaseModel):
    """How a condition, and the hand-off that waited for it, stand after a decision."""

    condition_id: UUID
    handoff_id: UUID
    state: str

    @classmethod
    def of(cls, condition: Condition) -> "ConditionReceipt":
        """From the row."""
        return cls(condition_id=condition.id, handoff_id=condition.handoff_id, state=condition.state)


class HandoffPage(BaseModel):
    """Hand-offs in order of id; ``next_after`` is the cursor of the following page."""

    items: list[HandoffOut]
    next_after: UUID | None


class FeedItem(BaseModel):
    """One line of an agency's feed. ``traceparent`` is to be sent back with the answer; ``replay``: read before."""

    position: int
    recorded_at: datetime
    traceparent: str | None
    replay: bool = Field(description="Sudah pernah dibaca instansi Anda; jangan dijalankan dua kali")
    item: dict[str, Any]


class FeedPage(BaseModel):
    """Feed lines after the cursor, in order, none left out; ``next_after`` is where to go on."""

    items: list[FeedItem]
    next_after: int
