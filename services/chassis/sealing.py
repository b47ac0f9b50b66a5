"""Sealing personal data: a key per person, wrapped for each service that may read (libsodium through PyNaCl).

A person's fields are sealed with that person's key (XSalsa20-Poly1305). The key itself travels wrapped for each
service's public key (X25519 sealed box). Whoever destroys a person's key makes every copy unreadable at once.
"""

import base64
from collections.abc import Mapping

import orjson
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random


class CannotUnseal(Exception):
    """The key does not fit or the bytes were changed; the text never says what was inside."""


def new_person_key() -> bytes:
    """A fresh 32-byte key for one person."""
    return random(SecretBox.KEY_SIZE)


def seal(fields: Mapping[str, str | None], person_key: bytes) -> bytes:
    """Seal a person's fields; the same fields give other bytes each time."""
    return bytes(SecretBox(person_key).encrypt(orjson.dumps(dict(fields), option=orjson.OPT_SORT_KEYS)))


def unseal(sealed: bytes, person_key: bytes) -> dict[str, str | None]:
    """The fields again. Raises ``CannotUnseal``."""
    try:
        fields: dict[str, str | None] = orjson.loads(SecretBox(person_key).decrypt(sealed))
    except (CryptoError, ValueError, TypeError):
        raise CannotUnseal from None
    return fields


def seal_bytes(body: bytes, key: bytes) -> bytes:
    """Seal a document's content with a key of its own; the same content gives other bytes each time."""
    return bytes(SecretBox(key).encrypt(body))


def unseal_bytes(sealed: bytes, key: bytes) -> bytes:
    """The content again. Raises ``CannotUnseal``."""
    try:
        return SecretBox(key).decrypt(sealed)
    except (CryptoError, ValueError, TypeError):
        raise CannotUnseal from None


def wrap_for_owner(key: bytes, private_key: str) -> bytes:
    """A key wrapped for the very service that holds the private key (base64); ``unwrap`` opens it."""
    return bytes(SealedBox(PrivateKey(base64.b64decode(private_key)).public_key).encrypt(key))


def wrap(person_key: bytes, recipients: Mapping[str, bytes]) -> dict[str, str]:
    """The person's key wrapped for each service: name -> base64."""
    return {
        service: base64.b64encode(SealedBox(PublicKey(public_key)).encrypt(person_key)).decode()
        for service, public_key in recipients.items()
    }


def unwrap(wrapped: bytes, private_key: str) -> bytes:
    """A person's key, unwrapped with the service's private key (base64). Raises ``CannotUnseal``."""
    try:
        return SealedBox(PrivateKey(base64.b64decode(private_key))).decrypt(wrapped)
    except (CryptoError, ValueError, TypeError):
        raise CannotUnseal from None


def recipients_from(setting: str) -> dict[str, bytes]:
    """Parse ``casework=<base64>,disbursement=<base64>`` into public keys."""
    found: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in setting.split(","))):
        service, _, key = part.partition("=")
        found[service] = base64.b64decode(key)
    return found
