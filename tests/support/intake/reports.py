"""Reports as intake is given them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.support.identity import Issuer

VILLAGE = "35.24.17.2001"


def report(**changes: Any) -> dict[str, Any]:
    """A plain report."""
    return {
        "channel": "VILLAGE_DESK",
        "kind": "ODGJ",
        "village_code": VILLAGE,
        "found_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        **changes,
    }


def staff(issuer: Issuer) -> dict[str, str]:
    """The headers of a caseworker's write, with a key of its own."""
    return {"Authorization": f"Bearer {issuer.token(roles=['caseworker'])}", "Idempotency-Key": str(uuid4())}
