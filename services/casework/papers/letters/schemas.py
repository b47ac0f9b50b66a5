"""What the API says about letters."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.casework.papers.letters.adapter import new_token
from services.casework.papers.letters.commands import IssueLetter
from services.casework.papers.letters.domain import LetterReason, legal_now
from services.casework.papers.letters.tables import Letter
from services.chassis import clock
from services.chassis.web import RequestBody, Version

SignerText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,64}$")]


class LetterIn(RequestBody):
    """Make the letter; without a signer the first one of the pack signs."""

    signer: SignerText | None = Field(default=None, description="Kode penanda tangan pada paket daerah")
    is_further: bool = Field(default=False, description="Surat lain di samping yang sudah berlaku")

    def command(self, handoff_id: UUID) -> IssueLetter:
        """As the command takes it, with fresh ids and a fresh token for the QR."""
        return IssueLetter(
            clock.new_id(),
            clock.new_id(),
            handoff_id,
            new_token(),
            self.signer,
            link_id=clock.new_id(),
            is_further=self.is_further,
        )


class LetterVoidIn(RequestBody):
    """Why a letter holds no longer."""

    reason_code: LetterReason
    expected_version: Version | None = None


class LetterReissueIn(LetterVoidIn):
    """Why a letter is made anew, and who signs it."""

    signer: SignerText | None = None


class SignedCopyIn(RequestBody):
    """The scan that was handed in before, as ``SIGNED_LETTER``."""

    document_id: UUID


class LetterFormIn(RequestBody):
    """Which letter a page's button is about."""

    letter_id: UUID


class LetterVoidFormIn(LetterFormIn):
    """The same with a reason."""

    reason_code: LetterReason


class LetterOut(BaseModel):
    """A letter without what it says; ``digest`` is the SHA-256 of the PDF ``document_id``."""

    letter_id: UUID
    handoff_id: UUID
    about_kind: str
    about_id: UUID
    kind: str
    number: str
    state: str
    version: int
    office: str
    signer: str
    to_agency: str
    issued_on: date
    document_id: UUID
    digest: str
    signed_document_id: UUID | None
    replaces: UUID | None
    replaced_by: UUID | None
    reason_code: str | None
    legal_now: list[str]

    @classmethod
    def of(cls, row: Letter) -> "LetterOut":
        """From the row."""
        return cls(letter_id=row.id, legal_now=legal_now(row.state), **row.model_dump(include=set(cls.model_fields)))


class LettersOut(BaseModel):
    """A hand-off's letters, oldest first."""

    items: list[LetterOut]

    @classmethod
    def of(cls, rows: Sequence[Letter]) -> "LettersOut":
        """From the rows."""
        return cls(items=[LetterOut.of(row) for row in rows])
