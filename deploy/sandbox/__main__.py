"""``python -m deploy.sandbox``: every simulated system in one process; ``deadlines <id>``: a hand-off falls due."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator

import httpx2
import uvicorn
from fastapi import FastAPI

from deploy.local.accounts import accounts
from deploy.local.places import state_folder
from deploy.sandbox.agencies import agencies
from deploy.sandbox.bank import bank_router
from deploy.sandbox.deadlines import main as bring_deadlines_forward
from deploy.sandbox.gateway import Reporting, gateway_router
from deploy.sandbox.knobs import Switchboard, knobs_router
from deploy.sandbox.memory import Memory
from deploy.sandbox.registries import registries_router
from deploy.sandbox.scenario import everybodys_scenario
from deploy.sandbox.settings import SandboxSettings, sandbox_settings
from services.chassis.telemetry import set_up_telemetry


def build_app(settings: SandboxSettings) -> FastAPI:
    """The simulated systems' HTTP side, with the agencies running behind it."""
    scenario = everybodys_scenario()
    memory = Memory(state_folder() / "sandbox" / "memory.db")
    switchboard = Switchboard()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx2.AsyncClient(timeout=20) as client:
            programs = agencies(
                client,
                settings.oidc_issuer,
                accounts().client_secrets,
                settings.casework_url,
                scenario,
                switchboard,
            )
            tasks = [asyncio.create_task(program.run()) for program in programs]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    app = FastAPI(title="Sigap sandbox", lifespan=lifespan, telemetry={"operation_spans": False, "logs": False})
    app.include_router(knobs_router(switchboard))
    app.include_router(registries_router(scenario, memory, switchboard))
    app.include_router(bank_router(memory, switchboard))
    app.include_router(gateway_router(memory, switchboard, Reporting(settings)))

    @app.get("/health/ready")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    return app


def main() -> int:
    """Serve until told to stop, or do what the command says."""
    if sys.argv[1:2] == ["deadlines"]:
        return bring_deadlines_forward(sys.argv[2:])
    settings = sandbox_settings()
    flush = set_up_telemetry("sandbox", dict(os.environ))
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(settings), host="127.0.0.1", port=settings.http_port, log_level="warning", access_log=False
        )
    )
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    server.run()
    flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
