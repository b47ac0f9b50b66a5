"""Passwords, client secrets and sealing keys of one state folder: made once, readable by their owner only.

Every password starts with `demo-`, so that a service can refuse them outside this deployment.
"""

import base64
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.places import write_whole
from deploy.local.ports import SERVICES

MARK = "demo-"


@dataclass(frozen=True, slots=True)
class Keys:
    """`databases`: role -> password; `sealing`: service -> base64 X25519 private key; `clients`: id -> secret.

    `realm`: the secret of the account that keeps the realm as the accounts say.
    `gateway`: what the messages' gateway signs its reports with.
    `identity`: service -> base64 secret under which it hashes NIKs.
    """

    postgres: str
    databases: dict[str, str]
    sealing: dict[str, str]
    identity: dict[str, str]
    clients: dict[str, str]
    staff: str
    realm: str
    gateway: str


def open_keys(state: Path, clients: tuple[str, ...] = ()) -> Keys:
    """The keys of a state folder; what is missing is made and kept."""
    kept_in = state / "secrets.json"
    kept = json.loads(kept_in.read_text()) if kept_in.exists() else {}
    roles = [f"{service}_{kind}" for service in SERVICES for kind in ("migrator", "app")] + ["keycloak"]
    keys = Keys(
        postgres=kept.get("postgres") or _password(),
        databases=_filled(kept.get("databases"), roles, _password),
        sealing=_filled(kept.get("sealing"), SERVICES, _sealing_key),
        identity=_filled(kept.get("identity"), ("casework", "disbursement"), _sealing_key),
        clients=_filled(kept.get("clients"), clients, _password),
        staff=kept.get("staff") or MARK + secrets.token_hex(4),
        realm=kept.get("realm") or _password(),
        gateway=kept.get("gateway") or _password(),
    )
    if asdict(keys) != kept:
        write_whole(kept_in, json.dumps(asdict(keys), indent=1) + "\n", mode=0o600)
    return keys


def public_key(private: str) -> str:
    """The base64 X25519 public key that belongs to a base64 private one."""
    from nacl.public import PrivateKey  # loaded late: the supervisor never needs it and stays small

    return base64.b64encode(bytes(PrivateKey(base64.b64decode(private)).public_key)).decode()


def _filled(kept: dict[str, str] | None, names: Iterable[str], make: Callable[[], str]) -> dict[str, str]:
    return {**(kept or {}), **{name: make() for name in names if name not in (kept or {})}}


def _password() -> str:
    return MARK + secrets.token_urlsafe(18)


def _sealing_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
