"""Request and response shapes of closing."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.casework.case.closing.commands import ProposeForcedClosing
from services.casework.case.closing.domain import Blocker, Disposition, ForcedClosingReason, dispositions_of
from services.casework.case.closing.queries import ClosingView
from services.casework.case.closing.tables import ForcedClosing
from services.chassis.web import RequestBody, Version

ItemText = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,16}:[A-Za-z0-9_-]{1,64}$")]


class BlockerOut(BaseModel):
    """One thing that keeps a case open; ``dispositions``: what two people may make of it when they close over it."""

    item: str
    kind: str
    name: str
    party: str
    state: str
    dispositions: list[Disposition]

    @classmethod
    def of(cls, blocker: Blocker) -> "BlockerOut":
        """From the read model."""
        return cls(
            item=blocker.id,
            kind=blocker.kind.value,
            name=blocker.name,
            party=blocker.party,
            state=blocker.state,
            dispositions=list(dispositions_of(blocker)),
        )


class ForcedClosingOut(BaseModel):
    """A proposal to close a case over what is open, and what became of it."""

    forced_closing_id: UUID
    case_id: UUID
    state: str
    version: int
    reason_code: str
    dispositions: dict[str, Disposition]
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: ForcedClosing) -> "ForcedClosingOut":
        """From the row."""
        return cls(forced_closing_id=row.id, **row.model_dump(include=set(cls.model_fields) - {"forced_closing_id"}))


class ClosingOut(BaseModel):
    """What keeps a case open. ``asked_at``: when the other services were last asked, in round ``round``."""

    case_id: UUID
    state: str
    blockers: list[BlockerOut]
    round: int | None
    asked_at: datetime | None
    proposal: ForcedClosingOut | None

    @classmethod
    def of(cls, view: ClosingView) -> "ClosingOut":
        """From the read model."""
        return cls(
            case_id=view.case.id,
            state=view.case.state,
            blockers=[BlockerOut.of(blocker) for blocker in view.blockers],
            round=view.last.number if view.last else None,
            asked_at=view.last.asked_at if view.last else None,
            proposal=ForcedClosingOut.of(view.proposal) if view.proposal else None,
        )


class ForcedClosingIn(RequestBody):
    """Close over what is open: a disposition for each item."""

    reason_code: ForcedClosingReason
    dispositions: Annotated[dict[ItemText, Disposition], Field(min_length=1, max_length=200)]

    def command(self, case_id: UUID) -> ProposeForcedClosing:
        """As the command takes it."""
        return ProposeForcedClosing(case_id, self.reason_code, self.dispositions)


class ForcedClosingDecisionIn(RequestBody):
    """The other person's word."""

    expected_version: Version | None = None
