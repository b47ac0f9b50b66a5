"""Makes every service's tables and puts its district packs in force: ``python -m deploy.local.schemas <services>``.

Each service does the same by itself (``migrate``, ``load-pack``), in processes of its own that load everything anew.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alembic.util import CommandError

from services.chassis import migrations
from services.chassis.launch import load
from services.chassis.telemetry import set_up_logging

if TYPE_CHECKING:
    from services.chassis.service import Service

LOAD = "load-pack"


def main(names: Sequence[str]) -> int:
    """Bring every named service's database to where its code expects it; 1, with a line, when it cannot be."""
    services = [load(name) for name in names]
    set_up_logging("schemas")
    for service in services:
        try:
            migrations.migrate(service.name, service.settings.from_environment().migrator_database_url)
        except CommandError as error:
            sys.stderr.write(
                f"{service.name}: {error}; it comes from other code: go back to that, or `make reset` wipes the state\n"
            )
            return 1
    return max(asyncio.run(_load_packs(service)) for service in services)


async def _load_packs(service: "Service") -> int:
    # Loaded late, as part of the services: before them, the collector would slow it down.
    from services.chassis.processes import run_command

    if LOAD not in service.commands:
        return 0
    return await run_command(service, service.settings.from_environment(), service.commands[LOAD], [])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
