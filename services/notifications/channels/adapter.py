"""The SMS and WhatsApp gateway. The only code that speaks to it.

The gateway's side: ``POST /messages`` {reference, to, text}; ``GET /messages/{reference}`` → 404 when it was never
received, else its ``state``: ``accepted``, ``delivered`` or ``failed``.
"""

import json
from dataclasses import dataclass
from uuid import UUID

import aiohttp
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind

from services.notifications.channels.domain import ChannelIsAway, ChannelRefused, DeliveryState

KEPT_SECONDS = 1.0
"""A connection at rest is let go before the gateway may close it: one that closes under a message looks like a loss."""

_tracer = trace.get_tracer("sigap.channels")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


class Gateway:
    """Speaks to one gateway over HTTP."""

    def __init__(self, url: str, token: str = "", timeout_seconds: float = 8.0, connections: int = 16) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._within = aiohttp.ClientTimeout(total=timeout_seconds)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of its connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send(self, reference: UUID, to: str, text: str, *, is_first_try: bool) -> ChannelRefused | None:
        """Hand over a message: before a second try asks whether the gateway has it, so that nobody is told twice.

        Nothing when the gateway has it. Raises ``ChannelIsAway`` when that cannot be known now.
        """
        if not is_first_try:
            known = await self._ask("GET", f"/messages/{reference}")
            if known.status == 200:
                return None
            if known.status != 404:
                raise ChannelIsAway
        answer = await self._ask("POST", "/messages", {"reference": str(reference), "to": to, "text": text})
        if 200 <= answer.status < 300 or answer.status == 409:
            return None
        if answer.status in (400, 413, 415, 422):
            return ChannelRefused(f"GATEWAY_{answer.status}")
        raise ChannelIsAway

    async def state(self, reference: UUID) -> DeliveryState:
        """Where a message is. Raises ``ChannelIsAway``."""
        answer = await self._ask("GET", f"/messages/{reference}")
        if answer.status != 200:
            raise ChannelIsAway
        try:
            said = json.loads(answer.body)
        except ValueError:
            raise ChannelIsAway from None
        match said.get("state") if isinstance(said, dict) else None:
            case "delivered":
                return DeliveryState.DELIVERED
            case "failed":
                return DeliveryState.FAILED
            case _:
                return DeliveryState.UNDER_WAY

    async def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> _Answer:
        if not self._url:
            raise ChannelIsAway
        headers: dict[str, str] = {}
        with _tracer.start_as_current_span(f"gateway {method}", kind=SpanKind.CLIENT) as span:
            inject(headers)
            try:
                # A redirection is no answer that says where a message is.
                async with self._connected().request(
                    method, f"{self._url}{path}", json=body, headers=headers, allow_redirects=False
                ) as said:
                    answer = _Answer(said.status, await said.read())
            except (aiohttp.ClientError, TimeoutError):
                raise ChannelIsAway from None
            span.set_attribute("http.response.status_code", answer.status)
            return answer

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEPT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                timeout=self._within,
            )
        return self._session
