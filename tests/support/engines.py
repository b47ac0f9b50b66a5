"""Real engines for tests: own ports, own state, gone when the test has gone.

async with running(["postgres", "kafka", "temporal"]) as stack:
    urls = await stack.fresh_database("intake")
    await stack.kill("kafka")
    await stack.start("kafka")
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import asyncpg

from deploy.local import engines
from deploy.local.accounts import CLIENTS
from deploy.local.databases import create_database, create_databases, drop_database
from deploy.local.engines import Site, open_site
from deploy.local.places import CHECKOUT
from deploy.local.realm import realm
from deploy.local.supervisor import Part, Supervisor
from services.chassis.migrations import migrate

TEST_STATE = CHECKOUT / "var" / "test"


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """A database made for one test: its name and the two ways in."""

    name: str
    migrator: str
    app: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Engines that run now."""

    site: Site
    _supervisor: Supervisor
    _migrated: dict[str, str] = field(default_factory=dict)
    """By service, the database that its migrations were run in once, to copy."""
    _migrating: asyncio.Lock = field(default_factory=asyncio.Lock)

    def postgres_url(self, database: str, role: str = "postgres") -> str:
        """A URL for a role; the password is known here for every role that `create_databases` makes."""
        password = self.site.keys.postgres if role == "postgres" else self.site.keys.databases[role]
        return self.site.database_url(database, role, password)

    @property
    def kafka_bootstrap(self) -> str:
        return f"127.0.0.1:{self.site.ports['kafka']}"

    @property
    def temporal_address(self) -> str:
        return f"127.0.0.1:{self.site.ports['temporal']}"

    @property
    def temporal_namespace(self) -> str:
        return engines.NAMESPACE

    @property
    def otlp_endpoint(self) -> str:
        return f"http://127.0.0.1:{self.site.ports['otlp']}"

    @property
    def zipkin_url(self) -> str:
        return f"http://127.0.0.1:{self.site.ports['zipkin']}"

    async def fresh_database(self, service: str, *, copy_of: str = "") -> DatabaseUrls:
        """A database of its own name, owned by the service's migrator and open to its app role; empty, or a copy."""
        name = f"sigap_{service}_{uuid4().hex[:10]}"
        owner, app = f"{service}_migrator", f"{service}_app"
        if copy_of:
            connection = await asyncpg.connect(self.postgres_url("postgres"))
            try:
                await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}" OWNER "{owner}"')
            finally:
                await connection.close()
        await create_database(self.site, name, owner, app)
        return DatabaseUrls(name, self.postgres_url(name, owner), self.postgres_url(name, app))

    async def migrated_database(self, service: str) -> DatabaseUrls:
        """A fresh database with the tables of the service's real migrations, which run once for all copies."""
        async with self._migrating:
            if service not in self._migrated:
                first = await self.fresh_database(service)
                await asyncio.to_thread(migrate, service, first.migrator)
                self._migrated[service] = first.name
            return await self.fresh_database(service, copy_of=self._migrated[service])

    async def drop_database(self, name: str) -> None:
        """Drop a database and whoever is connected to it."""
        await drop_database(self.site, name)

    async def kill(self, engine: str) -> None:
        """End an engine with SIGKILL; it stays down until `start`."""
        await self._supervisor.kill(engine)

    async def stop(self, engine: str) -> None:
        """Stop an engine in its own manner; it stays down until `start`."""
        await self._supervisor.halt(engine)

    async def start(self, engine: str) -> None:
        """Bring an engine back; returns when it is ready."""
        await self._supervisor.resume(engine)

    def pid(self, engine: str) -> int:
        """The process of an engine that runs."""
        pid = self._supervisor.running[engine].pid
        assert pid is not None, f"{engine} does not run"
        return pid

    @contextmanager
    def frozen(self, engine: str) -> Iterator[None]:
        """Hold an engine still: connections stay open, nothing is answered."""
        pid = self.pid(engine)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def running(
    names: Sequence[str], state: Path | None = None, *, durable: bool = False, postgres_under: Sequence[str] = ()
) -> AsyncIterator[Stack]:
    """Run engines until the block ends. Without `state` they get a folder of their own that goes with them.

    `durable=True` for tests that count what survives; the default spares the disk. `postgres_under`: a command that
    becomes PostgreSQL.
    """
    folder = state or TEST_STATE / f"engines-{os.getpid()}-{uuid4().hex[:6]}"
    _sweep()
    site = open_site(folder, usual_ports=False, clients=CLIENTS)
    make: dict[str, Callable[[], Part]] = {
        "postgres": lambda: _under(postgres_under, engines.postgres(site, durable=durable)),
        "kafka": lambda: engines.kafka(site, durable=durable),
        "temporal": lambda: engines.temporal(site),
        "zipkin": lambda: engines.zipkin(site),
        "otlp": lambda: engines.otlp(site),
        "keycloak": lambda: engines.keycloak(site, realm(site)),
    }
    parts = [make[name]() for name in names]
    if "postgres" in names:
        parts.append(_databases(site))
    supervisor = Supervisor(parts, folder / "log")
    try:
        await supervisor.start()
        yield Stack(site, supervisor)
    finally:
        await supervisor.stop_all()
        if state is None:
            engines.wipe_elsewhere(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _under(command: Sequence[str], part: Part) -> Part:
    """A part that is started through another command."""
    return replace(part, command=[*command, *part.command])


def _databases(site: Site) -> Part:
    """The databases, made while the other engines are still starting."""

    async def make() -> None:
        await create_databases(site)

    return Part(name="databases", command=["true"], once=True, after=["postgres"], prepare=make)


def _sweep() -> None:
    """Remove folders of test runs that were killed."""
    for folder in TEST_STATE.glob("engines-*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            shutil.rmtree(folder, ignore_errors=True)
