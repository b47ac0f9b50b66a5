"""Request and response shapes of occurrences."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.fields import Instant
from services.casework.case.cases.schemas import AgencyText
from services.casework.case.occurrences.commands import ProposeRevocation, RecordOccurrence
from services.casework.case.occurrences.domain import Consequence, Occurrence, RevocationReason, Undone, fingerprint
from services.casework.case.occurrences.tables import OccurrenceRow, Revocation
from services.chassis.web import RequestBody, Version

Kind = Literal["DIED", "ABSCONDED", "FOUND_AGAIN", "NOT_THIS_TYPE", "SENT_ON"]
Fingerprint = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{32}$",
        description="Penanda dari pratinjau: bila akibatnya sudah berubah sejak itu, kejadian tidak dicatat (409)",
    ),
]


class OccurrenceIn(RequestBody):
    """What happened to the person."""

    kind: Kind
    happened_at: Instant
    told_by: AgencyText | None = Field(default=None, description="Instansi yang memberi tahu; bawaan: instansi Anda")
    to_agency: AgencyText | None = Field(
        default=None, description="Instansi yang melanjutkan kunjungan orang yang dikirim; bawaan: calon pada paket"
    )
    expected_fingerprint: Fingerprint | None = None

    def command(self, case_id: UUID) -> RecordOccurrence:
        """As the command takes it."""
        return RecordOccurrence(
            case_id,
            Occurrence(self.kind),
            self.happened_at,
            self.told_by,
            self.to_agency,
            self.expected_fingerprint,
        )


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
    fingerprint: str = Field(description="Sebutkan saat mencatat, agar yang terjadi persis yang ditampilkan di sini")

    @classmethod
    def of(cls, found: Sequence[Consequence]) -> "Consequences":
        """From the rule's answer."""
        return cls(items=[ConsequenceOut.of(consequence) for consequence in found], fingerprint=fingerprint(found))


class OccurrenceOut(BaseModel):
    """One thing that was recorded as having happened; ``revoked_at``: since when it counts as not having happened."""

    occurrence_id: UUID
    kind: str
    told_by: str
    happened_at: datetime
    recorded_at: datetime
    is_late: bool = Field(description="Dicatat jauh sesudah terjadi")
    revoked_at: datetime | None
    consequences: list[ConsequenceOut] = Field(description="Akibatnya saat dicatat, sebatas yang boleh Anda ketahui")

    @classmethod
    def of(cls, row: OccurrenceRow, consequences: Sequence[Consequence], *, is_late: bool) -> "OccurrenceOut":
        """From the row."""
        plain = row.model_dump(include=set(cls.model_fields) - {"occurrence_id", "is_late", "consequences"})
        became = [ConsequenceOut.of(consequence) for consequence in consequences]
        return cls(occurrence_id=row.id, is_late=is_late, consequences=became, **plain)


class RevocationIn(RequestBody):
    """Why what was recorded did not happen."""

    reason_code: RevocationReason

    def command(self, case_id: UUID, occurrence_id: UUID) -> ProposeRevocation:
        """As the command takes it."""
        return ProposeRevocation(case_id, occurrence_id, self.reason_code)


class RevocationDecisionIn(RequestBody):
    """The other person's word."""

    expected_version: Version | None = None


class UndoneOut(BaseModel):
    """A consequence: back, or (``is_back`` false) for a case conference to decide."""

    item: str
    id: UUID
    name: str
    party: str
    is_back: bool


class RevocationOut(BaseModel):
    """A revocation, and what it brought back; ``undone`` is told once, in the answer to the confirmation."""

    revocation_id: UUID
    case_id: UUID
    occurrence_id: UUID
    state: str
    version: int
    reason_code: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    undone: list[UndoneOut] = []

    @classmethod
    def of(cls, row: Revocation, undone: Sequence[Undone] = ()) -> "RevocationOut":
        """From the row."""
        return cls(
            revocation_id=row.id,
            undone=[
                UndoneOut(item=u.item.value, id=u.id, name=u.name, party=u.party, is_back=u.is_back) for u in undone
            ],
            **row.model_dump(include=set(cls.model_fields) - {"revocation_id", "undone"}),
        )


class Occurrences(BaseModel):
    """What happened, what can be told now, and a revocation that waits for another person."""

    items: list[OccurrenceOut]
    legal_now: list[str]
    proposal: RevocationOut | None
