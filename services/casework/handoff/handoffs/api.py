"""The agency API: the feed, hand-offs, and every answer to them."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from contracts.fields import Instant
from services.casework.handoff.disclosures.schemas import DisclosureOut, DisclosureReads
from services.casework.handoff.handoffs import commands, queries
from services.casework.handoff.handoffs.commands import MoveHandoff, Redirect, ReportStatus
from services.casework.handoff.handoffs.domain import HandoffState, Move
from services.casework.handoff.handoffs.schemas import (
    ArrivalIn,
    CompletionIn,
    ConditionalIn,
    ConditionDecisionIn,
    ConditionReceipt,
    ContestIn,
    FeedItem,
    FeedPage,
    HandoffDetail,
    HandoffOut,
    HandoffPage,
    HandoffReceipt,
    HoldIn,
    MoveIn,
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
from services.chassis.web import PageLimit, Reading, ReadingAnew, Write, hung_up, problems

router = APIRouter(tags=["handoffs"])
Answering = Annotated[Principal, requires("handoff:answer")]
Sending = Annotated[Principal, requires("handoff:send")]
Cursor = Annotated[int, Query(ge=0, le=2**63 - 1, description="Posisi terakhir yang sudah dibaca")]

WAIT = (
    "Bila belum ada yang baru, tunggu sampai sekian detik; 0 menjawab seketika. Halaman kosong yang datang lebih cepat"
    " berarti terlalu banyak yang menunggu atau layanan dihentikan: beri jeda sebelum bertanya lagi"
)


@router.get("/feed", response_model=FeedPage, responses=problems())
async def get_feed(
    request: Request,
    caller: Annotated[Principal, requires("feed:read")],
    readings: ReadingAnew,
    after: Annotated[int | None, Query(ge=0, le=2**63 - 1, description="Posisi terakhir yang sudah dibaca")] = None,
    since: Annotated[Instant | None, Query(description="Baca ulang dari saat ini; tanpa after")] = None,
    limit: PageLimit = 100,
    wait: Annotated[int, Query(ge=0, le=30, description=WAIT)] = 0,
) -> FeedPage:
    """Umpan instansi Anda: setiap perubahan serah terima, berurutan, tanpa ada yang terlewat.

    Baris yang sudah pernah dibaca bertanda replay. Dibaca ulang dari posisi 0 atau dari suatu saat, hasilnya sama.
    Dengan wait, jawaban ditahan sampai ada yang baru; bila waktunya habis, halaman kosong dengan next_after yang sama.
    """

    async def note_read(agency: str, position: int) -> None:
        work = partial(commands.note_read, agency, position)
        await request.app.state.units.perform(work, principal=caller)

    async with request.app.state.feed_watch.seat(caller.agency, wait, partial(hung_up, request)) as seat:
        async with readings() as reading:
            feed = await queries.read_feed(reading, after, since, limit, note_read)
        while not feed.rows and await seat.has_news(feed.after):
            async with readings() as reading:
                feed = await queries.read_feed_on(reading, feed, limit)
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
    legal = await queries.legal_of(reading, rows)
    return HandoffPage(
        items=[HandoffOut.of(row, legal[row.id].moves, legal[row.id].acts) for row in rows],
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


@router.get("/handoffs/{handoff_id}/disclosure", response_model=DisclosureOut, responses=problems())
async def get_disclosure(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, requires("disclosure:read")], reading: Reading
) -> DisclosureOut:
    """Paket data serah terima: unsur yang boleh keluar, dasar hukumnya, dan versi yang pernah dikirim."""
    state = request.app.state
    tag_span(handoff_id=str(handoff_id))
    handoff, view = await queries.disclosure_of(handoff_id, reading, state.units, state.settings.sealing_private_key)
    return DisclosureOut.of(handoff.id, handoff.purpose, handoff.to_agency, view)


@router.get("/handoffs/{handoff_id}/readers", response_model=DisclosureReads, responses=problems())
async def get_readers(
    handoff_id: UUID,
    caller: Annotated[Principal, requires("disclosure-readers:read")],
    reading: Reading,
    after: Cursor = 0,
    limit: PageLimit = 100,
) -> DisclosureReads:
    """Siapa membuka paket data, kapan, dan unsur apa; untuk pengirim dan auditor kantor."""
    tag_span(handoff_id=str(handoff_id))
    return DisclosureReads.of(await queries.disclosure_readers(handoff_id, reading, after, limit), after)


def receipt(handoff: Handoff) -> HandoffReceipt:
    """How a hand-off stands after a move, with its ids on the span."""
    tag_span(case_id=str(handoff.correlation_id), handoff_id=str(handoff.id))
    return HandoffReceipt.of(handoff)


async def _moved(command: MoveHandoff, write: Write) -> Response:
    return await write(lambda uow: commands.move_handoff(command, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/receipt", response_model=HandoffReceipt, responses=problems(409))
async def post_receipt(handoff_id: UUID, body: MoveIn, caller: Answering, write: Write) -> Response:
    """Tandai sudah dilihat petugas meja."""
    return await _moved(body.command(handoff_id, Move.RECEIVE), write)


@router.post("/handoffs/{handoff_id}/acceptance", response_model=HandoffReceipt, responses=problems(409))
async def post_acceptance(handoff_id: UUID, body: MoveIn, caller: Answering, write: Write) -> Response:
    """Sanggupi: janji berpindah kepada instansi Anda."""
    return await _moved(body.command(handoff_id, Move.ACCEPT), write)


@router.post("/handoffs/{handoff_id}/rejection", response_model=HandoffReceipt, responses=problems(409))
async def post_rejection(handoff_id: UUID, body: ReasonedIn, caller: Answering, write: Write) -> Response:
    """Tolak sebelum pekerjaan dimulai, dengan alasan."""
    return await _moved(body.command(handoff_id, Move.REJECT), write)


@router.post("/handoffs/{handoff_id}/arrival", response_model=HandoffReceipt, responses=problems(409))
async def post_arrival(handoff_id: UUID, body: ArrivalIn, caller: Answering, write: Write) -> Response:
    """Orang atau berkas sudah diterima, dengan berita acara."""
    return await _moved(body.command(handoff_id, Move.ARRIVE), write)


@router.post("/handoffs/{handoff_id}/start", response_model=HandoffReceipt, responses=problems(409))
async def post_start(handoff_id: UUID, body: MoveIn, caller: Answering, write: Write) -> Response:
    """Pekerjaan dimulai."""
    return await _moved(body.command(handoff_id, Move.START), write)


@router.post("/handoffs/{handoff_id}/completion", response_model=HandoffReceipt, responses=problems(409))
async def post_completion(handoff_id: UUID, body: CompletionIn, caller: Answering, write: Write) -> Response:
    """Pekerjaan selesai, dengan hasil."""
    return await _moved(body.command(handoff_id, Move.COMPLETE), write)


@router.post("/handoffs/{handoff_id}/failure", response_model=HandoffReceipt, responses=problems(409))
async def post_failure(handoff_id: UUID, body: ReasonedIn, caller: Answering, write: Write) -> Response:
    """Pekerjaan berakhir tanpa hasil yang dijanjikan."""
    return await _moved(body.command(handoff_id, Move.FAIL), write)


@router.post("/handoffs/{handoff_id}/conditional-acceptance", response_model=HandoffReceipt, responses=problems(409))
async def post_conditional_acceptance(
    handoff_id: UUID, body: ConditionalIn, caller: Answering, write: Write
) -> Response:
    """Sanggupi bersyarat: janji berpindah setelah semua syarat terpenuhi."""
    return await _moved(body.command(handoff_id, Move.ACCEPT_CONDITIONALLY), write)


@router.post("/handoffs/{handoff_id}/reopening", response_model=HandoffReceipt, responses=problems(409))
async def post_reopening(handoff_id: UUID, body: ReasonedIn, caller: Answering, write: Write) -> Response:
    """Pekerjaan yang gagal dilanjutkan; orangnya ditemukan lagi."""
    return await _moved(body.command(handoff_id, Move.REOPEN), write)


@router.post("/handoffs/{handoff_id}/contest", response_model=HandoffReceipt, responses=problems(409))
async def post_contest(handoff_id: UUID, body: ContestIn, caller: Answering, write: Write) -> Response:
    """Jawaban yang dicatatkan atas nama Anda keliru."""
    return await _moved(body.command(handoff_id, Move.CONTEST), write)


@router.post("/handoffs/{handoff_id}/undoing", response_model=HandoffReceipt, responses=problems(409))
async def post_undoing(handoff_id: UUID, body: MoveIn, caller: Answering, write: Write) -> Response:
    """Urungkan kesanggupan yang salah tekan, dalam sepuluh menit."""
    return await _moved(body.command(handoff_id, Move.UNDO), write)


@router.post("/handoffs/{handoff_id}/cancellation-consent", response_model=HandoffReceipt, responses=problems(409))
async def post_cancellation_consent(handoff_id: UUID, body: MoveIn, caller: Answering, write: Write) -> Response:
    """Setujui pembatalan yang diminta pengirim."""
    return await _moved(body.command(handoff_id, Move.CONFIRM_CANCEL), write)


@router.post("/handoffs/{handoff_id}/dispatch", response_model=HandoffReceipt, responses=problems(409))
async def post_dispatch(handoff_id: UUID, body: MoveIn, caller: Sending, write: Write) -> Response:
    """Kirim konsep: tenggat mulai berjalan."""
    return await _moved(body.command(handoff_id, Move.SEND), write)


@router.post("/handoffs/{handoff_id}/hold", response_model=HandoffReceipt, responses=problems(409))
async def post_hold(handoff_id: UUID, body: HoldIn, caller: Sending, write: Write) -> Response:
    """Hentikan sementara beserta tenggatnya, dengan alasan."""
    return await _moved(body.command(handoff_id, Move.HOLD), write)


@router.post("/handoffs/{handoff_id}/resumption", response_model=HandoffReceipt, responses=problems(409))
async def post_resumption(handoff_id: UUID, body: MoveIn, caller: Sending, write: Write) -> Response:
    """Lanjutkan; tenggat berjalan lagi dengan sisa waktunya."""
    return await _moved(body.command(handoff_id, Move.RESUME), write)


@router.post("/handoffs/{handoff_id}/cancellation-request", response_model=HandoffReceipt, responses=problems(409))
async def post_cancellation_request(handoff_id: UUID, body: ReasonedIn, caller: Sending, write: Write) -> Response:
    """Minta penerima melepaskan kesanggupannya."""
    return await _moved(body.command(handoff_id, Move.ASK_CANCEL), write)


@router.post("/handoffs/{handoff_id}/error", response_model=HandoffReceipt, responses=problems(409))
async def post_error(handoff_id: UUID, body: MoveIn, caller: Sending, write: Write) -> Response:
    """Permintaan salah tekan, dalam sepuluh menit."""
    return await _moved(body.command(handoff_id, Move.ENTER_IN_ERROR), write)


@router.post("/handoffs/{handoff_id}/closure", response_model=HandoffReceipt, responses=problems(409))
async def post_closure(handoff_id: UUID, body: MoveIn, caller: Sending, write: Write) -> Response:
    """Hasil sudah dibaca pengirim; serah terima ditutup."""
    return await _moved(body.command(handoff_id, Move.CLOSE), write)


@router.post("/handoffs/{handoff_id}/cancellation", response_model=HandoffReceipt, responses=problems(409))
async def post_cancellation(handoff_id: UUID, body: ReasonedIn, caller: Sending, write: Write) -> Response:
    """Batalkan permintaan yang belum disanggupi."""
    return await _moved(body.command(handoff_id, Move.CANCEL), write)


@router.post("/handoffs/{handoff_id}/resending", response_model=HandoffReceipt, responses=problems(409))
async def post_resending(handoff_id: UUID, caller: Sending, write: Write) -> Response:
    """Beri tahu meja itu sekali lagi: pemberitahuan dan baris umpan baru; tenggat tidak berubah."""
    return await write(lambda uow: commands.resend(handoff_id, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/redirection", response_model=HandoffReceipt, responses=problems(409))
async def post_redirection(handoff_id: UUID, body: RedirectionIn, caller: Sending, write: Write) -> Response:
    """Alihkan kepada instansi lain: yang lama berakhir dengan alasannya, yang baru diminta dengan tenggat baru."""
    command = Redirect(handoff_id, body.reason_code, body.to_agency)
    return await write(lambda uow: commands.redirect(command, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/withdrawal", response_model=HandoffReceipt, responses=problems(409))
async def post_withdrawal(handoff_id: UUID, body: ReasonedIn, caller: Sending, write: Write) -> Response:
    """Tarik kembali permintaan yang macet; tidak ada lagi yang diminta."""
    return await write(lambda uow: commands.withdraw(handoff_id, body.reason_code, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/spoken-answer", response_model=HandoffReceipt, responses=problems(409))
async def post_spoken_answer(
    handoff_id: UUID, body: SpokenIn, caller: Annotated[Principal, requires("handoff:speak")], write: Write
) -> Response:
    """Catat jawaban lisan instansi tanpa aplikasi: siapa, jabatan, nomor, kapan. Tidak untuk perpindahan orang."""
    return await write(lambda uow: commands.move_handoff(body.spoken_command(handoff_id), uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/confirmation", response_model=HandoffReceipt, responses=problems(409))
async def post_confirmation(handoff_id: UUID, caller: Answering, write: Write) -> Response:
    """Benarkan jawaban yang dicatatkan atas nama instansi Anda."""
    return await write(lambda uow: commands.confirm_spoken(handoff_id, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/question", response_model=HandoffReceipt, responses=problems(409))
async def post_question(handoff_id: UUID, body: QuestionIn, caller: Answering, write: Write) -> Response:
    """Tanya balik: tenggat Anda berhenti, tenggat pengirim berjalan."""
    return await write(lambda uow: commands.ask_question(handoff_id, body.question_code, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/reply", response_model=HandoffReceipt, responses=problems(409))
async def post_reply(handoff_id: UUID, body: ReplyIn, caller: Sending, write: Write) -> Response:
    """Jawab pertanyaan penerima: tenggatnya berjalan lagi."""
    return await write(lambda uow: commands.reply(handoff_id, body.reply_code, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/status", response_model=HandoffReceipt, responses=problems(409))
async def post_status(handoff_id: UUID, body: StatusIn, caller: Answering, write: Write) -> Response:
    """Kabari perkembangan tanpa diagnosis; kabar berikutnya ditunggu satu masa lagi."""
    command = ReportStatus(handoff_id, body.status_code, body.expected_end_at, body.is_ready)
    return await write(lambda uow: commands.report_status(command, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/reserve", response_model=HandoffReceipt, responses=problems(409))
async def post_reserve(handoff_id: UUID, caller: Answering, write: Write) -> Response:
    """Tetap bersedia sebagai cadangan setelah instansi lain menyanggupi."""
    return await write(lambda uow: commands.keep_as_reserve(handoff_id, uow), receipt, 200)


async def _settled(condition_id: UUID, verb: str, body: ConditionDecisionIn, write: Write) -> Response:
    return await write(
        lambda uow: commands.settle_condition(condition_id, verb, body.reason_code, uow), ConditionReceipt.of, 200
    )


@router.post("/conditions/{condition_id}/fulfilment", response_model=ConditionReceipt, responses=problems(409))
async def post_condition_fulfilment(
    condition_id: UUID, body: ConditionDecisionIn, caller: Answering, write: Write
) -> Response:
    """Syarat terpenuhi; bila semua terpenuhi, kesanggupan menjadi tetap."""
    return await _settled(condition_id, "meet", body, write)


@router.post("/conditions/{condition_id}/waiver", response_model=ConditionReceipt, responses=problems(409))
async def post_condition_waiver(
    condition_id: UUID, body: ConditionDecisionIn, caller: Answering, write: Write
) -> Response:
    """Penerima melepaskan syaratnya."""
    return await _settled(condition_id, "waive", body, write)


@router.post("/conditions/{condition_id}/breach", response_model=ConditionReceipt, responses=problems(409))
async def post_condition_breach(
    condition_id: UUID, body: ConditionDecisionIn, caller: Answering, write: Write
) -> Response:
    """Syarat batal: kesanggupan bersyarat berakhir dengan alasannya."""
    return await _settled(condition_id, "break", body, write)
