"""The link itself, for a phone at a desk without software, and the office's forms that make links."""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Path as PathPart
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.casework.handoff.handoffs.domain import Move
from services.casework.handoff.handoffs.pages import CONDITIONS, OWNERS, PERIODS, REASONS, results_for
from services.casework.handoff.handoffs.queries import show_handoff
from services.casework.handoff.handoffs.schemas import ArrivalIn, CompletionIn, ConditionalFormIn, MoveIn, ReasonedIn
from services.casework.office.directory.pages import directory_of
from services.casework.papers.links import access, commands, domain, queries
from services.casework.papers.links.adapter import keys_of
from services.casework.papers.links.commands import TELLER, MintLink
from services.casework.papers.links.domain import Standing
from services.casework.papers.links.schemas import LinkFormIn, LinkMade, LinkOut, PinIn
from services.casework.papers.links.tables import Link
from services.casework.person.custody.pages import OBSERVED_STATES
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.pages import Form, PostedForm, page_requires, page_router
from services.chassis.pages.forms import CSRF_FIELD, FormCameFromElsewhere, read_fields
from services.chassis.pages.sessions import set_cookie
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span

TEMPLATES = Path(__file__).parent / "templates"
COOKIE = "sigap_pintu"
SHAPES: dict[Move, type[MoveIn]] = {
    Move.ACCEPT: MoveIn,
    Move.ACCEPT_CONDITIONALLY: ConditionalFormIn,
    Move.REJECT: ReasonedIn,
    Move.ARRIVE: ArrivalIn,
    Move.START: MoveIn,
    Move.COMPLETE: CompletionIn,
}
STATUS = {
    Standing.USED: 410,
    Standing.EXPIRED: 410,
    Standing.REVOKED: 410,
    Standing.LOCKED: 403,
    Standing.ELSEWHERE: 403,
}
CLOSED = {
    Standing.USED: (
        "Tautan ini sudah dipakai.",
        "Jawabannya sudah tercatat. Hubungi kantor yang mengirimnya bila ada perubahan.",
    ),
    Standing.EXPIRED: ("Tautan ini sudah lewat masa berlakunya.", "Minta tautan baru kepada kantor yang mengirimnya."),
    Standing.REVOKED: ("Tautan ini sudah dicabut.", "Minta tautan baru kepada kantor yang mengirimnya."),
    Standing.LOCKED: (
        "Tautan ini terkunci karena PIN salah berkali-kali.",
        "Hubungi kantor yang mengirimnya dan minta tautan baru.",
    ),
    Standing.ELSEWHERE: (
        "Tautan ini sudah dibuka pada peramban lain.",
        "Jawablah dari perangkat yang pertama membukanya, atau minta PIN baru kepada kantor yang mengirimnya.",
    ),
}
LINK_STATES = {"open": "dapat dipakai", "used": "sudah dijawab", "locked": "terkunci", "revoked": "dicabut"}
VISITS = {
    "used": "dibuka lagi setelah dipakai",
    "expired": "dibuka setelah lewat masa berlaku",
    "locked": "dibuka saat terkunci",
    "revoked": "dibuka setelah dicabut",
    "elsewhere": "dibuka pada peramban lain",
}
WORDS = {
    "link_state": LINK_STATES,
    "link_visit": VISITS,
    "field": {"pin": "PIN", "link_id": "Tautan"},
    "done": {"link-revoked": "Tercatat: tautan dicabut."},
}
Token = Annotated[str, PathPart(pattern=r"^[A-Za-z0-9_-]{16,64}$")]

router = page_router()


@router.get("/pintu/{token}", tags=["public"])
async def link_page(token: Token, request: Request) -> Response:
    """The link: looking at it spends nothing, and shows nothing about anybody before the PIN."""
    link = await queries.find_link(token, request.app.state.units)
    return await _show(link, token, request)


@router.post("/pintu/{token}/buka", tags=["public"])
async def post_pin(token: Token, request: Request) -> Response:
    """The PIN opens the link to this browser."""
    state = request.app.state
    fields = await _fields(request)
    link = await queries.find_link(token, state.units)
    pin = PostedForm(request, fields).read(PinIn).pin
    secret = secrets.token_urlsafe(24)
    browser = domain.digest_of(secret)
    private_key = state.settings.sealing_private_key
    found = await _perform(link, request, lambda uow: commands.try_pin(link.id, pin, browser, uow, private_key))
    if found is Standing.WRONG_PIN:
        left = (await queries.find_link(token, state.units)).attempts
        return _render(request, token, "link-pin.html", 403, link=link, attempts_left=link.attempts_allowed - left)
    response: Response = RedirectResponse(_place(token, request), status_code=303)
    if found is Standing.OPENED:
        seconds = max(int((link.expires_at - clock.utc_now()).total_seconds()), 0)
        set_cookie(response, request, COOKIE, secret, seconds, path=_place(token, request))
    return response


