"""The two ways into a page: who may look, and how a form writes. Errors leave as pages, never as JSON."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from opentelemetry import trace
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from services.chassis.auth import check, spend
from services.chassis.database import DATABASE_AWAY, UnitOfWork, is_infrastructure
from services.chassis.errors import Conflict, Forbidden, Invalid, SigapError, Unauthenticated, Unavailable
from services.chassis.pages.refilling import OTHERWISE, UNPRINTABLE, RefusedForm, page_again, what_is_wrong
from services.chassis.pages.sessions import PageSession, issued_form, open_session
from services.chassis.principal import Principal
from services.chassis.quotas import QuotaIsSpent
from services.chassis.settings import ServiceSettings
from services.chassis.telemetry import log
from services.chassis.web import (
    Answered,
    BodyIsTooLarge,
    IdempotentWrite,
    MethodIsNotAllowed,
    RouteIsUnknown,
    UnexpectedFault,
    printable,
    problem_of,
)

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

CSRF_FIELD = "csrf"
KEY_FIELD = "kunci"
FILE_FIELD = "berkas"
SUBJECT_FIELD = "perihal"
"""What the page was called on which the form stood: said again where the form is offered once more."""
RESERVED = frozenset({CSRF_FIELD, KEY_FIELD, SUBJECT_FIELD})
FORM_FIELDS_LIMIT = 50
ANYBODY = ""
"""The permission of a page that every signed-in person may see."""


class SignInIsNeeded(Unauthenticated):
    """No session, or it has ended."""

    text = "Sesi Anda sudah berakhir."
    advice = "Masuk kembali; isian Anda masih ada di halaman ini."


class FormIsFromOtherSession(Conflict):
    """The form was opened in a session that has ended, or did not come from our page."""

    text = "Anda sudah masuk kembali. Periksa isian Anda sekali lagi."
    advice = "Bila sudah benar, kirim. Tidak ada yang tercatat sebelum Anda mengirim."


class FormCameFromElsewhere(Forbidden):
    """Another site's page sent this form."""

    text = "Isian ini tidak dikirim dari halaman Sigap."
    advice = "Buka halaman Sigap dan isi kembali di sana."


class FormIsNotValid(Invalid):
    """Fields of a form are missing or malformed; ``wrong`` says of each in words what is wrong with it."""

    text = "Isian belum lengkap atau belum benar."
    advice = "Perbaiki bidang yang ditandai lalu kirim kembali."

    def __init__(self, wrong: Mapping[str, str] | None = None) -> None:
        super().__init__(fields=sorted(wrong or ()))
        self.wrong = dict(wrong or {})


@dataclass(frozen=True, slots=True)
class PageRequires:
    """A page's need: a permission from the service's policy. Tests read it off the routes."""

    permission: str

    async def __call__(self, request: Request) -> Principal:
        """The person, when allowed. Raises ``SignInIsNeeded`` or ``RoleIsNotAllowed``."""
        session = await open_session(request)
        if session is None:
            raise SignInIsNeeded
        session = replace(session, principal=request.app.state.offices.confine(session.principal))
        request.state.session = session
        request.state.principal = session.principal
        await request.app.state.pages.colleagues.look(request.app.state.units.pool)
        if self.permission:
            check(session.principal, self.permission, request.app.state.policy)
        spend(request, session.principal)
        return session.principal


def page_requires(permission: str) -> Any:
    """What a page depends on: ``caller: Annotated[Principal, page_requires("case:read")]``."""
    return Depends(PageRequires(permission))


class _Done(BaseModel):
    """What the request key remembers of a form: that it was done."""

    done: bool = True


