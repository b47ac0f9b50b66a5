"""What became of a case's aid, as disbursement tells it on two topics whose order nobody promises."""

from typing import Any
from uuid import uuid4

from contracts.events.disbursement import EntitlementEstablished, PaymentCredited
from contracts.values import Money
from services.casework.case.cases.commands import request_aid
from services.chassis.principal import system_principal
from tests.support.casework.reports import case_of, report_verified
from tests.support.eventually import eventually
from tests.support.services import Bench
from tests.support.wire import wire


async def test_a_grant_that_is_heard_after_its_payment_takes_nothing_back(casework: Bench) -> None:
    report_id = await report_verified(casework)
    case_id = await case_of(casework, report_id)
    await casework.units.perform(lambda uow: request_aid(case_id, uow), principal=system_principal("test"))
    aid_request_id = await casework.value("SELECT aid_request_id FROM cases WHERE id = $1", case_id)
    entitlement_id = uuid4()
    granted = EntitlementEstablished(
        entitlement_id=entitlement_id, aid_request_id=aid_request_id, case_id=case_id,
        programme_code="BANTUAN_MODAL_AWAL", rule_version="1", amount_rupiah=Money(1_000_000), person_id=uuid4(),
    )  # fmt: skip
    paid = PaymentCredited(
        payment_id=uuid4(), entitlement_id=entitlement_id, batch_id=uuid4(), case_id=case_id,
        amount_rupiah=Money(1_000_000), bank_reference="R1",
    )  # fmt: skip

    async def heard(topic: str, event: Any) -> None:
        key, body, headers = wire(event, subject=entitlement_id, correlation_id=report_id)
        async with casework.producer() as send:
            await send(topic, key, body, headers)

        async def is_in_the_timeline() -> Any:
            found = "SELECT count(*) FROM timeline_lines WHERE correlation_id = $1 AND event_type = $2"
            return await casework.value(found, report_id, event.TYPE)

        await eventually(is_in_the_timeline, what=event.TYPE)

    await heard("disbursement.payments", paid)
    await heard("disbursement.entitlements", granted)
    assert await casework.value("SELECT aid_state FROM cases WHERE id = $1", case_id) == "credited"
