"""Intake hears that two people decided somebody to be an adult: what it tells of the person follows, the signs stay."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.casework import CaseAdulthoodDecided, CaseAdulthoodTakenBack
from services.chassis.principal import system_principal
from services.intake.persons.commands import decide_age
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.intake.reports import report, staff
from tests.support.services import Bench
from tests.support.wire import wire

SYSTEM = system_principal("intake")


@pytest.fixture
async def child(intake: Bench, issuer: Issuer) -> UUID:
    made = await intake.client.post(
        "/reports", json=report(person={"name": "Budi", "approximate_age_years": 15}), headers=staff(issuer)
    )
    path = f"/reports/{made.json()['report_id']}"
    verified = await intake.client.post(f"{path}/verification", json={"expected_version": 1}, headers=staff(issuer))
    assert verified.status_code == 200, verified.text
    found: UUID = await intake.value("SELECT person_id FROM reports WHERE id = $1", UUID(made.json()["report_id"]))
    return found


async def told(intake: Bench, person_id: UUID) -> list[bool]:
    """What was told of the person's age, in turn."""
    rows = await intake.rows(
        "SELECT (body->>'apparent_minor')::boolean AS minor FROM outbox WHERE target = 'intake.persons'"
        " AND body->>'person_id' = $1 ORDER BY id",
        str(person_id),
    )
    return [row["minor"] for row in rows]


async def decide(intake: Bench, person_id: UUID, is_adult: bool, at: datetime) -> None:
    await intake.units.perform(lambda uow: decide_age(person_id, is_adult, at, uow), principal=SYSTEM)


async def test_what_casework_decides_is_what_intake_tells(intake: Bench, child: UUID) -> None:
    assert await told(intake, child) == [True]
    facts: list[Any] = [
        CaseAdulthoodDecided(person_id=child, evidence_code="MEDICAL_EXAMINATION"),
        CaseAdulthoodTakenBack(person_id=child, reason_code="EVIDENCE_IN_DOUBT"),
    ]
    case_id = uuid4()
    async with intake.running("consumer"), intake.producer() as send:
        for fact in facts:
            await send("casework.cases", *wire(fact, subject=case_id, correlation_id=case_id))

        async def heard() -> bool:
            return await told(intake, child) == [True, False, True]

        await eventually(heard, what="an adult, and a child again")


async def test_an_older_word_does_not_undo_a_newer(intake: Bench, child: UUID) -> None:
    now = datetime.now(UTC)
    await decide(intake, child, False, now)
    await decide(intake, child, True, now - timedelta(minutes=1))
    assert await told(intake, child) == [True, True]


async def test_what_a_registry_says_stands_over_two_people(intake: Bench, child: UUID) -> None:
    await intake.units.pool.execute("UPDATE persons SET identity_status = 'MATCHED' WHERE id = $1", child)
    await decide(intake, child, True, datetime.now(UTC))
    assert await told(intake, child) == [True]
