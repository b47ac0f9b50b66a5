"""Who has a person in hand, as the parties tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.events.intake import ReportVerified
from contracts.values import RegionCode
from tests.support.casework.agencies import OFFICE, POST
from tests.support.casework.reports import BABAT, case_of
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import wire


def hours_ago(hours: float) -> str:
    """An instant so long ago, as the API writes it."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


async def caught(bench: Bench, hours: float, operation_id: UUID | None = None, report_id: UUID | None = None) -> UUID:
    """A case whose person Satpol PP has had in hand for so many hours; its id."""
    report_id = report_id or uuid4()
    event = ReportVerified.model_validate(
        {
            "case_type_guess": "ODGJ_TERLANTAR", "kind": "ODGJ", "person_id": uuid4(),
            "village_code": RegionCode(BABAT), "urgency": "URGENT", "operation_id": operation_id or uuid4(),
            "channel": "OTHER_AGENCY", "reporter_agency": POST, "apparent_minor": False, "found_at": hours_ago(hours),
        }
    )  # fmt: skip
    key, body, headers = wire(event, subject=report_id, correlation_id=report_id)
    async with bench.producer() as send:
        await send("intake.reports", key, body, headers)
    return await case_of(bench, report_id, within_seconds=30)


def told(case_id: UUID, taker: str, hours: float, giver: str | None = None, **more: Any) -> dict[str, Any]:
    """A record of what happened so many hours ago."""
    return {
        "about_id": str(case_id), "to_agency": taker, "from_agency": giver, "happened_at": hours_ago(hours),
        "place_code": BABAT, "observed_state": "STABLE", **more,
    }  # fmt: skip


async def record(bench: Bench, issuer: Issuer, body: dict[str, Any], agency: str = OFFICE, expect: int = 201) -> Any:
    """Tell it, as the office or as a party's program."""
    roles = ("caseworker",) if agency == OFFICE else ("agency",)
    token = issuer.token(f"teller-{agency}", agency=agency, roles=roles)
    answer = await bench.client.post(
        "/custodies", json=body, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    )
    assert answer.status_code == expect, answer.text
    return answer.json()


async def person_of(bench: Bench, case_id: UUID) -> UUID:
    """Whom a case is about."""
    found: UUID = await bench.value("SELECT person_id FROM cases WHERE id = $1", case_id)
    return found


async def chain(bench: Bench, case_id: UUID) -> list[tuple[str, bool]]:
    """The custodians in order of time, and who goes on."""
    rows = await bench.rows("SELECT agency, until FROM custodies WHERE about_id = $1 ORDER BY since, id", case_id)
    return [(row["agency"], row["until"] is None) for row in rows]
