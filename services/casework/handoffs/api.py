"""The agency API: the feed, hand-offs, and every answer to them."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.casework.handoffs import commands, queries
from services.casework.handoffs.domain import HandoffState, Move
from services.casework.handoffs.schemas import (
    ArrivalIn,
    CompletionIn,
    FeedItem,
    FeedPage,
    HandoffDetail,
    HandoffOut,
    HandoffPage,
    HandoffReceipt,
    MoveIn,
    ReasonedIn,
)
from services.casework.handoffs.tables import Handoff
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import PageLimit, Reading, Write, problems

router = APIRouter(tags=["handoffs"])
Cursor = Annotated[int, Query(ge=0, le=2**63 - 1, description="Posisi terakhir yang sudah dibaca")]


@router.get("/feed", response_model=FeedPage, responses=problems())
async def get_feed(
    caller: Annotated[Principal, requires("feed:read")], reading: Reading, after: Cursor = 0, limit: PageLimit = 100
) -> FeedPage:
    """Umpan instansi Anda: setiap perubahan serah terima, berurutan, tanpa ada yang terlewat."""
    rows = await queries.read_feed(reading, caller.agency, after, limit)
    items = [
        FeedItem(
            position=row["position"],
            recorded_at=row["recorded_at"],
            traceparent=_json(row["headers"]).get("traceparent") or None,
            item=_json(row["body"]),
        )
        for row in rows
    ]
    return FeedPage(items=items, next_after=items[-1].position if items else after)


def _json(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(value) if isinstance(value, str) else value
    return found


@router.get("/handoffs", response_model=HandoffPage, responses=problems())
async def get_handoffs(
    caller: Annotated[Principal, requires("handoff:read")],
    reading: Reading,
    state: Annotated[list[HandoffState] | None, Query()] = None,
    after: UUID | None = None,
    limit: PageLimit = 50,
) -> HandoffPage:
    """Serah terima yang dikirim kepada atau oleh instansi Anda."""
    rows = await queries.list_handoffs(reading, None, [s.value for s in state or ()], after, limit)
    return HandoffPage(
        items=[HandoffOut.of(row, queries.legal_now(caller, row)) for row in rows],
        next_after=rows[-1].id if len(rows) == limit else None,
    )


@router.get("/handoffs/{handoff_id}", response_model=HandoffDetail, responses=problems())
async def get_handoff(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, requires("handoff:read")], reading: Reading
) -> HandoffDetail:
    """Satu serah terima dengan paket datanya menurut keperluan; pembacaan dicatat."""
    state = request.app.state
    tag_span(handoff_id=str(handoff_id))
    view = await queries.show_handoff(handoff_id, reading, state.units, state.settings.sealing_private_key)
    return HandoffDetail.of_view(view)


def _receipt(handoff: Handoff) -> HandoffReceipt:
    tag_span(case_id=str(handoff.correlation_id), handoff_id=str(handoff.id))
    return HandoffReceipt.of(handoff)


def _move(path: str, move: Move, permission: str, shape: type[MoveIn], doc: str) -> Callable[..., Any]:
    """One route per move, all of the same form."""

    async def post_move(
        handoff_id: UUID, body: MoveIn, caller: Annotated[Principal, requires(permission)], write: Write
    ) -> Response:
        command = body.command(handoff_id, move)
        return await write(lambda uow: commands.move_handoff(command, uow), _receipt, 200)

    post_move.__annotations__["body"] = shape
    post_move.__name__ = f"post_{path.replace('-', '_')}"
    post_move.__doc__ = doc
    router.post(
        f"/handoffs/{{handoff_id}}/{path}",
        response_model=HandoffReceipt,
        responses=problems(409),
    )(post_move)
    return post_move


_move("receipt", Move.RECEIVE, "handoff:answer", MoveIn, "Tandai sudah dilihat petugas meja.")
_move("acceptance", Move.ACCEPT, "handoff:answer", MoveIn, "Sanggupi: janji berpindah kepada instansi Anda.")
_move("rejection", Move.REJECT, "handoff:answer", ReasonedIn, "Tolak sebelum pekerjaan dimulai, dengan alasan.")
_move("arrival", Move.ARRIVE, "handoff:answer", ArrivalIn, "Orang atau berkas sudah diterima, dengan berita acara.")
_move("start", Move.START, "handoff:answer", MoveIn, "Pekerjaan dimulai.")
_move("completion", Move.COMPLETE, "handoff:answer", CompletionIn, "Pekerjaan selesai, dengan hasil.")
_move("failure", Move.FAIL, "handoff:answer", ReasonedIn, "Pekerjaan berakhir tanpa hasil yang dijanjikan.")
_move("closure", Move.CLOSE, "handoff:send", MoveIn, "Hasil sudah dibaca pengirim; serah terima ditutup.")
_move("cancellation", Move.CANCEL, "handoff:send", ReasonedIn, "Batalkan permintaan yang belum disanggupi.")


@router.post("/handoffs/{handoff_id}/claim", response_model=HandoffReceipt, responses=problems(409))
async def post_claim(
    handoff_id: UUID, caller: Annotated[Principal, requires("handoff:claim")], write: Write
) -> Response:
    """Ambil butir kotak masuk meja untuk jaga ini; bukan tanda terima dan bukan jawaban."""
    return await write(lambda uow: commands.claim_handoff(handoff_id, uow), _receipt, 200)
