"""What the other services answer when casework asks whether a case may close."""

from typing import Any
from uuid import UUID, uuid4

from contracts.events import disbursement, intake, notifications
from contracts.events.closing import ServiceAnswer
from tests.support.eventually import eventually
from tests.support.services import Bench
from tests.support.wire import wire

ANSWERS_OF: dict[str, type[ServiceAnswer]] = {
    "intake": intake.ClosingAnswered,
    "disbursement": disbursement.ClosingAnswered,
    "notifications": notifications.ClosingAnswered,
}


async def others_answer(bench: Bench, report_id: UUID, number: int = 1, **blockers: tuple[str, ...]) -> None:
    """The other services were asked whether the case may close, and say what is open on their side."""

    async def asked() -> Any:
        return await bench.value(
            "SELECT case_id FROM closing_rounds WHERE correlation_id = $1 AND number = $2", report_id, number
        )

    case_id = await eventually(asked, what=f"round {number} of closing")
    async with bench.producer() as send:
        for service, fact in ANSWERS_OF.items():
            event = fact(case_id=case_id, round=number, blockers=blockers.get(service, ()))
            key, body, headers = wire(event, subject=uuid4(), correlation_id=report_id)
            await send(f"{service}.closings", key, body, headers)
