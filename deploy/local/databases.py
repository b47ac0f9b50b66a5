"""Databases and roles: one database and two roles per service, made when missing, mended when changed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from deploy.local.accounts import open_demo_site
from deploy.local.engines import Site, restore_keycloak
from deploy.local.ports import SERVICES
from deploy.local.supervisor import PartFailed


async def create_databases(site: Site) -> None:
    """Make all databases and roles of a site; running it again changes nothing."""
    async with superuser(site, "postgres") as connection:
        for role, password in site.keys.databases.items():
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                await connection.execute(f'create role "{role}" login')
            await connection.execute(f"alter role \"{role}\" password '{password}'")
    await asyncio.gather(
        *(create_database(site, f"sigap_{name}", f"{name}_migrator", f"{name}_app") for name in SERVICES),
        _create_keycloak(site),
    )


async def _create_keycloak(site: Site) -> None:
    if await create_database(site, "keycloak", "keycloak"):
        await restore_keycloak(site)


async def create_database(site: Site, database: str, owner: str, app: str | None = None) -> bool:
    """A database that only its owner and its app role may enter; the app role reads and writes rows, nothing else.

    True when it was not there before.
    """
    async with superuser(site, "postgres") as connection:
        is_new = not await connection.fetchval("select 1 from pg_database where datname = $1", database)
        if is_new:
            await connection.execute(f'create database "{database}" owner "{owner}"')
        await connection.execute(f'revoke all on database "{database}" from public')
        if app is not None:
            await connection.execute(f'grant connect on database "{database}" to "{app}"')
    if app is not None:
        async with superuser(site, database) as connection:
            await connection.execute(_OPEN_TO_APP.format(owner=owner, app=app))
    return is_new


async def drop_database(site: Site, database: str) -> None:
    """Drop a database together with its connections."""
    async with superuser(site, "postgres") as connection:
        await connection.execute(f'drop database if exists "{database}" with (force)')


_OPEN_TO_APP = """
    revoke all on schema public from public;
    grant usage, create on schema public to "{owner}";
    grant usage on schema public to "{app}";
    alter default privileges for role "{owner}" in schema public
        grant select, insert, update, delete on tables to "{app}";
    alter default privileges for role "{owner}" in schema public grant usage, select on sequences to "{app}";
"""


@asynccontextmanager
async def superuser(site: Site, database: str) -> AsyncIterator[Any]:
    """A connection that may do anything, to one database of a site."""
    connection = await asyncpg.connect(site.database_url(database, "postgres", site.keys.postgres))
    try:
        yield connection
    finally:
        await connection.close()


def main() -> int:
    """Make the databases of the state folder this command is about."""
    try:
        asyncio.run(create_databases(open_demo_site()))
    except asyncpg.InvalidPasswordError:
        print("secrets.json is not this database's: bring the old file back, or run `make reset`", file=sys.stderr)
        return 1
    except PartFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
