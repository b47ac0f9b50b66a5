"""Dukcapil and BPJS as the district's adapters meet them: JSON over HTTP, a reference with every question."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from deploy.sandbox.knobs import Switchboard
from deploy.sandbox.memory import Memory
from deploy.sandbox.scenario import Scenario

ASKED_BEFORE_BIOMETRICS_ANSWER = 3


class Identification(BaseModel):
    """A question about who somebody is; without a NIK the officer's biometric device is meant."""

    reference: str
    nik: str | None = None
    name: str | None = None


class Membership(BaseModel):
    """A question about health insurance."""

    reference: str
    nik: str | None = None


def registries_router(scenario: Scenario, memory: Memory, switchboard: Switchboard) -> APIRouter:
    """``POST /dukcapil/identifications`` and ``POST /bpjs/memberships``."""
    router = APIRouter()

    @router.post("/dukcapil/identifications")
    async def identify(question: Identification) -> dict[str, Any]:
        """A stated NIK is matched at once; a face needs time, and one of the nameless is found in the end."""
        knobs = await switchboard.pass_through("dukcapil")
        if knobs.wrong:
            return {"result": "SOMETHING_ELSE"}
        if question.nik:
            known = scenario.citizen(question.nik)
            return {"result": "MATCHED", **known} if known else {"result": "NOT_FOUND"}
        asked = memory.get("biometrics", question.reference) or {"times": 0}
        asked["times"] += 1
        memory.put("biometrics", question.reference, asked)
        if asked["times"] < ASKED_BEFORE_BIOMETRICS_ANSWER:
            return {"result": "PENDING"}
        found = memory.keep_first("recognised", "nobody-else", {"reference": question.reference})
        if found["reference"] == question.reference and question.name is None:
            return {"result": "MATCHED", **scenario.recognised_later}
        return {"result": "NOT_ENROLLED"}

    @router.post("/bpjs/memberships")
    async def membership(question: Membership) -> dict[str, Any]:
        """Without a NIK nobody is a member."""
        knobs = await switchboard.pass_through("bpjs")
        if knobs.wrong:
            return {"result": "SOMETHING_ELSE"}
        is_member = bool(question.nik) and int((question.nik or "0")[-1]) % 2 == 1
        return {"result": "ACTIVE" if is_member else "INACTIVE"}

    return router
