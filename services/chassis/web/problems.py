"""problem+json for every refusal (RFC 9457). Only this module knows HTTP status codes of errors."""

from collections.abc import Sequence
from typing import Any

from fastapi.responses import JSONResponse
from opentelemetry import trace
from pydantic import BaseModel, Field

from services.chassis.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SigapError,
    StillInFlight,
    Unauthenticated,
    Unavailable,
)
from services.chassis.quotas import QuotaIsSpent


class BodyIsTooLarge(Invalid):
    """More bytes than this service takes."""

    text = "Isi permintaan terlalu besar."
    advice = "Kecilkan isi permintaan, atau bagi menjadi beberapa permintaan."


class RequestTookTooLong(SigapError):
    """The body did not come in within the time that a request has."""

    text = "Isi permintaan tidak selesai dikirim pada waktunya."
    advice = "Periksa sambungan, lalu kirim ulang dengan kunci yang sama."


class BodyIsNotValid(Invalid):
    """Fields missing, malformed or unknown; ``errors`` lists them without their values."""

    text = "Isi permintaan tidak sah."
    advice = "Perbaiki bidang yang disebut pada errors lalu kirim kembali."


class RouteIsUnknown(NotFound):
    """No such address."""

    text = "Alamat ini tidak ada pada layanan."
    advice = "Lihat daftar alamat pada halaman dokumentasi API."


class ParameterIsRepeated(Invalid):
    """A parameter of the address that has one value was given several; none of them is guessed to be meant."""

    text = "Parameter alamat ini hanya boleh disebut sekali."
    advice = "Sebutkan setiap parameter yang disebut pada fields satu kali, lalu kirim kembali."


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
    (RequestTookTooLong, 408),
    (QuotaIsSpent, 429),
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
    errors: list[dict[str, str]] | None = Field(
        default=None, description="Bidang yang salah, tanpa nilainya; advice: apa yang ditulis di sana"
    )
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
    if isinstance(error, StillInFlight | Unavailable | QuotaIsSpent):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, RequestTookTooLong):
        headers["Connection"] = "close"
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
        for status in (400, 401, 403, 404, 408, 413, 422, 429, 503, *statuses)
    }


def refusals_of(service: str) -> list[type[SigapError]]:
    """Every kind of refusal that a service may answer with: the chassis' and its own, by code."""
    found: list[type[SigapError]] = []
    waiting = [SigapError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        is_answered = bool(status_of(kind, 0)) or kind is UnexpectedFault
        if is_answered and kind.__module__.startswith(("services.chassis.", f"services.{service}.")):
            found.append(kind)
    return sorted(found, key=lambda kind: (kind.code, kind.__module__))
