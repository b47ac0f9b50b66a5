"""The only code that changes custody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.custody import facts, repository
from services.casework.custody.tables import Custody
from services.chassis import clock
from services.chassis.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class TransferCustody:
    """A person was taken over, by the signature of the taker."""

    person_id: UUID
    case_id: UUID
    correlation_id: UUID
    district: str
    to_agency: str
    happened_at: datetime
    place_code: str
    condition_code: str
    ba_number: str | None


async def transfer_custody(command: TransferCustody, uow: UnitOfWork) -> Custody:
    """End the open row of the person, if any, and open the taker's. The same taker twice is one custody."""
    current = await repository.open_custody(uow, command.person_id)
    if current is not None and current.agency == command.to_agency:
        return current
    if current is not None:
        uow.change(current, "hand_over", happened_at=command.happened_at, until=command.happened_at)
    custody = Custody(
        id=clock.new_id(),
        correlation_id=command.correlation_id,
        district=command.district,
        person_id=command.person_id,
        case_id=command.case_id,
        agency=command.to_agency,
        since=command.happened_at,
        place_code=command.place_code,
        condition_code=command.condition_code,
        ba_number=command.ba_number,
    )
    uow.create(custody, "take_over", happened_at=command.happened_at)
    uow.publish(
        facts.custody_transferred(custody, current.agency if current else None),
        about=custody,
        happened_at=command.happened_at,
    )
    return custody


async def end_custody(person_id: UUID, reason_code: str, happened_at: datetime, uow: UnitOfWork) -> Custody | None:
    """Nobody of ours has the person any more (home, absconded, buried); nothing when nobody had."""
    current = await repository.open_custody(uow, person_id)
    if current is None:
        return None
    uow.change(current, "end", happened_at=happened_at, reason=reason_code, until=happened_at, ended_reason=reason_code)
    uow.publish(facts.custody_ended(current, reason_code), about=current, happened_at=happened_at)
    return current


async def end_custody_of_case(case_id: UUID, reason_code: str, happened_at: datetime, uow: UnitOfWork) -> None:
    """Nobody has the person of a case any more; nothing when nobody had."""
    for current in await repository.open_of_case(uow, case_id):
        await end_custody(current.person_id, reason_code, happened_at, uow)
