"""Documents of a hand-off, handed in and fetched through the public API."""

from uuid import UUID, uuid4

import httpx2

from tests.support.services import Bench


async def upload(
    bench: Bench, token: str, handoff_id: str, body: bytes, *, key: UUID | None = None, **query: str
) -> httpx2.Response:
    """Hand a file in."""
    headers = {
        "Authorization": f"Bearer {token}", "Idempotency-Key": str(key or uuid4()), "Content-Type": "application/pdf"
    }  # fmt: skip
    return await bench.client.post(f"/handoffs/{handoff_id}/documents", content=body, params=query, headers=headers)


async def download(bench: Bench, token: str, document_id: str) -> httpx2.Response:
    """Fetch it, whatever the answer."""
    return await bench.client.get(f"/documents/{document_id}", headers={"Authorization": f"Bearer {token}"})
