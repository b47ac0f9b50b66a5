"""Hand-offs opened by hand, and what a desk sees of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.chassis import clock
from tests.support.casework.agencies import SOEGIRI
from tests.support.casework.desk import Desk


async def ask(
    office: Desk, case_id: UUID, *candidates: str, purpose: str = "INPATIENT_BED", **more: Any
) -> dict[str, Any]:
    """Open by hand; answers the first candidate's hand-off as the office sees it."""
    made = await office.post(
        f"/cases/{case_id}/handoffs", purpose=purpose, candidates=list(candidates or (SOEGIRI,)), **more
    )
    seen: dict[str, Any] = await office.get(f"/handoffs/{made['handoff_id']}")
    return seen


async def seen(desk: Desk, handoff: dict[str, Any]) -> dict[str, Any]:
    """The hand-off as a desk sees it now."""
    found: dict[str, Any] = await desk.get(f"/handoffs/{handoff['handoff_id']}")
    return found


def deadlines(handoff: dict[str, Any], state: str = "running") -> dict[str, str]:
    """Due instants of the deadlines in a state, by kind."""
    return {c["kind"]: c["due_at"] for c in handoff["deadlines"] if c["state"] == state}


def later(**span: int) -> str:
    """An instant so far from now, as the API writes it."""
    return (clock.utc_now() + timedelta(**span)).isoformat()
