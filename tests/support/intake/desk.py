"""The office's desk for reports."""

from typing import Any
from uuid import UUID, uuid4

import orjson

from contracts.envelope import Event
from contracts.events.casework import CaseOpened
from contracts.values import RegionCode
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.intake.reports import VILLAGE, report, staff
from tests.support.services import Bench
from tests.support.wire import wire


class ReportDesk:
    """Takes reports in, decides on them, and hears what casework says of their cases."""

    def __init__(self, intake: Bench, issuer: Issuer) -> None:
        self.intake, self._issuer = intake, issuer

    async def told(self, **changes: Any) -> str:
        """Somebody reports a person; the report's id."""
        made = await self.intake.client.post("/reports", json=report(**changes), headers=staff(self._issuer))
        assert made.status_code == 201, made.text
        return str(made.json()["report_id"])

    async def send(self, report_id: str, act: str, **body: Any) -> Any:
        """Decide, whatever the answer."""
        seen = {"expected_version": (await self.shown(report_id))["version"], **body}
        return await self.intake.client.post(f"/reports/{report_id}/{act}", json=seen, headers=staff(self._issuer))

    async def shown(self, report_id: str) -> dict[str, Any]:
        """A report as the office sees it."""
        answer = await self.intake.client.get(f"/reports/{report_id}", headers=staff(self._issuer))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = orjson.loads(answer.content)
        return found

    async def hears(self, report_id: str, *facts: Event) -> None:
        """Casework says something of the report's case."""
        fact_ids, case_id, correlation_id = [], uuid4(), UUID(report_id)
        async with self.intake.producer() as send:
            for number, fact in enumerate(facts, 1):
                fact_id = uuid4()
                said = wire(fact, subject=case_id, correlation_id=correlation_id, sequence=number, fact_id=fact_id)
                await send("casework.cases", *said)
                fact_ids.append(fact_id)

        async def all_heard() -> bool:
            query = "SELECT count(*) FROM inbox WHERE fact_id = ANY($1::uuid[])"
            return bool(await self.intake.value(query, fact_ids) == len(fact_ids))

        async with self.intake.running("consumer"):
            await eventually(all_heard, what="what casework said")


def case_opened(report_id: str, number: str) -> CaseOpened:
    """Casework opened a case out of a report."""
    return CaseOpened(
        case_number=number,
        case_type="ODGJ_TERLANTAR",
        person_id=uuid4(),
        village_code=RegionCode(VILLAGE),
        source_report_id=UUID(report_id),
        unit="dinsos-lamongan",
    )
