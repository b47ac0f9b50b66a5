"""Runs the Java engines once at installation, and keeps what makes each later start quick."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local import tools
from deploy.local.databases import create_databases
from deploy.local.engines import Site, kafka, keycloak, open_site, postgres, save_keycloak, wipe_elsewhere, zipkin
from deploy.local.places import tools_folder
from deploy.local.supervisor import Part, Supervisor


async def run_kafka_once() -> None:
    """Leave the broker's archive of loaded classes."""
    archive = tools.kafka_classes()
    if archive.exists():
        return
    async with _workshop("kafka") as site:
        draft = site.state / "classes.jsa"
        async with _running(site, [_archiving(kafka(site), draft)]):
            pass
        _keep(draft, archive)


async def run_zipkin_once() -> None:
    """Leave the trace store's archive of loaded classes."""
    archive = tools.zipkin_classes()
    if archive.exists():
        return
    async with _workshop("zipkin") as site:
        draft = site.state / "classes.jsa"
        async with _running(site, [_archiving(zipkin(site), draft)]):
            pass
        _keep(draft, archive)


async def run_keycloak_once() -> None:
    """Leave Keycloak's archive of loaded classes, and its tables as a model for new databases."""
    archive, model = tools.keycloak_classes(), tools.keycloak_model()
    if archive.exists() and model.exists():
        return
    async with _workshop("keycloak") as site:
        draft, dump = site.state / "classes.jsa", site.state / "model.dump"
        model.unlink(missing_ok=True)

        async def make_databases() -> None:
            await create_databases(site)

        databases = Part(name="databases", command=["true"], once=True, after=["postgres"], prepare=make_databases)
        parts = [postgres(site, durable=False), databases, _archiving(keycloak(site, None), draft)]
        async with _running(site, parts):
            await save_keycloak(site, dump)
        _keep(draft, archive)
        _keep(dump, model)


def _keep(made: Path, kept: Path) -> None:
    """Keep what a first run made. A machine too busy to make it starts slower and loses nothing else."""
    if made.exists():
        made.replace(kept)
    else:
        print(f"  {kept.name}: not made this time, the next starts will be slower", flush=True)


def _archiving(part: Part, archive: Path) -> Part:
    """The same part, writing its archive when it stops, which may take a while."""
    java, *rest = (word for word in part.command if not word.startswith("-XX:SharedArchiveFile"))
    return replace(part, command=[java, f"-XX:ArchiveClassesAtExit={archive}", *rest], stop_within_seconds=180)


@asynccontextmanager
async def _workshop(name: str) -> AsyncIterator[Site]:
    folder = tools_folder() / f".{name}.workshop"
    wipe_elsewhere(folder)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield open_site(folder, usual_ports=False)
    finally:
        wipe_elsewhere(folder)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _running(site: Site, parts: Sequence[Part]) -> AsyncIterator[None]:
    supervisor = Supervisor(parts, site.state / "log")
    await supervisor.start()
    try:
        yield
    finally:
        await supervisor.stop_all()
