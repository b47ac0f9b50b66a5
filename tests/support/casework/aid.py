"""The aid of a case as its procedure asks for it and disbursement tells of it."""

from typing import Any
from uuid import UUID, uuid4

from contracts.events.disbursement import EntitlementEstablished
from contracts.values import Money
from services.casework.case.cases.commands import request_aid
from services.chassis.principal import system_principal
from tests.support.eventually import eventually
from tests.support.services import Bench
from tests.support.wire import wire


async def entitled(bench: Bench, case_id: UUID) -> None:
    """Aid is asked for, and disbursement finds that it is due."""
    await bench.units.perform(lambda uow: request_aid(case_id, uow), principal=system_principal("test"))
    (case,) = await bench.rows("SELECT source_report_id, aid_request_id FROM cases WHERE id = $1", case_id)
    due = EntitlementEstablished(
        entitlement_id=uuid4(), aid_request_id=case["aid_request_id"], case_id=case_id,
        programme_code="BANTUAN_MODAL_AWAL", rule_version="1", amount_rupiah=Money(1_000_000), person_id=uuid4(),
    )  # fmt: skip
    key, body, headers = wire(due, subject=due.entitlement_id, correlation_id=case["source_report_id"])
    async with bench.producer() as send:
        await send("disbursement.entitlements", key, body, headers)

    async def is_heard() -> Any:
        return await bench.value("SELECT aid_state = 'entitled' FROM cases WHERE id = $1", case_id)

    await eventually(is_heard, what="the aid, found due")
