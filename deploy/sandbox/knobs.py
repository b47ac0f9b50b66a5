"""Faults on demand: each simulated system can be down, slow, wrong or answer twice, by a small API of its own."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel, Field

System = Annotated[str, Path(pattern="^(dukcapil|bpjs|bank|gateway|[a-z0-9-]{3,40})$")]


class Knobs(BaseModel):
    """How a system misbehaves."""

    down: bool = False
    slow_seconds: float = Field(default=0, ge=0, le=60)
    wrong: bool = False
    twice: bool = False


class Switchboard:
    """The knobs of every system."""

    def __init__(self) -> None:
        self._knobs: dict[str, Knobs] = {}

    def of(self, system: str) -> Knobs:
        """A system's knobs."""
        return self._knobs.get(system, Knobs())

    def set(self, system: str, knobs: Knobs) -> None:
        """Turn them."""
        self._knobs[system] = knobs

    async def pass_through(self, system: str) -> Knobs:
        """What every simulated route does first: be slow, or be away (503)."""
        knobs = self.of(system)
        if knobs.slow_seconds:
            await asyncio.sleep(knobs.slow_seconds)
        if knobs.down:
            raise HTTPException(503, "down by its knob")
        return knobs


def knobs_router(switchboard: Switchboard) -> APIRouter:
    """``GET`` and ``PUT /knobs/<system>``."""
    router = APIRouter(prefix="/knobs")

    @router.get("/{system}")
    async def get_knobs(system: System) -> Knobs:
        return switchboard.of(system)

    @router.put("/{system}")
    async def put_knobs(system: System, knobs: Knobs) -> Knobs:
        switchboard.set(system, knobs)
        return knobs

    return router
