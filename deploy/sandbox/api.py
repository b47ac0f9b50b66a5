"""How the sandbox's programs call our public API: their own token, a key per write, the trace they were sent."""

from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx2


class Caller(Protocol):
    """Whoever can get a token."""

    async def token(self, client: httpx2.AsyncClient) -> str:
        """A good token."""
        ...


class OurApi:
    """One caller at one of our services."""

    def __init__(self, client: httpx2.AsyncClient, base_url: str, caller: Caller, name: str) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._caller = caller
        self._name = name

    async def get(self, path: str, **params: Any) -> Any:
        """Read. Raises ``httpx2.HTTPError`` for anything but success."""
        answer = await self._client.get(f"{self._base_url}{path}", params=params or None, headers=await self._headers())
        answer.raise_for_status()
        return answer.json()

    async def post(
        self, path: str, body: dict[str, Any], *, occasion: str, traceparent: str | None = None
    ) -> httpx2.Response:
        """Write, under a key made from the occasion: after a crash the same write is made again and counts once."""
        headers = await self._headers()
        headers["Idempotency-Key"] = str(key_for(self._name, path, occasion))
        if traceparent:
            headers["traceparent"] = traceparent
        return await self._client.post(f"{self._base_url}{path}", json=body, headers=headers)

    async def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self._caller.token(self._client)}"}


def key_for(name: str, path: str, occasion: str) -> UUID:
    """The idempotency key of a write."""
    return uuid5(NAMESPACE_URL, f"sandbox:{name}:{path}:{occasion}")
