"""A cable between us and PostgreSQL that a test can cut at any statement, or hold without a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SSL_REQUEST = 80877103
ASKS = (b"Q", b"S", b"F", b"H")
PASSWORD = b"p"
READY = b"Z"


@dataclass(eq=False, slots=True)
class _Line:
    """One connection that goes through."""

    client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    ends_when_answered: bool = False

    def abort(self) -> None:
        for _, writer in (self.client, self.server):
            writer.transport.abort()


class Cable:
    """Passes the protocol on, exchange by exchange: what a client sends until it wants an answer, and the answer."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._lines: set[_Line] = set()
        self._cut_at = 0
        self._cuts_answered = False
        self._hold_at = 0
        self.exchanges = 0
        self.is_cut = False

    def cut_at(self, exchange: int, *, answered: bool) -> None:
        """Cut every line at this exchange from now: unasked, or asked and answered but the answer never heard.

        Nobody gets through any more until ``mend``.
        """
        self.exchanges, self._cut_at, self._cuts_answered = 0, exchange, answered

    def mend(self) -> None:
        """Let everybody through again."""
        self.is_cut, self._cut_at = False, 0

    def hold_at(self, exchange: int) -> None:
        """Hold once this exchange from now is asked."""
        self.exchanges, self._hold_at = 0, exchange

    def hold(self) -> None:
        """Pass nothing more on for those who are connected now, and close nothing; who comes later is served."""
        for line in self._lines:
            line.flowing.clear()

    def _cut(self) -> None:
        self.is_cut = True
        for line in self._lines:
            line.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        if self.is_cut:
            writer.transport.abort()
            return
        line = _Line((reader, writer), await asyncio.open_connection(*self._place))
        line.flowing.set()
        self._lines.add(line)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._ask(line))
                both.create_task(self._answer(line))
        except* (OSError, EOFError):
            pass
        finally:
            line.abort()
            self._lines.discard(line)

    async def _ask(self, line: _Line) -> None:
        reader, to_client = line.client[0], line.client[1]
        to_server = line.server[1]
        while True:
            head = await reader.readexactly(8)
            if int.from_bytes(head[4:]) != SSL_REQUEST:
                break
            to_client.write(b"N")
        to_server.write(head + await reader.readexactly(int.from_bytes(head[:4]) - 8))
        asked = b""
        while True:
            kind, content = await _message(reader)
            asked += content
            if kind == b"X":
                raise EOFError
            if kind == PASSWORD:
                to_server.write(asked)
                asked = b""
            if kind in ASKS:
                self.exchanges += 1
                if self.exchanges == self._hold_at:
                    self.hold()
                await line.flowing.wait()
                if self.exchanges == self._cut_at and not self._cuts_answered:
                    self._cut()
                    return
                line.ends_when_answered = self.exchanges == self._cut_at
                to_server.write(asked)
                asked = b""

    async def _answer(self, line: _Line) -> None:
        reader, to_client = line.server[0], line.client[1]
        while True:
            kind, content = await _message(reader)
            if line.ends_when_answered:
                if kind == READY:
                    self._cut()
                    return
                continue
            await line.flowing.wait()
            to_client.write(content)


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(int.from_bytes(head[1:]) - 4)


@asynccontextmanager
async def cable_to(url: str) -> AsyncIterator[tuple[Cable, str]]:
    """A cable to a database, and the URL that leads through it."""
    parts = urlsplit(url)
    assert parts.hostname is not None and parts.port is not None
    cable = Cable(parts.hostname, parts.port)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError):
            await cable.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield cable, parts._replace(netloc=f"{parts.username}:{parts.password}@{host}:{port}").geturl()
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
