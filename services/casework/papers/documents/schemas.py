"""What the API says about documents."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.casework.papers.documents.tables import Document


class DocumentOut(BaseModel):
    """A document without its content; ``digest`` is the SHA-256 of the content in clear."""

    document_id: UUID
    handoff_id: UUID
    kind: str
    media_type: str
    size_bytes: int
    digest: str
    uploaded_by: str
    recorded_at: datetime | None

    @classmethod
    def of(cls, row: Document) -> "DocumentOut":
        """From the row."""
        return cls(document_id=row.id, **row.model_dump(include=set(cls.model_fields)))


class DocumentsOut(BaseModel):
    """A hand-off's documents, oldest first."""

    items: list[DocumentOut]

    @classmethod
    def of(cls, rows: Sequence[Document]) -> "DocumentsOut":
        """From the rows."""
        return cls(items=[DocumentOut.of(row) for row in rows])
