"""The only code that changes objections."""

from uuid import UUID

from services.chassis import clock, sealing
from services.chassis.database import UnitOfWork
from services.intake.persons.commands import Sealer
from services.intake.public import domain, repository
from services.intake.public.domain import ObjectionState, Progress
from services.intake.public.tables import Objection
from services.intake.reports.commands import reconsider_report
from services.intake.reports.domain import digest_of_code
from services.intake.reports.tables import Report


async def object_to(code: str, words: str, uow: UnitOfWork, sealer: Sealer) -> Objection:
    """Object to a refusal or an end, with the report's code; of a double, to that of the report that goes on for it.

    Raises ``CodeIsUnknown``, ``NothingToObjectTo``, ``ObjectedAlready``.
    """
    report = await repository.by_code(uow, digest_of_code(code))
    if report is None or not uow.principal.covers(report.district):
        raise domain.CodeIsUnknown
    goes_on, _ = await repository.that_goes_on(report, uow)
    report, progress = await repository.that_goes_on(await uow.locked(Report, goes_on.id), uow)
    domain.check_objectionable(progress)
    if await repository.objection_to(uow, report.id, progress.value) is not None:
        raise domain.ObjectedAlready(())
    objection = Objection(
        id=clock.new_id(),
        correlation_id=report.correlation_id,
        district=report.district,
        report_id=report.id,
        against=progress.value,
        state=ObjectionState.OPEN.value,
        sealed=sealing.seal({"words": words}, sealer.storage_key()),
        raised_at=await uow.now(),
    )
    uow.create(objection, "object")
    return objection


async def decide_objection(objection_id: UUID, *, is_upheld: bool, uow: UnitOfWork) -> Objection:
    """Somebody who did not refuse the report looks again: what was refused waits anew, or stays refused.

    A case that ended goes on, or does not, at casework; an upheld objection says that somebody sees to it. Raises
    ``NotFound``, ``ObjectionIsDecided``, ``SecondPersonDecidesTheObjection``.
    """
    objection = await uow.locked(Objection, objection_id)
    if objection.state != ObjectionState.OPEN:
        raise domain.ObjectionIsDecided((), state=objection.state)
    report = await uow.locked(Report, objection.report_id)
    if report.decided_by == uow.principal.actor:
        raise domain.SecondPersonDecidesTheObjection
    state = ObjectionState.UPHELD if is_upheld else ObjectionState.DISMISSED
    uow.change(
        objection,
        "uphold" if is_upheld else "dismiss",
        state=state.value,
        decided_by=uow.principal.actor,
        decided_at=await uow.now(),
    )
    if is_upheld and objection.against == Progress.REFUSED:
        await reconsider_report(report, uow)
    return objection