class PostedForm:
    """One posted form of one signed-in person."""

    def __init__(self, request: Request, fields: Mapping[str, str], file: bytes = b"") -> None:
        self._request = request
        self.fields = fields
        self.file = file

    def read(self, shape: type[M], **fixed: Any) -> M:
        """The form as a request shape; empty fields count as left out. Raises ``FormIsNotValid`` naming the fields."""
        given = {name: value for name, value in self.fields.items() if name not in RESERVED and value.strip()}
        try:
            return shape.model_validate({**given, **fixed})
        except ValidationError as error:
            raise FormIsNotValid(what_is_wrong(error, shape)) from None

    async def write(self, work: Callable[[UnitOfWork], Awaitable[Any]], done: str, **chosen: str) -> Response:
        """Run the command once, however often the form is sent, then show the page that the form stood on.

        ``chosen``: what the page had been narrowed to by its address.
        """
        await self.perform(work, lambda _: _Done())
        said = urlencode({"selesai": done, **chosen})
        return RedirectResponse(f"{parent_of(self._request)}?{said}", status_code=303)

    async def go_on(
        self,
        work: Callable[[UnitOfWork], Awaitable[T]],
        answer: Callable[[T], BaseModel],
        onto: Callable[[Any], tuple[str, str]],
    ) -> Response:
        """Run the command once and go on to a page of what it made: from the answer, its path and what to say there."""
        path, done = onto(orjson.loads((await self.perform(work, answer)).body))
        address = f"{self._request.app.state.root_path}{path}?{urlencode({'selesai': done})}"
        return RedirectResponse(address, status_code=303)

    async def perform(self, work: Callable[[UnitOfWork], Awaitable[T]], answer: Callable[[T], BaseModel]) -> Answered:
        """The same for a page that shows the answer itself."""
        try:
            key = UUID(self.fields.get(KEY_FIELD, ""))
        except ValueError:
            raise FormIsNotValid from None
        kept = sorted((name, value) for name, value in self.fields.items() if name not in RESERVED)
        if self.file:
            kept.append((FILE_FIELD, hashlib.sha256(self.file).hexdigest()))
        return await IdempotentWrite(self._request, key, urlencode(kept).encode()).perform(work, answer, 200)


def parent_of(request: Request) -> str:
    """The page on which a form stands: every form posts to a name below its page."""
    parent = request.url.path.rsplit("/", 1)[0]
    return quote(f"{parent}/" if parent == request.app.state.root_path else parent)


async def read_fields(request: Request, files: int = 0) -> dict[str, str]:
    """The posted text fields, each once. Raises ``FormIsNotValid``, naming what holds an unprintable character.

    The body is read once; whoever asks again gets the same answer.
    """
    known: dict[str, str] | FormIsNotValid | None = getattr(request.state, "form_fields", None)
    if known is None:
        known = request.state.form_fields = await _parsed(request, files)
    if isinstance(known, FormIsNotValid):
        raise known
    return known


async def _parsed(request: Request, files: int) -> dict[str, str] | FormIsNotValid:
    try:
        form = await request.form(max_files=files, max_fields=FORM_FIELDS_LIMIT)
    except (ValueError, LookupError, AssertionError, HTTPException):
        return FormIsNotValid()
    given = form.get(FILE_FIELD)
    try:
        request.state.form_file = await given.read() if isinstance(given, UploadFile) else None
    finally:
        await form.close()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    wrong = [name for name, value in fields.items() if not (_is_printable(name) and _is_printable(value))]
    if wrong:
        return FormIsNotValid({name: UNPRINTABLE for name in wrong if name.isidentifier()})
    return fields


def _is_printable(value: str) -> bool:
    try:
        printable(value)
    except ValueError:
        return False
    return True


async def _posted_form(request: Request) -> PostedForm:
    return PostedForm(request, await _own_fields(request))


async def _posted_file(request: Request) -> PostedForm:
    fields = await _own_fields(request, files=1)
    file: bytes | None = request.state.form_file
    if file is None:
        raise FormIsNotValid({FILE_FIELD: "Pilih berkas."})
    return PostedForm(request, fields, file)


async def _own_fields(request: Request, files: int = 0) -> dict[str, str]:
    fields = await read_fields(request, files)
    session: PageSession = request.state.session
    if not secrets.compare_digest(fields.get(CSRF_FIELD, "").encode(), session.csrf_token.encode()):
        raise FormIsFromOtherSession if await _is_ours(request, fields) else FormCameFromElsewhere
    return fields


async def _is_ours(request: Request, fields: Mapping[str, str]) -> bool:
    """Whether one of our pages issued the form: to this person, or to whoever has no session now.

    A form for everybody (``is_open_form``) has no token: that another site did not send it was looked at before.
    """
    if getattr(request.state, "is_open_form", False):
        return True
    session: PageSession | None = getattr(request.state, "session", None)
    token = fields.get(CSRF_FIELD, "")
    if session is not None and secrets.compare_digest(token.encode(), session.csrf_token.encode()):
        return True
    try:
        return await issued_form(request, token, session.principal.actor if session else None)
    except DATABASE_AWAY:
        return False


