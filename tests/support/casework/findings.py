"""Findings, and operations whose papers can differ."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from contracts.events.intake import OperationConducted, ReportReceived
from contracts.values import RegionCode
from tests.support.casework.agencies import POST, SOEGIRI
from tests.support.casework.custody import caught, record, told
from tests.support.casework.reports import BABAT
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import wire


async def a_finding_of(bench: Bench, issuer: Issuer, owner: str) -> str:
    """Somebody says that they took the person from a hospital that never had them."""
    case_id = await caught(bench, 5)
    receipt = await record(bench, issuer, told(case_id, owner, 2, SOEGIRI))
    (finding,) = receipt["opened_findings"]
    assert (finding["kind"], finding["owner"]) == ("GIVER_DID_NOT_HOLD", owner)
    return str(finding["finding_id"])


async def operation(bench: Bench, persons: int) -> tuple[UUID, list[UUID]]:
    """An operation of Satpol PP as intake tells of it, and its cases."""
    operation_id, reports = uuid4(), [uuid4() for _ in range(persons)]
    conducted = OperationConducted(
        agency=POST, place_code=RegionCode(BABAT), persons_count=persons, report_ids=tuple(reports)
    )
    async with bench.producer() as send:
        key, body, headers = wire(conducted, subject=operation_id, correlation_id=operation_id)
        await send("intake.reports", key, body, headers)
        for report_id in reports:
            received = ReportReceived.model_validate(
                {
                    "channel": "OTHER_AGENCY", "kind_guess": "ODGJ", "village_code": RegionCode(BABAT),
                    "urgency": "URGENT", "person_id": uuid4(), "operation_id": operation_id, "reporter_agency": POST,
                    "found_at": datetime.now(UTC),
                }
            )  # fmt: skip
            key, body, headers = wire(received, subject=report_id, correlation_id=report_id)
            await send("intake.reports", key, body, headers)
    cases = [await caught(bench, 5, operation_id, report_id) for report_id in reports]

    async def all_kept() -> bool:
        kept = await bench.value("SELECT count(*) FROM operation_persons WHERE operation_id = $1", operation_id)
        known = await bench.value("SELECT count(*) FROM operations_known WHERE id = $1", operation_id)
        return bool(kept == persons and known == 1)

    await eventually(all_kept, within_seconds=30, what="the operation and its persons")
    return operation_id, cases
