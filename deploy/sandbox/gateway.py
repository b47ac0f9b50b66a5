"""The SMS/WhatsApp gateway as notifications' channel meets it."""

import asyncio
from typing import Any

import httpx2
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from deploy.sandbox.knobs import Switchboard
from deploy.sandbox.memory import Memory
from deploy.sandbox.settings import SandboxSettings
from services.chassis import clock
from services.notifications.channels.domain import signature_of

REPORTS_AFTER_SECONDS = 0.5


class Outgoing(BaseModel):
    """A message to send; ``reference`` is the sender's own id, by which it can be asked for."""

    reference: str
    to: str
    text: str


class Report(BaseModel):
    """What the gateway tells by itself."""

    reference: str
    state: str


class Reporting:
    """Tells the sender how a message ended, signed; one that cannot be told is asked for."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._url = f"{settings.notifications_url}/gateway/reports"
        self._secret = settings.gateway_report_secret
        self._client = httpx2.AsyncClient(timeout=8)
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, report: Report) -> None:
        """Report a little later, as telephones answer."""
        if self._secret:
            task = asyncio.create_task(self._report(report))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _report(self, report: Report) -> None:
        await asyncio.sleep(REPORTS_AFTER_SECONDS)
        body, timestamp = report.model_dump_json().encode(), str(int(clock.utc_now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Gateway-Timestamp": timestamp,
            "X-Gateway-Signature": signature_of(self._secret, timestamp, body),
        }
        try:
            await self._client.post(self._url, content=body, headers=headers)
        except httpx2.HTTPError:
            pass


def gateway_router(memory: Memory, switchboard: Switchboard, reporting: Reporting) -> APIRouter:
    """``POST /gateway/messages``, ``GET /gateway/messages/{reference}``."""
    router = APIRouter(prefix="/gateway")

    @router.post("/messages", status_code=202)
    async def send(message: Outgoing) -> dict[str, Any]:
        """Take a message; this gateway counts how often the same reference came."""
        knobs = await switchboard.pass_through("gateway")
        known = memory.get("message", message.reference) or {**message.model_dump(), "times": 0, "asked": 0}
        known["times"] += 2 if knobs.twice else 1
        memory.put("message", message.reference, known)
        reporting.begin(Report(reference=message.reference, state="failed" if knobs.wrong else "delivered"))
        return {"reference": message.reference, "state": "accepted"}

    @router.get("/messages/{reference}")
    async def state(reference: str) -> dict[str, Any]:
        """Where a message is."""
        knobs = await switchboard.pass_through("gateway")
        known = memory.get("message", reference)
        if known is None:
            raise HTTPException(404, "never received")
        known["asked"] += 1
        memory.put("message", reference, known)
        state = "failed" if knobs.wrong else "delivered" if known["asked"] >= 2 else "accepted"
        return {"reference": reference, "state": state}

    @router.get("/messages")
    async def messages() -> list[dict[str, Any]]:
        """Everything that was sent, with how often: what the journey's invariants look at."""
        return memory.all("message")

    return router
