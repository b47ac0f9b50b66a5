"""How connections are opened, and with them the units of a process."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.database.outgoing import Keeps
from services.chassis.database.scope import ScopeRule, district_scope
from services.chassis.database.unit import Units

_SERVER_SETTINGS = {
    "lock_timeout": "4000",
    "tcp_user_timeout": "10000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    # A writer that fell silent in the middle of its work lets go of the rows it locked.
    "idle_in_transaction_session_timeout": "10000",
    "jit": "off",
}


def connection_arguments(name: str, *, ends_when_silent_ms: int = 0) -> dict[str, Any]:
    """How every connection of ours is opened: bounded waits for locks, answers and dead peers.

    ``ends_when_silent_ms`` is for a session that holds something between its statements: the server ends it, and what
    it holds, when nothing was heard from us for so long.
    """
    settings = {**_SERVER_SETTINGS, "application_name": name, "idle_session_timeout": str(ends_when_silent_ms)}
    return {"server_settings": settings, "command_timeout": 15}


async def _as_it_is(connection: Any) -> None:
    """Single statements leave nothing behind in a session: no round trip to reset it."""


async def open_units(
    database_url: str,
    *,
    name: str,
    queue: str,
    pool_size: int,
    scope: ScopeRule = district_scope,
    said: Callable[[], None] = lambda: None,
    keeps: Keeps | None = None,
) -> Units:
    """Open both pools lazily: the database may still be away when a process starts."""
    arguments = connection_arguments(name)
    engine = create_async_engine(
        database_url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={**arguments, "timeout": 5},
    )
    pool = asyncpg.create_pool(database_url, min_size=0, max_size=pool_size, timeout=5, reset=_as_it_is, **arguments)
    pool_ready = await asyncio.wait_for(pool, 10)
    assert pool_ready is not None
    return Units(engine=engine, pool=pool_ready, queue=queue, scope=scope, said=said, keeps=keeps)
