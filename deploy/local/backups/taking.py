"""`make backup`: everything at one point, while everything runs."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from deploy.local.backups.events import save_events
from deploy.local.backups.manifest import (
    CLUSTER,
    DOCUMENTS,
    EVENTS,
    FORM,
    SECRETS,
    Manifest,
    digests,
    write_manifest,
)
from deploy.local.engines import Site, postgres_binaries, realm_standing
from deploy.local.engines.programs import run
from deploy.local.places import shown
from deploy.local.ports import SERVICES
from services.chassis.migrations import standing


async def back_up(site: Site, to: Path | None = None) -> Path:
    """Copy databases, events, documents and secrets of a running system into a folder of their own.

    The events come first, the databases after them, at one point for all: what the events say is in the databases, and
    what is only in the databases is said again. Documents come last: a database names none that is not there. Raises
    PartFailed, OSError.
    """
    began, started = datetime.now(UTC), time.monotonic()
    folder = to or site.state / "backups" / f"{began:%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True, mode=0o700)
    events = await save_events(f"127.0.0.1:{site.ports['kafka']}", folder / EVENTS)
    print(f"  {events} events", flush=True)
    await _copy_databases(site, folder / CLUSTER)
    print("  databases: " + ", ".join([*SERVICES, "keycloak"]), flush=True)
    ended = datetime.now(UTC)
    documents = site.state / DOCUMENTS
    if documents.exists():
        shutil.copytree(documents, folder / DOCUMENTS)
    shutil.copy2(site.state / SECRETS, folder / SECRETS)
    print("  documents and secrets", flush=True)
    manifest = Manifest(
        form=FORM,
        began_at=began.isoformat(),
        ended_at=ended.isoformat(),
        postgres=(folder / CLUSTER / "PG_VERSION").read_text().strip(),
        schemas=await tables_of(site),
        realm=realm_standing(site) or "",
        events=events,
        files=dict(digests(folder)),
    )
    write_manifest(folder, manifest)
    print(f"backed up in {time.monotonic() - started:.1f} s to {shown(folder)}: it holds secrets, keep it under lock")
    return folder


async def _copy_databases(site: Site, to: Path) -> None:
    await run(
        str(postgres_binaries() / "pg_basebackup"),
        *("-h", "127.0.0.1", "-p", str(site.ports["postgres"]), "-U", "postgres", "-D", str(to)),
        *("--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password"),
        env={"PGPASSWORD": site.keys.postgres, "PATH": "/usr/bin:/bin"},
    )


async def tables_of(site: Site) -> dict[str, str]:
    """The revision of the tables of each service that has some."""
    found: dict[str, str] = {}
    for service in SERVICES:
        try:
            revision = await standing(site.database_url(f"sigap_{service}", "postgres", site.keys.postgres))
        except asyncpg.InvalidCatalogNameError:
            continue
        if revision is not None:
            found[service] = revision
    return found
