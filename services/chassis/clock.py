"""Time and identifiers for everything outside a transaction.

Inside a unit of work the time is the transaction's database time: ``await uow.now()``.
"""

import uuid
from datetime import UTC, datetime

import uuid_utils.compat


def utc_now() -> datetime:
    """The process clock as an aware UTC instant."""
    return datetime.now(UTC)


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique, and ordered by the time it was made."""
    return uuid_utils.compat.uuid7()


def derived_id(namespace: uuid.UUID, name: str) -> uuid.UUID:
    """The same id for the same namespace and name (UUIDv5): an id that a repeated step mints again."""
    return uuid.uuid5(namespace, name)
