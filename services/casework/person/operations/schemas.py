"""Request and response shapes of operations' counts."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.casework.person.operations.commands import Counted, CountOperation
from services.casework.person.operations.domain import Side
from services.casework.person.operations.queries import OperationView
from services.casework.person.operations.tables import OperationCount
from services.chassis.web import ReferenceText, RequestBody

AgencyText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]


class CountIn(RequestBody):
    """What a berita acara of an operation says."""

    said_by: Side = Field(description="Pihak yang menyebut jumlah ini")
    from_agency: AgencyText | None = Field(default=None, description="Bila kosong: pelaksana operasi")
    to_agency: AgencyText
    ba_number: ReferenceText
    paper_count: Annotated[int, Field(ge=0, le=10_000)]

    def command(self, operation_id: UUID) -> CountOperation:
        """As the command takes it."""
        return CountOperation(
            operation_id=operation_id,
            said_by=self.said_by,
            giver=self.from_agency,
            taker=self.to_agency,
            ba_number=self.ba_number,
            paper_count=self.paper_count,
        )


class CountReceipt(BaseModel):
    """A paper's number beside the persons whom its taker took so far."""

    count_id: UUID
    operation_id: UUID
    version: int
    paper_count: int
    delivered: int

    @classmethod
    def of(cls, counted: Counted) -> "CountReceipt":
        """From the row."""
        row = counted.count
        return cls(
            count_id=row.id,
            operation_id=row.operation_id,
            version=row.version,
            paper_count=row.paper_count,
            delivered=counted.delivered,
        )


class CountOut(BaseModel):
    """What one paper says."""

    count_id: UUID
    said_by: str
    giver: str
    taker: str
    ba_number: str
    paper_count: int
    counted_at: datetime
    version: int

    @classmethod
    def of(cls, row: OperationCount) -> "CountOut":
        """From the row."""
        return cls(count_id=row.id, **row.model_dump(include=set(cls.model_fields) - {"count_id"}))


class CountsOut(BaseModel):
    """What the papers of an operation say, and how many persons each taker took."""

    operation_id: UUID
    agency: str
    persons_count: int
    conducted_at: datetime
    items: list[CountOut]
    delivered: dict[str, int]

    @classmethod
    def of(cls, view: OperationView) -> "CountsOut":
        """From the read model."""
        operation = view.operation
        return cls(
            operation_id=operation.id,
            agency=operation.agency,
            persons_count=operation.persons_count,
            conducted_at=operation.conducted_at,
            items=[CountOut.of(row) for row in view.counts],
            delivered=view.delivered,
        )
