"""`make upgrade`: this release takes over the state of an older one, behind a backup. `make rollback`: the way back.

Both are run in the folder of the release that shall run, on the same state. ADR 0022 says why this way.
"""

import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.accounts import open_demo_site
from deploy.local.backups.manifest import known_revisions
from deploy.local.backups.restoring import restore
from deploy.local.backups.taking import back_up, tables_of
from deploy.local.databases import superuser
from deploy.local.engines import WORKFLOWS, Site, kafka, postgres, temporal
from deploy.local.parts import run_service
from deploy.local.ports import APART, SERVICES
from deploy.local.releases.record import CannotUpgrade, Upgrade, forget_upgrade, read_upgrade, write_upgrade
from deploy.local.supervisor import PartFailed, Supervisor
from services.chassis.inbox import OPEN
from services.chassis.migrations import newest


async def prepare(state: Path, *, is_running: bool) -> Upgrade:
    """Check that this release can take over what stands, and back it up. Changes nothing.

    Raises CannotUpgrade, PartFailed, OSError.
    """
    site = open_demo_site()
    begun = read_upgrade(state)
    async with _engines(site, is_running=is_running):
        before = await tables_of(site)
        if not before:
            raise CannotUpgrade("nothing stands here yet: `make up` starts it")
        if begun is not None and before not in (begun.tables_before, begun.tables_after):
            raise CannotUpgrade(
                "an upgrade was begun and did not end: `make up` with that release goes on, "
                "`make rollback` with the one before takes it back"
            )
        for service, revision in before.items():
            if revision not in known_revisions(service):
                raise CannotUpgrade(
                    f"the tables of {service} are of a newer release ({revision}): "
                    "upgrade with one that knows them, or go back with `make rollback`"
                )
        after = {service: newest(service) for service in before}
        moved = [f"{service} {old} to {after[service]}" for service, old in before.items() if old != after[service]]
        print(f"  tables: {', '.join(moved) or 'as they are'}", flush=True)
        try:
            await _rehearse(site, before)
        except PartFailed as error:
            raise CannotUpgrade(f"{error}: this release is not for what runs here, tell whoever made it") from error
        await _tell_what_was_set_aside(site, before)
        folder = await back_up(site)
    upgrade = Upgrade(
        began_at=datetime.now(UTC).isoformat(), tables_before=before, tables_after=after, backup=str(folder)
    )
    write_upgrade(state, upgrade)
    return upgrade


def to_go_back_from(state: Path) -> Upgrade:
    """The upgrade that this release may take back. Raises CannotUpgrade."""
    upgrade = read_upgrade(state)
    if upgrade is None:
        raise CannotUpgrade("no upgrade was made here, or it was taken back")
    mine = {service: newest(service) for service in upgrade.tables_after}
    if mine == upgrade.tables_after != upgrade.tables_before:
        raise CannotUpgrade("this is the release that was upgraded to: run `make rollback` with the one before it")
    return upgrade


async def go_back(state: Path, upgrade: Upgrade) -> None:
    """Make what stands fit for this release, the one from before the upgrade.

    Where the upgrade changed no tables nothing is lost; else the backup is restored and what came after it is named.
    Raises CannotUpgrade, NotABackup, PartFailed, OSError.
    """
    site = open_demo_site()
    async with _engines(site, is_running=False):
        fits = await tables_of(site) == {service: newest(service) for service in upgrade.tables_after}
        begin_anew = fits and await _workflows_begin_anew(site)
    if begin_anew:
        shutil.rmtree(state / WORKFLOWS)
    if fits:
        print("  the tables are as this release made them: nothing is lost", flush=True)
    else:
        await restore(state, Path(upgrade.backup))
    forget_upgrade(state)


@asynccontextmanager
async def _engines(site: Site, *, is_running: bool) -> AsyncIterator[None]:
    """What holds the state, up for as long as it takes."""
    if is_running:
        yield
        return
    supervisor = Supervisor([postgres(site), kafka(site), temporal(site)], site.state / "log")
    await supervisor.start()
    try:
        yield
    finally:
        await supervisor.stop_all()


async def _rehearse(site: Site, services: Iterable[str]) -> None:
    """Raises PartFailed when an open workflow cannot go on under this release."""
    for service in services:
        if "worker" in APART[service]:
            await run_service(site, service, ["rehearse"])


async def _workflows_begin_anew(site: Site) -> bool:
    """Have all workflows start from the rows when one that the newer release began cannot go on under this one."""
    try:
        await _rehearse(site, SERVICES)
    except PartFailed as error:
        print(f"  {error}; all workflows start anew, from the rows", flush=True)
        for service in SERVICES:
            await run_service(site, service, ["reconcile"])
        return True
    return False


async def _tell_what_was_set_aside(site: Site, services: Iterable[str]) -> None:
    for service in services:
        async with superuser(site, f"sigap_{service}") as connection:
            number = await connection.fetchval(
                "SELECT count(*) FROM dead_letters WHERE state = ANY($1::text[])", [state.value for state in OPEN]
            )
        if number:
            print(f"  {service}: {number} messages are set aside, this release tries them again", flush=True)
