"""An emergency is worked on before a flood that came first, from the report to what the agencies are told."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.casework.wiring import SERVICE as CASEWORK
from services.intake.wiring import SERVICE as INTAKE
from tests.support.casework.reports import verified
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.intake.reports import report, staff
from tests.support.packs.in_force import load, quick_pack
from tests.support.services import Bench, bench_for

FLOOD = 200
AMONG_THE_FIRST = 50
"""Of 201 in three partitions; by order of arrival alone an emergency that came last is behind 66 at least."""


@pytest_asyncio.fixture(loop_scope="session")
async def intake(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """An intake that nothing has left yet."""
    async with bench_for(INTAKE, stack, issuer) as bench:
        yield bench


@pytest_asyncio.fixture(loop_scope="session")
async def casework(
    stack: Stack, issuer: Issuer, intake: Bench, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    """A casework that hears this intake, once it is started."""
    folder = tmp_path_factory.mktemp("documents")
    topics = {"topic_prefix": intake.prefix}
    async with bench_for(CASEWORK, stack, issuer, documents_folder=folder, **topics) as bench:
        await load(bench, quick_pack())
        yield bench


async def cases_in_order(casework: Bench) -> list[UUID]:
    """The reports whose cases were opened, in the order of their numbers, once all are there."""

    async def all_there() -> list[Any]:
        rows = await casework.rows("SELECT source_report_id FROM cases ORDER BY right(number, 6)")
        return rows if len(rows) == FLOOD + 1 else []

    return [row["source_report_id"] for row in await eventually(all_there, within_seconds=90, what="all cases")]


async def operation(intake: Bench, issuer: Issuer) -> None:
    """Satpol PP brings in a whole street at once: each of its reports is believed."""
    token = issuer.machine("satpolpp-lamongan", "reporter-agency")
    people = [report(channel="OTHER_AGENCY") for _ in range(FLOOD)]
    body = {
        "order_number": f"SPT/{uuid4().int % 10**8}",
        "place_code": people[0]["village_code"],
        "conducted_at": people[0]["found_at"],
        "reports": people,
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    made = await intake.client.post("/operations", json=body, headers=headers)
    assert made.status_code == 201, made.text


async def test_an_emergency_behind_an_operation_gets_its_case_before_most_of_it(
    intake: Bench, casework: Bench, issuer: Issuer
) -> None:
    await operation(intake, issuer)
    made = await intake.client.post("/reports", json=report(urgency="EMERGENCY"), headers=staff(issuer))
    report_id = made.json()["report_id"]
    async with intake.running("relay"):
        messages = await intake.messages("intake.reports", expected=2 * (FLOOD + 1) + 1)
    mine = [message for message in messages if message.key.decode() == report_id]
    assert [message.offset for message in mine] == [0, 1], "nothing went before it on its way out"
    urgent = {message.key.decode() for message in messages if ("ce_urgent", b"true") in message.headers}
    assert urgent == {report_id}
    async with casework.running("consumer"):
        order = await cases_in_order(casework)
    assert order.index(UUID(report_id)) < AMONG_THE_FIRST
    told = await casework.rows(
        "SELECT transport, coalesce(headers->>'ce_correlationid', headers->>'case.id') AS report_id"
        " FROM outbox WHERE is_urgent"
    )
    assert {(row["transport"], row["report_id"]) for row in told} == {("kafka", report_id), ("temporal", report_id)}


async def test_an_emergency_that_the_broker_had_last_gets_its_case_before_most_of_the_flood(
    intake: Bench, casework: Bench
) -> None:
    emergency = uuid4()
    async with intake.producer() as send:
        for _ in range(FLOOD):
            await send("intake.reports", *verified(uuid4()))
        await send("intake.reports", *verified(emergency, urgency="EMERGENCY"))
    async with casework.running("consumer"):
        order = await cases_in_order(casework)
    assert order.index(emergency) < AMONG_THE_FIRST
