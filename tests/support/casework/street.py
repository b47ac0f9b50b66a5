"""One case of a person found in the town, walked from the report to where a test begins."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from services.casework.case.cases.commands import REACH
from services.casework.handoff.handoffs.commands import escalate_if_due
from services.chassis.principal import system_principal
from tests.support.casework.agencies import OFFICE, SOEGIRI, TOWN_PUSKESMAS
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import VILLAGE


class Street:
    """One case of a person found in the town, and the desks that deal with it."""

    def __init__(self, bench: Bench, issuer: Issuer) -> None:
        self.bench = bench
        self._issuer = issuer
        self.report_id = uuid4()
        self.office = self.desk(OFFICE, "section-head", "caseworker")
        self.puskesmas = self.desk(TOWN_PUSKESMAS)
        self.village = self.desk("desa-sukodadi")

    def desk(self, agency: str, *roles: str) -> Desk:
        """Sit down at an agency's desk."""
        return Desk(self.bench, self._issuer, agency, *roles)

    async def found(self, **changes: Any) -> "Street":
        """The person is reported and the case is there."""
        self.report_id = await report_verified(self.bench, VILLAGE, **changes)
        await self.case_id()
        return self

    async def case_id(self) -> UUID:
        """Wait until there is a case."""
        return await case_of(self.bench, self.report_id)

    async def screened(self, result: str = "NEEDS_HOSPITAL") -> "Street":
        """The office has the person, and the puskesmas says what it saw."""
        await self.office.carry_out(self.report_id, "CUSTODY_TRANSFER", "IN_CARE")
        await self.puskesmas.carry_out(self.report_id, "HEALTH_SCREENING", result)
        return self

    async def refused_by(self, *agencies: str, reason: str = "FULL") -> None:
        """Each of them in turn is asked for a bed and has none."""
        for agency in agencies:
            desk = self.desk(agency)
            handoff = await desk.open_handoff(self.report_id, "INPATIENT_BED")
            await desk.move(handoff, "rejection", reason_code=reason)

    async def treated_at(self, agency: str = SOEGIRI) -> tuple[Desk, str]:
        """A bed is found, the person is there and the treatment runs."""
        desk = self.desk(agency)
        handoff = await desk.open_handoff(self.report_id, "INPATIENT_BED")
        await desk.move(handoff, "acceptance")
        await desk.move(handoff, "arrival", ba_number=f"BA/{uuid4().int % 10**8}")
        await desk.move(handoff, "start")
        return desk, handoff

    async def traced(self, result: str) -> None:
        """The village looks for the family."""
        await self.village.carry_out(self.report_id, "FAMILY_TRACING", result, moves_person=False)

    async def case(self) -> dict[str, Any]:
        """The case as the office sees it."""
        found: dict[str, Any] = await self.office.get(f"/cases/{await self.case_id()}")
        return found

    async def holder(self) -> str:
        """Who has the person now."""
        open_rows = [stretch for stretch in (await self.case())["custody"] if stretch["until"] is None]
        assert len(open_rows) == 1, "one holder at any moment"
        return str(open_rows[0]["agency"])

    async def becomes(self, is_so: Callable[[dict[str, Any]], object], what: str) -> None:
        """Wait until it is so of the case."""

        async def look() -> bool:
            return bool(is_so(await self.case()))

        await eventually(look, what=what)

    async def let_time_pass(self, handoff_id: str, kind: str, **span: int) -> None:
        """A deadline of a hand-off as if so much time had passed, escalation step as often as its escalation policy
        says.
        """
        await self.bench.units.pool.execute(
            "UPDATE deadlines SET due_at = due_at - $3::interval, escalates_at = escalates_at - $3::interval"
            " WHERE about_id = $1 AND kind = $2 AND state = 'running'",
            UUID(handoff_id), kind, timedelta(**span),
        )  # fmt: skip
        ring: Callable[[Any], Awaitable[Any]] = lambda uow: escalate_if_due(UUID(handoff_id), REACH, uow)  # noqa: E731
        for _ in range(6):
            await self.bench.units.perform(ring, principal=system_principal("test"))
