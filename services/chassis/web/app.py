"""The app of a service, its limits, health and metrics."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.fields import WORDED_FAULTS
from services.chassis.auth import Policy, TokenVerifier
from services.chassis.database import Units, is_infrastructure
from services.chassis.errors import SigapError, Unavailable
from services.chassis.offices import Offices
from services.chassis.quotas import Counter as QuotaCounter
from services.chassis.runbook import CHECKS, link
from services.chassis.telemetry import log
from services.chassis.web.problems import (
    BodyIsNotValid,
    BodyIsTooLarge,
    MethodIsNotAllowed,
    ParameterIsRepeated,
    RequestTookTooLong,
    RouteIsUnknown,
    UnexpectedFault,
    problem_response,
    refusals_of,
    status_of,
)

UPLOADS = (b"application/pdf", b"image/", b"multipart/form-data")
"""The content types under which a file comes in, for services that take files."""


class BodyLimit:
    """Answers 413 as a problem for bodies past the limit, declared or streamed, before anything is done with them.

    Those that do not come in within their time are answered 408.

    Where a service takes files, what comes as one has a limit of its own.
    """

    def __init__(self, app: ASGIApp, limit_bytes: int, upload_limit_bytes: int, body_seconds: float) -> None:
        self._app = app
        self._limit = limit_bytes
        self._upload_limit = max(upload_limit_bytes, limit_bytes)
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in; what the app says about a body cut off for its size or its time is not passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        limit = self._upload_limit if headers.get(b"content-type", b"").startswith(UPLOADS) else self._limit
        if not declared.isdigit() or int(declared) > limit:
            await problem_response(BodyIsTooLarge(limit_bytes=limit))(scope, receive, send)
            return
        seen, is_whole = 0, False
        refused: SigapError | None = None
        until = asyncio.get_running_loop().time() + self._body_seconds

        async def counted() -> Message:
            nonlocal seen, is_whole, refused
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                refused = RequestTookTooLong()
                raise refused from None
            is_whole = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > limit:
                refused = BodyIsTooLarge(limit_bytes=limit)
                raise refused
            return message

        async def unless_refused(message: Message) -> None:
            if refused is None:
                await send(message)

        await self._app(scope, counted, unless_refused)
        if refused is not None:
            await problem_response(refused)(scope, receive, send)


class NothingKept:
    """Says of every answer that nobody stores it and nobody guesses its type, unless the answer says so itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what the answer's headers do not say."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("X-Content-Type-Options", "nosniff")
            await send(message)

        await self._app(scope, receive, told if scope["type"] == "http" else send)


Check = Callable[[], Awaitable[tuple[str, bool, str]]]
IDENTITY = "identity-provider"
"""The one check that readiness tells and does not count."""


def ops_router(checks: Sequence[Check], *, is_public: bool) -> APIRouter:
    """Liveness, readiness that tells the truth, and metrics: the same for every process.

    ``is_public``: anybody reaches the port, who learns that the process lives and no more.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    if is_public:
        return router

    @router.get("/health/ready")
    async def ready() -> JSONResponse:
        results = [await check() for check in checks]
        is_ready = all(ok for name, ok, _ in results if name != IDENTITY)
        shown = {
            name: {"ok": ok, "detail": detail, **({} if ok else {"runbook": link(CHECKS[name])})}
            for name, ok, detail in results
        }
        return JSONResponse({"ready": is_ready, "checks": shown}, status_code=200 if is_ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def create_api(
    *,
    title: str,
    version: str,
    root_path: str,
    routers: Sequence[APIRouter],
    body_limit_bytes: int,
    policy: Policy,
    verifier: TokenVerifier | None,
    units: Units | None,
    checks: Sequence[Check] = (),
    upload_limit_bytes: int = 0,
    offices: Offices | None = None,
    is_public: bool = False,
    request_seconds: int = 60,
) -> FastAPI:
    """A service's app: its routers under its root path, problems for everything that goes wrong."""
    app = _Api(
        title=title,
        version=version,
        description=_limits(body_limit_bytes, upload_limit_bytes, request_seconds),
        openapi_url=f"{root_path}/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={"operation_spans": False, "logs": False, "exclude": _is_ops},
        strict_content_type=True,
        dependencies=[Depends(_no_parameter_twice)],
    )
    app.add_middleware(NothingKept)
    app.add_middleware(
        BodyLimit, limit_bytes=body_limit_bytes, upload_limit_bytes=upload_limit_bytes, body_seconds=request_seconds
    )
    app.state.policy = policy
    app.state.verifier = verifier
    app.state.units = units
    app.state.offices = offices or Offices({})
    app.state.counter = QuotaCounter()
    app.state.root_path = root_path
    for router in routers:
        app.include_router(router, prefix=root_path)
    app.include_router(ops_router(checks, is_public=is_public), prefix=root_path)
    app.add_exception_handler(SigapError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_fault)
    return app


