"""Reports as intake tells of them, and the cases that casework opens for them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.events.intake import ReportVerified
from contracts.values import RegionCode, Urgency
from tests.support.eventually import eventually
from tests.support.services import Bench
from tests.support.wire import VILLAGE, wire

BABAT = "35.24.05.1003"


async def report_verified(bench: Bench, village: str = VILLAGE, **changes: Any) -> UUID:
    """Intake believes a report of Satpol PP, which has the person in hand."""
    report_id = uuid4()
    key, body, headers = verified(report_id, village, **changes)
    async with bench.producer() as send:
        await send("intake.reports", key, body, headers)
        await send("intake.reports", key, body, headers)
    return report_id


def verified(report_id: UUID, village: str = VILLAGE, **changes: Any) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, body and headers by which intake tells that it believes a report of Satpol PP, an emergency's as urgent."""
    said: dict[str, Any] = {
        "case_type_guess": "ODGJ_TERLANTAR",
        "kind": "ODGJ",
        "person_id": uuid4(),
        "village_code": RegionCode(village),
        "urgency": "URGENT",
        "operation_id": uuid4(),
        "channel": "OTHER_AGENCY",
        "reporter_agency": "satpolpp-lamongan",
        "apparent_minor": False,
        "is_with_reporter": True,
        "found_at": datetime.now(UTC),
    }
    event = ReportVerified.model_validate(said | changes)
    return wire(
        event,
        subject=report_id,
        correlation_id=report_id,
        district=village[:5],
        is_urgent=event.urgency == Urgency.EMERGENCY,
    )


async def case_of(bench: Bench, report_id: UUID, *, within_seconds: float = 15.0) -> UUID:
    """Wait until casework has a case for the report; its id."""

    async def opened() -> Any:
        return await bench.value("SELECT id FROM cases WHERE source_report_id = $1", report_id)

    found: UUID = await eventually(opened, within_seconds=within_seconds, what="the case")
    return found
