"""Messages set aside, for an operator's eyes: search, show, claim, replay, drop."""

from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import Path, Query, Request
from fastapi.responses import Response

from services.chassis.inbox import headers_from_json
from services.chassis.pages.doors import Form, page_requires, page_router
from services.chassis.parked import (
    OPEN,
    ClaimIn,
    ClaimParked,
    DecideParked,
    DecisionIn,
    ParkedSearch,
    claim_parked,
    decide_parked,
    list_parked,
    readable_body,
    show_parked,
)
from services.chassis.principal import Principal
from services.chassis.web import Reading

WORDS = {
    "parked": "menunggu keputusan",
    "waiting": "menunggu pesan sebelumnya",
    "replay": "akan dicoba lagi",
    "done": "sudah diolah",
    "dropped": "dibuang",
    "mend": "Perbaiki lalu coba lagi",
    "drop": "Buang",
    "reason": "Alasan",
    "expected_version": "Versi yang dilihat",
    "claim": "Urus pesan ini",
    "release": "Lepaskan",
    "parked-claim": "Anda mengurus pesan ini.",
    "parked-release": "Pesan ini dilepaskan.",
    "parked-replay": "Pesan akan dicoba lagi.",
    "parked-drop": "Pesan dibuang dengan alasan Anda.",
}
PAGE_ROWS = 50

router = page_router()
SearchText = Annotated[str, Query(max_length=200)]
ParkedNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/tersisih")
async def parked_list(
    request: Request,
    caller: Annotated[Principal, page_requires("parked:read")],
    reading: Reading,
    setelah: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    semua: bool = False,
    topik: SearchText = "",
    kunci: SearchText = "",
    sebab: SearchText = "",
    petugas: Annotated[str, Query(pattern="^(saya|kosong)?$")] = "",
) -> Response:
    """Messages in order of arrival, all or those that were looked for."""
    search = ParkedSearch(
        topic=topik or None,
        key=kunci or None,
        error_code=sebab or None,
        claimed_by={"saya": caller.actor, "kosong": "-"}.get(petugas),
        all_states=semua,
    )
    rows = await list_parked(reading, setelah, PAGE_ROWS, search)
    asked = {"topik": topik, "kunci": kunci, "sebab": sebab, "petugas": petugas, "semua": "true" if semua else ""}
    asked = {name: value for name, value in asked.items() if value}
    following = urlencode({**asked, "setelah": rows[-1]["id"]}) if len(rows) == PAGE_ROWS else ""
    rendered: Response = request.app.state.pages.render(
        request, "parked.html", rows=rows, following=following, shows_all=semua, asked=asked, me=caller.actor
    )
    return rendered


@router.get("/tersisih/{parked_id}")
async def parked_message(
    parked_id: ParkedNumber,
    request: Request,
    caller: Annotated[Principal, page_requires("parked:read")],
    reading: Reading,
) -> Response:
    """One message with what it holds."""
    row = await show_parked(reading, parked_id)
    body, is_base64 = readable_body(row["body"])
    headers = row["headers"] if isinstance(row["headers"], str) else orjson.dumps(row["headers"]).decode()
    rendered: Response = request.app.state.pages.render(
        request,
        "parked-message.html",
        row=row,
        body=body,
        is_base64=is_base64,
        headers=[(name, value.decode(errors="replace")) for name, value in headers_from_json(headers)],
        may_decide="operator" in caller.roles and row["state"] in OPEN,
        is_mine=row["claimed_by"] == caller.actor,
    )
    return rendered


@router.post("/tersisih/{parked_id}/ulang")
async def replay(
    parked_id: ParkedNumber, caller: Annotated[Principal, page_requires("parked:decide")], form: Form
) -> Response:
    """Try it again."""
    decision = form.read(DecisionIn)
    command = DecideParked(parked_id, decision.expected_version, "replay", decision.reason)
    return await form.write(lambda uow: decide_parked(command, uow), "parked-replay")


@router.post("/tersisih/{parked_id}/buang")
async def drop(
    parked_id: ParkedNumber, caller: Annotated[Principal, page_requires("parked:decide")], form: Form
) -> Response:
    """Drop it with a reason."""
    decision = form.read(DecisionIn)
    command = DecideParked(parked_id, decision.expected_version, "dropped", decision.reason)
    return await form.write(lambda uow: decide_parked(command, uow), "parked-drop")


@router.post("/tersisih/{parked_id}/urus")
async def claim(
    parked_id: ParkedNumber, caller: Annotated[Principal, page_requires("parked:decide")], form: Form
) -> Response:
    """Look after it."""
    command = ClaimParked(parked_id, form.read(ClaimIn).expected_version, is_taken=True)
    return await form.write(lambda uow: claim_parked(command, uow), "parked-claim")


@router.post("/tersisih/{parked_id}/lepas")
async def release(
    parked_id: ParkedNumber, caller: Annotated[Principal, page_requires("parked:decide")], form: Form
) -> Response:
    """Let it go."""
    command = ClaimParked(parked_id, form.read(ClaimIn).expected_version, is_taken=False)
    return await form.write(lambda uow: claim_parked(command, uow), "parked-release")
