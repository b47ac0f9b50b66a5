"""What one act ended is brought back when the act is taken back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.handoff.handoffs import domain, repository
from services.casework.handoff.handoffs.commands.applying import MoveHandoff, apply_move
from services.casework.handoff.handoffs.commands.groups import follow
from services.casework.handoff.handoffs.commands.rows import locked, tell
from services.casework.handoff.handoffs.domain import HandoffState, Move, Side
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.queries import pack_in_force
from services.chassis.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class Revived:
    """A hand-off that an act ended; ``is_back`` false: what came after it has to be decided by people."""

    handoff: Handoff
    is_back: bool


async def revive_of_matter(
    about_id: UUID, ended_at: datetime, reason_code: str, uow: UnitOfWork, *, failed_for: str | None = None
) -> list[Revived]:
    """Bring back what ended at an instant, which names the act that ended it (its transaction's time).

    ``failed_for``: the reason of failures that told what was revoked; their work goes on, too.

    Who was asked, or had promised and was let go, is asked anew with fresh deadlines; who was at work goes on; who was
    asked to let go need not. A draft, and a request that another candidate has won since, stay as they are.
    """
    found = []
    for handoff_id in await repository.moved_at(uow, about_id, ended_at, failed_for):
        group, handoff = await locked(handoff_id, uow)
        pack = await pack_in_force(uow, handoff.district)
        is_free = group.won_by in (None, handoff.to_agency)
        if handoff.last_move == Move.ASK_CANCEL:
            uow.change(handoff, "take-back-cancel", reason=reason_code, cancel_asked_at=None)
            tell(handoff, "cancel-taken-back", await uow.now(), uow)
        elif handoff.state == HandoffState.EXPIRED and is_free and await repository.was_sent(uow, handoff.id):
            command = MoveHandoff(handoff.id, Move.ASK_AGAIN)
            await apply_move(handoff, command, domain.next_state(handoff.state, command.move, Side.SYSTEM), pack, uow)
            uow.change(group, "reopen", reason=reason_code, outcome=None, won_by=None, reason_code=None)
        elif handoff.state == HandoffState.FAILED and is_free:
            command = MoveHandoff(handoff.id, Move.REOPEN, reason_code=reason_code)
            await apply_move(handoff, command, domain.next_state(handoff.state, command.move, Side.RECEIVER), pack, uow)
            await follow(group, handoff, command, pack, uow)
        else:
            found.append(Revived(handoff, is_back=False))
            continue
        found.append(Revived(handoff, is_back=True))
    return found
