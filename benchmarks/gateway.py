"""The simulated SMS/WhatsApp gateway by itself, for P17: it takes messages and reports nothing."""

import os
from pathlib import Path

import uvicorn
import uvloop
from fastapi import FastAPI

from deploy.sandbox.gateway import Reporting, gateway_router
from deploy.sandbox.knobs import Switchboard
from deploy.sandbox.memory import Memory
from deploy.sandbox.settings import SandboxSettings


def build() -> FastAPI:
    """The whole of it."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    settings = SandboxSettings(http_port=0, oidc_issuer="", intake_url="", casework_url="")
    app.include_router(gateway_router(Memory(Path(os.environ["GATEWAY_MEMORY"])), Switchboard(), Reporting(settings)))

    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"ready": True}

    return app


if __name__ == "__main__":
    uvloop.install()
    uvicorn.run(build(), host="127.0.0.1", port=int(os.environ["GATEWAY_PORT"]), log_level="warning", access_log=False)
