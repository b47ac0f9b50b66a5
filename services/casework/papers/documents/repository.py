"""Every query on documents."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.papers.documents.tables import Document, DocumentKey
from services.chassis.database import ReadSession, UnitOfWork


async def one(source: ReadSession | UnitOfWork, document_id: UUID) -> Document | None:
    """One document's row."""
    return await source.first(select(Document).where(Document.id == document_id))


async def key_of(reading: ReadSession, document_id: UUID) -> DocumentKey | None:
    """The wrapped key of a document."""
    return await reading.first(select(DocumentKey).where(DocumentKey.document_id == document_id))


async def of_handoff(reading: ReadSession, handoff_id: UUID) -> list[Document]:
    """A hand-off's documents, oldest first."""
    return await reading.all(select(Document).where(Document.handoff_id == handoff_id).order_by(col(Document.id)))
