"""A small OpenID Connect issuer on loopback with keys of its own, for tests that need no real provider."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


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

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents.get(self.path)
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(document or b"{}")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    documents["/.well-known/openid-configuration"] = json.dumps({"issuer": url, "jwks_uri": f"{url}/keys"}).encode()
    documents["/keys"] = json.dumps(KeySet([key]).as_dict(private=False)).encode()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Issuer(url, key)
    finally:
        server.shutdown()
        server.server_close()
