"""What may be kept as a document. Pure values and functions."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.chassis.errors import Invalid, SigapError, Unavailable

LIMIT_BYTES = 10 * 1024 * 1024
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")


class DocumentKind(StrEnum):
    """What a document is for; a letter as issued is kept by its own command only."""

    LETTER = "LETTER"
    SIGNED_LETTER = "SIGNED_LETTER"
    HANDOVER_PHOTO = "HANDOVER_PHOTO"
    OTHER = "OTHER"


class DocumentState(StrEnum):
    """A document is never changed."""

    KEPT = "kept"


class DocumentTypeIsNotTaken(Invalid):
    """Its content is none of the kinds that every desk can open."""

    text = "Jenis berkas ini tidak diterima."
    advice = "Kirim PDF, JPEG atau PNG; yang menentukan isinya, bukan namanya."


class DocumentIsTooLarge(Invalid):
    """More than a scan of a few pages needs."""

    text = "Berkas terlalu besar."
    advice = "Kirim paling banyak 10 MiB; pindai ulang dengan resolusi lebih rendah bila perlu."


class DocumentIsUnreadable(Invalid):
    """It begins as one of the kinds that are taken, and cannot be read to its end."""

    text = "Berkas tidak dapat dibuka sampai selesai."
    advice = "Pindai atau potret sekali lagi, lalu kirim berkasnya utuh dan tanpa kata sandi."


class DocumentIsEmpty(Invalid):
    """No bytes."""

    text = "Berkas kosong."
    advice = "Pilih berkas yang berisi, lalu kirim kembali."


class DocumentIsDamaged(SigapError):
    """What lies in the store is not what was put there."""

    text = "Berkas tersimpan rusak."
    advice = "Sampaikan trace_id ini kepada operator; berkas dipulihkan dari cadangan."


class StoreIsAway(Unavailable):
    """The document store does not answer, or does not hold the document yet."""

    text = "Penyimpanan berkas tidak tersedia."


class Store(Protocol):
    """Where sealed bytes lie, by random name; whoever runs it learns neither names nor content."""

    async def put(self, name: str, sealed: bytes) -> None:
        """Keep bytes whole or not at all; the same name again replaces them. Raises ``StoreIsAway``."""

    async def get(self, name: str) -> bytes:
        """The bytes again. Raises ``StoreIsAway``."""


@dataclass(frozen=True, slots=True)
class Content:
    """A document's clear bytes, with what they were recognised as."""

    media_type: str
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the clear content."""
        return hashlib.sha256(self.body).hexdigest()


def check_content(body: bytes, recognised: str) -> Content:
    """The content, when it may be kept.

    ``recognised``: the media type its bytes tell. Raises ``DocumentIsEmpty``, ``DocumentIsTooLarge`` and
    ``DocumentTypeIsNotTaken``, naming what is allowed.
    """
    if not body:
        raise DocumentIsEmpty
    if len(body) > LIMIT_BYTES:
        raise DocumentIsTooLarge(limit_bytes=LIMIT_BYTES)
    if recognised not in MEDIA_TYPES:
        raise DocumentTypeIsNotTaken(allowed=list(MEDIA_TYPES))
    return Content(recognised, body)


def name_of(document_id: UUID) -> str:
    """Under which name the store knows a document: its random id, nothing personal."""
    return document_id.hex
