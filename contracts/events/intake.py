"""What intake says: reports of people in need, operations, persons, and answers of the registries."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event, Sensitivity
from contracts.events.closing import ServiceAnswer
from contracts.fields import Code, Count, Digest, Flag, Instant, Sealed, Slug, VillageCode
from contracts.values import NikLevel, RegionCode, Sex


class ReportReceived(Event):
    """A report about one person arrived by any channel; nobody has looked at it yet."""

    TYPE: ClassVar[str] = "intake.report.received.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    channel: Code
    kind_guess: Code
    village_code: VillageCode
    urgency: Code
    person_id: UUID
    operation_id: UUID | None = None
    reporter_agency: Slug | None = None
    evidence_digests: Annotated[tuple[Digest, ...], Field(max_length=100)] = ()
    found_at: Instant


class ReportVerified(Event):
    """A report was found true and complete enough to act on: a case may be opened.

    `is_with_reporter`: the reporting agency has the person in hand.
    """

    TYPE: ClassVar[str] = "intake.report.verified.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    case_type_guess: Code
    kind: Code
    person_id: UUID
    village_code: VillageCode
    urgency: Code
    operation_id: UUID | None = None
    channel: Code
    reporter_agency: Slug | None = None
    apparent_minor: Flag
    is_with_reporter: Flag = False
    found_at: Instant


class ReportRejected(Event):
    """A report was refused for a stated reason; nothing follows from it."""

    TYPE: ClassVar[str] = "intake.report.rejected.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    reason_code: Code


class ReportMarkedDuplicate(Event):
    """A report tells what an earlier one told already; the earlier one leads."""

    TYPE: ClassVar[str] = "intake.report.marked_duplicate.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    parent_report_id: UUID


class ReportDuplicateUndone(Event):
    """A report that was taken for a double is none: it waits for a decision of its own."""

    TYPE: ClassVar[str] = "intake.report.duplicate_undone.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    parent_report_id: UUID


class OperationConducted(Event):
    """A field operation (razia) took place and its reports were registered in one piece."""

    TYPE: ClassVar[str] = "intake.operation.conducted.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    agency: Slug
    place_code: RegionCode
    persons_count: Count
    report_ids: Annotated[tuple[UUID, ...], Field(max_length=200)]


class RegistryCheckCompleted(Event):
    """A registry outside (Dukcapil, BPJS) answered about a person; the answer itself carries no identity."""

    TYPE: ClassVar[str] = "intake.registry_check.completed.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    check_id: UUID
    person_id: UUID
    kind: Literal["IDENTITY", "INSURANCE"]
    result: Literal[
        "MATCHED", "NOT_FOUND", "NOT_ENROLLED", "ACTIVE", "INACTIVE", "ARREARS", "MISMATCHED", "DECEASED", "UNKNOWN"
    ]
    source: Slug
    checked_at: Instant
    handoff_id: UUID | None = None
    about_id: UUID | None = None


class PersonRecorded(Event):
    """The full state of a person as intake knows it now; what identifies the person is sealed with the person's key.

    `sealed` is opened with the key of `PersonKeyIssued`; without it the event still tells all that a case needs.
    """

    TYPE: ClassVar[str] = "intake.person.recorded.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    person_id: UUID
    identity_status: Literal["PROVISIONAL", "CLAIMED", "MATCHED"]
    nik_level: NikLevel | None = None
    sex: Sex | None = None
    apparent_minor: Flag
    merged_into: UUID | None = None
    sealed: Sealed


class PersonKeyIssued(Event):
    """The key of one person, wrapped for each service that may open it. A tombstone in its place means erased."""

    TYPE: ClassVar[str] = "intake.person_key.issued.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    person_id: UUID
    wrapped: Annotated[dict[Slug, Sealed], Field(max_length=64)]


class ClosingAnswered(ServiceAnswer):
    """What of a case is still open in intake."""

    TYPE: ClassVar[str] = "intake.closing.answered.v1"
