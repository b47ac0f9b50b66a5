"""Request and response shapes of the agency API."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from contracts.values import RegionCode
from services.casework.handoff.conditions.domain import PromiseAbout
from services.casework.handoff.conditions.tables import Promise
from services.casework.handoff.deadlines.tables import Clock, RungRow
from services.casework.handoff.handoffs.commands import Condition, MoveHandoff, Spoken
from services.casework.handoff.handoffs.domain import BUSINESS, HandoffState, Move, fhir_status
from services.casework.handoff.handoffs.queries import HandoffView
from services.casework.handoff.handoffs.tables import Handoff, SpokenAnswer
from services.casework.office.directory.domain import RungKind
from services.chassis.clock import utc_now
from services.chassis.web import CodeText, RequestBody

ReferenceText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{0,62}[A-Za-z0-9]$")]
PlaceText = Annotated[str, StringConstraints(pattern=RegionCode.PATTERN)]


class MoveIn(RequestBody):
    """What every move may carry."""

    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        default=None, description="Versi yang Anda lihat; bila sudah berubah, jawabannya 409 dengan kedua versi"
    )
    happened_at: AwareDatetime | None = Field(default=None, description="Kapan terjadi, bila dicatat belakangan")

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(handoff_id, move, self.expected_version, happened_at=self.happened_at)


class ReasonedIn(MoveIn):
    """A move that needs a reason."""

    reason_code: CodeText

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id, move, self.expected_version, reason_code=self.reason_code, happened_at=self.happened_at
        )


class RedirectionIn(RequestBody):
    """Ask another agency instead."""

    reason_code: CodeText
    to_agency: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = Field(
        default=None, description="Kosong: calon berikutnya"
    )


class HoldIn(ReasonedIn):
    """Paused for a coded reason; never an emergency."""

    reason_code: Annotated[
        Literal["WAITING_FOR_PERSON", "WAITING_FOR_DOCUMENT", "DISASTER", "HOLIDAY_CLOSURE", "AGREED_WITH_RECEIVER"],
        Field(description="Alasan penghentian sementara"),
    ]


class ConditionIn(RequestBody):
    """One «if» of a «yes, if …»."""

    code: CodeText
    owner: Literal["SENDER", "RECEIVER"] = Field(description="Siapa yang memenuhi syarat ini")
    due_at: AwareDatetime
    about: PromiseAbout = Field(
        default=PromiseAbout.CANDIDATE,
        description="CASE bila syarat tetap berguna walau instansi lain yang menyanggupi",
    )


class ConditionalIn(MoveIn):
    """Yes, if every condition is met in time."""

    conditions: Annotated[list[ConditionIn], Field(min_length=1, max_length=10)]

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id,
            move,
            self.expected_version,
            happened_at=self.happened_at,
            conditions=[Condition(c.code, c.owner == "SENDER", c.due_at, c.about) for c in self.conditions],
        )


SpokenMove = Literal["receive", "accept", "accept-conditionally", "reject", "start", "complete", "fail"]
PersonText = Annotated[str, StringConstraints(min_length=2, max_length=120, strip_whitespace=True)]
PhoneText = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,30}$")]


class SpokenIn(MoveIn):
    """What an agency without software said by phone: who spoke, in which role, on which number, when."""

    move: SpokenMove
    happened_at: AwareDatetime = Field(description="Kapan hal itu dikatakan; menentukan tepat waktu atau tidak")
    spoke_with: PersonText
    role: CodeText
    phone: PhoneText
    reason_code: CodeText | None = None
    result_code: CodeText | None = None
    conditions: Annotated[list[ConditionIn], Field(default_factory=list, max_length=10)]

    @model_validator(mode="after")
    def _says_enough(self) -> "SpokenIn":
        needs = {"reject": "reason_code", "fail": "reason_code", "complete": "result_code"}.get(self.move)
        if needs and getattr(self, needs) is None:
            raise ValueError(f"{needs} wajib diisi untuk jawaban ini")
        if self.move == "accept-conditionally" and not self.conditions:
            raise ValueError("conditions wajib diisi untuk jawaban bersyarat")
        return self

    def spoken_command(self, handoff_id: UUID) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id,
            Move(self.move),
            self.expected_version,
            reason_code=self.reason_code,
            result_code=self.result_code,
            happened_at=self.happened_at,
            conditions=[Condition(c.code, c.owner == "SENDER", c.due_at, c.about) for c in self.conditions],
            spoken=Spoken(self.spoke_with, self.role, self.phone),
        )


class ConditionalFormIn(MoveIn):
    """A page's «yes, if …»: one condition, due so many hours from now."""

    code: CodeText
    owner: Literal["SENDER", "RECEIVER"]
    within_hours: Annotated[int, Field(ge=1, le=2160)]

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        due_at = utc_now() + timedelta(hours=self.within_hours)
        conditions = [Condition(self.code, self.owner == "SENDER", due_at)]
        return MoveHandoff(handoff_id, move, self.expected_version, conditions=conditions)


class PromiseFormIn(RequestBody):
    """Which of a hand-off's conditions a page's button is about."""

    promise_id: UUID


class SpokenFormIn(MoveIn):
    """A page's spoken answer; the time is the district's wall clock."""

    move: Literal["receive", "accept", "reject", "start"]
    spoke_with: PersonText
    role: CodeText
    phone: PhoneText
    happened_local: datetime

    def spoken_command(self, handoff_id: UUID, zone: str) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id,
            Move(self.move),
            self.expected_version,
            reason_code="SAID_BY_PHONE" if self.move == "reject" else None,
            happened_at=self.happened_local.replace(tzinfo=ZoneInfo(zone)),
            spoken=Spoken(self.spoke_with, self.role, self.phone),
        )


