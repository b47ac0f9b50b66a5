"""Somebody with a session, who looks at pages and fills in the forms that they show."""

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx2
from bs4 import BeautifulSoup

from services.chassis.pages.sessions import cookie_name
from tests.support.services import Bench


class Visitor:
    """Somebody of the office who has signed in."""

    def __init__(self, bench: Bench, actor: str, roles: Sequence[str], agency: str = "dinsos-lamongan") -> None:
        self._bench, self._actor, self._roles, self._agency = bench, actor, roles, agency
        self._token, self.csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)

    async def sit_down(self) -> "Visitor":
        principal = {
            "actor": f"user:{self._actor}",
            "agency": self._agency,
            "roles": list(self._roles),
            "offices": ["35.24"],
            "display_name": "Seseorang",
        }
        await self._bench.units.pool.execute(
            "INSERT INTO sessions (token_digest, principal, csrf_token, ends_at, district)"
            " VALUES ($1, $2::json, $3, now() + interval '1 hour', '35.24')",
            hashlib.sha256(self._token.encode()).digest(),
            json.dumps(principal),
            self.csrf,
        )
        return self

    async def get(self, path: str) -> httpx2.Response:
        return await self._bench.client.get(path, headers=self._headers())

    async def see(self, path: str) -> BeautifulSoup:
        """A page that must be there."""
        page = await self.get(path)
        assert page.status_code == 200, (path, page.status_code, page.text[:400])
        return BeautifulSoup(page.text, "html.parser")

    async def read(self, path: str) -> str:
        """A page as people read it: without its tags."""
        return " ".join(re.sub(r"<[^>]+>", " ", str(await self.see(path))).split())

    async def post(self, path: str, *, seen_at: str = "", **fields: Any) -> httpx2.Response:
        """Send a form. ``seen_at``: the address of the page on which it stood, as browsers say it."""
        form = {"csrf": self.csrf, "kunci": str(uuid4()), **fields}
        page = f"{str(self._bench.client.base_url).rstrip('/')}{seen_at}"
        headers = {**self._headers(), **({"Referer": page} if seen_at else {})}
        return await self._bench.client.post(path, data=form, headers=headers)

    async def send(self, path: str, media_type: str, body: bytes) -> httpx2.Response:
        """Send anything to the address of a form."""
        headers = {**self._headers(), "Content-Type": media_type}
        return await self._bench.client.post(path, content=body, headers=headers)

    async def do(self, path: str, **fields: Any) -> str:
        """Send a form that is taken; answers which notice the page then shows."""
        answer = await self.post(path, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].split("selesai=")[1].split("&")[0]

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{cookie_name(self._bench.settings)}={self._token}"}
