"""What registries say of a case's person."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case.cases.commands.asking import give_task
from services.casework.case.cases.commands.ending import find_told_after_closing
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.commands import answer_for_registry
from services.casework.office.matters.domain import AboutKind
from services.chassis.database import UnitOfWork

FOR_REVIEW = frozenset({"MISMATCHED", "DECEASED", "UNKNOWN"})
"""Answers about an identity that somebody has to look at."""


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """A registry's answer to a hand-off."""

    about_id: UUID
    handoff_id: UUID
    purpose: Purpose
    result: str


async def hear_registry(answer: RegistryAnswer, uow: UnitOfWork) -> None:
    """The hand-off is done with its answer; an identity that does not fit, or cannot be read, is the holder's task.

    In a closed case it is a finding of the office.
    """
    handoff = await answer_for_registry(answer.about_id, answer.purpose, answer.result, uow, answer.handoff_id)
    is_for_review = answer.purpose == Purpose.IDENTIFICATION and answer.result in FOR_REVIEW
    if handoff is None or not is_for_review or handoff.about_kind != AboutKind.CASE:
        return
    case = await uow.locked(Case, answer.about_id)
    if case.state == CaseState.CLOSED:
        told = f"{answer.result}:{answer.handoff_id}"
        await find_told_after_closing(case, told, handoff.to_agency, await uow.now(), uow)
        return
    await give_task(case, TaskKind.IDENTITY_REVIEW, f"identity:{answer.handoff_id}", uow)
