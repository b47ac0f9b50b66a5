"""The agency API: the feed, hand-offs, and every answer to them."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime

from services.casework.handoff.disclosures.schemas import PackageOut, PackageReads
from services.casework.handoff.handoffs import commands, queries
from services.casework.handoff.handoffs.commands import Redirect, ReportStatus
from services.casework.handoff.handoffs.domain import HandoffState, Move
from services.casework.handoff.handoffs.schemas import (
    ArrivalIn,
    CompletionIn,
    ConditionalIn,
    FeedItem,
    FeedPage,
    HandoffDetail,
    HandoffOut,
    HandoffPage,
    HandoffReceipt,
    HoldIn,
    MoveIn,
    PromiseDecisionIn,
    PromiseReceipt,
    QuestionIn,
    ReasonedIn,
    RedirectionIn,
    ReplyIn,
    SpokenIn,
    StatusIn,
)
from services.casework.handoff.handoffs.tables import Handoff
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import PageLimit, Reading, Write, problems

router = APIRouter(tags=["handoffs"])
Cursor = Annotated[int, Query(ge=0, le=2**63 - 1, description="Posisi terakhir yang sudah dibaca")]


@router.get("/feed", response_model=FeedPage, responses=problems())
async def get_feed(
    request: Request,
    caller: Annotated[Principal, requires("feed:read")],
    reading: Reading,
    after: Annotated[int | None, Query(ge=0, le=2**63 - 1, description="Posisi terakhir yang sudah dibaca")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Baca ulang dari saat ini; tanpa after")] = None,
    limit: PageLimit = 100,
) -> FeedPage:
    """Umpan instansi Anda: setiap perubahan serah terima, berurutan, tanpa ada yang terlewat.

    Baris yang sudah pernah dibaca bertanda replay. Dibaca ulang dari posisi 0 atau dari suatu saat, hasilnya sama.
    """

    async def note_read(agency: str, position: int) -> None:
        work = partial(commands.note_read, agency, position)
        await request.app.state.units.perform(work, principal=caller)

    feed = await queries.read_feed(reading, after, since, limit, note_read)
    items = [
        FeedItem(
            position=row["position"],
            recorded_at=row["recorded_at"],
            traceparent=_json(row["headers"]).get("traceparent") or None,
            replay=row["position"] <= feed.read_to,
            item=_json(row["body"]),
        )
        for row in feed.rows
    ]
    return FeedPage(items=items, next_after=items[-1].position if items else feed.after)


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
        items=[HandoffOut.of(row, queries.legal_in_list(caller, row)) for row in rows],
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


@router.get("/handoffs/{handoff_id}/package", response_model=PackageOut, responses=problems())
async def get_package(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, requires("package:read")], reading: Reading
) -> PackageOut:
    """Paket data serah terima: unsur yang boleh keluar, dasar hukumnya, dan versi yang pernah dikirim."""
    state = request.app.state
    tag_span(handoff_id=str(handoff_id))
    handoff, view = await queries.package_of(handoff_id, reading, state.units, state.settings.sealing_private_key)
    return PackageOut.of(handoff.id, handoff.purpose, handoff.to_agency, view)


@router.get("/handoffs/{handoff_id}/readers", response_model=PackageReads, responses=problems())
async def get_readers(
    handoff_id: UUID,
    caller: Annotated[Principal, requires("package-readers:read")],
    reading: Reading,
    after: Cursor = 0,
    limit: PageLimit = 100,
) -> PackageReads:
    """Siapa membuka paket data, kapan, dan unsur apa; untuk pengirim dan auditor kantor."""
    tag_span(handoff_id=str(handoff_id))
    return PackageReads.of(await queries.package_readers(handoff_id, reading, after, limit), after)


def receipt(handoff: Handoff) -> HandoffReceipt:
    """How a hand-off stands after a move, with its ids on the span."""
    tag_span(case_id=str(handoff.correlation_id), handoff_id=str(handoff.id))
    return HandoffReceipt.of(handoff)


def _move(path: str, move: Move, permission: str, shape: type[MoveIn], doc: str) -> Callable[..., Any]:
    """One route per move, all of the same form."""

    async def post_move(
        handoff_id: UUID, body: MoveIn, caller: Annotated[Principal, requires(permission)], write: Write
    ) -> Response:
        command = body.command(handoff_id, move)
        return await write(lambda uow: commands.move_handoff(command, uow), receipt, 200)

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
_move(
    "conditional-acceptance",
    Move.ACCEPT_CONDITIONALLY,
    "handoff:answer",
    ConditionalIn,
    "Sanggupi bersyarat: janji berpindah setelah semua syarat terpenuhi.",
)
_move(
    "reopening", Move.REOPEN, "handoff:answer", ReasonedIn, "Pekerjaan yang gagal dilanjutkan; orangnya ditemukan lagi."
)
_move("contest", Move.CONTEST, "handoff:answer", MoveIn, "Jawaban yang dicatatkan atas nama Anda keliru.")
_move("undoing", Move.UNDO, "handoff:answer", MoveIn, "Urungkan kesanggupan yang salah tekan, dalam sepuluh menit.")
_move(
    "cancellation-consent", Move.CONFIRM_CANCEL, "handoff:answer", MoveIn, "Setujui pembatalan yang diminta pengirim."
)
_move("dispatch", Move.SEND, "handoff:send", MoveIn, "Kirim konsep: tenggat mulai berjalan.")
_move("hold", Move.HOLD, "handoff:send", HoldIn, "Hentikan sementara beserta tenggatnya, dengan alasan.")
_move("resumption", Move.RESUME, "handoff:send", MoveIn, "Lanjutkan; tenggat berjalan lagi dengan sisa waktunya.")
_move("cancellation-request", Move.ASK_CANCEL, "handoff:send", ReasonedIn, "Minta penerima melepaskan kesanggupannya.")
_move("error", Move.ENTER_IN_ERROR, "handoff:send", MoveIn, "Permintaan salah tekan, dalam sepuluh menit.")
_move("closure", Move.CLOSE, "handoff:send", MoveIn, "Hasil sudah dibaca pengirim; serah terima ditutup.")
_move("cancellation", Move.CANCEL, "handoff:send", ReasonedIn, "Batalkan permintaan yang belum disanggupi.")


@router.post("/handoffs/{handoff_id}/resending", response_model=HandoffReceipt, responses=problems(409))
async def post_resending(
    handoff_id: UUID, caller: Annotated[Principal, requires("handoff:send")], write: Write
) -> Response:
    """Beri tahu meja itu sekali lagi: pemberitahuan dan baris umpan baru; tenggat tidak berubah."""
    return await write(lambda uow: commands.resend(handoff_id, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/redirection", response_model=HandoffReceipt, responses=problems(409))
async def post_redirection(
    handoff_id: UUID, body: RedirectionIn, caller: Annotated[Principal, requires("handoff:send")], write: Write
) -> Response:
    """Alihkan kepada instansi lain: yang lama berakhir dengan alasannya, yang baru diminta dengan tenggat baru."""
    command = Redirect(handoff_id, body.reason_code, body.to_agency)
    return await write(lambda uow: commands.redirect(command, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/withdrawal", response_model=HandoffReceipt, responses=problems(409))
async def post_withdrawal(
    handoff_id: UUID, body: ReasonedIn, caller: Annotated[Principal, requires("handoff:send")], write: Write
) -> Response:
    """Tarik kembali permintaan yang macet; tidak ada lagi yang diminta."""
    return await write(lambda uow: commands.withdraw(handoff_id, body.reason_code, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/spoken-answer", response_model=HandoffReceipt, responses=problems(409))
async def post_spoken_answer(
    handoff_id: UUID, body: SpokenIn, caller: Annotated[Principal, requires("handoff:speak")], write: Write
) -> Response:
    """Catat jawaban lisan instansi tanpa aplikasi: siapa, jabatan, nomor, kapan. Tidak untuk perpindahan orang."""
    return await write(lambda uow: commands.move_handoff(body.spoken_command(handoff_id), uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/confirmation", response_model=HandoffReceipt, responses=problems(409))
async def post_confirmation(
    handoff_id: UUID, caller: Annotated[Principal, requires("handoff:answer")], write: Write
) -> Response:
    """Benarkan jawaban yang dicatatkan atas nama instansi Anda."""
    return await write(lambda uow: commands.confirm_spoken(handoff_id, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/question", response_model=HandoffReceipt, responses=problems(409))
async def post_question(
    handoff_id: UUID, body: QuestionIn, caller: Annotated[Principal, requires("handoff:answer")], write: Write
) -> Response:
    """Tanya balik: tenggat Anda berhenti, tenggat pengirim berjalan."""
    return await write(lambda uow: commands.ask_question(handoff_id, body.question_code, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/reply", response_model=HandoffReceipt, responses=problems(409))
async def post_reply(
    handoff_id: UUID, body: ReplyIn, caller: Annotated[Principal, requires("handoff:send")], write: Write
) -> Response:
    """Jawab pertanyaan penerima: tenggatnya berjalan lagi."""
    return await write(lambda uow: commands.reply(handoff_id, body.reply_code, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/status", response_model=HandoffReceipt, responses=problems(409))
async def post_status(
    handoff_id: UUID, body: StatusIn, caller: Annotated[Principal, requires("handoff:answer")], write: Write
) -> Response:
    """Kabari perkembangan tanpa diagnosis; kabar berikutnya ditunggu satu masa lagi."""
    command = ReportStatus(handoff_id, body.status_code, body.expected_end_at, body.is_ready)
    return await write(lambda uow: commands.report_status(command, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/reserve", response_model=HandoffReceipt, responses=problems(409))
async def post_reserve(
    handoff_id: UUID, caller: Annotated[Principal, requires("handoff:answer")], write: Write
) -> Response:
    """Tetap bersedia sebagai cadangan setelah instansi lain menyanggupi."""
    return await write(lambda uow: commands.keep_as_reserve(handoff_id, uow), receipt, 200)


def _settle(path: str, verb: str, doc: str) -> None:
    async def post_decision(
        promise_id: UUID,
        body: PromiseDecisionIn,
        caller: Annotated[Principal, requires("handoff:answer")],
        write: Write,
    ) -> Response:
        return await write(
            lambda uow: commands.settle_promise(promise_id, verb, body.reason_code, uow), PromiseReceipt.of, 200
        )

    post_decision.__name__ = f"post_promise_{path}"
    post_decision.__doc__ = doc
    router.post(f"/promises/{{promise_id}}/{path}", response_model=PromiseReceipt, responses=problems(409))(
        post_decision
    )


_settle("fulfilment", "meet", "Syarat terpenuhi; bila semua terpenuhi, kesanggupan menjadi tetap.")
_settle("waiver", "waive", "Penerima melepaskan syaratnya.")
_settle("breach", "break", "Syarat batal: kesanggupan bersyarat berakhir dengan alasannya.")
