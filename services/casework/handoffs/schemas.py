"""Request and response shapes of the agency API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from contracts.values import RegionCode
from services.casework.handoffs.commands import MoveHandoff
from services.casework.handoffs.domain import FHIR, HandoffState, Move
from services.casework.handoffs.queries import HandoffView
from services.casework.handoffs.tables import Handoff
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
            fhir_status=FHIR[HandoffState(handoff.state)],
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
            result_code=handoff.result_code,
            reason_code=handoff.reason_code,
            legal_now=legal_now,
        )


class HandoffDetail(HandoffOut):
    """One hand-off with its package: what the receiver needs to know for the purpose, and nothing else."""

    case_number: str
    package: dict[str, Any]

    @classmethod
    def of_view(cls, view: HandoffView) -> "HandoffDetail":
        """From the read model."""
        plain = HandoffOut.of(view.handoff, view.legal_now).model_dump()
        return cls(**plain, case_number=view.case_number, package=view.package)


class HandoffPage(BaseModel):
    """Hand-offs in order of id; ``next_after`` is the cursor of the following page."""

    items: list[HandoffOut]
    next_after: UUID | None


class FeedItem(BaseModel):
    """One line of an agency's feed. ``traceparent`` is to be sent back with the answer."""

    position: int
    recorded_at: datetime
    traceparent: str | None
    item: dict[str, Any]


class FeedPage(BaseModel):
    """Feed lines after the cursor, in order, none left out; ``next_after`` is where to go on."""

    items: list[FeedItem]
    next_after: int
