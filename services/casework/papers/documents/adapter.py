"""Outside things behind ports of ours: a directory that holds sealed documents, a library that recognises content."""

import asyncio
import os
import secrets
from pathlib import Path

import puremagic

from services.casework.papers.documents.domain import StoreIsAway

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


def recognise(body: bytes) -> str:
    """The media type that the content tells, whatever its name; empty when nobody knows."""
    try:
        return puremagic.from_string(body[:65_536], mime=True)
    except (puremagic.PureError, ValueError):
        return ""
