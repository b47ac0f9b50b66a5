"""Letters."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.casework.office.matters.tables import AboutRow
from services.chassis.database import Aggregate


class Letter(AboutRow, Aggregate, table=True):
    """A letter as it was issued; what it says stands in its document alone, sealed.

    ``token_digest`` finds it by its QR code, ``digest`` is the SHA-256 of the PDF.
    """

    __tablename__ = "letters"

    handoff_id: UUID = Field(index=True)
    kind: str = Field(max_length=24)
    number: str = Field(max_length=64)
    serial: int
    year: int
    office: str = Field(max_length=64)
    signer: str = Field(max_length=64)
    to_agency: str = Field(max_length=64)
    issued_on: date
    issued_by: str = Field(max_length=128)
    state: str = Field(max_length=16)
    token_digest: str = Field(max_length=64)
    link_id: UUID | None = None
    document_id: UUID
    digest: str = Field(max_length=64)
    signed_document_id: UUID | None = None
    replaces: UUID | None = None
    replaced_by: UUID | None = None
    reason_code: str | None = Field(default=None, max_length=64)
