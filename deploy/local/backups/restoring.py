"""`make restore FROM=<folder>`: a system made from a backup. What stood before is set aside, never dropped."""

import asyncio
import json
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from deploy.local.accounts import open_demo_site
from deploy.local.backups.events import load_events
from deploy.local.backups.manifest import (
    CLUSTER,
    DOCUMENTS,
    EVENTS,
    SECRETS,
    Manifest,
    NotABackup,
    check_files,
    read_manifest,
)
from deploy.local.databases import superuser
from deploy.local.engines import Site, move_elsewhere, place_cluster, postgres, postgres_binaries, write_realm_standing
from deploy.local.engines.programs import run
from deploy.local.parts import run_service, system
from deploy.local.places import shown, write_whole
from deploy.local.ports import SERVICES
from deploy.local.supervisor import Part, PartFailed, Supervisor
from services.chassis.launch import load

SAID_AGAIN_BEFORE = timedelta(minutes=5)
"""What was sent so shortly before the events were copied is sent again, since clocks differ: receivers know its id."""
GROUND = ("postgres", "kafka", "topics", "databases", "pace", "schemas")
KEPT = ("tools", "test", "backups", "replaced", "ports.json", "ports.own.json", "sandbox", "lock")


async def restore(state: Path, source: Path) -> None:
    """Make the system of a state folder what it was when the backup was taken; `make up` starts it.

    What happened after the backup is named, and its numbers are not given again. Raises NotABackup before anything is
    touched, PartFailed when an engine does not start.
    """
    began = time.monotonic()
    manifest = read_manifest(source)
    check_files(source, manifest)
    await _check_databases(source, manifest)
    print(f"  the backup of {manifest.ended_at} is whole", flush=True)
    lost = await _name_what_came_after(manifest) if (state / "status.json").exists() else None
    replaced = _set_aside(state)
    if replaced is not None:
        print(f"  what stood before lies in {shown(replaced)}", flush=True)
    site = _put_in_place(state, source, manifest)
    await _begin(site, manifest, source, lost)
    print(f"restored in {time.monotonic() - began:.1f} s: `make up` starts it")


async def _check_databases(source: Path, manifest: Manifest) -> None:
    release = (await _version()).split(".")[0]
    if manifest.postgres != release:
        raise NotABackup(
            f"the databases are PostgreSQL {manifest.postgres}'s, here is {release}: restore with that one"
        )
    try:
        await run(str(postgres_binaries() / "pg_verifybackup"), "--quiet", str(source / CLUSTER))
    except PartFailed as error:
        raise NotABackup(f"the databases in {shown(source)} are not as they were backed up ({error})") from error


async def _version() -> str:
    asked = await asyncio.create_subprocess_exec(
        str(postgres_binaries() / "postgres"), "--version", stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asked.communicate()
    return said.decode().split()[-1]


async def _name_what_came_after(manifest: Manifest) -> dict[str, Any]:
    """What the standing system knows and the backup does not, and the last number of each series."""
    site = open_demo_site()
    supervisor = Supervisor([postgres(site)], site.state / "log")
    try:
        await supervisor.start()
    except PartFailed as error:
        print(f"  what came after the backup cannot be read: {error}", flush=True)
        return {}
    try:
        facts, series = {}, {}
        for service in SERVICES:
            async with superuser(site, f"sigap_{service}") as connection:
                facts[service] = [dict(row) for row in await connection.fetch(_AFTER, manifest.ended)]
                series[service] = {
                    table: await connection.fetchval(f'SELECT json_agg(to_json(t)) FROM "{table}" t')  # noqa: S608
                    for table in load(service).series
                }
    except (asyncpg.PostgresError, OSError) as error:
        print(f"  what came after the backup cannot be read: {type(error).__name__}", flush=True)
        return {}
    finally:
        await supervisor.stop_all()
    return {"facts": facts, "series": series}


_AFTER = """
SELECT headers->>'ce_type' AS fact, headers->>'ce_subject' AS subject, recorded_at::text AS recorded_at
FROM outbox WHERE transport = 'kafka' AND recorded_at > $1 ORDER BY id
"""


def _set_aside(state: Path) -> Path | None:
    """Move what stands out of the way."""
    standing = [item for item in state.iterdir() if item.name not in KEPT] if state.exists() else []
    if not standing:
        return None
    aside = state / "replaced" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    aside.mkdir(parents=True, mode=0o700)
    move_elsewhere(state, aside)
    for item in standing:
        if item.exists():
            item.rename(aside / item.name)
    return aside


def _put_in_place(state: Path, source: Path, manifest: Manifest) -> Site:
    state.mkdir(parents=True, exist_ok=True)
    write_whole(state / SECRETS, (source / SECRETS).read_text(), mode=0o600)
    if (source / DOCUMENTS).exists():
        shutil.copytree(source / DOCUMENTS, state / DOCUMENTS)
    site = open_demo_site()
    place_cluster(site, source / CLUSTER)
    if manifest.realm:
        write_realm_standing(site, manifest.realm)
    return site


async def _begin(site: Site, manifest: Manifest, source: Path, lost: dict[str, Any] | None) -> None:
    """Fill Kafka, have said again what it does not hold, and look again at every open thing."""
    supervisor = Supervisor(ground(site), site.state / "log")
    await supervisor.start()
    try:
        loaded = await load_events(f"127.0.0.1:{site.ports['kafka']}", source / EVENTS)
        print(f"  {loaded} events", flush=True)
        again = (manifest.began - SAID_AGAIN_BEFORE).isoformat()
        series = (lost or {}).get("series", {})
        gone_on = [_go_on(site, service, again, series.get(service)) for service in SERVICES]
        for failed in await asyncio.gather(*gone_on, return_exceptions=True):
            if isinstance(failed, BaseException):
                raise failed
        _tell(site, manifest, (lost or {}).get("facts"))
    finally:
        await supervisor.stop_all()


async def _go_on(site: Site, service: str, again: str, series: dict[str, Any] | None) -> None:
    """Have said again what was said since, leave out no number and give none twice, and look at every open thing."""
    numbers = site.state / f"numbers-{service}.json"
    if series:
        write_whole(numbers, json.dumps({name: json.loads(rows or "[]") for name, rows in series.items()}))
    await run_service(site, service, ["restored", again, *([str(numbers)] if series else [])])
    await run_service(site, service, ["reconcile"])
    numbers.unlink(missing_ok=True)


def ground(site: Site) -> list[Part]:
    """What must stand before the services: databases with their tables, and empty topics."""
    return [part for part in system(site) if part.name in GROUND]


def _tell(site: Site, manifest: Manifest, facts: dict[str, list[dict[str, str]]] | None) -> None:
    if facts is None:
        print(f"  what happened after {manifest.ended_at} is not known")
        return
    lines = [f"{row['recorded_at']} {row['fact']} {row['subject']}" for rows in facts.values() for row in rows]
    report = site.state / "restored.txt"
    write_whole(report, f"After the backup of {manifest.ended_at}, and not in it:\n" + "\n".join(sorted(lines)) + "\n")
    print(f"  {len(lines)} facts came after the backup and are not in it: {shown(report)}")