class QuestionIn(RequestBody):
    """What the receiver must know before it can answer."""

    question_code: CodeText


class ReplyIn(RequestBody):
    """The sender's answer to the receiver's question."""

    reply_code: CodeText


class StatusIn(RequestBody):
    """How the work stands; never a diagnosis."""

    status_code: CodeText
    expected_end_at: AwareDatetime | None = None
    is_ready: bool = Field(default=False, description="Orangnya sudah dapat dijemput")


class PromiseDecisionIn(RequestBody):
    """Why a condition is met, waived or broken."""

    reason_code: CodeText | None = None


class ArrivalIn(MoveIn):
    """The person or the file is there; a person moves with a berita acara."""

    ba_number: ReferenceText | None = None
    place_code: PlaceText | None = None
    condition_code: CodeText = "STABLE"

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id,
            move,
            self.expected_version,
            ba_number=self.ba_number,
            place_code=self.place_code,
            condition_code=self.condition_code,
            happened_at=self.happened_at,
        )


class CompletionIn(MoveIn):
    """Work is done, with a result; never a diagnosis."""

    result_code: CodeText

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id, move, self.expected_version, result_code=self.result_code, happened_at=self.happened_at
        )


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
    case_id: UUID
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
    clock: str | None
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

    @classmethod
    def of(cls, handoff: Handoff, legal_now: list[str]) -> "HandoffOut":
        """From the row and what the caller may do now."""
        return cls(
            handoff_id=handoff.id,
            case_id=handoff.case_id,
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
            clock=handoff.clock,
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
        )


class RungAhead(BaseModel):
    """What will ring if nobody says a word from now on."""

    kind: str
    at: datetime


class RungOut(BaseModel):
    """A rung that rang, and what is known of the message that told of it."""

    clock: str
    occurrence: int
    rung_no: int
    kind: str
    due_at: datetime
    decided_at: datetime
    remark: str | None
    notice: str | None = Field(description="awaited, delivered atau undelivered; kosong bila tidak ada pemberitahuan")
    delivered_at: datetime | None

    @classmethod
    def of(cls, rung: RungRow) -> "RungOut":
        """From the row."""
        return cls(**rung.model_dump(include=set(cls.model_fields)))


class ClockOut(BaseModel):
    """A promise of time, and why it ends when it ends."""

    kind: str
    occurrence: int
    state: str
    owner: str
    started_at: datetime
    due_at: datetime
    rungs: int
    is_emergency: bool
    sentence: str
    ahead: list[RungAhead]

    @classmethod
    def of(cls, clock: Clock, ahead: Sequence[tuple[RungKind, datetime]]) -> "ClockOut":
        """From the row and what its ladder has left."""
        return cls(
            **clock.model_dump(include=set(cls.model_fields) - {"ahead"}),
            ahead=[RungAhead(kind=kind.value, at=at) for kind, at in ahead],
        )


class PromiseOut(BaseModel):
    """A condition of a conditional yes."""

    promise_id: UUID
    number: int
    code: str
    about: str
    owner: str
    due_at: datetime
    state: str

    @classmethod
    def of(cls, promise: Promise) -> "PromiseOut":
        """From the row."""
        return cls(promise_id=promise.id, **promise.model_dump(include=set(cls.model_fields) - {"promise_id"}))


class SpokenOut(BaseModel):
    """An answer that an officer wrote down for the agency; who spoke is shown to the parties."""

    move: str
    spoke_with: str
    role: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    verdict: str | None

    @classmethod
    def of(cls, answer: SpokenAnswer) -> "SpokenOut":
        """From the row."""
        return cls(**answer.model_dump(include=set(cls.model_fields)))


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
    """One hand-off with its package: what the receiver needs to know for the purpose, and nothing else."""

    case_number: str
    package: dict[str, Any]
    basis: list[str] = []
    withheld: list[str] = []
    acts: list[str]
    may_speak: list[str]
    clocks: list[ClockOut]
    rungs: list[RungOut]
    promises: list[PromiseOut]
    spoken: list[SpokenOut]
    by_link: list[LinkAnswerOut] = []
    candidates: list[CandidateOut]

    @classmethod
    def of_view(cls, view: HandoffView) -> "HandoffDetail":
        """From the read model."""
        plain = HandoffOut.of(view.handoff, view.legal_now).model_dump()
        return cls(
            **plain,
            case_number=view.case_number,
            package=view.package.shown,
            basis=list(view.package.entry.basis),
            withheld=list(view.package.withheld),
            acts=view.acts,
            may_speak=view.may_speak,
            clocks=[ClockOut.of(clock, view.ahead.get(clock.id, ())) for clock in view.clocks],
            rungs=[RungOut.of(rung) for rung in view.rungs],
            promises=[PromiseOut.of(promise) for promise in view.promises],
            spoken=[SpokenOut.of(answer) for answer in view.spoken],
            by_link=[LinkAnswerOut(move=answer.move, recorded_at=answer.recorded_at) for answer in view.by_link],
            candidates=[CandidateOut.of(handoff) for handoff in view.candidates],
        )


class PromiseReceipt(BaseModel):
    """How a condition, and the hand-off that waited for it, stand after a decision."""

    promise_id: UUID
    handoff_id: UUID
    state: str

    @classmethod
    def of(cls, promise: Promise) -> "PromiseReceipt":
        """From the row."""
        return cls(promise_id=promise.id, handoff_id=promise.handoff_id, state=promise.state)


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
