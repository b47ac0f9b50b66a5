"""A person who has signed in at a service under test: pages are asked for with the session's cookie."""

import hashlib
from typing import Any
from uuid import uuid4

import orjson
from bs4 import BeautifulSoup

from tests.support.services import Bench

CSRF = "csrf"


class Visitor:
    """Somebody at the pages of one service; forms carry the token of their session."""

    def __init__(self, bench: Bench, cookie: str) -> None:
        self._bench = bench
        self._headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        self.root: str = bench.app.state.root_path

    async def see(self, path: str) -> BeautifulSoup:
        """A page that must be there."""
        answer = await self._bench.client.get(path, headers=self._headers)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:400])
        return BeautifulSoup(answer.text, "html.parser")

    async def send(self, path: str, **fields: str) -> Any:
        """A form as it stands on a page; answers what came back, not followed."""
        data = {"csrf": CSRF, "kunci": str(uuid4()), **fields}
        return await self._bench.client.post(path, data=data, headers=self._headers)


async def signed_in(bench: Bench, agency: str, *roles: str, actor: str = "staff:pages") -> Visitor:
    """A session as sign-in leaves it."""
    token = uuid4().hex
    known = {"actor": actor, "agency": agency, "roles": roles, "offices": ["35.24"], "display_name": "Petugas Uji"}
    await bench.units.pool.execute(
        "INSERT INTO sessions (token_digest, principal, csrf_token, id_token, ends_at, district)"
        " VALUES ($1, $2::json, $3, '', now() + interval '1 hour', '35.24')",
        hashlib.sha256(token.encode()).digest(),
        orjson.dumps(known).decode(),
        CSRF,
    )
    return Visitor(bench, f"sigap_{bench.settings.service_name()}={token}")
