"""What the agency API and the forms take."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from contracts.fields import Instant
from services.casework.handoff.conditions.domain import ConditionAbout, ConditionCode
from services.casework.handoff.handoffs.commands import MoveHandoff, OfferedCondition, Spoken
from services.casework.handoff.handoffs.domain import HandoffReason, Move, News, Question, Reply, Speaker
from services.casework.person.custody.domain import ObservedState
from services.chassis.clock import utc_now
from services.chassis.web import CodeText, PlaceText, ReferenceText, RequestBody, Text, Version


class MoveIn(RequestBody):
    """What every move may carry."""

    expected_version: Version | None = Field(
        default=None, description="Versi yang Anda lihat; bila sudah berubah, jawabannya 409 dengan kedua versi"
    )
    happened_at: Instant | None = Field(default=None, description="Kapan terjadi, bila dicatat belakangan")

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(handoff_id, move, self.expected_version, happened_at=self.happened_at)


class ReasonedIn(MoveIn):
    """A move that needs a reason."""

    reason_code: HandoffReason

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id, move, self.expected_version, reason_code=self.reason_code, happened_at=self.happened_at
        )


class ContestIn(MoveIn):
    """What was written down for us is wrong; the reason may be left out."""

    reason_code: HandoffReason | None = None

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id, move, self.expected_version, reason_code=self.reason_code, happened_at=self.happened_at
        )


class RedirectionIn(RequestBody):
    """Ask another agency instead."""

    reason_code: HandoffReason
    to_agency: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = Field(
        default=None, description="Kosong: calon berikutnya"
    )


class HoldIn(MoveIn):
    """Paused for a coded reason; never an emergency."""

    reason_code: Annotated[
        Literal["WAITING_FOR_PERSON", "WAITING_FOR_DOCUMENT", "DISASTER", "HOLIDAY_CLOSURE", "AGREED_WITH_RECEIVER"],
        Field(description="Alasan penghentian sementara"),
    ]

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id, move, self.expected_version, reason_code=self.reason_code, happened_at=self.happened_at
        )


class ConditionIn(RequestBody):
    """One «if» of a «yes, if …»."""

    code: ConditionCode
    owner: Literal["SENDER", "RECEIVER"] = Field(description="Siapa yang memenuhi syarat ini")
    due_at: Instant
    about: ConditionAbout = Field(
        default=ConditionAbout.CANDIDATE,
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
            conditions=[OfferedCondition(c.code, c.owner == "SENDER", c.due_at, c.about) for c in self.conditions],
        )


SpokenMove = Literal["receive", "accept", "accept-conditionally", "reject", "start", "complete", "fail"]
PersonText = Annotated[Text, StringConstraints(min_length=2, max_length=120, strip_whitespace=True)]
PhoneText = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,30}$")]


class SpokenIn(MoveIn):
    """What an agency without software said by phone: who spoke, in which role, on which number, when."""

    move: SpokenMove
    happened_at: Instant = Field(description="Kapan hal itu dikatakan; menentukan tepat waktu atau tidak")
    spoke_with: PersonText
    role: Speaker
    phone: PhoneText
    reason_code: HandoffReason | None = None
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
            conditions=[OfferedCondition(c.code, c.owner == "SENDER", c.due_at, c.about) for c in self.conditions],
            spoken=Spoken(self.spoke_with, self.role, self.phone),
        )


class ConditionalFormIn(MoveIn):
    """A page's «yes, if …»: one condition, due so many hours from now."""

    code: ConditionCode
    owner: Literal["SENDER", "RECEIVER"]
    within_hours: Annotated[int, Field(ge=1, le=2160)]

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        due_at = utc_now() + timedelta(hours=self.within_hours)
        conditions = [OfferedCondition(self.code, self.owner == "SENDER", due_at)]
        return MoveHandoff(handoff_id, move, self.expected_version, conditions=conditions)


class ConditionFormIn(RequestBody):
    """Which of a hand-off's conditions a page's button is about."""

    condition_id: UUID


class SpokenFormIn(MoveIn):
    """A page's spoken answer; the time is the district's wall clock."""

    move: Literal["receive", "accept", "reject", "start"]
    spoke_with: PersonText
    role: Speaker
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

    question_code: Question


class ReplyIn(RequestBody):
    """The sender's answer to the receiver's question."""

    reply_code: Reply


class StatusIn(RequestBody):
    """How the work stands; never a diagnosis."""

    status_code: News
    expected_end_at: Instant | None = None
    is_ready: bool = Field(default=False, description="Orangnya sudah dapat dijemput")


class ConditionDecisionIn(RequestBody):
    """Why a condition is met, waived or broken."""

    reason_code: HandoffReason | None = None


class ArrivalIn(MoveIn):
    """The person or the file is there; a person moves with a berita acara."""

    ba_number: ReferenceText | None = None
    place_code: PlaceText | None = None
    observed_state: ObservedState = ObservedState.STABLE

    def command(self, handoff_id: UUID, move: Move) -> MoveHandoff:
        """As the command takes it."""
        return MoveHandoff(
            handoff_id,
            move,
            self.expected_version,
            ba_number=self.ba_number,
            place_code=self.place_code,
            observed_state=self.observed_state,
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
