"""Tokens for the sandbox's programs and people, from the real provider: no bypass.

Programs use client credentials; people sign in with the code flow and PKCE.
"""

import time

import httpx2

from deploy.local.accounts import Accounts
from deploy.local.sign_in import SignInFailed, staff_tokens


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
    """A member of staff who signs in as they would in a browser, by the provider's own form."""

    def __init__(self, known: Accounts, username: str) -> None:
        self._known = known
        self._username = username
        self._token = ""
        self._good_until = 0.0

    async def token(self, client: httpx2.AsyncClient) -> str:
        """A token that is good for another half minute at least."""
        if time.monotonic() > self._good_until:
            try:
                tokens = await staff_tokens(self._known, self._username)
            except SignInFailed as error:
                raise CannotSignIn(str(error)) from error
            self._token = tokens["access_token"]
            self._good_until = time.monotonic() + float(tokens["expires_in"]) - 30
        return self._token
