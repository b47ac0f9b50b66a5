"""What casework says: cases, the promises between agencies, who has the person, and tasks."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Count, Digest, Instant, Ordinal, Reference, Sealed, Slug, VillageCode
from contracts.values import RegionCode


class CaseOpened(Event):
    """A case was opened for a person, out of a verified report."""

    TYPE: ClassVar[str] = "casework.case.opened.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    case_number: Reference
    case_type: Code
    person_id: UUID
    village_code: VillageCode
    source_report_id: UUID
    unit: Slug


class CaseStageEntered(Event):
    """A case moved on to a stage of its procedure."""

    TYPE: ClassVar[str] = "casework.case.stage_entered.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    stage: Code


class CaseAidRequested(Event):
    """A case asks disbursement for aid under a programme; the answer is an entitlement or a refusal."""

    TYPE: ClassVar[str] = "casework.case.aid_requested.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    aid_request_id: UUID
    programme_code: Code
    person_id: UUID
    village_code: VillageCode
    reason_code: Code


class CaseOutcomeRecorded(Event):
    """The service of a case ended with an outcome; aftercare may still go on."""

    TYPE: ClassVar[str] = "casework.case.outcome_recorded.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    outcome: Code


class CaseClosed(Event):
    """A case was closed: nothing is owed any more."""

    TYPE: ClassVar[str] = "casework.case.closed.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    outcome: Code
    reason_code: Code


class CaseTied(Event):
    """A mother and her child are known to belong together: what is asked to move one is asked for both.

    Said about each of the two cases.
    """

    TYPE: ClassVar[str] = "casework.case.tied.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    tied_case_id: UUID
    is_the_child: bool


class CaseUntied(Event):
    """The tie between mother and child was a mistake, or holds no longer. Said about each of the two cases."""

    TYPE: ClassVar[str] = "casework.case.untied.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    tied_case_id: UUID


class CaseMarkedDuplicate(Event):
    """A case turned out to be about what another case is about; the other one goes on."""

    TYPE: ClassVar[str] = "casework.case.marked_duplicate.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    parent_case_id: UUID


class CaseOccurrenceRecorded(Event):
    """Something happened to the person of a case that changes what is open."""

    TYPE: ClassVar[str] = "casework.case.occurrence_recorded.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    kind: Code
    told_by: Slug


class CaseAidHeld(Event):
    """The aid of a case is to wait: its person died, left, or is not of this type; refused it is not."""

    TYPE: ClassVar[str] = "casework.case.aid_held.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    aid_request_id: UUID
    reason_code: Code


class CaseAidReleased(Event):
    """Nothing keeps the aid of a case back any more."""

    TYPE: ClassVar[str] = "casework.case.aid_released.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    aid_request_id: UUID
    reason_code: Code


class CaseAidEnded(Event):
    """The aid of a case will not be paid any more: people decided so after its person died or left."""

    TYPE: ClassVar[str] = "casework.case.aid_ended.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    aid_request_id: UUID
    reason_code: Code


class CaseClosingAsked(Event):
    """Nothing of a case is open here: every other service says what is open on its side, under the same round."""

    TYPE: ClassVar[str] = "casework.case.closing_asked.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    round: Count


class HandoffFact(Event):
    """What every fact about a hand-off tells: which promise, of which case, between whom, for what."""

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    handoff_id: UUID
    case_id: UUID
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
    """The work ended without what was promised; the promise is back with the sender."""

    TYPE: ClassVar[str] = "casework.handoff.failed.v1"

    reason_code: Code


class HandoffClosed(HandoffFact):
    """The sender has read the result; nothing is open between the two."""

    TYPE: ClassVar[str] = "casework.handoff.closed.v1"


class HandoffCancelled(HandoffFact):
    """The sender withdrew the request."""

    TYPE: ClassVar[str] = "casework.handoff.cancelled.v1"

    reason_code: Code


class HandoffExpired(HandoffFact):
    """What the hand-off was for is gone."""

    TYPE: ClassVar[str] = "casework.handoff.expired.v1"

    reason_code: Code


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
    """The request was a mis-click: it never was."""

    TYPE: ClassVar[str] = "casework.handoff.entered_in_error.v1"


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


class CustodyTransferred(Event):
    """The person passed into other hands, by the signature of the taker; without `from_agency` taken from no one.

    `until` is there when it was told late and lies before what is known of a later time: somebody else has the person
    by now. Of the belongings only the kinds and their number are told.
    """

    TYPE: ClassVar[str] = "casework.custody.transferred.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    custody_id: UUID
    case_id: UUID
    person_id: UUID
    from_agency: Slug | None = None
    to_agency: Slug
    place_code: RegionCode
    observed_state: Code
    ba_number: Reference | None = None
    custodian_kind: Literal["AGENCY", "CARRIER", "FAMILY", "OTHER"] | None = None
    until: Instant | None = None
    proof: Literal["SIGNED", "PHOTO", "NONE"] | None = None
    belongings: Annotated[tuple[Code, ...] | None, Field(max_length=50)] = None
    belongings_count: Count | None = None


class CustodyProofAdded(Event):
    """The signed paper, or a photo of it, came in for a hand-over that had been recorded without."""

    TYPE: ClassVar[str] = "casework.custody.proof_added.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    custody_id: UUID
    case_id: UUID
    person_id: UUID
    proof: Literal["SIGNED", "PHOTO"]
    ba_number: Reference | None = None


class CustodyEnded(Event):
    """Nobody has the person in hand any more: returned home, absconded or died."""

    TYPE: ClassVar[str] = "casework.custody.ended.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    custody_id: UUID
    case_id: UUID
    person_id: UUID
    from_agency: Slug
    place_code: RegionCode
    observed_state: Code
    ba_number: Reference | None = None
    reason_code: Code


class TaskCreated(Event):
    """Someone at a desk has something to do until an instant."""

    TYPE: ClassVar[str] = "casework.task.created.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    task_id: UUID
    case_id: UUID
    kind: Code
    desk: Slug
    due_at: Instant


class TaskCompleted(Event):
    """A task was done, with a result."""

    TYPE: ClassVar[str] = "casework.task.completed.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    task_id: UUID
    case_id: UUID
    result_code: Code


class TaskOverdue(Event):
    """A task's instant passed before it was done."""

    TYPE: ClassVar[str] = "casework.task.overdue.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    task_id: UUID
    case_id: UUID


