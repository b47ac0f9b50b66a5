"""Request and response shapes of reports and operations."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from contracts.fields import NIK_IS_MALFORMED, Instant
from contracts.values import NIK_ERROR_TEXTS, Kind, Nik, NikIsInvalid, Sex, Urgency
from services.chassis.web import LongText, ReferenceText, RequestBody, ShortText, Version, VillageText
from services.intake.persons.domain import Description
from services.intake.reports.commands import ConductOperation, Evidence, ReceiveReport
from services.intake.reports.domain import OPERATION_LIMIT, Because, Channel, RejectionReason
from services.intake.reports.queries import ReportView
from services.intake.reports.tables import Operation, Report


def _nik(value: object) -> object:
    try:
        return Nik.parse(value if isinstance(value, str) else "").digits
    except NikIsInvalid as error:
        raise PydanticCustomError(NIK_IS_MALFORMED, NIK_ERROR_TEXTS[error.code]) from None


NikText = Annotated[
    str, BeforeValidator(_nik), Field(description="16 digit; spasi, titik dan tanda hubung dibuang", max_length=40)
]
DigestText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class PersonIn(RequestBody):
    """The person as the reporter sees or knows them. Everything may be missing."""

    name: ShortText | None = None
    nik: NikText | None = None
    birth_date: date | None = None
    approximate_age_years: Annotated[int, Field(ge=0, le=130)] | None = None
    sex: Sex | None = None
    features: LongText | None = Field(default=None, description="Ciri fisik, pakaian, perilaku")

    def to_description(self) -> Description:
        """As the commands take it."""
        return Description(
            name=self.name or None,
            nik=self.nik,
            birth_date=self.birth_date,
            approximate_age_years=self.approximate_age_years,
            sex=self.sex.value if self.sex else None,
            features=self.features or None,
        )


class EvidenceIn(RequestBody):
    """A photo or paper kept by the sender, by its SHA-256."""

    digest: DigestText
    captured_at: Instant
    village_code: VillageText | None = None


class ReportIn(RequestBody):
    """One report about one person in need."""

    channel: Channel
    kind: Kind
    urgency: Urgency = Urgency.NORMAL
    village_code: VillageText = Field(examples=["35.24.17.2001"])
    found_at: Instant = Field(description="Kapan orang ini ditemukan, dengan zona waktu")
    is_with_reporter: bool = Field(
        default=False, description="Orangnya sudah berada pada instansi Anda, misalnya di IGD atau pos jaga"
    )
    person: PersonIn = PersonIn()
    circumstances: LongText | None = None
    evidence: Annotated[tuple[EvidenceIn, ...], Field(max_length=20)] = ()

    def to_command(self) -> ReceiveReport:
        """As the command takes it."""
        return ReceiveReport(
            channel=self.channel,
            kind=self.kind,
            urgency=self.urgency,
            village_code=self.village_code,
            found_at=self.found_at,
            is_with_reporter=self.is_with_reporter,
            person=self.person.to_description(),
            circumstances=self.circumstances or None,
            evidence=[Evidence(e.digest, e.captured_at, e.village_code) for e in self.evidence],
        )


class OperationIn(RequestBody):
    """A field operation (razia) with its people, taken in whole or not at all."""

    order_number: ReferenceText = Field(description="Nomor surat tugas")
    place_code: VillageText
    conducted_at: Instant
    reports: Annotated[list[ReportIn], Field(min_length=1, max_length=OPERATION_LIMIT)]

    def to_command(self) -> ConductOperation:
        """As the command takes it."""
        return ConductOperation(
            order_number=self.order_number,
            place_code=self.place_code,
            conducted_at=self.conducted_at,
            reports=[report.to_command() for report in self.reports],
        )


class RejectionIn(RequestBody):
    """Why a report is refused."""

    expected_version: Version
    reason_code: RejectionReason


class VerificationIn(RequestBody):
    """A report is believed."""

    expected_version: Version


class DuplicateIn(RequestBody):
    """Which report told it first."""

    expected_version: Version
    parent_report_id: UUID


class IntoCaseFormIn(RequestBody):
    """The case that already tells of this person, by the number that people know."""

    expected_version: Version
    case_number: ReferenceText


class RepeatOut(BaseModel):
    """Another report that may tell of the same person: what both have in common, and the number of its case."""

    report_id: UUID
    state: str
    found_at: datetime
    case_number: str | None
    because: list[Because]


class ReportOut(BaseModel):
    """A report without the words and the person in it.

    ``parent_report_id``: of a double, the report that goes on for it. ``case_number`` and ``likely_repeat_of`` are told
    to the office alone.
    """

    report_id: UUID
    version: int
    state: str
    channel: str
    kind: str
    urgency: str
    village_code: str
    person_id: UUID
    operation_id: UUID | None
    reporter_agency: str
    found_at: datetime
    parent_report_id: UUID | None
    case_number: str | None
    likely_repeat_of: list[RepeatOut]

    @classmethod
    def of(cls, view: ReportView, *, is_office: bool) -> "ReportOut":
        """From the read model."""
        report = view.report
        return cls(
            report_id=report.id,
            version=report.version,
            state=report.state,
            channel=report.channel,
            kind=report.kind,
            urgency=report.urgency,
            village_code=report.village_code,
            person_id=report.person_id,
            operation_id=report.operation_id,
            reporter_agency=report.reporter_agency,
            found_at=report.found_at,
            parent_report_id=view.goes_on_as,
            case_number=view.case.case_number if view.case and is_office else None,
            likely_repeat_of=[
                RepeatOut(**{name: getattr(one, name) for name in RepeatOut.model_fields}) for one in view.repeats
            ]
            if is_office
            else [],
        )


class ReportReceipt(BaseModel):
    """What the reporter gets back: the ids under which everything that follows is found."""

    report_id: UUID
    person_id: UUID
    state: str
    version: int

    @classmethod
    def of(cls, report: Report) -> "ReportReceipt":
        """From the row."""
        return cls(report_id=report.id, person_id=report.person_id, state=report.state, version=report.version)


class ReportPage(BaseModel):
    """Reports, oldest first; ``next_after`` is the cursor of the following page, if there is one."""

    items: list[ReportOut]
    next_after: UUID | None


class OperationOut(BaseModel):
    """An operation with its reports in the order of its paper."""

    operation_id: UUID
    agency: str
    order_number: str
    place_code: str
    persons_count: int
    conducted_at: datetime
    reports: list[ReportReceipt]

    @classmethod
    def of(cls, made: tuple[Operation, list[Report]]) -> "OperationOut":
        """From the rows."""
        operation, reports = made
        return cls(
            operation_id=operation.id,
            agency=operation.agency,
            order_number=operation.order_number,
            place_code=operation.place_code,
            persons_count=operation.persons_count,
            conducted_at=operation.conducted_at,
            reports=[ReportReceipt.of(report) for report in reports],
        )
