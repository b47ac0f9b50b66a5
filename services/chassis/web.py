"""HTTP for every service: the app, problem+json for every refusal, repeat-safe writes, health and metrics.

Only this module knows HTTP status codes of errors.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from opentelemetry import trace
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.auth import Policy, TokenVerifier
from services.chassis.database import Cause, Guard, GuardIsSpent, ReadSession, UnitOfWork, Units, is_infrastructure
from services.chassis.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KeyUsedForOtherRequest,
    NotFound,
    SigapError,
    StillInFlight,
    Unauthenticated,
    Unavailable,
)
from services.chassis.principal import Principal
from services.chassis.runbook import CHECKS, link
from services.chassis.telemetry import log

T = TypeVar("T")


class BodyIsTooLarge(Invalid):
    """More bytes than this service takes."""

    text = "Isi permintaan terlalu besar."
    advice = "Kecilkan isi permintaan, atau bagi menjadi beberapa permintaan."


class BodyIsNotValid(Invalid):
    """Fields missing, malformed or unknown; ``errors`` lists them without their values."""

    text = "Isi permintaan tidak sah."
    advice = "Perbaiki bidang yang disebut pada errors lalu kirim kembali."


class RouteIsUnknown(NotFound):
    """No such address."""

    text = "Alamat ini tidak ada pada layanan."
    advice = "Lihat daftar alamat pada halaman dokumentasi API."


class MethodIsNotAllowed(Invalid):
    """The address exists, the method does not."""

    text = "Metode ini tidak berlaku untuk alamat tersebut."
    advice = "Lihat metode yang diperbolehkan pada header Allow."


class UnexpectedFault(SigapError):
    """Our mistake."""

    text = "Terjadi kesalahan pada sistem."
    advice = "Kirim ulang dengan kunci yang sama; bila berulang, sampaikan trace_id ini kepada operator."


STATUS: tuple[tuple[type[SigapError], int], ...] = (
    (BodyIsTooLarge, 413),
    (MethodIsNotAllowed, 405),
    (Conflict, 409),
    (NotFound, 404),
    (Forbidden, 403),
    (Unauthenticated, 401),
    (Unavailable, 503),
    (Invalid, 422),
)


def status_of(kind: type[SigapError], default: int = 500) -> int:
    """The HTTP status of a kind of refusal."""
    return next((status for known, status in STATUS if issubclass(kind, known)), default)


class Problem(BaseModel):
    """An error as every service answers it (RFC 9457), ``application/problem+json``."""

    type: str = Field(description="urn:sigap:problem:<code>")
    title: str = Field(description="Apa yang terjadi, dalam Bahasa Indonesia")
    status: int
    code: str = Field(description="Kode tetap untuk program")
    detail: str = Field(description="Apa yang perlu dilakukan")
    trace_id: str
    legal_now: list[str] | None = Field(default=None, description="Tindakan yang sah pada keadaan sekarang")
    errors: list[dict[str, str]] | None = Field(default=None, description="Bidang yang salah, tanpa nilainya")
    facts: dict[str, Any] | None = None


def problem_of(error: SigapError, errors: Sequence[dict[str, str]] | None = None, status: int = 0) -> Problem:
    """The problem document of an error."""
    context = trace.get_current_span().get_span_context()
    status = status or status_of(type(error))
    return Problem(
        type=f"urn:sigap:problem:{error.code}",
        title=error.text,
        status=status,
        code=error.code,
        detail=error.advice,
        trace_id=f"{context.trace_id:032x}",
        legal_now=list(error.legal_now) if isinstance(error, Conflict) else None,
        errors=list(errors) if errors is not None else None,
        facts=dict(error.facts) or None,
    )


def problem_response(
    error: SigapError, errors: Sequence[dict[str, str]] | None = None, status: int = 0
) -> JSONResponse:
    """The HTTP answer for an error."""
    problem = problem_of(error, errors, status)
    headers: dict[str, str] = {}
    if isinstance(error, StillInFlight | Unavailable):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        problem.model_dump(mode="json", exclude_none=True),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route may answer besides success, for its OpenAPI page."""
    return {
        status: {"model": Problem, "description": "Lihat code dan detail"}
        for status in (400, 401, 403, 404, 413, 422, 503, *statuses)
    }


