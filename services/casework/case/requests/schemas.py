"""The shapes with which work is asked for and given by hand."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from contracts.fields import Instant
from services.casework.case.cases.commands import OpenHandoff
from services.casework.case.cases.schemas import AgencyText
from services.casework.case.requests.commands import GiveTask
from services.casework.case.requests.domain import CancelReason, TaskByHand
from services.casework.handoff.disclosures.domain import Purpose
from services.chassis.web import RequestBody, Version


class RequestFormIn(RequestBody):
    """One agency that is asked for one thing."""

    purpose: Purpose
    to_agency: AgencyText

    def command(self, case_id: UUID) -> OpenHandoff:
        """As the command takes it."""
        return OpenHandoff(case_id, self.purpose, None, [self.to_agency], "sequential", is_draft=False)


class TaskIn(RequestBody):
    """Something for an agency's desk to do."""

    kind: TaskByHand
    agency: AgencyText | None = Field(default=None, description="Siapa yang mengerjakan; bawaan: pemegang perkara")
    due_at: Instant = Field(description="Paling lambat kapan, dengan zona waktu")

    def command(self, case_id: UUID) -> GiveTask:
        """As the command takes it."""
        return GiveTask(case_id, self.kind, self.agency, self.due_at)


class TaskFormIn(RequestBody):
    """The same from a page; the time is the district's wall clock."""

    kind: TaskByHand
    agency: AgencyText | None = None
    due_local: datetime

    def command(self, case_id: UUID, zone: str) -> GiveTask:
        """As the command takes it."""
        return GiveTask(case_id, self.kind, self.agency, self.due_local.replace(tzinfo=ZoneInfo(zone)))


class TaskCancellationIn(RequestBody):
    """Why a task that was given by hand is taken back."""

    reason_code: CancelReason
    expected_version: Version | None = None
