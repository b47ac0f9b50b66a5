"""The whole system for tests, as `make up` starts it, on ports and state of its own.

async with running_system(state) as system:
    await system.post("intake", "/operations", body, by="satpolpp-lamongan")
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from deploy.local.accounts import CLIENTS, MACHINES, Accounts, accounts
from deploy.local.daemon import holder
from deploy.local.engines import Site, open_site
from deploy.local.places import CHECKOUT
from deploy.local.ports import SERVICES
from deploy.local.sign_in import machine_token, staff_tokens
from tests.support.eventually import eventually

SYSTEM_STATE = CHECKOUT / "var" / "test" / "system"
START_SECONDS = 420


@dataclass(slots=True)
class System:
    """A system that runs now."""

    site: Site
    accounts: Accounts
    client: httpx2.AsyncClient
    _tokens: dict[str, str] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Where a service is."""
        return f"http://127.0.0.1:{self.site.ports[service]}/{service}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.site.ports['sandbox']}"

    async def token(self, who: str) -> str:
        """The token of an agency's program or of a person, by code or user name; asked for once."""
        if who not in self._tokens:
            if who in {machine.client for machine in MACHINES}:
                self._tokens[who] = await machine_token(self.accounts, who)
            else:
                self._tokens[who] = (await staff_tokens(self.accounts, who))["access_token"]
        return self._tokens[who]

    async def get(self, service: str, path: str, *, by: str, **params: Any) -> Any:
        """Read through the public API."""
        headers = {"Authorization": f"Bearer {await self.token(by)}"}
        answer = await self.client.get(f"{self.url(service)}{path}", params=params or None, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, service: str, path: str, body: dict[str, Any], *, by: str) -> Any:
        """Write through the public API, under a new key."""
        headers = {"Authorization": f"Bearer {await self.token(by)}", "Idempotency-Key": str(uuid4())}
        answer = await self.client.post(f"{self.url(service)}{path}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def silence(self, *agencies: str) -> None:
        """Let simulated agencies answer nothing, so that people can."""
        for agency in agencies:
            answer = await self.client.put(f"{self.sandbox_url}/knobs/{agency}", json={"down": True})
            assert answer.status_code == 200, answer.text

    async def handoff(self, case_id: str, purpose: str, *states: str, by: str) -> dict[str, Any]:
        """A case's newest hand-off for a purpose, once it is in one of the states."""

        async def find() -> dict[str, Any] | None:
            found = await self.get("casework", f"/cases/{case_id}", by=by)
            fitting = [h for h in found["handoffs"] if h["purpose"] == purpose and (h["state"] in states or not states)]
            return fitting[-1] if fitting else None

        handoff = await eventually(find, within_seconds=60, what=f"{purpose} of {case_id}")
        assert handoff is not None
        return handoff


@asynccontextmanager
async def running_system(
    state: Path, *, fresh: bool = False, by: Sequence[str] = ("up",), release: Path = CHECKOUT
) -> AsyncIterator[System]:
    """Start everything and stop it afterwards; a system that runs in this folder already is used and left running.

    ``by``: the command that starts it, of a release in a folder of its own.

    ``fresh``: what an earlier run left in the folder is wiped first.
    """
    was_running = state.exists() and holder(state) is not None
    if fresh and not was_running:
        await command(state, "reset")
    try:
        await command(state, *by, release=release)
        site = open_site(state, usual_ports=False, clients=CLIENTS)
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
            yield System(site, accounts(site), client)
    finally:
        if not was_running:
            await command(state, "down")


async def start_demo(system: System, *story: str) -> asyncio.subprocess.Process:
    """What `make demo` runs, on a system that is up; ``story``: its name and how many people."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.local", "demo", *story, cwd=CHECKOUT,
        env={**os.environ, "SIGAP_STATE": str(system.site.state), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip


async def command(state: Path, *words: str, release: Path = CHECKOUT) -> str:
    """One command of the product on a state of its own; what it said. Raises ``AssertionError`` when it fails."""
    status, text = await attempt(state, *words, release=release)
    assert status == 0, text[-3000:]
    return text


async def attempt(state: Path, *words: str, release: Path = CHECKOUT) -> tuple[int, str]:
    """The same of a command that may fail, in a release's own folder: its exit code and what it said."""
    environment = os.environ | {"SIGAP_STATE": str(state)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deploy.local",
        *words,
        cwd=release,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), START_SECONDS)
    return process.returncode or 0, said.decode(errors="replace")


__all__ = ["SERVICES", "SYSTEM_STATE", "System", "attempt", "command", "running_system", "start_demo"]
