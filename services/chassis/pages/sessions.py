"""Sessions of people who signed in: on the server, under the digest of what the cookie holds."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from services.chassis.principal import Principal
from services.chassis.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class PageSession:
    """Who sits there, the token their forms must carry, and what signs them out at the provider."""

    principal: Principal
    csrf_token: str
    id_token: str


def cookie_name(settings: ServiceSettings) -> str:
    """A name per service: cookies ignore ports."""
    return f"sigap_{settings.service_name()}"


def set_cookie(response: Response, request: Request, name: str, value: str, seconds: int, path: str = "") -> None:
    """A cookie that scripts cannot read, that other sites' forms do not send, and that stays in this service."""
    settings: ServiceSettings = request.app.state.settings
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path or request.app.state.root_path,
        secure=settings.deployment != "local",
        httponly=True,
        samesite="lax",
    )


async def start_session(request: Request, principal: Principal, id_token: str) -> str:
    """A new session; answers the cookie's value, which is kept nowhere."""
    settings: ServiceSettings = request.app.state.settings
    pool = request.app.state.units.pool
    token = secrets.token_urlsafe(32)
    known = {
        "actor": principal.actor,
        "agency": principal.agency,
        "roles": sorted(principal.roles),
        "offices": list(principal.offices),
        "display_name": principal.display_name,
    }
    await pool.execute(
        "INSERT INTO sessions (token_digest, principal, csrf_token, id_token, ends_at, district)"
        " VALUES ($1, $2::json, $3, $4, now() + $5::int * interval '1 hour', $6)",
        _digest(token),
        orjson.dumps(known).decode(),
        secrets.token_urlsafe(24),
        id_token,
        settings.session_hours,
        principal.offices[0][:5] if principal.offices else "",
    )
    return token


async def open_session(request: Request) -> PageSession | None:
    """The session of the request's cookie, if it has not ended; a page that refreshes itself keeps nobody signed in."""
    settings: ServiceSettings = request.app.state.settings
    token = request.cookies.get(cookie_name(settings))
    if not token:
        return None
    idle = "ends_at > now() AND seen_at > now() - $2::int * interval '1 minute'"
    looked = f"SELECT principal, csrf_token, id_token FROM sessions WHERE token_digest = $1 AND {idle}"  # noqa: S608
    seen = (
        f"UPDATE sessions SET seen_at = now() WHERE token_digest = $1 AND {idle}"  # noqa: S608
        " RETURNING principal, csrf_token, id_token"
    )
    statement = looked if "hx-request" in request.headers else seen
    pool = request.app.state.units.pool
    row = await pool.fetchrow(statement, _digest(token), settings.session_idle_minutes)
    if row is None:
        return None
    return PageSession(_principal(row["principal"]), row["csrf_token"], row["id_token"] or "")


async def end_session(request: Request) -> None:
    """Forget the session of the request's cookie."""
    token = request.cookies.get(cookie_name(request.app.state.settings), "")
    await request.app.state.units.pool.execute("DELETE FROM sessions WHERE token_digest = $1", _digest(token))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _principal(kept: Any) -> Principal:
    known = orjson.loads(kept) if isinstance(kept, str | bytes) else kept
    return Principal(
        actor=known["actor"],
        agency=known["agency"],
        roles=frozenset(known["roles"]),
        offices=tuple(known["offices"]),
        display_name=known["display_name"],
    )
