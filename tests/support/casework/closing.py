"""What the other services answer when casework asks whether a case may close."""

from typing import Any
from uuid import UUID, uuid4

from contracts.events import disbursement, intake, notifications
from contracts.events.closing import ServiceAnswer
from tests.support.casework.agencies import OFFICE
from tests.support.casework.desk import Desk
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
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


class AnotherHead(Desk):
    """Another person of the office than the one who proposes."""

    def __init__(self, bench: Bench, issuer: Issuer) -> None:
        super().__init__(bench, issuer, OFFICE, "section-head")
        token = issuer.token("another-head", agency=OFFICE, roles=("section-head",))
        self._headers = {"Authorization": f"Bearer {token}"}


async def closed_by_force(bench: Bench, issuer: Issuer, reason_code: str = "OPENED_BY_MISTAKE") -> UUID:
    """A case of somebody who was not met, closed by two people over its open task; its id."""
    street = await Street(bench, issuer).found(is_with_reporter=False, operation_id=None)
    case_id = await street.case_id()
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    dispositions = {f"task:{task['id']}": "CANCEL"}
    proposed = await street.office.post(
        f"/cases/{case_id}/forced-closings", reason_code=reason_code, dispositions=dispositions
    )
    await AnotherHead(bench, issuer).post(f"/forced-closings/{proposed['forced_closing_id']}/approval")
    return case_id
