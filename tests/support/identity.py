"""A small OpenID Connect issuer on loopback with keys of its own, for tests that need no real provider."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.support.loopback import Answers, serving


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs tokens that services configured with its ``url`` believe."""

    url: str
    _key: RSAKey

    def token(
        self,
        subject: str = "11111111-1111-4111-8111-111111111111",
        *,
        agency: str = "dinsos-lamongan",
        roles: Sequence[str] = (),
        offices: Sequence[str] = ("35.24",),
        audience: str = "sigap",
        expires_in_seconds: int = 3600,
        **claims: Any,
    ) -> str:
        """A signed access token."""
        now = int(time.time())
        body = {
            "iss": self.url,
            "sub": subject,
            "aud": audience,
            "iat": now,
            "exp": now + expires_in_seconds,
            "agency": agency,
            "roles": list(roles),
            "offices": list(offices),
            **claims,
        }
        return jwt.encode({"alg": "RS256", "kid": self._key.kid or ""}, body, self._key)

    def machine(self, agency: str, *more_roles: str, offices: Sequence[str] = ("35.24",)) -> str:
        """An agency program's token."""
        return self.token(f"machine-{agency}", agency=agency, roles=("agency", *more_roles), offices=offices)


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """Serve discovery and keys on a free loopback port."""
    key = RSAKey.generate_key(2048, parameters={"kid": "test-1", "use": "sig"})
    documents: dict[str, bytes] = {}

    class Handler(Answers):
        def do_GET(self) -> None:
            document = documents.get(self.path)
            self.say(200 if document else 404, document or b"{}")

    with serving(Handler) as url:
        documents["/.well-known/openid-configuration"] = json.dumps({"issuer": url, "jwks_uri": f"{url}/keys"}).encode()
        documents["/keys"] = json.dumps(KeySet([key]).as_dict(private=False)).encode()
        yield Issuer(url, key)
