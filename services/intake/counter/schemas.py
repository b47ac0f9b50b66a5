"""The form of the counter."""

from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.values import Kind, Urgency
from services.chassis.web import LongText, ShortText, VillageText
from services.intake.reports.commands import ReceiveReport
from services.intake.reports.domain import Channel
from services.intake.reports.schemas import PersonIn


class CounterReportIn(PersonIn):
    """One report about one person as a page takes it; the time is the office's wall clock."""

    channel: Channel
    kind: Kind
    urgency: Urgency
    village_code: VillageText
    found_local: datetime
    is_with_reporter: bool = False
    circumstances: LongText | None = None
    contact: ShortText | None = None

    def to_command(self, zone: str) -> ReceiveReport:
        """As the command takes it."""
        return ReceiveReport(
            channel=self.channel,
            kind=self.kind,
            urgency=self.urgency,
            village_code=self.village_code,
            found_at=self.found_local.replace(tzinfo=ZoneInfo(zone)),
            is_with_reporter=self.is_with_reporter,
            person=self.to_description(),
            circumstances=self.circumstances or None,
            evidence=[],
            contact=self.contact or None,
        )
