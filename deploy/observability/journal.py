"""Spans as they came, on disk, one file per hour: what is shown can always be shown again."""

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the journal: the hour's file and the byte in it."""

    file: str
    byte: int


class Journal:
    """Frames in order of arrival. One cut short by a crash ends its file and is cut away on opening."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for file in self._files():
            self._mend(file)

    def append(self, frame: bytes, now: float | None = None) -> None:
        """Keep one frame; the process may be killed right after."""
        hour = time.strftime("%Y-%m-%dT%H", time.gmtime(now))
        with (self._folder / f"{hour}.otlp").open("ab") as file:
            file.write(_LENGTH.pack(len(frame)) + frame)

    def frames_from(self, position: Position) -> Iterator[tuple[bytes, Position]]:
        """Each frame after a position, with the position behind it."""
        for file in self._files():
            if file.name < position.file:
                continue
            start = position.byte if file.name == position.file else 0
            with file.open("rb") as stored:
                stored.seek(start)
                while len(head := stored.read(_LENGTH.size)) == _LENGTH.size:
                    length = _LENGTH.unpack(head)[0]
                    frame = stored.read(length)
                    if len(frame) < length:
                        break
                    start += _LENGTH.size + length
                    yield frame, Position(file.name, start)

    def start_of_last(self, limit_bytes: int) -> Position:
        """Where to begin so that about the last `limit_bytes` are read, on the border of a frame."""
        remaining = limit_bytes
        for file in reversed(self._files()):
            size = file.stat().st_size
            if size > remaining:
                borders = (place for _, place in self.frames_from(Position(file.name, 0)) if place.file == file.name)
                return next((place for place in borders if size - place.byte <= remaining), Position(file.name, size))
            remaining -= size
        return Position("", 0)

    def prune(self, hours: float, now: float | None = None) -> None:
        """Remove files whose last frame is older than so many hours."""
        for file in self._files():
            if file.stat().st_mtime < (now or time.time()) - hours * 3600:
                file.unlink()

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.otlp"))

    def _mend(self, file: Path) -> None:
        whole = 0
        for _, place in self.frames_from(Position(file.name, 0)):
            if place.file != file.name:
                break
            whole = place.byte
        if whole < file.stat().st_size:
            with file.open("r+b") as stored:
                stored.truncate(whole)
