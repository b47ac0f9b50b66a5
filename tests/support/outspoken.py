"""A service as one process of its own whose every word is kept: log lines, health and figures.

async with outspoken(bench, "all") as process:
    assert (await process.ready())[0] == 200
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from deploy.local.places import CHECKOUT
from tests.support.eventually import eventually
from tests.support.loopback import free_port
from tests.support.services import Bench


@dataclass(slots=True)
class Outspoken:
    """A process that runs now."""

    url: str
    ops: str
    client: httpx2.AsyncClient
    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)

    async def status(self, path: str) -> int:
        """How an address of operations answers; 0 while nobody does."""
        try:
            return (await self.client.get(f"{self.ops}{path}")).status_code
        except httpx2.HTTPError:
            return 0

    async def ready(self) -> tuple[int, dict[str, Any]]:
        """What readiness says."""
        answer = await self.client.get(f"{self.ops}/health/ready")
        return answer.status_code, answer.json()

    async def failing(self, *names: str, within_seconds: float = 40, alone: bool = False) -> dict[str, Any]:
        """Wait until readiness is false for these checks, at least, or ``alone``; the checks as they are then."""

        async def ask() -> dict[str, Any]:
            status, body = await self.ready()
            wrong = {name for name, check in body["checks"].items() if not check["ok"]}
            assert status == (503 if wrong else 200)
            assert body["ready"] is not bool(wrong)
            found: dict[str, Any] = body["checks"]
            is_it = wrong == set(names) if alone else wrong >= set(names)
            return found if wrong and is_it else {}

        return await eventually(ask, within_seconds=within_seconds, what=f"{names} fail")

    async def is_ready(self, within_seconds: float = 60) -> None:
        """Wait until readiness is true."""

        async def ask() -> bool:
            status, body = await self.ready()
            assert status == 200, body
            return True

        await eventually(ask, within_seconds=within_seconds, what="ready")

    async def figure(self, name: str, **labels: str) -> float | None:
        """A figure as ``/metrics`` shows it now; nothing when it is not shown."""
        answer = await self.client.get(f"{self.ops}/metrics")
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return float(sample.value)
        return None

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The log lines of an event."""
        return [line for line in map(json.loads, self.said) if line["event"] == event]


@asynccontextmanager
async def outspoken(
    bench: Bench, *parts: str, await_ready: bool = True, module: str = "", output: str = "", **environment: str
) -> AsyncIterator[Outspoken]:
    """Run a part of the bench's service as a process; what it says on both outputs is kept, line by line.

    ``module``: another program that runs the service. ``output``: a file that takes its words instead.
    """
    name = bench.service.name
    port, ops_port = free_port(), free_port()
    variables = settings_of(bench, http_port=port, ops_port=ops_port, root_path=f"/{name}")
    elsewhere = os.open(output, os.O_WRONLY) if output else asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module or f"services.{name}", *(parts or ("all",)), cwd=CHECKOUT,
        env={**os.environ, **variables, **environment},
        stdout=elsewhere, stderr=asyncio.subprocess.STDOUT, limit=2**22,
    )  # fmt: skip
    if output:
        os.close(elsewhere)
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        running = Outspoken(f"http://127.0.0.1:{port}/{name}", f"http://127.0.0.1:{ops_port}/{name}", client, process)
        listening = asyncio.create_task(_listen(process, running.said))
        try:

            async def alive() -> bool:
                assert process.returncode is None, running.said
                return await running.status("/health/live") == 200

            await eventually(alive, within_seconds=120, what=f"{name} alive")
            if await_ready:
                await running.is_ready()
            yield running
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 40)
            await listening


def settings_of(bench: Bench, **others: Any) -> dict[str, str]:
    """What a process of the bench's service finds in its environment."""
    settings = {key: getattr(bench.settings, key) for key in bench.settings.model_fields_set} | others
    return {f"{bench.service.name}_{key}".upper(): _written(value) for key, value in settings.items()}


def _written(value: Any) -> str:
    """A setting as the environment takes it: a secret would write itself as asterisks."""
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


async def _listen(process: asyncio.subprocess.Process, said: list[str]) -> None:
    while process.stdout is not None and (line := await process.stdout.readline()):
        said.append(line.decode(errors="replace").rstrip("\n"))
