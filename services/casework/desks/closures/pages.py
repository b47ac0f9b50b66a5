"""Instansi tutup: what would become of its hand-offs, the decision, and how far it is carried out."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.desks.closures import commands, queries
from services.casework.desks.closures.domain import ClosureState, Disposition
from services.casework.desks.closures.schemas import AGENCY, DISTRICT, ClosureIn
from services.casework.handoff.handoffs.pages import REASONS as HANDOFF_REASONS
from services.casework.office.directory.pages import directory_of
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
LIST_ROWS = 20
PAGE_ROWS = 200

DISPOSITIONS = {
    "RESEND": "Beri tahu sekali lagi",
    "REDIRECT": "Alihkan kepada instansi lain",
    "WITHDRAW": "Tarik kembali",
}
REASONS = {
    "AGENCY_CLOSED": "Instansi tutup",
    "AGENCY_MOVED": "Instansi pindah",
    "SYSTEM_DOWN": "Aplikasi instansi tidak dapat dihubungi",
}
ITEM_DISPOSITIONS = {
    "PERSON_IS_THERE": "Tetap: orangnya ada di sana, serahkan lewat berita acara",
    "RESULT_WAITS": "Tetap: hasilnya menunggu dibaca",
    "ALREADY_ANSWERED": "Tetap: sudah dijawab",
}
ITEM_STATES = {
    "waiting": "menunggu giliran",
    "done": "selesai",
    "left": "dibiarkan",
    "changed": "sudah berubah sendiri",
}
ENDED_BY_CLOSURE = {code: text for code, text in REASONS.items() if code not in HANDOFF_REASONS["rescue"]}
"""Why a hand-off ends with its agency, where a hand-off itself has no such reason."""
WORDS = {
    "closure_disposition": DISPOSITIONS,
    "closure_reason": REASONS,
    "item_disposition": {**DISPOSITIONS, **ITEM_DISPOSITIONS},
    "item_state": ITEM_STATES,
    "handoff_reason": ENDED_BY_CLOSURE,
    "field": {
        "agency": "Instansi yang tutup",
        "disposition": "Nasib serah terima",
        "to_agency": "Instansi pengganti",
    },
    "field.disposition": DISPOSITIONS,
    "field.reason_code": ENDED_BY_CLOSURE,
    "done": {
        "closure-open": "Tercatat. Jalankan tahap pertama di bawah.",
        "closure-batch": "Satu tahap selesai dijalankan.",
    },
}

router = page_router()


@router.get("/penutupan")
async def closure_list(
    request: Request,
    caller: Annotated[Principal, page_requires("closure:write")],
    reading: Reading,
    daerah: Annotated[str | None, Query(pattern=DISTRICT)] = None,
    instansi: Annotated[str | None, Query(pattern=AGENCY)] = None,
    nasib: Disposition = Disposition.REDIRECT,
) -> Response:
    """The last closures; with an agency chosen, what would become of each of its open hand-offs."""
    closures = await queries.list_closures(reading, LIST_ROWS)
    directory = await directory_of(reading, {*caller.offices, *(closure.district for closure in closures)})
    district = daerah or next((office[:5] for office in caller.offices if "." in office), "")
    foreseen = await queries.foresee(reading, district, instansi, nasib) if instansi else None
    rendered: Response = request.app.state.pages.render(
        request,
        "closures.html",
        closures=closures,
        foreseen=foreseen,
        district=district,
        chosen=instansi,
        disposition=nasib.value,
        dispositions=DISPOSITIONS,
        reasons=REASONS,
        **directory.context(district),
    )
    return rendered


@router.post("/penutupan/catat")
async def post_closure(caller: Annotated[Principal, page_requires("closure:write")], form: Form) -> Response:
    """Decide."""
    command = form.read(ClosureIn).command()
    return await form.write(lambda uow: commands.close_agency(command, uow), "closure-open")


@router.get("/penutupan/{closure_id}")
async def closure_page(
    closure_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("closure:read")],
    reading: Reading,
    setelah: UUID | None = None,
) -> Response:
    """One closure with the result of each hand-off."""
    closure, items = await queries.show_closure(reading, closure_id, setelah, PAGE_ROWS)
    rendered: Response = request.app.state.pages.render(
        request,
        "closure.html",
        closure=closure,
        items=items,
        following=items[-1]["handoff_id"] if len(items) == PAGE_ROWS else None,
        may_go_on=closure.state == ClosureState.OPEN,
        **(await directory_of(reading, [closure.district])).context(closure.district),
    )
    return rendered


@router.post("/penutupan/{closure_id}/tahap")
async def post_batch(
    closure_id: UUID, caller: Annotated[Principal, page_requires("closure:write")], form: Form
) -> Response:
    """The next batch."""
    return await form.write(lambda uow: commands.carry_out_batch(closure_id, uow), "closure-batch")
