"""Cari: one box, and what was found; the words travel in the body, so that no address and no history keeps them."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.search import domain, queries
from services.casework.case.search.schemas import SearchFormIn
from services.casework.office.directory.pages import directory_of
from services.chassis.digests import Reader
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 20
WORDS = {"field": {"cari": "Yang dicari", "setelah": "Halaman hasil"}}

router = page_router()


def _shown(request: Request, **context: Any) -> Response:
    rendered: Response = request.app.state.pages.render(request, "search.html", page_rows=PAGE_ROWS, **context)
    return rendered


@router.get("/cari")
async def search_page(request: Request, caller: Annotated[Principal, page_requires("person:search")]) -> Response:
    """The empty box."""
    return _shown(request, found=None, typed="", after=0)


@router.post("/cari/hasil")
async def post_search(
    request: Request, caller: Annotated[Principal, page_requires("person:search")], reading: Reading, form: Form
) -> Response:
    """What was found; each name that is shown is logged."""
    body, state = form.read(SearchFormIn), request.app.state
    settings = state.settings
    reader = Reader(settings.sealing_private_key, settings.identity_secret.get_secret_value())
    asked = domain.read(body.cari)
    found = await queries.find(reading, asked, body.setelah, PAGE_ROWS, state.units, reader)
    directory = await directory_of(reading, caller.offices)
    return _shown(request, found=found, typed=body.cari, after=body.setelah, **directory.context())
