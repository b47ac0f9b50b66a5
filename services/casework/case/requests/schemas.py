"""The form with which work is asked for by hand."""

from uuid import UUID

from services.casework.case.cases.commands import OpenHandoff
from services.casework.case.cases.schemas import AgencyText
from services.casework.handoff.disclosures.domain import Purpose
from services.chassis.web import RequestBody


class RequestFormIn(RequestBody):
    """One agency that is asked for one thing."""

    purpose: Purpose
    to_agency: AgencyText

    def command(self, case_id: UUID) -> OpenHandoff:
        """As the command takes it."""
        return OpenHandoff(case_id, self.purpose, None, [self.to_agency], "sequential", is_draft=False)
