"""The background process of a running system: holds the lock, runs the supervisor, keeps the status file."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from deploy.local import ports
from deploy.local.accounts import open_demo_site
from deploy.local.engines import Site
from deploy.local.parts import system
from deploy.local.places import CHECKOUT, state_folder, write_whole
from deploy.local.supervisor import Part, PartFailed, Stage, Supervisor
from deploy.local.tools import ToolMissing

LOOK_AT_LOGS_EVERY_SECONDS = 60


@dataclass(slots=True)
class PartStatus:
    """One line of the status: `began` tells a process from a later one with the same id."""

    name: str
    stage: str
    once: bool
    ports: list[int]
    pid: int | None = None
    began: float | None = None
    after: list[str] = field(default_factory=list)
    waited: float | None = None
    seconds: float | None = None
    cpu: float | None = None
    restarts: int = 0
    trouble: str | None = None
    is_awaited: bool = True


@dataclass(slots=True)
class Status:
    """What `status.json` holds. `phase`: starting, ready, failed, stopping, stopped."""

    phase: str
    supervisor: int
    seconds: float | None = None
    trouble: str | None = None
    notes: list[str] = field(default_factory=list)
    parts: list[PartStatus] = field(default_factory=list)


class AlreadyRunning(Exception):
    """Another supervisor has this state folder."""


def read_status(state: Path) -> Status | None:
    """The last status of a state folder; None before the first start."""
    file = state / "status.json"
    if not file.exists():
        return None
    told = json.loads(file.read_text())
    return Status(**(told | {"parts": [PartStatus(**part) for part in told["parts"]]}))


@contextlib.contextmanager
def locked(state: Path) -> Iterator[IO[str]]:
    """Hold a state folder. Raises AlreadyRunning."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def holder(state: Path) -> int | None:
    """The supervisor that holds a state folder now."""
    file = state / "lock"
    if not file.exists():
        return None
    with file.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read() or 0) or None
    return None


def process_began(pid: int) -> float | None:
    """When a process was started, in clock ticks since boot; None when it runs no more."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if told[0] == "Z" else float(told[19])
    except (OSError, IndexError):
        return None


def end_leftovers(state: Path) -> list[str]:
    """Kill what a killed supervisor may have left behind; only processes this state folder started itself."""
    status = read_status(state)
    ended = []
    for part in status.parts if status else []:
        if part.pid and part.began is not None and process_began(part.pid) == part.began:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(part.pid, signal.SIGKILL)
                ended.append(part.name)
    return ended


async def supervise() -> int:
    """Run the system of the state folder until told to stop; the exit code says whether it stood."""
    state = state_folder()
    with locked(state):
        end_leftovers(state)
        status = Status(phase="starting", supervisor=os.getpid())
        began = time.monotonic()
        try:
            await _run(state, status, began)
        except (PartFailed, ToolMissing, OSError) as error:
            status.phase, status.trouble = "failed", str(error)
        else:
            status.phase = "stopped"
        write_status(state, status)
        return 1 if status.trouble else 0


async def _run(state: Path, status: Status, began: float) -> None:
    status.notes = ports.settle_ports(state)
    parts = chosen_parts(open_demo_site())
    supervisor = Supervisor(parts, state / "log", changed=lambda: note(state, status, supervisor))
    told_to_stop = asyncio.Event()
    for by in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(by, told_to_stop.set)
    note(state, status, supervisor)
    starting = asyncio.create_task(supervisor.start())
    stopping = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        starting.result()
        status.phase, status.seconds = "ready", time.monotonic() - began
        note(state, status, supervisor)
        watching = asyncio.create_task(_keep_logs_small(state / "log"))
        await stopping
        watching.cancel()
    status.phase = "stopping"
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await supervisor.stop_all()


def chosen_parts(site: Site) -> list[Part]:
    """The whole system, or with `SIGAP_PARTS=kafka,intake` these parts and what they wait for."""
    parts = system(site, apart=os.environ.get("SIGAP_APART") == "1")
    wanted = set(os.environ.get("SIGAP_PARTS", "").split(",")) - {""}
    if not wanted:
        return parts
    if unknown := wanted - {part.name for part in parts}:
        raise PartFailed(f"SIGAP_PARTS names no part: {', '.join(sorted(unknown))}")
    for part in reversed(parts):
        if part.name in wanted:
            wanted.update(part.after)
    return [part for part in parts if part.name in wanted]


def note(state: Path, status: Status, supervisor: Supervisor) -> None:
    """Write down where each part stands."""
    status.parts = [
        PartStatus(
            name=name,
            stage=running.stage,
            once=running.part.once,
            ports=list(running.part.ports),
            pid=running.pid,
            began=process_began(running.pid) if running.pid else None,
            after=list(running.part.after),
            waited=running.waited,
            seconds=running.seconds,
            cpu=running.cpu,
            restarts=running.restarts,
            trouble=running.trouble,
            is_awaited=running.part.is_awaited,
        )
        for name, running in supervisor.running.items()
    ]
    # A full disk must not take the running parts down with it.
    with contextlib.suppress(OSError):
        write_status(state, status)


def write_status(state: Path, status: Status) -> None:
    """Replace the status file."""
    write_whole(state / "status.json", json.dumps(asdict(status), indent=1) + "\n", durable=False)


async def _keep_logs_small(log: Path, limit: int = 20_000_000) -> None:
    while True:
        for file in log.glob("*.log"):
            if file.stat().st_size > limit:
                # Parts append, so that cutting the file is enough.
                os.truncate(file, 0)
        await asyncio.sleep(LOOK_AT_LOGS_EVERY_SECONDS)


def is_settled(stage: str) -> bool:
    """True for a part that is as it should be."""
    return stage in (Stage.READY, Stage.DONE)


def is_still_starting(part: PartStatus) -> bool:
    """True for a part in its first try that the start does not wait for."""
    return not part.is_awaited and part.seconds is None and not part.restarts


def main() -> int:
    """Run in the foreground; `up` starts this in a session of its own."""
    os.chdir(CHECKOUT)
    try:
        return asyncio.run(supervise())
    except AlreadyRunning:
        return 3
