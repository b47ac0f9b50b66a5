"""Starts parts in order, keeps them running, stops them in reverse order.

Children are told by the kernel to end when this process dies (`setpriv --pdeathsig`), so that a killed supervisor
leaves no orphan that would answer the readiness question of its successor. They write their logs themselves: a pipe
through the supervisor would break them when it dies.
"""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from deploy.local.places import CHECKOUT, shown, write_whole
from deploy.local.ports import is_free
from deploy.local.probes import Probe
from deploy.local.timing import cpu_seconds

OWNER_ONLY = 0o077
"""What engines and services write is for the account that runs them."""
LOG_LIMIT_BYTES = 20_000_000
TRIES_BEFORE_FIRST_READY = 3
LONGEST_PAUSE_SECONDS = 10.0
STEADY_AFTER_SECONDS = 30.0
LOOK_AT_CPU_EVERY_SECONDS = 0.1
ASKED_WHETHER_ALIVE_EVERY_SECONDS = 5.0
INHERITED = ("PATH", "HOME", "LANG", "JAVA_HOME", "TMPDIR")


class Stage(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    PREPARING = "preparing"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    PAUSED = "paused"
    RESTARTING = "restarting"
    HELD = "held"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class PartFailed(Exception):
    """A part could not be brought up; the text says which, why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process of the system. `once`: it ends by itself, and is ready when it has ended with 0.

    A one-shot with `inputs` is passed over while these files and its command are as they were when it last succeeded.
    A part that was ready and then leaves `alive` unanswered for `hangs_after_seconds` is ended and started again.
    `is_awaited` false: the start neither waits for it nor fails with it; it is kept running as any other.
    """

    name: str
    command: Sequence[str]
    after: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Probe | None = None
    alive: Probe | None = None
    is_awaited: bool = True
    ports: Sequence[int] = ()
    prepare: Callable[[], Awaitable[None]] | None = None
    once_ready: Callable[[], Awaitable[None]] | None = None
    once: bool = False
    inputs: Sequence[Path] = ()
    uid: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_seconds: float = 15.0
    ready_within_seconds: float = 240.0
    hangs_after_seconds: float = 60.0


@dataclass(slots=True)
class Running:
    """What the supervisor knows of a part."""

    part: Part
    stage: Stage = Stage.WAITING
    child: asyncio.subprocess.Process | None = None
    restarts: int = 0
    trouble: str | None = None
    waited: float | None = None
    seconds: float | None = None
    cpu: float | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child is not None and self.child.returncode is None else None


class Supervisor:
    """Keeps one list of parts running. `changed` is called after every change of a part's stage."""

    def __init__(self, parts: Sequence[Part], log: Path, changed: Callable[[], None] = lambda: None) -> None:
        self.running = {part.name: Running(part) for part in parts}
        self._log = log
        self._changed = changed
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: asyncio.Future[None] | None = None
        self._stopping = False
        self._began = time.monotonic()
        for part in parts:
            if unknown := set(part.after) - set(self.running):
                raise ValueError(f"{part.name} waits for unknown parts: {', '.join(sorted(unknown))}")

    async def start(self) -> None:
        """Bring everything up; returns when every awaited part is ready. On failure nothing is left running.

        Raises PartFailed.
        """
        self._log.mkdir(parents=True, exist_ok=True)
        self._failure = asyncio.get_running_loop().create_future()
        self._began = time.monotonic()
        for running in self.running.values():
            running.released.set()
            self._tasks.append(asyncio.create_task(self._keep_or_fail(running)))
        all_ready = asyncio.create_task(self._all_ready())
        await asyncio.wait({all_ready, self._failure}, return_when=asyncio.FIRST_COMPLETED)
        if self._failure.done():
            all_ready.cancel()
            await self.stop_all()
            self._failure.result()
        self._failure.cancel()

    async def _all_ready(self) -> None:
        for running in self.running.values():
            if running.part.is_awaited:
                await running.ready.wait()

    async def stop_all(self) -> None:
        """Stop in reverse order: a part goes when all that wait for it have gone."""
        self._stopping = True
        for running in self.running.values():
            running.released.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        gone = {name: asyncio.Event() for name in self.running}

        async def stop_in_turn(running: Running) -> None:
            for other in self.running.values():
                if running.part.name in other.part.after:
                    await gone[other.part.name].wait()
            await self._end(running, running.part.stop_signal)
            self._enter(running, Stage.STOPPED)
            gone[running.part.name].set()

        await asyncio.gather(*(stop_in_turn(running) for running in self.running.values()))

    async def kill(self, name: str) -> None:
        """End a part with SIGKILL and keep it down until `resume`."""
        await self._hold(name, signal.SIGKILL)

    async def halt(self, name: str) -> None:
        """Stop a part in its own manner and keep it down until `resume`."""
        await self._hold(name, self.running[name].part.stop_signal)

    async def resume(self, name: str) -> None:
        """Start a part that was killed or halted, and wait until it is ready."""
        running = self.running[name]
        running.released.set()
        await running.ready.wait()

    async def _hold(self, name: str, by: signal.Signals) -> None:
        running = self.running[name]
        running.released.clear()
        await self._end(running, by)
        await running.ended.wait()

    async def _keep_or_fail(self, running: Running) -> None:
        failure = self._failure if running.part.is_awaited else None
        try:
            await self._keep(running, failure)
        except Exception as error:
            # Whatever it is, the start must not wait for this part for ever.
            self._enter(running, Stage.FAILED)
            if failure is not None and not failure.done():
                failure.set_exception(PartFailed(f"{running.part.name} cannot start: {error!r}"))

    async def _keep(self, running: Running, failure: asyncio.Future[None] | None) -> None:
        for name in running.part.after:
            await self.running[name].ready.wait()
        running.waited = time.monotonic() - self._began
        pause, tries = 0.3, 0
        while True:
            await running.released.wait()
            running.ended.clear()
            began = time.monotonic()
            trouble = await self._live_once(running)
            if trouble is None:
                return
            running.ready.clear()
            running.ended.set()
            if not running.released.is_set():
                self._enter(running, Stage.HELD)
                continue
            tries += 1
            if failure and not failure.done() and tries >= TRIES_BEFORE_FIRST_READY:
                self._enter(running, Stage.FAILED)
                failure.set_exception(PartFailed(trouble))
                return
            running.restarts += 1
            running.trouble = trouble
            self._enter(running, Stage.RESTARTING)
            pause = 0.3 if time.monotonic() - began > STEADY_AFTER_SECONDS else min(pause * 1.7, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _live_once(self, running: Running) -> str | None:
        """One life of a part, from its preparation to its end; None when a one-shot ended well."""
        part = running.part
        began = time.monotonic()
        self._enter(running, Stage.PREPARING)
        if part.once and part.inputs and self._was_done(part):
            running.seconds = 0.0
            self._enter(running, Stage.DONE)
            running.ready.set()
            return None
        try:
            if part.prepare is not None:
                await part.prepare()
            if not running.released.is_set():
                return f"{part.name} was held back"
            if taken := await self._taken_port(part):
                return f"{part.name} needs port {taken}, which another program has: stop that program, then try again"
            await self._spawn(running)
        except (OSError, PartFailed) as error:
            return f"{part.name} cannot start: {error}"
        assert running.child is not None
        self._enter(running, Stage.STARTING)
        if part.once:
            code = await self._end_of_one_shot(running)
            if code == 0:
                self._done_mark(part).parent.mkdir(exist_ok=True)
                write_whole(self._done_mark(part), fingerprint(part))
                running.seconds = time.monotonic() - began
                self._enter(running, Stage.DONE)
                running.ready.set()
                return None
            return self._epitaph(part, f"ended with {code}")
        if not await self._becomes_ready(running):
            answered = running.child.returncode is not None
            await self._end(running, part.stop_signal)
            return self._epitaph(
                part, "ended at once" if answered else f"gave no answer in {part.ready_within_seconds:.0f} s"
            )
        if part.once_ready is not None:
            await part.once_ready()
        running.seconds, running.cpu = time.monotonic() - began, cpu_seconds(running.child.pid)
        self._enter(running, Stage.READY)
        running.ready.set()
        ends = asyncio.ensure_future(running.child.wait())
        hangs = asyncio.ensure_future(self._hangs(part))
        try:
            await asyncio.wait({ends, hangs}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            ends.cancel()
            raise
        finally:
            hangs.cancel()
        if not ends.done():
            await self._end(running, part.stop_signal)
            return self._epitaph(part, f"did not answer for {part.hangs_after_seconds:.0f} s")
        self._clear_group(running.child.pid)
        return self._epitaph(part, f"ended with {ends.result()}")

    async def _hangs(self, part: Part) -> None:
        """Returns when a part has not answered for as long as it may."""
        answered = time.monotonic()
        while part.alive is None or time.monotonic() - answered < part.hangs_after_seconds:
            await asyncio.sleep(min(ASKED_WHETHER_ALIVE_EVERY_SECONDS, part.hangs_after_seconds / 4))
            if part.alive is not None and await part.alive():
                answered = time.monotonic()

    async def _end_of_one_shot(self, running: Running) -> int:
        assert running.child is not None
        ends = asyncio.ensure_future(running.child.wait())
        try:
            while True:
                # Nobody tells the CPU time of a process that has ended: the last look before it counts.
                running.cpu = cpu_seconds(running.child.pid) or running.cpu
                done, _ = await asyncio.wait({ends}, timeout=LOOK_AT_CPU_EVERY_SECONDS)
                if done:
                    return ends.result()
        finally:
            ends.cancel()

    def _done_mark(self, part: Part) -> Path:
        return self._log.parent / "done" / part.name

    def _was_done(self, part: Part) -> bool:
        mark = self._done_mark(part)
        return mark.exists() and mark.read_text() == fingerprint(part)

    async def _taken_port(self, part: Part) -> int | None:
        taken: int | None = None
        for _ in range(20):
            taken = next((port for port in part.ports if not is_free(port)), None)
            if taken is None:
                return None
            await asyncio.sleep(0.1)
        return taken

    async def _spawn(self, running: Running) -> None:
        part = running.part
        as_who = (
            []
            if part.uid is None
            else [f"--reuid={part.uid}", f"--regid={part.uid}", "--clear-groups", "--inh-caps=-all"]
        )
        log = os.open(self.log_file(part), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            if os.fstat(log).st_size > LOG_LIMIT_BYTES:
                os.ftruncate(log, 0)
            running.child = await asyncio.create_subprocess_exec(
                "setpriv",
                "--pdeathsig",
                part.stop_signal.name.removeprefix("SIG"),
                *as_who,
                "--",
                *part.command,
                cwd=CHECKOUT if part.uid is None else "/",
                env={name: os.environ[name] for name in INHERITED if name in os.environ} | dict(part.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=OWNER_ONLY,
            )
        finally:
            os.close(log)

    async def _becomes_ready(self, running: Running) -> bool:
        part, child = running.part, running.child
        assert child is not None
        deadline = time.monotonic() + part.ready_within_seconds
        while child.returncode is None and time.monotonic() < deadline:
            if part.ready is None or await part.ready():
                await asyncio.sleep(0)
                return child.returncode is None
            await asyncio.sleep(0.05)
        return False

    async def _end(self, running: Running, by: signal.Signals) -> None:
        child = running.child
        if child is None:
            return
        if child.returncode is None:
            self._enter(running, Stage.STOPPING)
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(by)
                # A stopped process hears of its end only when it goes on.
                child.send_signal(signal.SIGCONT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), running.part.stop_within_seconds)
        self._clear_group(child.pid)
        await child.wait()

    def _clear_group(self, leader: int) -> None:
        """Whatever a part leaves behind in its own group goes with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)

    def log_file(self, part: Part) -> Path:
        """Where a part writes."""
        return self._log / f"{part.name}.log"

    def _epitaph(self, part: Part, what: str) -> str:
        log = self.log_file(part)
        lines = [line for line in log.read_bytes()[-4000:].decode(errors="replace").splitlines() if line.strip()]
        last = f": {lines[-1].strip()[:200]}" if lines else ""
        return f"{part.name} {what}{last} (see {shown(log)})"

    def _enter(self, running: Running, stage: Stage) -> None:
        running.stage = stage
        self._changed()


def fingerprint(part: Part) -> str:
    """Changes when a part's command, settings or input files change."""
    digest = sha256(json.dumps([list(part.command), dict(part.env)]).encode())
    for place in part.inputs:
        files = [place] if place.is_file() else [file for file in sorted(place.rglob("*")) if file.is_file()]
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
