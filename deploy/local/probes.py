"""Questions that tell whether a part is ready; each is asked on the loopback address and answers True or False."""

import asyncio
import struct
from dataclasses import dataclass
from typing import Protocol

ANSWER_WITHIN_SECONDS = 2.0


class Probe(Protocol):
    async def __call__(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Listens:
    """Ready as soon as something accepts connections."""

    port: int

    async def __call__(self) -> bool:
        return await _asked(self.port, b"", 0) is not None


@dataclass(frozen=True, slots=True)
class HttpAnswers:
    """Ready when a GET of the path gives 200."""

    port: int
    path: str

    async def __call__(self) -> bool:
        answer = await _asked(self.port, _get(self.port, self.path), 12)
        return answer is not None and answer[9:12] == b"200"


@dataclass(frozen=True, slots=True)
class HttpSpeaks:
    """Alive when a GET of the path is answered at all: an engine may be unready because another one is away."""

    port: int
    path: str = "/"

    async def __call__(self) -> bool:
        return await _asked(self.port, _get(self.port, self.path), 5) == b"HTTP/"


@dataclass(frozen=True, slots=True)
class PostgresAnswers:
    """Ready when a login is answered with a question for the password; while it recovers it answers with an error."""

    port: int

    async def __call__(self) -> bool:
        return await _asked(self.port, _POSTGRES_LOGIN, 1) == b"R"


@dataclass(frozen=True, slots=True)
class PostgresSpeaks:
    """Alive when a login is answered at all: a long recovery, or too many connections, is no reason to end it."""

    port: int

    async def __call__(self) -> bool:
        return await _asked(self.port, _POSTGRES_LOGIN, 1) in (b"R", b"E")


_LOGIN = struct.pack("!I", 196608) + b"user\0postgres\0database\0postgres\0\0"
_POSTGRES_LOGIN = struct.pack("!I", len(_LOGIN) + 4) + _LOGIN


@dataclass(frozen=True, slots=True)
class KafkaAnswers:
    """Ready when the broker answers an ApiVersions request."""

    port: int

    async def __call__(self) -> bool:
        body = struct.pack("!hhih", 18, 0, 1, -1)
        answer = await _asked(self.port, struct.pack("!i", len(body)) + body, 10)
        return answer is not None and answer[8:10] == b"\0\0"


def _get(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()


async def _asked(port: int, question: bytes, length: int) -> bytes | None:
    """The first `length` bytes of the answer; None when there is none in time."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(question)
                return await reader.readexactly(length)
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None