# Requests


def _clean(value: str) -> str:
    if "\x00" in value:
        raise ValueError("NUL is not text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("lone surrogates are not text") from None
    return value


Text = Annotated[str, AfterValidator(_clean)]
"""Text without NUL and lone surrogates; always give it a limit."""

ShortText = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_clean)]
LongText = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True), AfterValidator(_clean)]
ReasonText = Annotated[
    str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True), AfterValidator(_clean)
]
CodeText = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]


class RequestBody(BaseModel):
    """The strict base of every request body: unknown fields refused, values never repeated in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def write_guard(principal: str, operation: str, key: UUID, digest: bytes, district: str) -> Guard:
    """Makes a write repeat-safe; its last two values are filled with the answer at the commit."""
    return Guard(
        "INSERT INTO request_keys (principal, operation, key, digest, district, status, answer)"
        " VALUES ($1, $2, $3, $4, $5, $6::smallint, $7::json) ON CONFLICT DO NOTHING RETURNING 1",
        [principal, operation, key, digest, district, None, None],
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of a write: the first one, or the same given again."""

    status: int
    body: bytes
    is_replayed: bool = False


class IdempotentWrite:
    """Performs one write for one HTTP request: once per ``Idempotency-Key``, committed before the answer leaves."""

    def __init__(self, request: Request, key: UUID, body: bytes) -> None:
        self._request = request
        self._key = key
        self._body = body

    async def __call__(
        self, work: Callable[[UnitOfWork], Awaitable[T]], answer: Callable[[T], BaseModel], status: int = 201
    ) -> Response:
        """Run the command, or give the first answer again when this key was used with the same body before.

        Raises ``KeyUsedForOtherRequest`` when it was used with another body, and ``StillInFlight`` when the same
        request is being worked on at this moment.
        """
        given = await self.perform(work, answer, status)
        headers = {"Idempotency-Replayed": "true"} if given.is_replayed else {}
        return Response(given.body, status_code=given.status, media_type="application/json", headers=headers)

    async def perform(
        self, work: Callable[[UnitOfWork], Awaitable[T]], answer: Callable[[T], BaseModel], status: int
    ) -> Answered:
        """The same for a caller that shows the answer in a way of its own, as pages do."""
        request = self._request
        units: Units = request.app.state.units
        principal: Principal = request.state.principal
        route = request.scope["route"]
        operation = f"{request.method} {route.path}"
        district = principal.offices[0][:5] if principal.offices else ""
        digest = hashlib.sha256(request.scope["path"].encode() + b"\n" + self._body).digest()
        guard = write_guard(principal.actor, operation, self._key, digest, district)
        told = ""

        def tell(made: T) -> tuple[int, str]:
            nonlocal told
            told = answer(made).model_dump_json()
            return status, told

        try:
            await units.perform(
                work, principal=principal, guard=guard, cause=Cause(causation_id=self._key), answer=tell
            )
        except GuardIsSpent:
            return await self._first_answer(units, principal.actor, operation, digest)
        return Answered(status, told.encode())

    async def _first_answer(self, units: Units, actor: str, operation: str, digest: bytes) -> Answered:
        row = await units.pool.fetchrow(
            "SELECT digest, status, answer FROM request_keys WHERE principal = $1 AND operation = $2 AND key = $3",
            actor,
            operation,
            self._key,
        )
        if row is None or row["status"] is None:
            raise StillInFlight
        if row["digest"] != digest:
            raise KeyUsedForOtherRequest
        return Answered(row["status"], row["answer"].encode(), is_replayed=True)


