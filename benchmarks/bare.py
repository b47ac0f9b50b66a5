"""The floor of P1: FastAPI with a validated body and one asyncpg INSERT, without telemetry."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
import uvloop
from fastapi import FastAPI, Response

from services.intake.reports.schemas import ReportIn


def build() -> FastAPI:
    """The whole of it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(os.environ["BARE_DATABASE_URL"], min_size=8, max_size=8)
        yield
        await app.state.pool.close()

    app = FastAPI(lifespan=lifespan, telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"ready": True}

    @app.post("/reports", status_code=201)
    async def post_report(body: ReportIn) -> Response:
        await app.state.pool.execute(
            "INSERT INTO bare (village_code, kind, found_at) VALUES ($1, $2, $3)",
            body.village_code,
            body.kind.value,
            body.found_at,
        )
        return Response(b'{"state":"received"}', status_code=201, media_type="application/json")

    return app


if __name__ == "__main__":
    uvloop.install()
    uvicorn.run(build(), host="127.0.0.1", port=int(os.environ["BARE_PORT"]), log_level="warning", access_log=False)
