"""What an answer tells browsers and caches, and what a port that anybody reaches shows."""

from typing import Annotated, Any, Literal

import httpx2
import pytest
from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.requests import Request

from contracts.fields import Instant
from services.chassis.pages.sessions import cookie_name, forget_cookie, set_cookie
from services.chassis.processes import build_app, main
from services.chassis.service import Service
from tests.support.every_service import SERVICES
from tests.support.row_routes import routes_of

Deployment = Literal["local", "production"]


def app_of(service: Service, deployment: Deployment) -> Any:
    settings = service.settings.model_construct(
        database_url="", root_path=f"/{service.name}", deployment=deployment, oidc_issuer="http://127.0.0.1:9"
    )
    return build_app(service, settings, None)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_no_answer_is_stored_and_none_is_guessed_at(service: Service) -> None:
    app = app_of(service, "local")
    router = APIRouter()

    @router.get("/own")
    async def own() -> Response:
        return Response(b"x", headers={"Cache-Control": "public, max-age=60"})

    app.include_router(router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://sigap") as client:
        paths = [f"/{service.name}/health/live", "/nowhere", f"/{service.name}/dead-letters", f"/{service.name}/docs"]
        for path in paths:
            answer = await client.get(path)
            assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == (
                "no-store", "nosniff"
            ), path  # fmt: skip
        assert (await client.get("/own")).headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_port_that_anybody_reaches_tells_only_that_the_process_lives(service: Service) -> None:
    ops = {"/health/live", "/health/ready", "/metrics"}
    assert {route.path for route in routes_of(app_of(service, "production"))} & ops == {"/health/live"}
    assert {route.path for route in routes_of(app_of(service, "local"))} & ops == ops


@pytest.mark.parametrize(
    ("deployment", "starts", "holds"),
    [
        ("production", "__Host-sigap_casework=", ("; Path=/;", "; Secure", "; HttpOnly")),
        ("local", "sigap_casework=", ("; Path=/casework;", "; HttpOnly")),
    ],
)
def test_behind_tls_a_cookie_is_this_hosts_alone(deployment: Deployment, starts: str, holds: tuple[str, ...]) -> None:
    (casework,) = (service for service in SERVICES if service.name == "casework")
    app = app_of(casework, deployment)
    request = Request({"type": "http", "app": app, "headers": []})
    response = Response()
    set_cookie(response, request, cookie_name(app.state.settings), "secret", 60)
    forget_cookie(response, request, cookie_name(app.state.settings))
    for said in response.headers.getlist("set-cookie"):
        assert said.startswith(starts)
        assert all(part in f"{said};" for part in holds), said
        assert "Domain" not in said


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_only_migrate_may_hold_the_migrators_address(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prefix = service.name.upper()
    held = service.settings.model_construct(
        database_url="postgresql://a", migrator_database_url="postgresql://b", deployment="production"
    )
    monkeypatch.setattr(service.settings, "from_environment", lambda: held)
    assert main(service, ["api"]) == 2
    assert f"{prefix}_MIGRATOR_DATABASE_URL" in capsys.readouterr().err


async def test_what_is_no_instant_is_told_by_field_with_what_to_write() -> None:
    app = app_of(SERVICES[0], "local")
    router = APIRouter()

    @router.get("/moments")
    async def moments(at: Annotated[Instant, Query()]) -> str:
        return at.isoformat()

    app.include_router(router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://sigap") as client:
        refused = await client.get("/moments", params={"at": "1700000000"})
        assert refused.status_code == 422
        (fault,) = refused.json()["errors"]
        assert (fault["field"], fault["problem"]) == ("query.at", "instant_is_malformed")
        assert fault["advice"].startswith("Tulis tanggal, jam sampai detik, dan zona waktu")
        taken = await client.get("/moments", params={"at": "2026-03-01T08:30:00+07:00"})
        assert (taken.status_code, taken.json()) == (200, "2026-03-01T01:30:00+00:00")
