"""What the API says about packages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.casework.handoff.disclosures.queries import PackageView
from services.casework.handoff.disclosures.tables import SentPackage


class PackageVersion(BaseModel):
    """A package as it was sent: which fields, on what ground, when, to whom; never the values."""

    number: int
    to_agency: str
    fields: list[str]
    basis: list[str]
    digest: str
    kept_at: datetime

    @classmethod
    def of(cls, row: SentPackage) -> "PackageVersion":
        """From the row."""
        return cls(**row.model_dump(include=set(cls.model_fields)))


class PackageOut(BaseModel):
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
    versions: list[PackageVersion]

    @classmethod
    def of(cls, handoff_id: UUID, purpose: str, to_agency: str, view: PackageView) -> "PackageOut":
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
            versions=[PackageVersion.of(row) for row in view.versions],
        )


class PackageRead(BaseModel):
    """One reading of a package's values. ``reader`` is a pseudonym."""

    position: int
    reader: str
    agency: str
    purpose: str
    fields: list[str]
    read_at: datetime


class PackageReads(BaseModel):
    """Readings after the cursor, in order; ``next_after`` is where to go on."""

    items: list[PackageRead]
    next_after: int

    @classmethod
    def of(cls, rows: Sequence[Any], after: int) -> "PackageReads":
        """From the log."""
        items = [
            PackageRead(
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
