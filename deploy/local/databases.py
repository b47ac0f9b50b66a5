"""Databases and roles: one database and two roles per service, made when missing, mended when changed."""

import asyncio
import sys

import asyncpg

from deploy.local.engines import Site, open_site
from deploy.local.places import state_folder
from deploy.local.ports import SERVICES


async def create_databases(site: Site) -> None:
    """Make all databases and roles of a site; running it again changes nothing."""
    keys = site.keys
    for service in SERVICES:
        for role in (f"{service}_migrator", f"{service}_app"):
            await create_role(site, role, keys.databases[role])
        await create_database(site, f"sigap_{service}", f"{service}_migrator", f"{service}_app")
    await create_role(site, "keycloak", keys.databases["keycloak"])
    await create_database(site, "keycloak", "keycloak")


async def create_role(site: Site, role: str, password: str) -> None:
    """A role that may log in with this password."""
    connection = await _superuser(site, "postgres")
    try:
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
            await connection.execute(f'create role "{role}" login')
        await connection.execute(f"alter role \"{role}\" password '{password}'")
    finally:
        await connection.close()


async def create_database(site: Site, database: str, owner: str, app: str | None = None) -> None:
    """A database that only its owner and its app role may enter; the app role reads and writes rows, nothing else."""
    connection = await _superuser(site, "postgres")
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            await connection.execute(f'create database "{database}" owner "{owner}"')
        await connection.execute(f'revoke all on database "{database}" from public')
        if app is not None:
            await connection.execute(f'grant connect on database "{database}" to "{app}"')
    finally:
        await connection.close()
    if app is not None:
        await _open_to_app(site, database, owner, app)


async def _open_to_app(site: Site, database: str, owner: str, app: str) -> None:
    connection = await _superuser(site, database)
    try:
        await connection.execute(f"""
            revoke all on schema public from public;
            grant usage, create on schema public to "{owner}";
            grant usage on schema public to "{app}";
            alter default privileges for role "{owner}" in schema public
                grant select, insert, update, delete on tables to "{app}";
            alter default privileges for role "{owner}" in schema public grant usage, select on sequences to "{app}";
        """)
    finally:
        await connection.close()


async def drop_database(site: Site, database: str) -> None:
    """Drop a database together with its connections."""
    connection = await _superuser(site, "postgres")
    try:
        await connection.execute(f'drop database if exists "{database}" with (force)')
    finally:
        await connection.close()


async def _superuser(site: Site, database: str) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(site.database_url(database, "postgres", site.keys.postgres))


def main() -> int:
    """Make the databases of the state folder this command is about."""
    try:
        asyncio.run(create_databases(open_site(state_folder())))
    except asyncpg.InvalidPasswordError:
        print(
            "secrets.json does not belong to this database: bring the old file back, or run `make reset`",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