async def _idempotent_write(
    request: Request,
    idempotency_key: Annotated[
        UUID, Header(description="UUID buatan pemanggil; kunci dan isi yang sama memberi jawaban pertama kembali")
    ],
) -> IdempotentWrite:
    return IdempotentWrite(request, idempotency_key, await request.body())


Write = Annotated[IdempotentWrite, Depends(_idempotent_write)]
"""How a route writes. Never open a unit of work in any other way from HTTP."""


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    async with request.app.state.units.reading(request.state.principal) as reading:
        yield reading


Reading = Annotated[ReadSession, Depends(_reading)]
"""How a route reads: within the scope of the caller, whom ``requires`` must have let in before."""

PageLimit = Annotated[int, Query(ge=1, le=200, description="Banyaknya baris, paling banyak 200")]


# The app


UPLOADS = (b"application/pdf", b"image/", b"multipart/form-data")
"""The content types under which a file comes in, for services that take files."""


class BodyLimit:
    """Answers 413 as a problem for bodies past the limit, declared or streamed, before anything is done with them.

    Where a service takes files, what comes as one has a limit of its own.
    """

    def __init__(self, app: ASGIApp, limit_bytes: int, upload_limit_bytes: int = 0) -> None:
        self._app = app
        self._limit = limit_bytes
        self._upload_limit = max(upload_limit_bytes, limit_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in; what the app says about a body cut off for its size is not passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        limit = self._upload_limit if headers.get(b"content-type", b"").startswith(UPLOADS) else self._limit
        if not declared.isdigit() or int(declared) > limit:
            await self._refusal(limit)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise BodyIsTooLarge
            return message

        async def unless_too_large(message: Message) -> None:
            if seen <= limit:
                await send(message)

        await self._app(scope, counted, unless_too_large)
        if seen > limit:
            await self._refusal(limit)(scope, receive, send)

    def _refusal(self, limit: int) -> Response:
        return problem_response(BodyIsTooLarge(limit_bytes=limit))


Check = Callable[[], Awaitable[tuple[str, bool, str]]]


def ops_router(checks: Sequence[Check]) -> APIRouter:
    """Liveness, readiness that tells the truth, and metrics: the same for every process."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/health/ready")
    async def ready() -> JSONResponse:
        results = [await check() for check in checks]
        is_ready = all(ok for _, ok, _ in results)
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
) -> FastAPI:
    """A service's app: its routers under its root path, problems for everything that goes wrong."""
    app = _Api(
        title=title,
        version=version,
        openapi_url=f"{root_path}/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={"operation_spans": False, "logs": False, "exclude": _is_ops},
        strict_content_type=True,
    )
    app.add_middleware(BodyLimit, limit_bytes=body_limit_bytes, upload_limit_bytes=upload_limit_bytes)
    app.state.policy = policy
    app.state.verifier = verifier
    app.state.units = units
    app.state.root_path = root_path
    for router in routers:
        app.include_router(router, prefix=root_path)
    app.include_router(ops_router(checks), prefix=root_path)
    app.add_exception_handler(SigapError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_fault)
    return app


def refusals_of(service: str) -> list[type[SigapError]]:
    """Every kind of refusal that a service may answer with: the chassis' and its own, by code."""
    found: dict[str, type[SigapError]] = {}
    waiting = [SigapError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        is_answered = bool(status_of(kind, 0)) or kind is UnexpectedFault
        if is_answered and kind.__module__.startswith(("services.chassis.", f"services.{service}.")):
            found[kind.code] = kind
    return [found[code] for code in sorted(found)]


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

    def methods_at(self, path: str) -> list[str]:
        """Every method that a documented path takes (RFC 9110 §15.5.6 wants them all in ``Allow``)."""
        found: set[str] = set()
        for template, operations in self.openapi().get("paths", {}).items():
            if re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template)), path):
                found |= {method.upper() for method in operations}
        return sorted(found)


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