def check_origin(request: Request) -> None:
    """Raise ``FormCameFromElsewhere`` when a browser says that another site's page sent the form.

    Asked before anything else. Whoever sends neither header is no browser of today; the form's own token holds then.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise FormCameFromElsewhere
        return
    origin = request.headers.get("origin")
    settings: ServiceSettings = request.app.state.settings
    own = {request.url.netloc, urlsplit(settings.public_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in own - {""}:
        raise FormCameFromElsewhere


Form = Annotated[PostedForm, Depends(_posted_form)]
"""How a page takes a form; stands after ``page_requires`` among a route's arguments."""

FileForm = Annotated[PostedForm, Depends(_posted_file)]
"""The same with one file, in the field ``berkas``."""


class PageRoute(APIRoute):
    """A route whose refusals are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route, with every error turned into a page."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                if request.method == "POST":
                    check_origin(request)
                response = await answer(request)
            except Exception as error:
                response = await refusal_page(request, _as_refusal(error))
            secure_headers(response, request)
            return response

        return answered


def page_router() -> APIRouter:
    """A router for pages: HTML, and no part of the API's description."""
    return APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)


def _as_refusal(error: Exception) -> SigapError:
    match error:
        case SigapError():
            return error
        case RequestValidationError():
            return RouteIsUnknown()
        case HTTPException(status_code=404):
            return RouteIsUnknown()
        case HTTPException(status_code=405):
            return MethodIsNotAllowed()
        case HTTPException(status_code=413):
            return BodyIsTooLarge()
        case _ if is_infrastructure(error):
            return Unavailable()
        case _:
            log().error("unexpected_fault", error=type(error).__name__, exc_info=error)
            return UnexpectedFault()


async def refusal_page(request: Request, error: SigapError) -> Response:
    """An error as a page: what happened, what to do, what is legal now, and nothing typed is lost."""
    pages = request.app.state.pages
    is_post = request.method == "POST"
    if isinstance(error, SignInIsNeeded) and not is_post:
        if "hx-request" in request.headers:
            return Response(status_code=200, headers={"HX-Refresh": "true"})
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{request.app.state.root_path}/masuk?{urlencode({'lanjut': asked})}", status_code=303)
    fields: dict[str, str] = {}
    if is_post and not isinstance(error, BodyIsTooLarge):
        try:
            fields = await read_fields(request)
        except SigapError:
            fields = {}
    problem = problem_of(error)
    typed = {name: value for name, value in fields.items() if name not in RESERVED}
    can_repeat = isinstance(error, SignInIsNeeded | FormIsFromOtherSession | Invalid | Unavailable | QuotaIsSpent)
    is_ours = (can_repeat or error.returns_to_form) and bool(typed) and await _is_ours(request, fields)
    is_again = can_repeat and is_ours
    wrong = _wrong_fields(error)
    if is_ours and error.returns_to_form:
        refused = RefusedForm(typed, wrong, problem.title, problem.detail)
        same = await page_again(request, parent_of(request), refused)
        if same is not None:
            return HTMLResponse(same, status_code=problem.status)
    context = {
        "problem": problem,
        "wrong": wrong,
        "legal_kind": error.legal_kind if isinstance(error, Conflict) else "",
        "typed": typed,
        "form_key": fields.get(KEY_FIELD, ""),
        "form_csrf": fields.get(CSRF_FIELD, ""),
        "subject": fields.get(SUBJECT_FIELD, ""),
        "act": _act(request),
        "is_again": is_again,
        "is_signed_out": isinstance(error, SignInIsNeeded),
        "can_correct": isinstance(error, Invalid),
        "is_post": is_post,
        "back": parent_of(request) if is_post else f"{request.app.state.root_path}/",
    }
    response: Response = pages.render(request, "refusal.html", status=problem.status, **context)
    if isinstance(error, Unavailable | QuotaIsSpent):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _wrong_fields(error: SigapError) -> Mapping[str, str]:
    if isinstance(error, FormIsNotValid):
        return error.wrong
    named = error.facts.get("fields")
    return dict.fromkeys(named, OTHERWISE) if isinstance(named, list | tuple) else {}


def _act(request: Request) -> str:
    """What a form does, in the words of its address."""
    return request.url.path.rsplit("/", 1)[-1].replace("-", " ").capitalize()


def secure_headers(response: Response, request: Request) -> None:
    """Nothing from elsewhere, nothing inline, nothing framed, nothing kept in shared caches."""
    provider = request.app.state.pages.provider_origin
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        f" connect-src 'self'; form-action 'self' {provider}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")


def current_trace_id() -> str:
    """The trace of what is being shown, or nothing."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""
