"""What casework says of cases: their stages, their aid, their ties, their end."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Count, Pseudonym, Reference, Slug, VillageCode


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
    """A case turned out to be about what another case is about; the other one goes on.

    ``parent_report_id``: the report out of which the other one was opened.
    """

    TYPE: ClassVar[str] = "casework.case.marked_duplicate.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    parent_case_id: UUID
    parent_report_id: UUID | None = None


class CaseDuplicateUndone(Event):
    """A case that was taken for a double is none: it goes on by itself, and so does what ended with it."""

    TYPE: ClassVar[str] = "casework.case.duplicate_undone.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    parent_case_id: UUID


class CaseOccurrenceRecorded(Event):
    """Something happened to the person of a case that changes what is open."""

    TYPE: ClassVar[str] = "casework.case.occurrence_recorded.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    kind: Code
    told_by: Slug


class CaseOccurrenceRevoked(Event):
    """What was recorded as having happened did not: two people said so."""

    TYPE: ClassVar[str] = "casework.case.occurrence_revoked.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    kind: Code


class CaseAdulthoodDecided(Event):
    """Two people decided that the person of a case, who is taken for a child, is an adult."""

    TYPE: ClassVar[str] = "casework.case.adulthood_decided.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    person_id: UUID
    evidence_code: Code


class CaseAdulthoodTakenBack(Event):
    """The person of a case who was decided to be an adult is a child until proven otherwise, again."""

    TYPE: ClassVar[str] = "casework.case.adulthood_taken_back.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    person_id: UUID
    reason_code: Code


class CaseAssigned(Event):
    """Somebody of the office sees to a case from now on, by their pseudonym; ``former``: who did before."""

    TYPE: ClassVar[str] = "casework.case.assigned.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    worker: Pseudonym | None
    former: Pseudonym | None


class CaseAssessed(Event):
    """Somebody looked at what the person of a case needs; what they found is told nowhere."""

    TYPE: ClassVar[str] = "casework.case.assessed.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    number: Count


class CasePlanProposed(Event):
    """A version of a case's plan waits to be signed."""

    TYPE: ClassVar[str] = "casework.case.plan_proposed.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    number: Count


class CasePlanApproved(Event):
    """A version of a case's plan is in force."""

    TYPE: ClassVar[str] = "casework.case.plan_approved.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    number: Count


class CasePlanReturned(Event):
    """A version of a case's plan goes back to whoever wrote it."""

    TYPE: ClassVar[str] = "casework.case.plan_returned.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    number: Count
    reason_code: Code


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
