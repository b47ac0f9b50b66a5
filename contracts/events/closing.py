"""What each service answers when a case is about to close."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Count


class ServiceAnswer(Event):
    """A service says what of a case is still open on its side; nothing means that the case may close.

    `round` is that of the question, `casework.case.closing_asked`.
    """

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    case_id: UUID
    round: Count
    blockers: Annotated[tuple[Code, ...], Field(max_length=20)]
