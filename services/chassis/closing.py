"""Every service that casework asks before a case closes answers in the same way, and keeps its answer.

Here, not in each service, because the question, the row and the reply are the same (see ADR 0002).
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts.envelope import Envelope
from contracts.events.casework import CaseClosingAsked
from contracts.events.closing import ServiceAnswer
from services.chassis import clock
from services.chassis.database import Aggregate, UnitOfWork
from services.chassis.inbox import Handler

ANSWERS = UUID("3f6b2d0a-5a0e-5a7d-9a43-52c4cf2b8f11")
Blocking = Callable[[UUID, UUID, UnitOfWork], Awaitable[Sequence[str]]]
"""By case and correlation id: codes of what is still open on this side."""


class ClosingAnswer(Aggregate, table=True):
    """What we said when casework asked whether a case may close."""

    __tablename__ = "closing_answers"

    case_id: UUID
    round: int
    blockers: list[str] = Field(sa_type=JSONB)


def when_closing_asked_answer(fact: type[ServiceAnswer], blocking: Blocking) -> Handler:
    """The handler that looks what is open, keeps what it said and says it."""

    async def when_closing_asked_answer_it(event: CaseClosingAsked, envelope: Envelope, uow: UnitOfWork) -> None:
        """Answer once per round."""
        case_id = envelope.subject
        blockers = sorted(await blocking(case_id, envelope.correlationid, uow))
        answer = ClosingAnswer(
            id=clock.derived_id(ANSWERS, f"{case_id}:{event.round}"),
            correlation_id=envelope.correlationid,
            district=str(envelope.district),
            case_id=case_id,
            round=event.round,
            blockers=blockers,
        )
        uow.create(answer, "answer")
        uow.publish(fact(case_id=case_id, round=event.round, blockers=tuple(blockers)), about=answer)

    return when_closing_asked_answer_it
