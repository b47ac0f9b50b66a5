"""Request and response shapes of cases."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from contracts.fields import Instant
from services.casework.case.cases.commands import MarkDuplicate, OpenHandoff
from services.casework.case.cases.domain import BY_PEOPLE, legal_moves
from services.casework.case.cases.queries import CaseView
from services.casework.case.cases.tables import Case
from services.casework.handoff.disclosures.domain import Purpose
from services.chassis.web import RequestBody, Version

AgencyText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class HandoffIn(RequestBody):
    """A piece of work that somebody asks for by hand."""

    purpose: Purpose
    from_agency: AgencyText | None = Field(
        default=None, description="Instansi pengirim yang tidak punya aplikasi; bawaan: pemegang perkara"
    )
    candidates: Annotated[list[AgencyText], Field(max_length=10)] = Field(
        default=[], description="Siapa yang diminta, berurutan; bawaan: menurut paket daerah"
    )
    mode: Literal["sequential", "parallel"] = "sequential"
    is_draft: bool = Field(default=False, description="Simpan sebagai konsep, tanpa tenggat")
    happened_at: Instant | None = Field(
        default=None, description="Kapan diminta, bila dicatat belakangan; tenggat dihitung dari situ"
    )

    @model_validator(mode="after")
    def _a_draft_was_not_asked(self) -> Self:
        if self.is_draft and self.happened_at is not None:
            raise ValueError("happened_at tidak berlaku bagi konsep, yang belum diminta")
        return self

    def command(self, case_id: UUID) -> OpenHandoff:
        """As the command takes it."""
        return OpenHandoff(
            case_id, self.purpose, self.from_agency, self.candidates, self.mode, self.is_draft, self.happened_at
        )


class TieIn(RequestBody):
    """The case of a child whose mother's case this is."""

    child_case_id: UUID


class TieFormIn(RequestBody):
    """The same by the number that people know."""

    child_number: Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]


class UntieIn(RequestBody):
    """The case with which this one belongs together no longer."""

    other_case_id: UUID


class CaseDuplicateIn(RequestBody):
    """The case that goes on for this one."""

    parent_case_id: UUID
    expected_version: Version | None = None

    def command(self, case_id: UUID) -> MarkDuplicate:
        """As the command takes it."""
        return MarkDuplicate(case_id, self.parent_case_id, self.expected_version)


class UndoDuplicateIn(RequestBody):
    """The case is about somebody else after all."""

    expected_version: Version | None = None


class CaseOut(BaseModel):
    """A case without its person; ``parent_case_id``: the case of which this one is a double."""

    case_id: UUID
    number: str
    case_type: str
    state: str
    stage: str
    outcome: str | None
    version: int
    person_id: UUID
    village_code: str
    source_report_id: UUID
    holder: str
    worker: str | None
    apparent_minor: bool
    aid_state: str | None
    parent_case_id: UUID | None
    found_at: datetime = Field(description="Kapan orangnya ditemukan, menurut laporan")
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, case: Case) -> "CaseOut":
        """From the row."""
        return cls(
            case_id=case.id,
            number=case.number,
            case_type=case.case_type,
            state=case.state,
            stage=case.stage,
            outcome=case.outcome,
            version=case.version,
            person_id=case.person_id,
            village_code=case.village_code,
            source_report_id=case.source_report_id,
            holder=case.holder,
            worker=case.worker,
            apparent_minor=case.apparent_minor,
            aid_state=case.aid_state,
            parent_case_id=case.parent_case_id,
            found_at=case.found_at,
            opened_at=case.opened_at,
            closed_at=case.closed_at,
        )


class CasePage(BaseModel):
    """Cases in order of id."""

    items: list[CaseOut]
    next_after: UUID | None


class CaseHandoff(BaseModel):
    """A hand-off of a case, in one line."""

    handoff_id: UUID
    purpose: str
    state: str
    to_agency: str
    promise_holder: str
    candidate_no: int
    escalations: int
    due_at: datetime | None
    result_code: str | None
    reason_code: str | None


class CaseTask(BaseModel):
    """A task of a case, in one line."""

    task_id: UUID
    kind: str
    agency: str
    state: str
    due_at: datetime
    result_code: str | None


class CaseCustody(BaseModel):
    """A stretch of custody."""

    agency: str
    custodian_kind: str
    giver: str | None
    since: datetime
    until: datetime | None
    place_code: str
    observed_state: str
    ba_number: str | None
    proof: str
    ended_reason: str | None


class CaseFinding(BaseModel):
    """Something about a case that does not match, in one line."""

    finding_id: UUID
    kind: str
    owner: str
    state: str
    explanation: str | None


class CaseDetail(CaseOut):
    """A case with its hand-offs, tasks, custody chain and findings; ``tied_to``: its mother's or child's case.

    ``legal_now``: which ends can be given to it, or taken back, by people. ``goes_on_as``: of a double, the case that
    goes on, whatever number of doubles lies between.
    """

    handoffs: list[CaseHandoff]
    tasks: list[CaseTask]
    custody: list[CaseCustody]
    findings: list[CaseFinding]
    tied_to: list[UUID]
    doubles: list[UUID]
    goes_on_as: UUID | None
    legal_now: list[str]

    @classmethod
    def of_view(cls, view: CaseView) -> "CaseDetail":
        """From the read model."""
        return cls(
            **CaseOut.of(view.case).model_dump(),
            handoffs=[
                CaseHandoff(
                    handoff_id=h.id,
                    escalations=view.escalations.get(h.id, 0),
                    **h.model_dump(include=set(CaseHandoff.model_fields) - {"escalations"}),
                )
                for h in view.handoffs
            ],
            tasks=[CaseTask(task_id=t.id, **t.model_dump(include=set(CaseTask.model_fields))) for t in view.tasks],
            custody=[CaseCustody(**c.model_dump(include=set(CaseCustody.model_fields))) for c in view.custodies],
            findings=[
                CaseFinding(finding_id=f.id, **f.model_dump(include=set(CaseFinding.model_fields)))
                for f in view.findings
            ],
            tied_to=list(view.tied),
            doubles=list(view.doubles),
            goes_on_as=view.goes_on_as["id"] if view.goes_on_as else None,
            legal_now=[m for m in legal_moves(view.case.state, view.case.outcome) if m in BY_PEOPLE],
        )
