"""Documents, and the keys that open them."""

from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from services.chassis.database import Aggregate, DistrictRow


class Document(Aggregate, table=True):
    """What is known of a document; its content lies sealed in the store under ``id``.

    ``digest`` is the SHA-256 of the clear content, so that a paper can be compared with what was kept.
    """

    __tablename__ = "documents"

    matter_id: UUID
    handoff_id: UUID = Field(index=True)
    kind: str = Field(max_length=24)
    media_type: str = Field(max_length=64)
    size_bytes: int
    digest: str = Field(max_length=64)
    uploaded_by: str = Field(max_length=64)
    state: str = Field(max_length=16)


class DocumentKey(DistrictRow, table=True):
    """A document's own key, wrapped for casework; without this row nobody reads the document again."""

    __tablename__ = "document_keys"

    document_id: UUID = Field(primary_key=True)
    wrapped_key: bytes = Field(sa_type=LargeBinary)
