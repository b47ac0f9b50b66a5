"""What the API says about disclosures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.casework.handoff.disclosures.queries import DisclosureView
from services.casework.handoff.disclosures.tables import Disclosure


class DisclosureVersion(BaseModel):
    """A disclosure as it was sent: which fields, on what ground, when, to whom; never the values."""

    number: int
    to_agency: str
    fields: list[str]
    basis: list[str]
    digest: str
    kept_at: datetime

    @classmethod
    def of(cls, row: Disclosure) -> "DisclosureVersion":
        """From the row."""
        return cls(**row.model_dump(include=set(cls.model_fields)))


class DisclosureOut(BaseModel):
    """What may leave for the purpose to this kind of agency, why, and what of it the reader sees.

    ``minimum`` is what every reader gets; ``fields`` what the table allows; ``withheld`` what of it this reader does
    not see now; ``values`` the rest.
    """

    handoff_id: UUID
    purpose: str
    to_agency: str
    to_kind: str
    moves_person: bool
    letter: str | None
    fields: list[str]
    withheld: list[str]
    basis: list[str]
    minimum: dict[str, Any]
    values: dict[str, str | None]
    versions: list[DisclosureVersion]

    @classmethod
    def of(cls, handoff_id: UUID, purpose: str, to_agency: str, view: DisclosureView) -> "DisclosureOut":
        """From the read model."""
        return cls(
            handoff_id=handoff_id,
            purpose=purpose,
            to_agency=to_agency,
            to_kind=view.to_kind,
            moves_person=view.moves_person,
            letter=view.entry.letter,
            fields=sorted(view.entry.fields),
            withheld=list(view.withheld),
            basis=list(view.entry.basis),
            minimum=view.minimum,
            values=view.values,
            versions=[DisclosureVersion.of(row) for row in view.versions],
        )


class DisclosureRead(BaseModel):
    """One reading of a disclosure's values. ``reader`` is a pseudonym."""

    position: int
    reader: str
    agency: str
    purpose: str
    fields: list[str]
    read_at: datetime


class DisclosureReads(BaseModel):
    """Readings after the cursor, in order; ``next_after`` is where to go on."""

    items: list[DisclosureRead]
    next_after: int

    @classmethod
    def of(cls, rows: Sequence[Any], after: int) -> "DisclosureReads":
        """From the log."""
        items = [
            DisclosureRead(
                position=row["id"],
                reader=row["actor"],
                agency=row["agency"],
                purpose=row["purpose"],
                fields=row["fields"].split(","),
                read_at=row["read_at"],
            )
            for row in rows
        ]
        return cls(items=items, next_after=items[-1].position if items else after)
