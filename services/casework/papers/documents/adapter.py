"""Outside things behind ports of ours: a directory that holds sealed documents, libraries that read their content."""

import asyncio
import io
import os
import secrets
from pathlib import Path

import puremagic
from PIL import Image, ImageOps
from pypdf import PdfReader

from services.casework.papers.documents.domain import Content, DocumentIsUnreadable, StoreIsAway, check_content

_NAME_SPREAD = 2
"""Folders by the last letters of the random name, so that none grows to hundreds of thousands of entries."""


class DirectoryStore:
    """Sealed documents in a directory; a file is there whole or not at all, also after a power cut."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, name: str, sealed: bytes) -> None:
        """Write beside, flush to the disk, rename. Raises ``StoreIsAway``."""
        try:
            await asyncio.to_thread(self._write, self._place(name), sealed)
        except OSError:
            raise StoreIsAway from None

    async def get(self, name: str) -> bytes:
        """Read it. Raises ``StoreIsAway``."""
        try:
            return await asyncio.to_thread(self._place(name).read_bytes)
        except OSError:
            raise StoreIsAway from None

    def _place(self, name: str) -> Path:
        return self._folder / name[-_NAME_SPREAD:] / name

    def _write(self, place: Path, sealed: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        try:
            with beside.open("xb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place)
            folder = os.open(place.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            beside.unlink(missing_ok=True)


PIXELS_LIMIT = 80_000_000
"""A telephone's largest photo and some more; what says that it is larger unpacks to fill the memory."""
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
QUALITY = 92


async def taken(body: bytes) -> Content:
    """A scan that may be kept: of a kind that is taken, and read to its end by the library that knows the kind.

    Raises as ``check_content``, and ``DocumentIsUnreadable``.
    """
    content = check_content(body, recognise(body))
    await asyncio.to_thread(_read_through, content)
    return content


async def without_metadata(content: Content) -> bytes:
    """A picture as the other party gets it: the same to look at, without place, time, device or maker of the picture.

    Papers go as they are: a PDF that is changed is no longer what was signed.
    """
    if content.media_type not in FORMATS:
        return content.body
    return await asyncio.to_thread(_bare, content)


def _read_through(content: Content) -> None:
    try:
        if content.media_type in FORMATS:
            with _opened(content) as picture:
                picture.verify()
            with _opened(content) as picture:
                picture.load()
        else:
            _read_pages(content.body)
    except DocumentIsUnreadable:
        raise
    except Exception:
        raise DocumentIsUnreadable from None


def _opened(content: Content) -> Image.Image:
    picture = Image.open(io.BytesIO(content.body), formats=(FORMATS[content.media_type],))
    if picture.width * picture.height > PIXELS_LIMIT:
        raise DocumentIsUnreadable(limit_pixels=PIXELS_LIMIT)
    return picture


def _read_pages(body: bytes) -> None:
    if b"%%EOF" not in body.rstrip(b"\x00\r\n ")[-1024:]:
        raise DocumentIsUnreadable
    reader = PdfReader(io.BytesIO(body))
    if reader.is_encrypted or not len(reader.pages):
        raise DocumentIsUnreadable
    for page in reader.pages:
        page.get_contents()


def _bare(content: Content) -> bytes:
    out = io.BytesIO()
    with _opened(content) as picture:
        upright = ImageOps.exif_transpose(picture)
        upright.info = {}
        upright.save(out, format=FORMATS[content.media_type], quality=QUALITY, exif=b"")
    return out.getvalue()


def recognise(body: bytes) -> str:
    """The media type that the content tells, whatever its name; empty when nobody knows."""
    try:
        return puremagic.from_string(body[:65_536], mime=True)
    except (puremagic.PureError, ValueError):
        return ""