def _limits(body: int, upload: int, seconds: int) -> str:
    """What a caller may count on, for the API's page."""
    files = f"; berkas paling banyak {upload} byte" if upload else ""
    return (
        f"Isi permintaan paling banyak {body} byte{files}. Isi yang tidak selesai dikirim dalam {seconds} detik dijawab"
        " 408. Banyaknya permintaan per akun dan tindakan ditentukan paket daerah; yang melebihi dijawab 429 dengan"
        " Retry-After."
    )


class _Api(FastAPI):
    """Documents refusals as what they are: ``application/problem+json``, each code with its text and its advice."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            document["x-problems"] = {
                kind.code: {"status": status_of(kind), "title": kind.text, "detail": kind.advice}
                for kind in refusals_of(self.state.root_path.strip("/"))
            }
            for path in document.get("paths", {}).values():
                for operation in path.values():
                    for status, answer in operation.get("responses", {}).items():
                        content = answer.get("content", {})
                        if status >= "400" and "application/json" in content:
                            content["application/problem+json"] = content.pop("application/json")
        assert self.openapi_schema is not None
        return self.openapi_schema

    def single_parameters(self, path: str, method: str) -> set[str]:
        """The parameters of the query at a documented path that have one value."""
        return {
            parameter["name"]
            for operations in self._operations_at(path)
            for parameter in operations.get(method.lower(), {}).get("parameters", ())
            if parameter["in"] == "query" and '"array"' not in json.dumps(parameter["schema"])
        }

    def methods_at(self, path: str) -> list[str]:
        """Every method that a documented path takes (RFC 9110 §15.5.6 wants them all in ``Allow``)."""
        return sorted({method.upper() for operations in self._operations_at(path) for method in operations})

    def _operations_at(self, path: str) -> list[dict[str, Any]]:
        return [
            operations
            for template, operations in self.openapi().get("paths", {}).items()
            if re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template)), path)
        ]


async def _no_parameter_twice(request: Request) -> None:
    given = Counter(name for name, _ in request.query_params.multi_items())
    repeated = {name for name, times in given.items() if times > 1}
    if not repeated:
        return
    app = request.app
    assert isinstance(app, _Api)
    if wrong := sorted(repeated & app.single_parameters(request.url.path, request.method)):
        raise ParameterIsRepeated(fields=wrong)


def _is_ops(scope: Scope) -> bool:
    path = scope.get("path", "")
    return bool("/health/" in path or path.endswith("/metrics") or "/static/" in path)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, SigapError)
    return problem_response(error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"field": ".".join(_printable(part) for part in fault["loc"]), "problem": str(fault["type"])}
        | ({"advice": fault["msg"]} if fault["type"] in WORDED_FAULTS else {})
        for fault in error.errors()[:50]
    ]
    return problem_response(BodyIsNotValid(), faults)


def _printable(part: object) -> str:
    return str(part).encode("ascii", "replace").decode()[:80]


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            return problem_response(RouteIsUnknown())
        case 405:
            answer = problem_response(MethodIsNotAllowed())
            allowed = request.app.methods_at(request.url.path)
            answer.headers.update({"Allow": ", ".join(allowed)} if allowed else error.headers or {})
            return answer
        case 413:
            return problem_response(BodyIsTooLarge())
        case status:
            return problem_response(BodyIsNotValid(), status=status)


async def _on_fault(request: Request, error: Exception) -> Response:
    if is_infrastructure(error):
        log().warning("database_away", error=type(error).__name__, exc_info=error)
        answer = problem_response(Unavailable())
    else:
        log().error("unexpected_fault", error=type(error).__name__, exc_info=error)
        answer = problem_response(UnexpectedFault())
    # The server drops a connection on which a fault came through: the next request must not be sent on it.
    answer.headers["Connection"] = "close"
    return answer
