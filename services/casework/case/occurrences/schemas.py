"""Request and response shapes of occurrences."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.casework.case.cases.schemas import AgencyText
from services.casework.case.occurrences.commands import RecordOccurrence
from services.casework.case.occurrences.domain import Consequence, Occurrence
from services.casework.case.occurrences.tables import OccurrenceRow
from services.chassis.web import RequestBody

Kind = Literal["DIED", "ABSCONDED", "FOUND_AGAIN", "NOT_THIS_TYPE", "SENT_ON"]


class OccurrenceIn(RequestBody):
    """What happened to the person."""

    kind: Kind
    happened_at: AwareDatetime
    told_by: AgencyText | None = Field(default=None, description="Instansi yang memberi tahu; bawaan: instansi Anda")
    to_agency: AgencyText | None = Field(
        default=None, description="Instansi yang melanjutkan kunjungan orang yang dikirim; bawaan: calon pada paket"
    )

    def command(self, case_id: UUID) -> RecordOccurrence:
        """As the command takes it."""
        return RecordOccurrence(case_id, Occurrence(self.kind), self.happened_at, self.told_by, self.to_agency)


class ConsequenceOut(BaseModel):
    """What becomes of one open item."""

    item: str
    id: UUID | None = Field(description="Kosong: baru dibuka atau diminta saat kejadian dicatat")
    name: str
    party: str
    disposition: str

    @classmethod
    def of(cls, consequence: Consequence) -> "ConsequenceOut":
        """From the rule's answer."""
        return cls(
            item=consequence.item.value,
            id=consequence.id,
            name=consequence.name,
            party=consequence.party,
            disposition=consequence.disposition.value,
        )


class Consequences(BaseModel):
    """What becomes of everything that is open."""

    items: list[ConsequenceOut]

    @classmethod
    def of(cls, found: Sequence[Consequence]) -> "Consequences":
        """From the rule's answer."""
        return cls(items=[ConsequenceOut.of(consequence) for consequence in found])


class OccurrenceOut(BaseModel):
    """One thing that happened."""

    kind: str
    told_by: str
    happened_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, row: OccurrenceRow) -> "OccurrenceOut":
        """From the row."""
        return cls(**row.model_dump(include=set(cls.model_fields)))


class Occurrences(BaseModel):
    """What happened, and what can be told now."""

    items: list[OccurrenceOut]
    legal_now: list[str]
