"""The SMS/WhatsApp gateway as notifications' channel meets it."""

from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from deploy.sandbox.knobs import Switchboard
from deploy.sandbox.memory import Memory


class Outgoing(BaseModel):
    """A message to send; ``reference`` is the sender's own id, by which it can be asked for."""

    reference: str
    to: str
    text: str


def gateway_router(memory: Memory, switchboard: Switchboard) -> APIRouter:
    """``POST /gateway/messages``, ``GET /gateway/messages/{reference}``."""
    router = APIRouter(prefix="/gateway")

    @router.post("/messages", status_code=202)
    async def send(message: Outgoing) -> dict[str, Any]:
        """Take a message; this gateway counts how often the same reference came."""
        knobs = await switchboard.pass_through("gateway")
        known = memory.get("message", message.reference) or {**message.model_dump(), "times": 0, "asked": 0}
        known["times"] += 2 if knobs.twice else 1
        memory.put("message", message.reference, known)
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
