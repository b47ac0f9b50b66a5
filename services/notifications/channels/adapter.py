"""The SMS and WhatsApp gateway. The only code that speaks to it.

The gateway's side: ``POST /messages`` {reference, to, text}; ``GET /messages/{reference}`` → 404 when it was never
received, else its ``state``: ``accepted``, ``delivered`` or ``failed``.
"""

from uuid import UUID

import httpx2
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind

from services.notifications.channels.domain import ChannelIsAway, ChannelRefused, DeliveryState

KEPT_SECONDS = 1.0
"""A connection at rest is let go before the gateway may close it: one that closes under a message looks like a loss."""

_tracer = trace.get_tracer("sigap.channels")


class Gateway:
    """Speaks to one gateway over HTTP."""

    def __init__(self, url: str, token: str = "", timeout_seconds: float = 8.0, connections: int = 16) -> None:
        self._url = url.rstrip("/")
        self._client = httpx2.AsyncClient(
            timeout=timeout_seconds,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            limits=httpx2.Limits(max_connections=connections, keepalive_expiry=KEPT_SECONDS),
        )

    async def send(self, reference: UUID, to: str, text: str, *, is_first_try: bool) -> ChannelRefused | None:
        """Hand over a message: before a second try asks whether the gateway has it, so that nobody is told twice.

        Nothing when the gateway has it. Raises ``ChannelIsAway`` when that cannot be known now.
        """
        if not is_first_try:
            known = await self._ask("GET", f"/messages/{reference}")
            if known.status_code == 200:
                return None
            if known.status_code != 404:
                raise ChannelIsAway
        answer = await self._ask("POST", "/messages", {"reference": str(reference), "to": to, "text": text})
        if answer.is_success or answer.status_code == 409:
            return None
        if answer.status_code in (400, 413, 415, 422):
            return ChannelRefused(f"GATEWAY_{answer.status_code}")
        raise ChannelIsAway

    async def state(self, reference: UUID) -> DeliveryState:
        """Where a message is. Raises ``ChannelIsAway``."""
        answer = await self._ask("GET", f"/messages/{reference}")
        if answer.status_code != 200:
            raise ChannelIsAway
        try:
            said = answer.json()
        except ValueError:
            raise ChannelIsAway from None
        match said.get("state") if isinstance(said, dict) else None:
            case "delivered":
                return DeliveryState.DELIVERED
            case "failed":
                return DeliveryState.FAILED
            case _:
                return DeliveryState.UNDER_WAY

    async def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx2.Response:
        if not self._url:
            raise ChannelIsAway
        headers: dict[str, str] = {}
        with _tracer.start_as_current_span(f"gateway {method}", kind=SpanKind.CLIENT) as span:
            inject(headers)
            try:
                answer = await self._client.request(method, f"{self._url}{path}", json=body, headers=headers)
            except httpx2.HTTPError:
                raise ChannelIsAway from None
            span.set_attribute("http.response.status_code", answer.status_code)
            return answer
