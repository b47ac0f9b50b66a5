"""Reports and operations of others: operation × role × agency, generated from the routes."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest_asyncio

from tests.support.identity import Issuer
from tests.support.intake.reports import VILLAGE, report
from tests.support.row_routes import dead_letter_row, let_in, office_elsewhere
from tests.support.services import Bench


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rows(intake: Bench, issuer: Issuer) -> dict[str, UUID | int | str]:
    """An operation of Satpol PP with its report, and a message set aside."""
    token = issuer.machine("satpolpp-lamongan", "reporter-agency")
    person = report(channel="OTHER_AGENCY")
    body = {
        "order_number": f"SPT/{uuid4().int % 10**8}", "place_code": VILLAGE,
        "conducted_at": datetime.now(UTC).isoformat(), "reports": [person],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    made = await intake.client.post("/operations", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return {
        "operation_id": made.json()["operation_id"],
        "report_id": made.json()["reports"][0]["report_id"],
        "dead_letter_id": await dead_letter_row(intake),
    }


async def test_to_an_office_elsewhere_nothing_of_this_district_exists(
    intake: Bench, issuer: Issuer, rows: dict[str, UUID | int | str]
) -> None:
    assert await let_in(intake, rows, office_elsewhere(issuer)) == []


async def test_another_agencys_reports_and_operations_are_not_there(
    intake: Bench, issuer: Issuer, rows: dict[str, UUID | int | str]
) -> None:
    stranger = issuer.machine("puskesmas-paciran", "reporter-agency")
    assert await let_in(intake, rows, stranger, 404, 403) == []
    for path in (f"/reports/{rows['report_id']}", f"/operations/{rows['operation_id']}"):
        answer = await intake.client.get(path, headers={"Authorization": f"Bearer {stranger}"})
        assert answer.status_code == 404
    listed = await intake.client.get("/reports?limit=200", headers={"Authorization": f"Bearer {stranger}"})
    assert rows["report_id"] not in {item["report_id"] for item in listed.json()["items"]}
