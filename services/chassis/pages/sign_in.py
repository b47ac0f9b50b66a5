"""Signing in and out: OpenID Connect code flow with PKCE against any provider, single sign-on by the provider.

The short-lived cookie of an attempt holds one secret: PKCE's verifier. State and nonce are digests of it, so that an
answer of the provider is believed only in the browser that asked.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import httpx2
from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from services.chassis.auth import IdentityProviderIsAway, TokenVerifier
from services.chassis.errors import Unauthenticated
from services.chassis.pages.forms import ANYBODY, Form, page_requires, page_router
from services.chassis.pages.sessions import cookie_name, end_session, forget_cookie, set_cookie, start_session
from services.chassis.principal import Principal
from services.chassis.settings import ServiceSettings

ATTEMPT_SECONDS = 900
ENDPOINTS_FRESH_SECONDS = 600


class SignInWasNotCompleted(Unauthenticated):
    """The provider refused, the attempt is too old, or the answer belongs to another browser."""

    text = "Proses masuk belum selesai."
    advice = "Mulai masuk sekali lagi dari halaman ini."


class Provider:
    """The identity provider as pages need it."""

    def __init__(self, settings: ServiceSettings, client: httpx2.AsyncClient | None = None) -> None:
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client_id
        self._client = client or httpx2.AsyncClient(timeout=10)
        self._identities = TokenVerifier(self._issuer, self._client_id)
        self._endpoints: Mapping[str, Any] = {}
        self._read_at = float(-ENDPOINTS_FRESH_SECONDS)

    async def endpoints(self) -> Mapping[str, Any]:
        """The provider's own description. Raises ``IdentityProviderIsAway``."""
        if time.monotonic() - self._read_at > ENDPOINTS_FRESH_SECONDS:
            try:
                found = await self._client.get(f"{self._issuer}/.well-known/openid-configuration")
                found.raise_for_status()
                self._endpoints = found.json()
                self._read_at = time.monotonic()
            except (httpx2.HTTPError, ValueError):
                if not self._endpoints:
                    raise IdentityProviderIsAway from None
        return self._endpoints

    async def address(self, redirect: str, verifier: str) -> str:
        """Where a browser goes to sign in."""
        query = {
            "client_id": self._client_id,
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": redirect,
            "state": derived("state", verifier),
            "nonce": derived("nonce", verifier),
            "code_challenge": _encoded(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        return f"{(await self.endpoints())['authorization_endpoint']}?{urlencode(query)}"

    async def tokens(self, code: str, redirect: str, verifier: str) -> tuple[str, str, str]:
        """Access, id and refresh token for a code; the last is empty where the provider gives none.

        Raises ``SignInWasNotCompleted``, ``IdentityProviderIsAway``.
        """
        form = {
            "grant_type": "authorization_code",
            "client_id": self._client_id,
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        try:
            found = await self._granted(form)
            access_token, id_token = str(found["access_token"]), str(found["id_token"])
        except KeyError:
            raise SignInWasNotCompleted from None
        claims = await self._identities.claims(id_token)
        if claims.get("nonce") != derived("nonce", verifier):
            raise SignInWasNotCompleted
        return access_token, id_token, str(found.get("refresh_token") or "")

    async def tokens_anew(self, refresh_token: str) -> tuple[str, str]:
        """A fresh access token, with the roles of now, and the refresh token for the next time.

        Raises ``SignInWasNotCompleted`` when the provider knows the sign-in no more, ``IdentityProviderIsAway``.
        """
        form = {"grant_type": "refresh_token", "client_id": self._client_id, "refresh_token": refresh_token}
        found = await self._granted(form)
        if "access_token" not in found:
            raise SignInWasNotCompleted
        return str(found["access_token"]), str(found.get("refresh_token") or refresh_token)

    async def _granted(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            given = await self._client.post((await self.endpoints())["token_endpoint"], data=form)
        except httpx2.HTTPError:
            raise IdentityProviderIsAway from None
        if given.status_code >= 500 or given.status_code == 429:
            raise IdentityProviderIsAway
        try:
            found = given.json()
        except ValueError:
            raise SignInWasNotCompleted from None
        if given.status_code != 200 or not isinstance(found, dict):
            raise SignInWasNotCompleted
        return found

    async def farewell(self, id_token: str, back: str) -> str:
        """Where a browser goes to sign out at the provider too; our own page when it knows no such place."""
        place = (await self.endpoints()).get("end_session_endpoint")
        query = {"client_id": self._client_id, "post_logout_redirect_uri": back, "id_token_hint": id_token}
        return f"{place}?{urlencode(query)}" if place else back


def derived(what: str, verifier: str) -> str:
    """A value that only whoever holds the verifier can make."""
    return _encoded(hashlib.sha256(f"{what}:{verifier}".encode()).digest())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def local_path(asked: str, root_path: str) -> str:
    """A path of this service, or its first page: nobody is sent elsewhere after signing in."""
    parts = urlsplit(asked)
    inside = parts.path.startswith(f"{root_path}/") and not parts.scheme and not parts.netloc
    return asked if inside and "\\" not in asked and asked.isprintable() else f"{root_path}/"


router = page_router()
Shown = Annotated[str, Query(max_length=2000)]


def _public(request: Request, path: str) -> str:
    settings: ServiceSettings = request.app.state.settings
    base = settings.public_url or str(request.base_url).rstrip("/") + request.app.state.root_path
    return f"{base.rstrip('/')}{path}"


def _attempt(request: Request) -> str:
    return f"{cookie_name(request.app.state.settings)}_masuk"


@router.get("/masuk", tags=["public"])
async def start_sign_in(request: Request, lanjut: Shown = "") -> Response:
    """Send the browser to the provider."""
    verifier = secrets.token_urlsafe(48)
    provider: Provider = request.app.state.pages.provider
    response = RedirectResponse(await provider.address(_public(request, "/masuk/kembali"), verifier), 303)
    after = _encoded(local_path(lanjut, request.app.state.root_path).encode())
    set_cookie(response, request, _attempt(request), f"{verifier}.{after}", ATTEMPT_SECONDS)
    return response


@router.get("/masuk/kembali", tags=["public"])
async def finish_sign_in(request: Request, state: Shown = "", code: Shown = "") -> Response:
    """Believe the provider's answer, begin a session, go where the person wanted to be."""
    verifier, _, after = request.cookies.get(_attempt(request), "").partition(".")
    is_ours = verifier and secrets.compare_digest(state.encode(), derived("state", verifier).encode())
    if not is_ours or not code:
        raise SignInWasNotCompleted
    provider: Provider = request.app.state.pages.provider
    access_token, id_token, refresh_token = await provider.tokens(code, _public(request, "/masuk/kembali"), verifier)
    principal: Principal = await request.app.state.verifier.verify(access_token)
    root_path = request.app.state.root_path
    try:
        wanted = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
    except ValueError:
        wanted = ""
    response = RedirectResponse(local_path(wanted, root_path), 303)
    settings: ServiceSettings = request.app.state.settings
    token = await start_session(request, principal, id_token, refresh_token)
    set_cookie(response, request, cookie_name(settings), token, settings.session_hours * 3600)
    forget_cookie(response, request, _attempt(request))
    return response


@router.get("/masuk/sudah")
async def signed_in(request: Request, caller: Annotated[Principal, page_requires(ANYBODY)]) -> Response:
    """Say to whoever signed in again in a second tab where to go on."""
    rendered: Response = request.app.state.pages.render(request, "signed-in.html")
    return rendered


@router.post("/keluar")
async def sign_out(request: Request, caller: Annotated[Principal, page_requires(ANYBODY)], form: Form) -> Response:
    """End the session here and at the provider."""
    provider: Provider = request.app.state.pages.provider
    await end_session(request)
    back = _public(request, "/keluar/selesai")
    response = RedirectResponse(await provider.farewell(request.state.session.id_token, back), 303)
    forget_cookie(response, request, cookie_name(request.app.state.settings))
    return response


@router.get("/keluar/selesai", tags=["public"])
async def signed_out(request: Request) -> Response:
    """Say that it is done, with a way back in."""
    rendered: Response = request.app.state.pages.render(request, "signed-out.html")
    return rendered
