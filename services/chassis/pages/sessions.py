"""Sessions of people who signed in: on the server, under the digest of what the cookie holds."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from services.chassis import sealing
from services.chassis.auth import IdentityProviderIsAway
from services.chassis.errors import Unauthenticated
from services.chassis.pages.colleagues import district_of
from services.chassis.principal import Principal
from services.chassis.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class PageSession:
    """Who sits there, the token their forms must carry, and what signs them out at the provider."""

    principal: Principal
    csrf_token: str
    id_token: str


def cookie_name(settings: ServiceSettings) -> str:
    """A name per service: cookies ignore ports. Behind TLS browsers take one of this name from this host alone."""
    return f"{'__Host-' if is_secure(settings) else ''}sigap_{settings.service_name()}"


def is_secure(settings: ServiceSettings) -> bool:
    """Whether the service stands behind TLS; the demo does not."""
    return settings.deployment != "local"


def cookie_path(request: Request) -> str:
    """Where a cookie of the service is sent: «__Host-» needs the root of the host."""
    return "/" if is_secure(request.app.state.settings) else request.app.state.root_path


def forget_cookie(response: Response, request: Request, name: str) -> None:
    """Take a cookie of ``set_cookie`` back."""
    secure = is_secure(request.app.state.settings)
    response.delete_cookie(name, path=cookie_path(request), secure=secure, httponly=True, samesite="lax")


def set_cookie(response: Response, request: Request, name: str, value: str, seconds: int, path: str = "") -> None:
    """A cookie that scripts cannot read, that other sites' forms do not send, and that stays in this service."""
    settings: ServiceSettings = request.app.state.settings
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path or cookie_path(request),
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


async def start_session(request: Request, principal: Principal, id_token: str, refresh_token: str) -> str:
    """A new session; answers the cookie's value, which is kept nowhere and opens the refresh token kept here."""
    settings: ServiceSettings = request.app.state.settings
    pool = request.app.state.units.pool
    token = secrets.token_urlsafe(32)
    await pool.execute(
        "INSERT INTO sessions (token_digest, principal, csrf_token, id_token, ends_at, district, refresh_sealed)"
        " VALUES ($1, $2::json, $3, $4, now() + $5::int * interval '1 hour', $6, $7)",
        _digest(token),
        _kept(principal),
        secrets.token_urlsafe(24),
        id_token,
        settings.session_hours,
        district_of(principal),
        _sealed(refresh_token, token),
    )
    await request.app.state.pages.colleagues.meet(pool, principal)
    return token


async def open_session(request: Request) -> PageSession | None:
    """The session of the request's cookie, if it has not ended; a page that refreshes itself keeps nobody signed in.

    Every few minutes the provider is asked anew: whoever signed out elsewhere is out, roles are those of now.
    """
    settings: ServiceSettings = request.app.state.settings
    token = request.cookies.get(cookie_name(settings))
    if not token:
        return None
    idle = "ends_at > now() AND seen_at > now() - $2::int * interval '1 minute'"
    read = "principal, csrf_token, id_token, checked_at < now() - $3::int * interval '1 minute' AS is_due"
    looked = f"SELECT {read} FROM sessions WHERE token_digest = $1 AND {idle}"  # noqa: S608
    seen = f"UPDATE sessions SET seen_at = now() WHERE token_digest = $1 AND {idle} RETURNING {read}"  # noqa: S608
    statement = looked if "hx-request" in request.headers else seen
    pool = request.app.state.units.pool
    row = await pool.fetchrow(
        statement, _digest(token), settings.session_idle_minutes, settings.session_recheck_minutes
    )
    if row is None:
        return None
    principal = _principal(row["principal"])
    if row["is_due"]:
        found = await _checked_anew(request, token, principal)
        if found is None:
            return None
        principal = found
    return PageSession(principal, row["csrf_token"], row["id_token"] or "")


async def _checked_anew(request: Request, token: str, principal: Principal) -> Principal | None:
    """Who sits there by the provider's word of now; nothing once the provider knows the sign-in no more.

    One request of many asks; the others go on with what is known. While the provider is away that is good for as long
    as the setting says.
    """
    settings: ServiceSettings = request.app.state.settings
    pool = request.app.state.units.pool
    turn = await pool.fetchrow(
        "UPDATE sessions SET checked_at = now() WHERE token_digest = $1"
        " AND checked_at < now() - $2::int * interval '1 minute'"
        " RETURNING refresh_sealed, verified_at < now() - $3::int * interval '1 minute' AS is_unchecked",
        _digest(token),
        settings.session_recheck_minutes,
        settings.session_unchecked_minutes,
    )
    if turn is None:
        return principal
    try:
        found, next_token = await _asked(request, token, turn["refresh_sealed"])
    except IdentityProviderIsAway:
        if not turn["is_unchecked"]:
            return principal
        found, next_token = None, ""
    except (Unauthenticated, sealing.CannotUnseal):
        found, next_token = None, ""
    if found is None or found.actor != principal.actor:
        await end_session(request)
        return None
    if found.display_name != principal.display_name or found.agency != principal.agency:
        await request.app.state.pages.colleagues.meet(pool, found)
    await pool.execute(
        "UPDATE sessions SET principal = $2::json, refresh_sealed = $3, verified_at = now() WHERE token_digest = $1",
        _digest(token),
        _kept(found),
        _sealed(next_token, token),
    )
    return found


async def _asked(request: Request, token: str, refresh_sealed: bytes | None) -> tuple[Principal | None, str]:
    if refresh_sealed is None:
        raise IdentityProviderIsAway
    state = request.app.state
    refresh_token = str(sealing.unseal(refresh_sealed, _key(token))["refresh"])
    access_token, next_token = await state.pages.provider.tokens_anew(refresh_token)
    return await state.verifier.verify(access_token), next_token


async def issued_form(request: Request, csrf_token: str, actor: str | None) -> bool:
    """Whether a form's token was given out by this service, to ``actor`` where somebody is signed in.

    A session that has ended is remembered for a day: what was typed in it is offered again to whoever typed it.
    """
    if not csrf_token:
        return False
    found = await request.app.state.units.pool.fetchval(
        "SELECT 1 FROM sessions WHERE csrf_token = $1 AND ($2::text IS NULL OR principal->>'actor' = $2)",
        csrf_token,
        actor,
    )
    return found is not None


async def end_session(request: Request) -> None:
    """Forget the session of the request's cookie."""
    token = request.cookies.get(cookie_name(request.app.state.settings), "")
    await request.app.state.units.pool.execute("DELETE FROM sessions WHERE token_digest = $1", _digest(token))


def _key(token: str) -> bytes:
    return hashlib.sha256(b"refresh:" + token.encode()).digest()


def _sealed(refresh_token: str, token: str) -> bytes | None:
    return sealing.seal({"refresh": refresh_token}, _key(token)) if refresh_token else None


def _kept(principal: Principal) -> str:
    known = {
        "actor": principal.actor,
        "agency": principal.agency,
        "roles": sorted(principal.roles),
        "offices": list(principal.offices),
        "display_name": principal.display_name,
    }
    return orjson.dumps(known).decode()


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
