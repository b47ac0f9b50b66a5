"""The gateway's adapter against answers as they come from the wire: what is not a clear answer is no answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from services.notifications.channels.adapter import Gateway
from services.notifications.channels.domain import ChannelIsAway, ChannelRefused, DeliveryState


def http(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass
class Wire:
    """Answers each request with the next of these bytes; with none it closes the connection, or says nothing."""

    answers: list[bytes]
    is_silent: bool = False
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                self.asked.append(" ".join(head.split(" ", 2)[:2]))
                if "content-length: " in head:
                    await reader.readexactly(int(head.split("content-length: ", 1)[1].split("\r\n", 1)[0]))
                if self.is_silent:
                    await reader.read()
                if not self.answers:
                    break
                writer.write(self.answers.pop(0))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def gateway_that_says(*answers: bytes, is_silent: bool = False) -> AsyncIterator[tuple[Gateway, Wire]]:
    wire = Wire(list(answers), is_silent)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gateway = Gateway(f"http://127.0.0.1:{port}/gateway/", token="kunci", timeout_seconds=0.5)
    try:
        yield gateway, wire
    finally:
        await gateway.close()
        server.close()


async def sent(gateway: Gateway, *, is_first_try: bool = True) -> ChannelRefused | None:
    return await gateway.send(uuid4(), "+6281200000217", "Uji", is_first_try=is_first_try)


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "409 Conflict"])
async def test_a_message_that_the_gateway_took_is_there(status: str) -> None:
    async with gateway_that_says(http(status)) as (gateway, _):
        assert await sent(gateway) is None


@pytest.mark.parametrize("status", [400, 413, 415, 422])
async def test_a_message_that_it_will_never_take_is_refused(status: int) -> None:
    async with gateway_that_says(http(f"{status} No")) as (gateway, _):
        assert await sent(gateway) == ChannelRefused(f"GATEWAY_{status}")


UNCLEAR = {
    "closes without a word": b"",
    "breaks off in the middle": http("202 Accepted")[:-2].replace(b"Length: 2", b"Length: 200"),
    "does not speak HTTP": b"SSH-2.0-uji\r\n",
    "sends elsewhere": http("302 Found", b"", "Location: /gateway/messages"),
    "asks who we are": http("401 Unauthorized"),
    "has trouble": http("503 Service Unavailable"),
    "is busy": http("429 Too Many Requests"),
}


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR.keys())
async def test_whoever_gives_no_clear_answer_is_away_and_is_asked_once(answer: bytes) -> None:
    async with gateway_that_says(answer, http("202 Accepted")) as (gateway, wire):
        if not answer:
            wire.answers.clear()
        with pytest.raises(ChannelIsAway):
            await sent(gateway)
        assert wire.asked == ["post /gateway/messages"], "nobody may be told twice"


async def test_whoever_says_nothing_or_is_not_there_is_away() -> None:
    async with gateway_that_says(is_silent=True) as (gateway, _):
        with pytest.raises(ChannelIsAway):
            await sent(gateway)
    for away in (gateway, Gateway("")):
        with pytest.raises(ChannelIsAway):
            await sent(away)
        await away.close()


async def test_before_a_second_try_it_is_asked_and_not_told_again() -> None:
    async with gateway_that_says(http("200 OK"), http("404 Not Found"), http("202 Accepted")) as (gateway, wire):
        assert await sent(gateway, is_first_try=False) is None
        assert await sent(gateway, is_first_try=False) is None
    assert [line.split("/")[0] for line in wire.asked] == ["get ", "get ", "post "]
    assert wire.connections == 1, "a connection is used again"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b'{"state": "delivered"}', DeliveryState.DELIVERED),
        (b'{"state": "failed"}', DeliveryState.FAILED),
        (b'{"state": "accepted"}', DeliveryState.UNDER_WAY),
        (b'{"state": "a word of later"}', DeliveryState.UNDER_WAY),
        (b"[]", DeliveryState.UNDER_WAY),
    ],
)
async def test_where_a_message_is(body: bytes, state: DeliveryState) -> None:
    async with gateway_that_says(http("200 OK", body)) as (gateway, _):
        assert await gateway.state(uuid4()) is state


@pytest.mark.parametrize("answer", [http("200 OK", b"<html>"), http("200 OK", b"\xff\xfe"), http("404 Not Found")])
async def test_where_a_message_is_cannot_be_known_now(answer: bytes) -> None:
    async with gateway_that_says(answer) as (gateway, _):
        with pytest.raises(ChannelIsAway):
            await gateway.state(uuid4())