class FindingFact(Event):
    """What every fact about a finding tells: what does not match, about what, and who must explain it."""

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    finding_id: UUID
    kind: Code
    owner_agency: Slug
    case_id: UUID | None = None
    person_id: UUID | None = None
    operation_id: UUID | None = None


class FindingOpened(FindingFact):
    """What was recorded contradicts itself or the paper; the records stand, somebody must explain the difference."""

    TYPE: ClassVar[str] = "casework.finding.opened.v1"


class FindingExplained(FindingFact):
    """Somebody explained a finding, or a later record settled it (`SETTLED`)."""

    TYPE: ClassVar[str] = "casework.finding.explained.v1"

    explanation: Code


class LetterFact(Event):
    """What every fact about an official letter tells: which one it is, never what stands in it."""

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    letter_id: UUID
    handoff_id: UUID
    case_id: UUID
    kind: Code
    number: Reference


class LetterIssued(LetterFact):
    """An office made a letter that goes along with a hand-off, perhaps in the place of one that holds no longer."""

    TYPE: ClassVar[str] = "casework.letter.issued.v1"

    office: Slug
    to_agency: Slug
    document_digest: Digest
    replaces: UUID | None = None


class LetterSigned(LetterFact):
    """The scan of the copy signed by hand came in; that copy is the valid one."""

    TYPE: ClassVar[str] = "casework.letter.signed.v1"

    document_digest: Digest


class LetterVoided(LetterFact):
    """A letter holds no longer; ``replaced_by`` names the one made in its place."""

    TYPE: ClassVar[str] = "casework.letter.voided.v1"

    reason_code: Code
    replaced_by: UUID | None = None


class LinkPinIssued(Event):
    """A link for an agency without software has a new PIN; the former one holds no longer.

    `sealed_pin` opens for notifications alone, which tells it to the desk's registered number, or to `on_duty`.
    """

    TYPE: ClassVar[str] = "casework.link.pin_issued.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    link_id: UUID
    handoff_id: UUID
    case_id: UUID
    purpose: Code
    from_agency: Slug
    to_agency: Slug
    to_desk: Slug
    pin_number: Ordinal
    expires_at: Instant
    sealed_pin: Sealed
    on_duty: tuple[Slug, ...] = ()
