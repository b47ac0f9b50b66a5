"""Keycloak's tables as a model: made once, restored into each new database."""

from pathlib import Path

from deploy.local import tools
from deploy.local.engines.postgresql import postgres_binaries
from deploy.local.engines.programs import run
from deploy.local.engines.site import Site


async def restore_keycloak(site: Site) -> None:
    """Fill the new database with Keycloak's tables from the model, which saves it a minute of making them."""
    if tools.keycloak_model().exists():
        await _postgres_tool(site, "pg_restore", "--no-owner", "--single-transaction", str(tools.keycloak_model()))


async def save_keycloak(site: Site, model: Path) -> None:
    """Keep Keycloak's tables as a model for new databases."""
    await _postgres_tool(site, "pg_dump", "--no-owner", "--no-acl", "-Fc", f"--file={model}")


async def _postgres_tool(site: Site, name: str, *arguments: str) -> None:
    where = f"host=127.0.0.1 port={site.ports['postgres']} user=keycloak dbname=keycloak"
    await run(
        *(str(postgres_binaries() / name), "-d", where, *arguments),
        env={"PGPASSWORD": site.keys.databases["keycloak"], "PATH": "/usr/bin:/bin"},
    )
