"""The page side of one service: templates, base page, navigation, static files, and the pages every service has."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from services.chassis import clock
from services.chassis.offices import Offices
from services.chassis.pages import dead_letters, events, sign_in, words
from services.chassis.pages.colleagues import Colleagues
from services.chassis.pages.forms import (
    ANYBODY,
    SUBJECT_FIELD,
    current_trace_id,
    page_requires,
    page_router,
    refusal_page,
    secure_headers,
)
from services.chassis.pages.sessions import PageSession
from services.chassis.pages.words import Words, joined
from services.chassis.principal import Principal
from services.chassis.settings import ServiceSettings
from services.chassis.web import RouteIsUnknown

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class PageLink:
    """An entry of the navigation, shown to whoever has the permission; ``rank``: where it stands, smallest first."""

    path: str
    label: str
    permission: str
    rank: int = 0


class _Static(StaticFiles):
    """Our own files, kept by browsers for an hour; addresses carry the content's digest."""

    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class Pages:
    """The page side of one service."""

    def __init__(
        self, *, folders: Sequence[Path] = (), links: Sequence[PageLink] = (), words: Words | None = None
    ) -> None:
        """``folders`` hold templates; ``words`` give codes, form fields and notices their Indonesian names, by kind.

        Raises ``ValueError`` when a code of a kind is worded twice.
        """
        self._folders = folders
        set_aside = PageLink("/tersisih", "Pesan tersisih", "dead-letter:read")
        self._links = (*sorted(links, key=lambda link: link.rank), set_aside)
        self.words = joined([dead_letters.WORDS, words or {}])
        self.routers = (sign_in.router, dead_letters.router, events.router, _own_pages())
        self.colleagues = Colleagues()
        self.provider: sign_in.Provider
        self.provider_origin = ""

    def install(self, app: FastAPI) -> None:
        """Add the routes that every service's pages have, and the static files, to the app."""
        settings: ServiceSettings = app.state.settings
        root_path: str = app.state.root_path
        parts = urlsplit(settings.oidc_issuer)
        self.provider_origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        self.provider = sign_in.Provider(settings)
        app.state.pages = self
        for router in self.routers:
            app.include_router(router, prefix=root_path)
        app.mount(f"{root_path}/static", _Static(directory=HERE / "static"), name="static")
        on_http: Any = app.exception_handlers[HTTPException]

        async def page_or_problem(request: Request, error: HTTPException) -> Response:
            wants_page = "text/html" in request.headers.get("accept", "") and error.status_code == 404
            if not wants_page:
                answer: Response = await on_http(request, error)
                return answer
            page = await refusal_page(request, RouteIsUnknown())
            secure_headers(page, request)
            return page

        app.add_exception_handler(HTTPException, page_or_problem)  # type: ignore[arg-type]

    def render(self, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page on the base page; ``zone`` in the context says on which wall clock its times are shown."""
        settings: ServiceSettings = request.app.state.settings
        session: PageSession | None = getattr(request.state, "session", None)
        trace_id = current_trace_id()
        text = self._templates.get_template(template).render(
            {
                "root": request.app.state.root_path,
                "service": request.app.title,
                "path": request.url.path,
                "session": session,
                "links": self._visible(session, request) if session else (),
                "zone": settings.time_zone,
                "now": clock.utc_now(),
                "trace_id": trace_id,
                "trace_page": settings.trace_page_url,
                "words": self.words,
                "called": self.naming(request, context.get("names", {})),
                "done": request.query_params.get("selesai", ""),
                **context,
            }
        )
        return HTMLResponse(_naming_forms(text), status_code=status)

    def naming(self, request: Request, agencies: Mapping[str, str]) -> Callable[[str], str]:
        """What the viewer of a page calls those who acted; ``agencies``: code -> name."""
        viewer: Principal | None = getattr(request.state, "principal", None)
        offices: Offices = request.app.state.offices
        return lambda actor: self.colleagues.called(actor, viewer, offices, agencies)

    def _visible(self, session: PageSession, request: Request) -> list[PageLink]:
        policy = request.app.state.policy
        return [link for link in self._links if session.principal.roles & policy.get(link.permission, frozenset())]

    @cached_property
    def _templates(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader([HERE / "templates", *self._folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["rupiah"] = words.rupiah
        environment.filters["waktu"] = _in_zone
        environment.filters["tanggal"] = words.day
        environment.filters["sisa"] = _left
        environment.filters["kata"] = _word
        environment.filters["tempat"] = words.place
        environment.filters["oleh"] = _called
        environment.globals["new_key"] = lambda: str(clock.new_id())
        environment.globals["urgency"] = words.urgency
        environment.globals["static_version"] = _static_version()
        return environment


_TITLE = re.compile(r"<title>(.*?)(?: · [^<]*)?</title>", re.DOTALL)
_FIRST_INPUT = '<input type="hidden" name="csrf"'


def _naming_forms(page: str) -> str:
    """Each form carries what its page is called, so that a form that is offered again says what it is about."""
    title = _TITLE.search(page)
    if title is None or f'name="{SUBJECT_FIELD}"' in page:
        return page
    return page.replace(
        _FIRST_INPUT, f'<input type="hidden" name="{SUBJECT_FIELD}" value="{title[1].strip()}">{_FIRST_INPUT}'
    )


def _static_version() -> str:
    found = hashlib.sha256()
    for file in sorted((HERE / "static").rglob("*.*")):
        found.update(file.read_bytes())
    return found.hexdigest()[:12]


@pass_context
def _in_zone(context: Context, moment: Any) -> str:
    return words.instant(moment, context["zone"]) if moment is not None else "–"


@pass_context
def _left(context: Context, moment: Any) -> str:
    return words.left(moment, context["now"])


@pass_context
def _word(context: Context, code: Any, kind: str) -> str:
    return words.word(context["words"], kind, str(code)) if code is not None else "–"


@pass_context
def _called(context: Context, actor: Any) -> str:
    return str(context["called"](actor)) if actor else "–"


def _own_pages() -> Any:
    router = page_router()

    @router.get("/")
    async def home(request: Request, caller: Annotated[Principal, page_requires(ANYBODY)]) -> Response:
        """The first page of a service that has no list of its own."""
        rendered: Response = request.app.state.pages.render(request, "home.html")
        return rendered

    @router.get("/docs", tags=["public"])
    async def docs(request: Request) -> Response:
        """The API's description, drawn without asking any other host."""
        rendered: Response = request.app.state.pages.render(request, "docs.html")
        return rendered

    return router
