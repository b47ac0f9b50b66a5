"""The forms of the public door."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from contracts.values import Kind, Sex, Urgency
from services.chassis.web import LongText, RequestBody, ShortText, VillageText, printable
from services.intake.persons.domain import Description
from services.intake.public.tables import Objection
from services.intake.reports.commands import ReceiveReport
from services.intake.reports.domain import Channel, canonical_code

Story = Annotated[
    str, StringConstraints(min_length=10, max_length=4000, strip_whitespace=True), AfterValidator(printable)
]
CodeText = Annotated[
    str,
    BeforeValidator(lambda value: canonical_code(value) if isinstance(value, str) else value),
    StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{10}$"),
    Field(examples=["7KQ2M-9XR4T"]),
]


class PublicReportIn(RequestBody):
    """What somebody unknown saw, in their own words; the time is the office's wall clock."""

    kind: Kind
    urgency: Urgency = Urgency.NORMAL
    village_code: VillageText
    found_local: datetime
    circumstances: Story
    name: ShortText | None = None
    sex: Sex | None = None
    approximate_age_years: Annotated[int, Field(ge=0, le=130)] | None = None
    features: LongText | None = None
    contact: ShortText | None = None

    def to_command(self, zone: str) -> ReceiveReport:
        """As the command takes it."""
        return ReceiveReport(
            channel=Channel.PUBLIC_PAGE,
            kind=self.kind,
            urgency=self.urgency,
            village_code=self.village_code,
            found_at=self.found_local.replace(tzinfo=ZoneInfo(zone)),
            person=Description(
                name=self.name or None,
                nik=None,
                birth_date=None,
                approximate_age_years=self.approximate_age_years,
                sex=self.sex.value if self.sex else None,
                features=self.features or None,
            ),
            circumstances=self.circumstances,
            evidence=[],
            contact=self.contact or None,
        )


class CodeIn(RequestBody):
    """A report's code as it is typed: spaces and hyphens do not matter, nor do capitals."""

    code: CodeText


class ObjectionFormIn(CodeIn):
    """Why somebody does not accept what became of it."""

    text: Story


class ObjectionDecisionFormIn(RequestBody):
    """What somebody else decides about it."""

    objection_id: UUID
    is_upheld: bool


class ObjectionReceipt(BaseModel):
    """That it came in."""

    state: str

    @classmethod
    def of(cls, row: Objection) -> "ObjectionReceipt":
        """From the row."""
        return cls(state=row.state)
