"""Messages set aside, for an operator's eyes: search, show, claim, replay, drop."""

from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import Path, Query, Request
from fastapi.responses import Response

from services.chassis.dead_letters import (
    ClaimDeadLetter,
    ClaimIn,
    DeadLetterSearch,
    DecideDeadLetter,
    DecisionIn,
    claim_dead_letter,
    decide_dead_letter,
    list_dead_letters,
    readable_body,
    show_dead_letters,
)
from services.chassis.inbox import OPEN
from services.chassis.pages.forms import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.records import headers_from_json
from services.chassis.web import Reading

WORDS = {
    "dead_letter_state": {
        "dead": "menunggu keputusan",
        "blocked": "menunggu pesan sebelumnya",
        "replay": "akan dicoba lagi",
        "done": "sudah diolah",
        "dropped": "dibuang",
    },
    "dead_letter_move": {
        "replay": "Coba lagi",
        "mend": "Perbaiki lalu coba lagi",
        "drop": "Buang",
        "claim": "Urus pesan ini",
        "release": "Lepaskan",
    },
    "field": {"reason": "Alasan", "expected_version": "Versi yang dilihat"},
    "done": {
        "dead-letter-claim": "Anda mengurus pesan ini.",
        "dead-letter-release": "Pesan ini dilepaskan.",
        "dead-letter-replay": "Pesan akan dicoba lagi.",
        "dead-letter-drop": "Pesan dibuang dengan alasan Anda.",
    },
}
PAGE_ROWS = 50

router = page_router()
SearchText = Annotated[str, Query(max_length=200)]
DeadLetterNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/tersisih")
async def dead_letter_list(
    request: Request,
    caller: Annotated[Principal, page_requires("dead-letter:read")],
    reading: Reading,
    setelah: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    semua: bool = False,
    topik: SearchText = "",
    kunci: SearchText = "",
    sebab: SearchText = "",
    petugas: Annotated[str, Query(pattern="^(saya|kosong)?$")] = "",
) -> Response:
    """Messages in order of arrival, all or those that were looked for."""
    search = DeadLetterSearch(
        topic=topik or None,
        key=kunci or None,
        error_code=sebab or None,
        claimed_by={"saya": caller.actor, "kosong": "-"}.get(petugas),
        all_states=semua,
    )
    rows = await list_dead_letters(reading, setelah, PAGE_ROWS, search)
    asked = {"topik": topik, "kunci": kunci, "sebab": sebab, "petugas": petugas, "semua": "true" if semua else ""}
    asked = {name: value for name, value in asked.items() if value}
    following = urlencode({**asked, "setelah": rows[-1]["id"]}) if len(rows) == PAGE_ROWS else ""
    rendered: Response = request.app.state.pages.render(
        request, "dead-letters.html", rows=rows, following=following, shows_all=semua, asked=asked, me=caller.actor
    )
    return rendered


@router.get("/tersisih/{dead_letter_id}")
async def dead_letter_message(
    dead_letter_id: DeadLetterNumber,
    request: Request,
    caller: Annotated[Principal, page_requires("dead-letter:read")],
    reading: Reading,
) -> Response:
    """One message with what it holds."""
    row = await show_dead_letters(reading, dead_letter_id)
    body, is_base64 = readable_body(row["body"])
    headers = row["headers"] if isinstance(row["headers"], str) else orjson.dumps(row["headers"]).decode()
    rendered: Response = request.app.state.pages.render(
        request,
        "dead-letter.html",
        row=row,
        body=body,
        is_base64=is_base64,
        headers=[(name, value.decode(errors="replace")) for name, value in headers_from_json(headers)],
        may_decide="operator" in caller.roles and row["state"] in OPEN,
        is_mine=row["claimed_by"] == caller.actor,
    )
    return rendered


@router.post("/tersisih/{dead_letter_id}/ulang")
async def replay(
    dead_letter_id: DeadLetterNumber, caller: Annotated[Principal, page_requires("dead-letter:decide")], form: Form
) -> Response:
    """Try it again."""
    decision = form.read(DecisionIn)
    command = DecideDeadLetter(dead_letter_id, decision.expected_version, "replay", decision.reason)
    return await form.write(lambda uow: decide_dead_letter(command, uow), "dead-letter-replay")


@router.post("/tersisih/{dead_letter_id}/buang")
async def drop(
    dead_letter_id: DeadLetterNumber, caller: Annotated[Principal, page_requires("dead-letter:decide")], form: Form
) -> Response:
    """Drop it with a reason."""
    decision = form.read(DecisionIn)
    command = DecideDeadLetter(dead_letter_id, decision.expected_version, "dropped", decision.reason)
    return await form.write(lambda uow: decide_dead_letter(command, uow), "dead-letter-drop")


@router.post("/tersisih/{dead_letter_id}/urus")
async def claim(
    dead_letter_id: DeadLetterNumber, caller: Annotated[Principal, page_requires("dead-letter:decide")], form: Form
) -> Response:
    """Look after it."""
    command = ClaimDeadLetter(dead_letter_id, form.read(ClaimIn).expected_version, is_taken=True)
    return await form.write(lambda uow: claim_dead_letter(command, uow), "dead-letter-claim")


@router.post("/tersisih/{dead_letter_id}/lepas")
async def release(
    dead_letter_id: DeadLetterNumber, caller: Annotated[Principal, page_requires("dead-letter:decide")], form: Form
) -> Response:
    """Let it go."""
    command = ClaimDeadLetter(dead_letter_id, form.read(ClaimIn).expected_version, is_taken=False)
    return await form.write(lambda uow: claim_dead_letter(command, uow), "dead-letter-release")
