"""The bank as a rail: hand in a file once, ask for its statement. The only code that speaks to the bank.

The bank's side: ``POST /files`` with ``Idempotency-Key`` = batch id; ``GET /files/{id}`` → 404 when it was never
received; ``GET /files/{id}/statement`` → 404 or 202 while there is none, else CSV or JSON lines.
"""

from uuid import UUID

import httpx2
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind

from services.disbursement.rails.domain import BANK_HAS_OTHER_FILE, RailIsAway, RailRefused, RawStatement, file_digest

_tracer = trace.get_tracer("sigap.rails")


class BankRail:
    """Speaks to one bank over HTTP."""

    def __init__(self, url: str, token: str = "", timeout_seconds: float = 8.0) -> None:
        self._url = url.rstrip("/")
        self._client = httpx2.AsyncClient(
            timeout=timeout_seconds,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            limits=httpx2.Limits(max_connections=16, max_keepalive_connections=0),
        )

    async def submit(self, batch_id: UUID, body: bytes) -> RailRefused | None:
        """Hand in a batch's file: asks first whether the bank has it, so that no file is handed in twice.

        Nothing when the bank has it. Raises ``RailIsAway`` when that cannot be known now.
        """
        known = await self._ask("GET", f"/files/{batch_id}")
        if known.status_code == 200:
            return _check_same(known, file_digest(body))
        if known.status_code != 404:
            raise RailIsAway
        answer = await self._ask(
            "POST", "/files", body, {"Idempotency-Key": str(batch_id), "Content-Type": "text/csv; charset=utf-8"}
        )
        if answer.is_success:
            return None
        if answer.status_code in (400, 413, 415, 422):
            return RailRefused(f"BANK_{answer.status_code}")
        raise RailIsAway

    async def statement(self, batch_id: UUID) -> RawStatement | None:
        """The bank's statement about a file, once there is one. Raises ``RailIsAway``."""
        answer = await self._ask("GET", f"/files/{batch_id}/statement")
        if answer.status_code in (202, 204, 404):
            return None
        if answer.status_code != 200:
            raise RailIsAway
        return RawStatement(answer.content, answer.headers.get("content-type", "").split(";")[0].strip().lower())

    async def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        if not self._url:
            raise RailIsAway
        sent = dict(headers or {})
        with _tracer.start_as_current_span(f"bank {method}", kind=SpanKind.CLIENT) as span:
            inject(sent)
            try:
                answer = await self._client.request(method, f"{self._url}{path}", content=body, headers=sent)
            except httpx2.HTTPError:
                raise RailIsAway from None
            span.set_attribute("http.response.status_code", answer.status_code)
            return answer


def _check_same(answer: httpx2.Response, digest: str) -> RailRefused | None:
    """The bank knows this file: it must be the same one, as far as the bank says."""
    try:
        known = answer.json()
    except ValueError:
        return None
    theirs = known.get("file_digest") if isinstance(known, dict) else None
    return RailRefused(BANK_HAS_OTHER_FILE) if isinstance(theirs, str) and theirs != digest else None
