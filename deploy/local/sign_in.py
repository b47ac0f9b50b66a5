"""Tokens for programs of the demo: an agency's by its secret, a person's by the very way a browser takes."""

import base64
import hashlib
import re
import secrets
from html import unescape
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from deploy.local.accounts import PAGES_CLIENT, Accounts


class SignInFailed(Exception):
    """The provider gave no token; the text says at which step."""


def loopback_client() -> httpx2.AsyncClient:
    """A client that, like browsers, takes the loopback address for a safe place and returns secure cookies to it."""
    policy = DefaultCookiePolicy(secure_protocols=("https", "http"))
    return httpx2.AsyncClient(timeout=30, cookies=CookieJar(policy), trust_env=False)


async def machine_token(known: Accounts, agency: str) -> str:
    """An access token of an agency's program. Raises SignInFailed."""
    form = {"grant_type": "client_credentials", "client_id": agency, "client_secret": known.client_secrets[agency]}
    async with loopback_client() as client:
        answer = await client.post(known.token_url, data=form)
    if answer.status_code != 200:
        raise SignInFailed(f"no token for {agency}: {answer.status_code}")
    return str(answer.json()["access_token"])


async def staff_tokens(known: Accounts, username: str) -> dict[str, str]:
    """Access, id and refresh token of a person, by code flow with PKCE. Raises SignInFailed."""
    verifier = secrets.token_urlsafe(40)
    async with loopback_client() as client:
        page = await client.get(authorization_url(known, known.redirect, challenge_of(verifier)))
        action = re.search(r'<form[^>]+action="([^"]+)"', page.text)
        if page.status_code != 200 or action is None:
            raise SignInFailed(f"no sign-in page for {username}: {page.status_code}")
        sent = await client.post(unescape(action[1]), data={"username": username, "password": known.staff_password})
        answered = parse_qs(urlsplit(sent.headers.get("location", "")).query)
        if "code" not in answered:
            raise SignInFailed(f"the provider did not let {username} in: {sent.status_code}")
        form = {
            "grant_type": "authorization_code",
            "client_id": PAGES_CLIENT,
            "code": answered["code"][0],
            "redirect_uri": known.redirect,
            "code_verifier": verifier,
        }
        given = await client.post(known.token_url, data=form)
        if given.status_code != 200:
            raise SignInFailed(f"no tokens for {username}: {given.status_code}")
        tokens: dict[str, str] = given.json()
        return tokens


def authorization_url(known: Accounts, redirect: str, challenge: str | None) -> str:
    """Where a browser goes to sign in."""
    query = {
        "client_id": PAGES_CLIENT,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": redirect,
        "state": secrets.token_urlsafe(12),
    }
    if challenge is not None:
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{known.issuer}/protocol/openid-connect/auth?{urlencode(query)}"


def challenge_of(verifier: str) -> str:
    """What PKCE sends ahead of the verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
