"""Makes every service's tables and puts its district packs in force: ``python -m deploy.local.schemas <services>``.

Each service does the same by itself (``migrate``, ``load-pack``), in processes of its own that load everything anew.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.util import CommandError

from deploy.local.backups.manifest import known_revisions
from deploy.local.places import state_folder
from deploy.local.releases.record import read_upgrade
from services.chassis import migrations
from services.chassis.launch import load
from services.chassis.telemetry import set_up_logging

if TYPE_CHECKING:
    from services.chassis.service import Service

LOAD = "load-pack"


def main(names: Sequence[str]) -> int:
    """Bring every named service's database to where its code expects it; 1, with a line, when it cannot be."""
    services = {name: load(name) for name in names}
    owners = {name: service.settings.from_environment().migrator_database_url for name, service in services.items()}
    set_up_logging("schemas")
    tables = {name: asyncio.run(migrations.standing(url)) for name, url in owners.items()}
    if older := must_be_upgraded(state_folder(), tables):
        sys.stderr.write(
            f"{older[0]}: an older release made what stands here: `make upgrade` backs it up and goes on\n"
        )
        return 1
    for name, url in owners.items():
        try:
            migrations.migrate(name, url)
        except CommandError as error:
            sys.stderr.write(f"{name}: {error}; it comes from other code: go back to that, or `make rollback`\n")
            return 1
    return max(asyncio.run(_load_packs(service)) for service in services.values())


def must_be_upgraded(state: Path, tables: Mapping[str, str | None]) -> list[str]:
    """Services whose tables an older release made, and that no upgrade to this release was begun for."""
    begun = read_upgrade(state)
    return [
        service
        for service, revision in tables.items()
        if revision in known_revisions(service)
        and revision != (newest := migrations.newest(service))
        and (begun is None or begun.tables_after.get(service) != newest)
    ]


async def _load_packs(service: "Service") -> int:
    # Loaded late, as part of the services: before them, the collector would slow it down.
    from services.chassis.processes import run_command

    if LOAD not in service.commands:
        return 0
    return await run_command(service, service.settings.from_environment(), service.commands[LOAD], [])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