@router.post("/pintu/{token}/jawab-{move}", tags=["public"])
async def post_answer(token: Token, move: Move, request: Request) -> Response:
    """The receiver's answer, once."""
    state = request.app.state
    fields = await _fields(request)
    link = await queries.find_link(token, state.units)
    secret = request.cookies.get(COOKIE, "")
    shape = SHAPES.get(move)
    if shape is None:
        raise domain.AnswerIsNotByLink
    browser = domain.digest_of(secret)
    if domain.standing(link, browser, clock.utc_now()) is Standing.OPENED:
        if not domain.same(domain.csrf_of(secret), fields.get(CSRF_FIELD)):
            raise FormCameFromElsewhere
        command = PostedForm(request, fields).read(shape).command(link.handoff_id, move)
        await _perform(link, request, lambda uow: commands.answer_by_link(link.id, browser, command, uow))
    return RedirectResponse(_place(token, request), status_code=303)


@router.post("/serah-terima/{handoff_id}/surat/tautan")
async def post_link(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, page_requires("link:write")], form: Form
) -> Response:
    """Make a link; address and PIN are shown this once."""
    command, keys = MintLink(clock.new_id(), handoff_id), keys_of(request)
    return await _show_secrets(request, form, lambda uow: commands.mint_link(command, uow, keys))


@router.post("/serah-terima/{handoff_id}/surat/pin")
async def post_new_pin(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, page_requires("link:write")], form: Form
) -> Response:
    """A new PIN, shown this once."""
    link_id, keys = form.read(LinkFormIn).link_id, keys_of(request)
    return await _show_secrets(request, form, lambda uow: commands.renew_pin(link_id, uow, keys))


@router.post("/serah-terima/{handoff_id}/surat/cabut")
async def post_revocation(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("link:write")], form: Form
) -> Response:
    """A link opens nothing any more."""
    link_id = form.read(LinkFormIn).link_id
    return await form.write(lambda uow: commands.revoke_link(link_id, uow), "link-revoked")


async def _show_secrets(request: Request, form: PostedForm, work: Callable[[UnitOfWork], Awaitable[Link]]) -> Response:
    state = request.app.state
    given = await form.perform(work, LinkOut.of)
    made = LinkMade.from_answer(
        given.body, state.settings.sealing_private_key, state.settings.public_url or state.root_path
    )
    rendered: Response = state.pages.render(
        request,
        "link-made.html",
        made=made,
        is_told=TELLER in keys_of(request).recipients,
        back=request.url.path.rsplit("/", 1)[0],
    )
    return rendered


async def _fields(request: Request) -> dict[str, str]:
    return await read_fields(request)


async def _perform(link: Link, request: Request, work: Callable[[UnitOfWork], Awaitable[Standing]]) -> Standing:
    """As the receiving agency through this link. The link itself makes a repeated answer harmless."""
    found: Standing = await request.app.state.units.perform(
        work, principal=access.principal_through(link.agency, link.district)
    )
    return found


async def _show(link: Link, token: str, request: Request) -> Response:
    secret = request.cookies.get(COOKIE)
    found = domain.standing(link, domain.digest_of(secret) if secret else None, clock.utc_now())
    tag_span(case_id=str(link.correlation_id), handoff_id=str(link.handoff_id))
    match found:
        case Standing.ASKS_PIN:
            left = link.attempts_allowed - link.attempts
            return _render(request, token, "link-pin.html", 200, link=link, attempts_left=left)
        case Standing.OPENED if secret:
            return await _show_disclosure(link, token, secret, request)
        case Standing.ANSWERED:
            return _render(request, token, "link-answered.html", 200, link=link)
        case _:
            await request.app.state.units.perform(
                lambda uow: commands.note_visit(link, found, uow),
                principal=access.principal_through(link.agency, link.district),
            )
            title, advice = CLOSED[found]
            return _render(request, token, "link-closed.html", STATUS[found], closed=title, advice=advice)


async def _show_disclosure(link: Link, token: str, secret: str, request: Request) -> Response:
    """What the receiver may know, the reading logged, and the answers that are legal now."""
    state = request.app.state
    async with state.units.reading(access.principal_through(link.agency, link.district)) as reading:
        view = await show_handoff(link.handoff_id, reading, state.units, state.settings.sealing_private_key)
        directory = await directory_of(reading, [link.district])
    handoff = view.handoff
    return _render(
        request,
        token,
        "link.html",
        200,
        view=view,
        handoff=handoff,
        answers=[move.value for move in domain.ANSWERS if move.value in view.legal_now],
        csrf=domain.csrf_of(secret),
        reasons=REASONS["reject"],
        results=results_for(handoff.purpose),
        observed_states=OBSERVED_STATES,
        conditions=CONDITIONS,
        owners=OWNERS,
        periods=PERIODS,
        **directory.context(link.district),
    )


def _render(request: Request, token: str, template: str, status: int, **context: object) -> Response:
    rendered: Response = request.app.state.pages.render(
        request, template, status=status, here=_place(token, request), **context
    )
    rendered.headers["Referrer-Policy"] = "no-referrer"
    return rendered


def _place(token: str, request: Request) -> str:
    return f"{request.app.state.root_path}/pintu/{token}"
