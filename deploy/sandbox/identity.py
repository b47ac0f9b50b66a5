"""Tokens for the sandbox's programs and people, from the real provider: no bypass.

Programs use client credentials. People sign in with the code flow and PKCE, by filling the provider's own form.
"""

import base64
import hashlib
import re
import secrets
import time
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx2


class CannotSignIn(Exception):
    """The provider did not give a token."""


class Machine:
    """An agency's program."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._url = f"{issuer}/protocol/openid-connect/token"
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._token = ""
        self._good_until = 0.0

    async def token(self, client: httpx2.AsyncClient) -> str:
        """A token that is good for another half minute at least."""
        if time.monotonic() > self._good_until:
            answer = await client.post(self._url, data=self._form)
            if answer.status_code != 200:
                raise CannotSignIn(answer.status_code)
            body = answer.json()
            self._token = str(body["access_token"])
            self._good_until = time.monotonic() + float(body["expires_in"]) - 30
        return self._token


class Person:
    """A member of staff who signs in as they would in a browser."""

    def __init__(self, issuer: str, client_id: str, redirect_uri: str, username: str, password: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._redirect_uri = redirect_uri
        self._username = username
        self._password = password
        self._token = ""
        self._good_until = 0.0

    async def token(self, client: httpx2.AsyncClient) -> str:
        """A token that is good for another half minute at least."""
        if time.monotonic() > self._good_until:
            self._token, lifetime = await self._sign_in()
            self._good_until = time.monotonic() + lifetime - 30
        return self._token

    async def _sign_in(self) -> tuple[str, float]:
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        endpoint = f"{self._issuer}/protocol/openid-connect"
        async with httpx2.AsyncClient(timeout=20) as browser:
            page = await browser.get(
                f"{endpoint}/auth",
                params={
                    "client_id": self._client_id,
                    "response_type": "code",
                    "scope": "openid",
                    "redirect_uri": self._redirect_uri,
                    "state": secrets.token_urlsafe(8),
                    "code_challenge": challenge,
                    "code_challenge_method": "S256",
                },
            )
            form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
            if form is None:
                raise CannotSignIn("no form")
            sent = await browser.post(
                unescape(form.group(1)), data={"username": self._username, "password": self._password}
            )
            code = parse_qs(urlsplit(sent.headers.get("location", "")).query).get("code")
            if not code:
                raise CannotSignIn(self._username)
            answer = await browser.post(
                f"{endpoint}/token",
                data={
                    "grant_type": "authorization_code",
                    "client_id": self._client_id,
                    "code": code[0],
                    "redirect_uri": self._redirect_uri,
                    "code_verifier": verifier,
                },
            )
            if answer.status_code != 200:
                raise CannotSignIn(self._username)
            body = answer.json()
            return str(body["access_token"]), float(body["expires_in"])
