"""Request and response shapes of assessments and plans."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from contracts.fields import Instant
from services.casework.case.cases.schemas import AgencyText
from services.casework.case.plans.commands import AddLine, Assess
from services.casework.case.plans.domain import PlannedService, ReturnReason, Work
from services.casework.case.plans.queries import PlanView, ShownAssessment, ShownLine, ShownPlan
from services.casework.case.plans.tables import Assessment, Plan
from services.chassis.web import RequestBody, Version, WordsText, printable

Goal = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True), AfterValidator(printable)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AssessmentIn(RequestBody):
    """What somebody found."""

    assessed_at: Instant = Field(description="Kapan asesmen dilakukan, dengan zona waktu")
    circumstances: WordsText = Field(description="Keadaan orang ini; disegel, tidak pernah keluar dalam peristiwa")
    needs: WordsText = Field(description="Kebutuhannya; disegel")
    strengths: WordsText | None = Field(
        default=None, description="Yang dapat diandalkan padanya dan sekitarnya; disegel"
    )

    def command(self, case_id: UUID) -> Assess:
        """As the command takes it."""
        return Assess(case_id, self.assessed_at, self.circumstances, self.needs, self.strengths)


class AssessmentFormIn(RequestBody):
    """The same from a page; the time is the district's wall clock, now when it is left out."""

    happened_local: datetime | None = None
    circumstances: WordsText
    needs: WordsText
    strengths: WordsText | None = None

    def command(self, case_id: UUID, zone: str, now: datetime) -> Assess:
        """As the command takes it."""
        at = self.happened_local.replace(tzinfo=ZoneInfo(zone)) if self.happened_local else now
        return Assess(case_id, at, self.circumstances, self.needs, self.strengths)


class PlanLineIn(RequestBody):
    """A service by an agency until a day, and what it is to bring about."""

    service: PlannedService
    goal: Goal = Field(description="Tujuannya; disegel, tidak pernah keluar dalam peristiwa")
    agency: AgencyText = Field(description="Siapa yang memberikannya")
    until: date = Field(description="Sampai hari apa")
    expected_version: Version | None = None

    def command(self) -> AddLine:
        """As the command takes it."""
        return AddLine(self.service, self.goal, self.agency, self.until)


class PlanMoveIn(RequestBody):
    """A version as it was seen."""

    expected_version: Version | None = None


class PlanReturnIn(PlanMoveIn):
    """Why it goes back."""

    reason_code: ReturnReason


class PlanApprovalIn(RequestBody):
    """What is signed: the digest of the version as it was shown."""

    digest: Digest


class AssessmentReceipt(BaseModel):
    """What was written, without its words."""

    assessment_id: UUID
    number: int
    assessed_at: datetime

    @classmethod
    def of(cls, row: Assessment) -> "AssessmentReceipt":
        """From the row."""
        return cls(assessment_id=row.id, number=row.number, assessed_at=row.assessed_at)


class PlanReceipt(BaseModel):
    """Where a version stands."""

    plan_id: UUID
    case_id: UUID
    number: int
    state: str
    version: int
    digest: str | None
    author: str
    proposed_by: str | None
    proposed_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    returned_for: str | None

    @classmethod
    def of(cls, row: Plan) -> "PlanReceipt":
        """From the row."""
        return cls(plan_id=row.id, **row.model_dump(include=set(cls.model_fields) - {"plan_id"}))


class AssessmentOut(AssessmentReceipt):
    """An assessment; the words are empty once the person's data were erased."""

    author: str
    circumstances: str | None
    needs: str | None
    strengths: str | None

    @classmethod
    def of_shown(cls, shown: ShownAssessment) -> "AssessmentOut":
        """From the read model."""
        words = {name: shown.words.get(name) for name in ("circumstances", "needs", "strengths")}
        return cls(**AssessmentReceipt.of(shown.row).model_dump(), author=shown.row.author, **words)


class WorkOut(BaseModel):
    """What serves a line: the hand-off, the task, or the case's aid."""

    kind: str
    id: UUID
    about: str
    agency: str
    state: str
    result: str

    @classmethod
    def of(cls, work: Work) -> "WorkOut":
        """From the rule."""
        return cls(**{name: getattr(work, name) for name in cls.model_fields})


class PlanLineOut(BaseModel):
    """A line and what became of it."""

    line_id: UUID
    service: str
    goal: str | None
    agency: str
    until: date
    standing: str
    is_late: bool
    served_by: list[WorkOut]

    @classmethod
    def of(cls, shown: ShownLine) -> "PlanLineOut":
        """From the read model."""
        row = shown.row
        return cls(
            line_id=row.id,
            service=row.service,
            goal=shown.goal,
            agency=row.agency,
            until=row.until,
            standing=shown.standing.value,
            is_late=shown.is_late,
            served_by=[WorkOut.of(work) for work in shown.works],
        )


class PlanOut(PlanReceipt):
    """A version with its lines, by the day until which each is planned."""

    lines: list[PlanLineOut]

    @classmethod
    def of_shown(cls, shown: ShownPlan) -> "PlanOut":
        """From the read model."""
        return cls(**PlanReceipt.of(shown.row).model_dump(), lines=[PlanLineOut.of(line) for line in shown.lines])


class CasePlanOut(BaseModel):
    """A case's assessments and the versions of its plan, each the latest first."""

    case_id: UUID
    assessments: list[AssessmentOut]
    plans: list[PlanOut]
    legal_now: list[str]

    @classmethod
    def of(cls, view: PlanView) -> "CasePlanOut":
        """From the read model."""
        return cls(
            case_id=view.case.id,
            assessments=[AssessmentOut.of_shown(one) for one in view.assessments],
            plans=[PlanOut.of_shown(one) for one in view.plans],
            legal_now=list(view.legal_now),
        )
