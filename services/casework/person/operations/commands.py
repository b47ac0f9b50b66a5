"""The only code that changes operations and their counts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.office.directory.access import is_of_the_office
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.office.matters.domain import About, AboutKind
from services.casework.person.operations import access, domain, repository
from services.casework.person.operations.domain import PaperCount, Side
from services.casework.person.operations.tables import Operation, OperationCount, OperationPerson
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class KeepOperation:
    """Intake told of an operation."""

    operation_id: UUID
    correlation_id: UUID
    district: str
    agency: str
    place_code: str
    persons_count: int
    conducted_at: datetime


async def keep_operation(command: KeepOperation, uow: UnitOfWork) -> None:
    """Our copy of an operation, once."""
    if await repository.one(uow, command.operation_id) is not None:
        return
    operation = Operation(
        id=command.operation_id,
        correlation_id=command.correlation_id,
        district=command.district,
        agency=command.agency,
        place_code=command.place_code,
        persons_count=command.persons_count,
        conducted_at=command.conducted_at,
    )
    uow.create(operation, "keep", happened_at=command.conducted_at)


async def keep_operation_person(
    report_id: UUID, operation_id: UUID, person_id: UUID, district: str, uow: UnitOfWork
) -> None:
    """A person of an operation; the paper may wait for them already."""
    uow.put(OperationPerson(report_id=report_id, operation_id=operation_id, person_id=person_id, district=district))
    await compare_counts(operation_id, uow)


@dataclass(frozen=True, slots=True)
class CountOperation:
    """A berita acara says how many persons went from giver to taker; without a giver from whoever conducted it."""

    operation_id: UUID
    said_by: Side
    giver: str | None
    taker: str
    ba_number: str
    paper_count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What a paper says, and how many persons its taker has taken so far."""

    count: OperationCount
    delivered: int


async def count_operation(command: CountOperation, uow: UnitOfWork) -> Counted:
    """Keep what a paper says; the same paper of the same party again corrects the number.

    Raises ``NotFound`` to whoever has no part in the operation, and ``NotYourCount``. A difference is a finding of the
    party whose paper it is, never a refusal.
    """
    operation = await repository.one(uow, command.operation_id)
    if operation is None or not uow.principal.covers(operation.district):
        raise NotFound(kind="operations_known")
    office = (await pack_in_force(uow, operation.district)).office
    is_office = uow.principal.is_system or is_of_the_office(uow.principal, office)
    if not is_office and not await repository.has_part(uow, operation.id, uow.principal.agency):
        raise NotFound(kind="operations_known")
    giver = command.giver or operation.agency
    access.check_counter(uow.principal, office, giver if command.said_by is Side.GIVER else command.taker)
    counted_at = await uow.now()
    paper = (command.said_by.value, giver, command.taker, command.ba_number)
    known = await repository.counts_of(uow, operation.id)
    row = next((row for row in known if (row.said_by, row.giver, row.taker, row.ba_number) == paper), None)
    if row is None:
        row = OperationCount(
            id=clock.new_id(),
            correlation_id=operation.correlation_id,
            district=operation.district,
            operation_id=operation.id,
            said_by=command.said_by.value,
            giver=giver,
            taker=command.taker,
            ba_number=command.ba_number,
            paper_count=command.paper_count,
            counted_at=counted_at,
        )
        uow.create(row, "count", happened_at=counted_at)
    elif row.paper_count != command.paper_count:
        uow.change(row, "correct", happened_at=counted_at, paper_count=command.paper_count, counted_at=counted_at)
    delivered = await _compare(operation, uow)
    return Counted(row, delivered.get(command.taker, 0))


async def compare_counts(operation_id: UUID, uow: UnitOfWork) -> None:
    """Bring the findings of an operation in step with who was delivered; nothing before it is known."""
    operation = await repository.one(uow, operation_id)
    if operation is not None:
        await _compare(operation, uow)


async def compare_counts_of_matter(about_id: UUID, uow: UnitOfWork) -> None:
    """The person of a case was handed over: the paper of their operation may now be right, or wrong."""
    for operation_id in await repository.operations_of_matter(uow, about_id):
        await compare_counts(operation_id, uow)


async def _compare(operation: Operation, uow: UnitOfWork) -> dict[str, int]:
    rows = await repository.counts_of(uow, operation.id)
    delivered = await repository.delivered(uow, operation.id)
    papers = [PaperCount(Side(row.said_by), row.giver, row.taker, row.paper_count) for row in rows]
    found = [
        Found(
            kind=FindingKind.OPERATION_COUNT_DIFFERS,
            cause=f"{one.said_by.value}:{one.owner}:{one.taker}",
            owner=one.owner,
            correlation_id=operation.correlation_id,
            about=About(AboutKind.OPERATION, operation.id),
            details={"party": one.taker, "on_paper": one.on_paper, "delivered": one.delivered},
        )
        for one in domain.differences(papers, delivered)
    ]
    await keep_findings(f"operation:{operation.id}", operation.district, found, uow)
    return delivered
