"""Alembic for every service: one way to run its migrations, as the database's owner, never at start-up of an API.

A service's ``migrations/env.py`` calls ``run_migrations`` and nothing else.
"""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from services.chassis.telemetry import log

MIGRATION_LOCK = 5_213_524


def migrate(service: str, migrator_url: str) -> None:
    """Bring a service's database to its newest migration; waits for the database for up to a minute."""
    asyncio.run(_wait_for(migrator_url))
    config = _config(service)
    config.attributes["url"] = migrator_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    command.upgrade(config, "head")
    log().info("migrated", service=service)


def newest(service: str) -> str:
    """The revision of its tables that a service's code expects."""
    return str(ScriptDirectory.from_config(_config(service)).get_current_head())


async def standing(url: str) -> str | None:
    """The revision of the tables that a database has; None before the first. Raises ``asyncpg.PostgresError``."""
    connection = await asyncpg.connect(url, timeout=5)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        return str(await connection.fetchval("SELECT version_num FROM alembic_version"))
    finally:
        await connection.close()


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / service / "migrations"))
    return config


async def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            connection = await asyncpg.connect(url, timeout=5)
        except (OSError, TimeoutError, asyncpg.CannotConnectNowError):
            await asyncio.sleep(0.5)
            continue
        await connection.close()
        return


def run_migrations() -> None:
    """Called by a service's ``env.py``: one transaction, under a lock, so that two migrators do not meet."""
    url = context.config.attributes["url"]

    def run(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        context.configure(connection=connection, target_metadata=SQLModel.metadata)
        with context.begin_transaction():
            context.run_migrations()

    async def main() -> None:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
        await engine.dispose()

    asyncio.run(main())
