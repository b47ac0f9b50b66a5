"""The only code that changes registry checks."""

import base64
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from services.chassis import clock, sealing
from services.chassis.database import UnitOfWork
from services.intake.persons import repository as persons
from services.intake.persons.commands import HearRegistry, Sealer, hear_registry, settle_identity
from services.intake.persons.domain import Description
from services.intake.persons.tables import Person
from services.intake.registries import facts, repository
from services.intake.registries.domain import Answer, CheckKind, CheckResult
from services.intake.registries.messages import CheckAsked, CheckStart
from services.intake.registries.tables import RegistryCheck

COMPARED = frozenset({CheckResult.MATCHED, CheckResult.DECEASED, CheckResult.UNKNOWN})
"""Answers that may hold a registry's words about somebody."""
CHECKS = UUID("2f4a8a6e-52b4-5d0c-9f6a-1d4c8b7e3a90")


@dataclass(frozen=True, slots=True)
class AskRegistry:
    """A hand-off asks a registry about a person."""

    handoff_id: UUID
    about_id: UUID
    person_id: UUID
    correlation_id: UUID
    district: str
    kind: CheckKind
    source: str


async def ask_registry(command: AskRegistry, uow: UnitOfWork) -> None:
    """Write the question down, once per hand-off, and let its workflow ask it."""
    check_id = clock.derived_id(CHECKS, str(command.handoff_id))
    if await repository.check(uow, check_id) is not None:
        return
    check = RegistryCheck(
        id=check_id,
        correlation_id=command.correlation_id,
        district=command.district,
        person_id=command.person_id,
        about_id=command.about_id,
        handoff_id=command.handoff_id,
        kind=command.kind.value,
        source=command.source,
        result=CheckResult.PENDING.value,
        asked_at=await uow.now(),
    )
    uow.create(check, "ask")
    start_asking(check, uow)


def start_asking(check: RegistryCheck, uow: UnitOfWork) -> None:
    """Start the check's workflow, or let it look again."""
    uow.signal(
        "RegistryCheckWorkflow",
        f"registry-check:{check.id}",
        "check_asked",
        CheckAsked(),
        start=CheckStart(check_id=check.id, district=check.district),
        about=check,
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What a registry is asked. Personal: never kept, logged or put into a history."""

    kind: CheckKind
    source: str
    nik: str | None
    name: str | None
    birth_date: str | None


async def question_of(check_id: UUID, uow: UnitOfWork, sealer: Sealer) -> Question | None:
    """The question of an unanswered check, with the person unsealed; nothing when it is answered or erased."""
    check = await repository.check(uow, check_id)
    if check is None or check.answered_at is not None:
        return None
    person = await uow.locked(Person, check.person_id)
    keyring = await persons.key_of(uow, check.person_id)
    fields: dict[str, str | None] = {}
    if keyring is not None and person.sealed is not None:
        person_key = sealing.unwrap(base64.b64decode(keyring.wrapped["intake"]), sealer.private_key)
        fields = sealing.unseal(person.sealed, person_key)
    return Question(
        CheckKind(check.kind), check.source, fields.get("nik"), fields.get("name"), fields.get("birth_date")
    )


async def record_answer(check_id: UUID, answer: Answer, uow: UnitOfWork, sealer: Sealer, zone: ZoneInfo) -> bool:
    """Keep the registry's answer, bind an identity that fits what was said, and tell casework; False while pending.

    A second answer to an answered check changes nothing. Ages are counted by the day in ``zone``.
    """
    if answer.result == CheckResult.PENDING:
        return False
    check = await repository.check(uow, check_id)
    if check is None or check.answered_at is not None:
        return True
    now = await uow.now()
    result = answer.result
    if check.kind == CheckKind.IDENTITY and result in COMPARED:
        told = Description(name=answer.name, nik=answer.nik, birth_date=answer.birth_date, sex=answer.sex)
        heard = HearRegistry(check.person_id, told, answer.as_told, is_match=result == CheckResult.MATCHED)
        differs = await hear_registry(heard, uow, sealer, now.astimezone(zone).date())
        result = CheckResult.MISMATCHED if differs and heard.is_match else result
    uow.change(check, "answer", result=result.value, answered_at=now)
    uow.publish(facts.registry_check_completed(check, now), about=check)
    return True


async def decide_identity(about_id: UUID, is_same: bool, uow: UnitOfWork) -> None:
    """Somebody compared what was said with what the registry said: the check's workflow settles it."""
    check = await repository.undecided(uow, about_id)
    if check is not None:
        uow.change(check, "decide", is_same_person=is_same)
        start_asking(check, uow)


async def settle_decided(check_id: UUID, uow: UnitOfWork, sealer: Sealer, zone: ZoneInfo) -> None:
    """Believe the registry's words about the person, or let them go, as was decided; once."""
    check = await repository.check(uow, check_id)
    if check is None or check.is_same_person is None or check.settled_at is not None:
        return
    now = await uow.now()
    await settle_identity(check.person_id, check.is_same_person, uow, sealer, now.astimezone(zone).date())
    uow.change(check, "settle", settled_at=now)


async def rearm_checks(uow: UnitOfWork) -> int:
    """Signal the workflow of every unanswered check; returns how many."""
    checks = await repository.unanswered(uow)
    for check in checks:
        start_asking(check, uow)
    return len(checks)
