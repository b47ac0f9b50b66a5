"""The keyed hash by which one NIK is found again, and what is known of the real person behind a request. Pure."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reader:
    """What opens a person's sealed fields, and the secret under which a NIK is hashed: both base64, both ours alone."""

    private_key: str
    secret: str

    def digest(self, nik: str) -> bytes:
        """The keyed hash of a NIK: the same for the same number, of no use without the secret."""
        return hmac.digest(base64.b64decode(self.secret), nik.encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class RealPerson:
    """Everybody who is this person, this one included, and when the person died, if that is known."""

    members: frozenset[UUID]
    died_at: datetime | None
