"""Parts of a service as processes of their own that are started again when they die, as a supervisor would."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx2

from deploy.local.places import CHECKOUT
from tests.support.eventually import eventually


class Parts:
    """``command part`` for each part; a part that dies comes back, one that left does not."""

    def __init__(self, environment: Mapping[str, str], command: Sequence[str]) -> None:
        self._environment = {**os.environ, **environment}
        self._command = command
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._wanted: set[str] = set()

    def join(self, part: str, name: str = "", settings: Mapping[str, str] | None = None) -> None:
        """Start a part and keep it; the second of a kind needs a name and settings of its own."""
        self._wanted.add(name or part)
        self._keepers[name or part] = asyncio.create_task(self._keep(name or part, part, settings or {}))

    async def _keep(self, name: str, part: str, settings: Mapping[str, str]) -> None:
        while name in self._wanted:
            self._processes[name] = process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self._command, part, cwd=CHECKOUT, env={**self._environment, **settings},
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            await process.wait()

    async def kill(self, name: str) -> None:
        """End a part with SIGKILL; returns when it is gone."""
        await self._end(name, signal.SIGKILL)

    async def leave(self, name: str, by: signal.Signals = signal.SIGTERM) -> None:
        """End a part for good."""
        self._wanted.discard(name)
        await self._end(name, by)
        await self._keepers.pop(name)

    async def _end(self, name: str, by: signal.Signals) -> None:
        process = self._processes.get(name)
        if process is not None and process.returncode is None:
            process.send_signal(by)
            await process.wait()

    async def stop(self) -> None:
        """End all of them."""
        await asyncio.gather(*(self.leave(name) for name in list(self._keepers)))


@asynccontextmanager
async def kept(environment: Mapping[str, str], command: Sequence[str], *names: str) -> AsyncIterator[Parts]:
    """Run parts for the length of the block."""
    parts = Parts(environment, command)
    for name in names:
        parts.join(name)
    try:
        yield parts
    finally:
        await parts.stop()


async def until_ready(url: str) -> None:
    """Wait until a service says that it is ready."""
    async with httpx2.AsyncClient(timeout=5) as client:

        async def ask() -> bool:
            try:
                return (await client.get(f"{url}/health/ready")).status_code == 200
            except httpx2.HTTPError:
                return False

        await eventually(ask, within_seconds=60, what=f"{url} ready")
