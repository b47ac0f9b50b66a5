"""The page of one hand-off: what was asked, what the receiver may know, whose turn it is, and the answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import access, commands, queries
from services.casework.handoff.handoffs.commands import Redirect, ReportStatus
from services.casework.handoff.handoffs.domain import OPEN, UNANSWERED, UNDECIDED, Move, Side
from services.casework.handoff.handoffs.schemas import (
    ArrivalIn,
    CompletionIn,
    ConditionalFormIn,
    HoldIn,
    MoveIn,
    PromiseFormIn,
    QuestionIn,
    ReasonedIn,
    RedirectionIn,
    ReplyIn,
    SpokenFormIn,
    StatusIn,
)
from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.directory.pages import directory_of
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"

PURPOSES = {
    "CUSTODY_TRANSFER": "Serah terima orang",
    "EMERGENCY_CARE": "Pertolongan gawat darurat",
    "HEALTH_SCREENING": "Penyaringan kesehatan",
    "IDENTIFICATION": "Pemadanan identitas",
    "INSURANCE": "Kepesertaan jaminan kesehatan",
    "INPATIENT_BED": "Tempat rawat inap",
    "FAMILY_TRACING": "Penelusuran keluarga",
    "REUNIFICATION": "Pemulangan kepada keluarga",
    "REPATRIATION": "Pemulangan ke daerah asal",
    "PLACEMENT": "Penempatan di panti",
    "MEDICINE_CONTINUITY": "Kelanjutan obat",
    "TRAINING": "Pelatihan",
    "CHILD_PROTECTION": "Perlindungan anak",
    "BURIAL": "Pemakaman",
    "TRANSFER": "Pelimpahan perkara",
    "INFORMATION": "Pemberitahuan",
}
STATES = {
    "draft": "konsep",
    "conditional": "disanggupi bersyarat",
    "on-hold": "dihentikan sementara",
    "entered-in-error": "salah tekan",
    "requested": "diminta",
    "received": "sudah dilihat",
    "accepted": "disanggupi",
    "arrived": "sudah tiba",
    "in-progress": "dikerjakan",
    "completed": "selesai, menunggu dibaca",
    "failed": "gagal, menunggu dibaca",
    "closed": "ditutup",
    "rejected": "ditolak",
    "cancelled": "dibatalkan",
    "expired": "tidak berlaku lagi",
    "superseded": "disanggupi instansi lain",
}
MOVES = {
    "send": "Kirim permintaan",
    "accept-conditionally": "Jawab dengan syarat",
    "reopen": "Kerjakan lagi",
    "hold": "Hentikan sementara",
    "resume": "Jalankan lagi",
    "contest": "Bantah jawaban yang dicatatkan",
    "undo": "Urungkan jawaban",
    "ask-cancel": "Minta dibebaskan dari permintaan",
    "confirm-cancel": "Setujui pembatalan",
    "enter-in-error": "Urungkan, salah tekan",
    "ask": "Tanya balik",
    "reply": "Jawab pertanyaan",
    "report": "Kirim kabar",
    "reserve": "Tetap bersedia sebagai cadangan",
    "confirm": "Benarkan jawaban yang dicatatkan",
    "speak": "Catat jawaban lisan",
    "receive": "Tandai sudah dilihat",
    "accept": "Sanggupi",
    "reject": "Tolak",
    "arrive": "Catat kedatangan",
    "start": "Mulai kerjakan",
    "complete": "Selesaikan",
    "fail": "Laporkan gagal",
    "close": "Tutup, hasil sudah dibaca",
    "cancel": "Batalkan permintaan",
}
DONE = {
    "handoff-send": "Tercatat: permintaan dikirim, tenggat berjalan.",
    "handoff-accept-conditionally": "Tercatat: disanggupi bersyarat; janji tetap pada pengirim dahulu.",
    "handoff-reopen": "Tercatat: pekerjaan dilanjutkan.",
    "handoff-hold": "Tercatat: dihentikan sementara, tenggat ikut berhenti.",
    "handoff-resume": "Tercatat: berjalan lagi dengan sisa tenggatnya.",
    "handoff-contest": "Tercatat: jawaban dibantah, permintaan dimulai lagi.",
    "handoff-undo": "Tercatat: jawaban diurungkan.",
    "handoff-ask-cancel": "Tercatat: penerima diminta melepaskan kesanggupannya.",
    "handoff-confirm-cancel": "Tercatat: permintaan dibatalkan atas persetujuan Anda.",
    "handoff-enter-in-error": "Tercatat: permintaan dianggap tidak pernah ada.",
    "handoff-ask": "Tercatat: pertanyaan dikirim, tenggat Anda berhenti.",
    "handoff-reply": "Tercatat: pertanyaan dijawab.",
    "handoff-report": "Tercatat: kabar diteruskan.",
    "handoff-reserve": "Tercatat: Anda menjadi cadangan.",
    "handoff-confirm": "Tercatat: jawaban dibenarkan.",
    "handoff-speak": "Tercatat: jawaban lisan; instansi itu diminta membenarkannya.",
    "promise-decided": "Tercatat: syarat diputuskan.",
    "handoff-receive": "Tercatat: sudah dilihat.",
    "handoff-accept": "Tercatat: disanggupi. Janji sekarang ada pada instansi Anda.",
    "handoff-reject": "Tercatat: ditolak. Pengirim mencari instansi lain.",
    "handoff-arrive": "Tercatat: sudah tiba.",
    "handoff-start": "Tercatat: mulai dikerjakan.",
    "handoff-complete": "Tercatat: selesai. Pengirim diminta membaca hasilnya.",
    "handoff-fail": "Tercatat: gagal. Pengirim diminta membaca alasannya.",
    "handoff-resend": "Tercatat: meja itu diberi tahu sekali lagi; tenggatnya tetap.",
    "handoff-redirect": "Tercatat: dialihkan; instansi berikutnya diminta.",
    "handoff-withdraw": "Tercatat: permintaan ditarik kembali.",
    "handoff-close": "Tercatat: hasil sudah dibaca, serah terima ditutup.",
    "handoff-cancel": "Tercatat: permintaan dibatalkan.",
}
CLOCKS = {
    "RECEIVED_BY": "Tanda dilihat ditunggu paling lambat",
    "REPLY_BY": "Jawaban pengirim ditunggu paling lambat",
    "PROMISE_BY": "Syarat ditunggu paling lambat",
    "CONFIRM_BY": "Pembenaran jawaban lisan ditunggu paling lambat",
    "EXPECTED_END": "Diperkirakan rampung",
    "FETCH_BY": "Penjemputan ditunggu paling lambat",
    "ANSWER_BY": "Jawaban ditunggu paling lambat",
    "ARRIVE_BY": "Kedatangan ditunggu paling lambat",
    "STATUS_BY": "Kabar berikutnya ditunggu paling lambat",
    "READ_BY": "Pengirim membaca hasil paling lambat",
}
RUNGS = {
    "REMIND_DESK": "Meja tujuan diingatkan",
    "SECTION_HEAD": "Kepala bidang diberi tahu",
    "BOTH_HEADS": "Pimpinan kedua instansi diberi tahu",
    "NEXT_CANDIDATE": "Diteruskan kepada instansi berikutnya",
    "SECRETARIAT": "Sekretaris Daerah diberi tahu",
    "INSPECTORATE": "Inspektorat diberi tahu",
    "CASE_CONFERENCE": "Rapat perkara diminta",
}
REASONS: dict[str, dict[str, str]] = {
    "reject": {
        "FULL": "Tempat penuh",
        "NO_STAFF": "Petugas tidak tersedia",
        "NOT_OUR_DUTY": "Bukan kewenangan kami",
        "INCOMPLETE": "Keterangan belum lengkap",
        "NO_MEDICINE": "Obatnya tidak tersedia di tempat kami",
    },
    "fail": {
        "ABSCONDED": "Orang meninggalkan tempat",
        "DECEASED": "Orang meninggal dunia",
        "REFUSED": "Orang atau keluarga menolak",
        "NOT_FOUND": "Tidak ditemukan",
        "NO_LONGER_ABLE": "Tidak sanggup lagi",
    },
    "hold": {
        "WAITING_FOR_PERSON": "Menunggu orangnya",
        "WAITING_FOR_DOCUMENT": "Menunggu dokumen",
        "DISASTER": "Keadaan bencana",
        "HOLIDAY_CLOSURE": "Kantor tutup",
        "AGREED_WITH_RECEIVER": "Disepakati dengan penerima",
    },
    "reopen": {"FOUND_AGAIN": "Orangnya ditemukan kembali"},
    "rescue": {
        "AGENCY_CLOSED": "Instansi tutup",
        "NO_ANSWER": "Tidak ada jawaban",
    },
    "ask-cancel": {
        "NO_LONGER_NEEDED": "Tidak diperlukan lagi",
        "OTHER_SOLUTION": "Ada jalan lain",
    },
    "cancel": {
        "NO_LONGER_NEEDED": "Tidak diperlukan lagi",
        "WRONG_AGENCY": "Salah alamat",
    },
}
RESULTS: dict[str, dict[str, str]] = {
    "CUSTODY_TRANSFER": {"IN_CARE": "Orang diterima dalam perawatan"},
    "EMERGENCY_CARE": {"STABILISED": "Sudah stabil, dapat dijemput"},
    "HEALTH_SCREENING": {
        "NEEDS_HOSPITAL": "Perlu rawat inap",
        "OUTPATIENT": "ODGJ, cukup rawat jalan",
        "NOT_ODGJ": "Bukan ODGJ",
    },
    "IDENTIFICATION": {"MATCHED": "Identitas padan", "NOT_FOUND": "Tidak ditemukan"},
    "INSURANCE": {
        "ACTIVE": "Aktif",
        "INACTIVE": "Tidak aktif",
        "NOT_ENROLLED": "Belum terdaftar",
        "ARREARS": "Menunggak iuran mandiri",
    },
    "INPATIENT_BED": {"DISCHARGED_STABLE": "Pulang dalam keadaan stabil"},
    "FAMILY_TRACING": {
        "FAMILY_READY": "Keluarga ditemukan dan siap menerima",
        "FAMILY_NOT_FOUND": "Keluarga tidak ditemukan",
        "FAMILY_REFUSES": "Keluarga tidak dapat menerima",
        "HOME_DISTRICT_FOUND": "Berasal dari daerah lain",
    },
    "REUNIFICATION": {"REUNIFIED": "Sudah kembali kepada keluarga"},
    "REPATRIATION": {"REPATRIATED": "Sudah kembali ke daerah asal"},
    "PLACEMENT": {"PLACED": "Sudah ditempatkan"},
    "MEDICINE_CONTINUITY": {"TAKEN_OVER": "Obat dilanjutkan oleh kami"},
    "CHILD_PROTECTION": {"PROTECTED": "Anak dalam perlindungan kami", "NOT_A_CHILD": "Ternyata sudah dewasa"},
}
QUESTIONS = {
    "IDENTITY_UNCLEAR": "Identitasnya belum jelas",
    "CONDITION_UNCLEAR": "Keadaannya belum jelas",
    "FUNDING_UNCLEAR": "Pembiayaannya belum jelas",
    "LETTER_MISSING": "Surat pengantar belum ada",
}
REPLIES = {
    "ANSWERED_BY_PHONE": "Dijawab lewat telepon",
    "LETTER_SENT": "Surat dikirim",
    "AS_IN_PACKAGE": "Ada dalam paket",
}
NEWS = {"IN_CARE": "Dalam perawatan", "IMPROVING": "Membaik", "UNCHANGED": "Belum berubah", "READY": "Siap dijemput"}
PROMISES = {
    "INSURANCE_ACTIVE": "Jaminan kesehatan aktif",
    "GUARANTEE_LETTER": "Surat jaminan pembiayaan",
    "BED_AVAILABLE": "Tempat tidur tersedia",
    "MEDICINE_SUPPLIED": "Obat dipasok rumah sakit",
    "LETTER_COMPLETE": "Surat lengkap",
    "ESCORT_COMES_ALONG": "Ada pendamping",
}
PROMISE_STATES = {
    "met": "terpenuhi",
    "waived": "dilepaskan",
    "broken": "batal",
    "void": "gugur",
}
CLOCK_STATES = {"running": "berjalan", "paused": "berhenti sementara", "stopped": "selesai"}
SPEAKERS = {
    "DUTY_OFFICER": "Petugas jaga",
    "HEAD": "Pimpinan",
    "DOCTOR": "Dokter",
    "ADMINISTRATOR": "Petugas tata usaha",
}
REMARKS = {
    "ANSWERED_IN_TIME_RECORDED_LATE": "dijawab tepat waktu, dicatat terlambat",
    "NOBODY_ON_DUTY": "meja tidak berpetugas jaga, diteruskan kepada pimpinan",
}
NOTICES = {
    "awaited": "pemberitahuan belum dipastikan sampai",
    "delivered": "pemberitahuan sampai",
    "undelivered": "pemberitahuan tidak sampai, mejanya ditelepon",
}
LETTERS = {
    "COVER_LETTER": "Surat pengantar",
    "REFERRAL_LETTER": "Surat rujukan",
    "HANDOVER_RECORD": "Berita acara serah terima",
}
ANY_RESULT = {"DONE": "Selesai dikerjakan"}
CONDITIONS = {"STABLE": "Stabil", "AGITATED": "Gelisah", "ILL": "Sakit", "INJURED": "Terluka"}
IDENTITY = {
    "PROVISIONAL": "belum dikenali",
    "CLAIMED": "menurut pengakuan",
    "MATCHED": "padan dengan data kependudukan",
}
FIELDS = {
    "name": "Nama",
    "nik": "NIK",
    "birth_date": "Tanggal lahir",
    "features": "Ciri-ciri",
    "reason_code": "Alasan",
    "result_code": "Hasil",
    "ba_number": "Nomor berita acara",
    "condition_code": "Keadaan orang",
    "place_code": "Kode wilayah tempat",
    "happened_at": "Waktu kejadian",
    "happened_local": "Waktu dikatakan",
    "spoke_with": "Siapa yang berbicara",
    "role": "Jabatannya",
    "phone": "Nomor teleponnya",
    "move": "Jawabannya",
    "code": "Syarat",
    "within_hours": "Batas waktu syarat",
    "owner": "Pemenuh syarat",
    "question_code": "Pertanyaan",
    "reply_code": "Jawaban",
    "status_code": "Kabar",
}
WORDS = {
    **QUESTIONS, **REPLIES, **NEWS, **PROMISES, **PROMISE_STATES, **CLOCK_STATES, **SPEAKERS, **REMARKS, **NOTICES,
    **PURPOSES, **STATES, **MOVES, **DONE, **CLOCKS, **RUNGS, **CONDITIONS, **IDENTITY, **FIELDS, **ANY_RESULT,
    **LETTERS,
    **{code: text for group in REASONS.values() for code, text in group.items()},
    **{code: text for group in RESULTS.values() for code, text in group.items()},
}  # fmt: skip

router = page_router()


@router.get("/serah-terima/{handoff_id}")
async def handoff_page(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, page_requires("handoff:read")], reading: Reading
) -> Response:
    """One hand-off with its package and exactly the answers that are legal now."""
    state = request.app.state
    view = await queries.show_handoff(handoff_id, reading, state.units, state.settings.sealing_private_key)
    handoff = view.handoff
    tag_span(case_id=str(handoff.correlation_id), handoff_id=str(handoff.id))
    directory = await directory_of(reading, [handoff.district])
    is_open = handoff.state in {found.value for found in OPEN}
    is_party = caller.agency in (handoff.to_agency, handoff.from_agency)
    may_claim = bool(caller.roles & access.PERMISSIONS["handoff:claim"]) and handoff.claimed_by != caller.actor
    sides = access.sides(caller, handoff.from_agency, handoff.to_agency)
    may_rescue = bool({Side.SENDER, Side.OFFICER} & set(sides)) and access.may_move(caller, Move.CANCEL)
    rendered: Response = state.pages.render(
        request,
        "handoff.html",
        view=view,
        handoff=handoff,
        legal_now=view.legal_now,
        may_claim=may_claim and is_open and is_party,
        is_mine=handoff.claimed_by == caller.actor,
        may_resend=may_rescue and handoff.state in UNANSWERED,
        may_redirect=may_rescue and handoff.state in UNDECIDED,
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        reasons=REASONS,
        results=RESULTS.get(Purpose(handoff.purpose), ANY_RESULT),
        conditions=CONDITIONS,
        questions=QUESTIONS,
        replies=REPLIES,
        news=NEWS,
        promises=PROMISES,
        speakers=SPEAKERS,
        agency=caller.agency,
        **directory.context(handoff.district),
    )
    return rendered


def _move(path: str, move: Move, permission: str, shape: type[MoveIn]) -> Callable[..., Any]:
    """One form per move, all of the same kind, through the very command of the agency API."""

    async def post_move(
        handoff_id: UUID, caller: Annotated[Principal, page_requires(permission)], form: Form
    ) -> Response:
        command = form.read(shape).command(handoff_id, move)
        return await form.write(lambda uow: commands.move_handoff(command, uow), f"handoff-{move.value}")

    post_move.__name__ = f"post_{move.value}"
    post_move.__doc__ = f"{MOVES[move.value]}."
    router.post(f"/serah-terima/{{handoff_id}}/{path}")(post_move)
    return post_move


_move("lihat", Move.RECEIVE, "handoff:answer", MoveIn)
_move("sanggupi", Move.ACCEPT, "handoff:answer", MoveIn)
_move("tolak", Move.REJECT, "handoff:answer", ReasonedIn)
_move("tiba", Move.ARRIVE, "handoff:answer", ArrivalIn)
_move("mulai", Move.START, "handoff:answer", MoveIn)
_move("selesai", Move.COMPLETE, "handoff:answer", CompletionIn)
_move("gagal", Move.FAIL, "handoff:answer", ReasonedIn)
_move("tutup", Move.CLOSE, "handoff:send", MoveIn)
_move("batal", Move.CANCEL, "handoff:send", ReasonedIn)
_move("kirim", Move.SEND, "handoff:send", MoveIn)
_move("bersyarat", Move.ACCEPT_CONDITIONALLY, "handoff:answer", ConditionalFormIn)
_move("lanjut", Move.REOPEN, "handoff:answer", ReasonedIn)
_move("henti", Move.HOLD, "handoff:send", HoldIn)
_move("jalan", Move.RESUME, "handoff:send", MoveIn)
_move("bantah", Move.CONTEST, "handoff:answer", MoveIn)
_move("urung", Move.UNDO, "handoff:answer", MoveIn)
_move("minta-batal", Move.ASK_CANCEL, "handoff:send", ReasonedIn)
_move("setuju-batal", Move.CONFIRM_CANCEL, "handoff:answer", MoveIn)
_move("salah", Move.ENTER_IN_ERROR, "handoff:send", MoveIn)


@router.post("/serah-terima/{handoff_id}/kirim-ulang")
async def post_resending(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:send")], form: Form
) -> Response:
    """Tell the desk once more."""
    return await form.write(lambda uow: commands.resend(handoff_id, uow), "handoff-resend")


@router.post("/serah-terima/{handoff_id}/alihkan")
async def post_redirection(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:send")], form: Form
) -> Response:
    """Ask another agency instead."""
    body = form.read(RedirectionIn)
    command = Redirect(handoff_id, body.reason_code, body.to_agency)
    return await form.write(lambda uow: commands.redirect(command, uow), "handoff-redirect")


@router.post("/serah-terima/{handoff_id}/lisan")
async def post_spoken(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:speak")], reading: Reading, form: Form
) -> Response:
    """What an agency said by phone."""
    zone = str((await directory_of(reading, caller.offices)).context().get("zone", "UTC"))
    command = form.read(SpokenFormIn).spoken_command(handoff_id, zone)
    return await form.write(lambda uow: commands.move_handoff(command, uow), "handoff-speak")


@router.post("/serah-terima/{handoff_id}/benar")
async def post_confirmation(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """What was written down for us is right."""
    return await form.write(lambda uow: commands.confirm_spoken(handoff_id, uow), "handoff-confirm")


@router.post("/serah-terima/{handoff_id}/cadangan")
async def post_reserve(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """Still willing."""
    return await form.write(lambda uow: commands.keep_as_reserve(handoff_id, uow), "handoff-reserve")


@router.post("/serah-terima/{handoff_id}/tanya")
async def post_question(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """Ask back."""
    code = form.read(QuestionIn).question_code
    return await form.write(lambda uow: commands.ask_question(handoff_id, code, uow), "handoff-ask")


@router.post("/serah-terima/{handoff_id}/jawab")
async def post_reply(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:send")], form: Form
) -> Response:
    """Answer the question."""
    code = form.read(ReplyIn).reply_code
    return await form.write(lambda uow: commands.reply(handoff_id, code, uow), "handoff-reply")


@router.post("/serah-terima/{handoff_id}/kabar")
async def post_status(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
) -> Response:
    """News of the work."""
    code = form.read(StatusIn).status_code
    command = ReportStatus(handoff_id, code, is_ready=code == "READY")
    return await form.write(lambda uow: commands.report_status(command, uow), "handoff-report")


def _settle(path: str, verb: str, doc: str) -> None:
    async def post_decision(
        handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:answer")], form: Form
    ) -> Response:
        promise_id = form.read(PromiseFormIn).promise_id
        return await form.write(lambda uow: commands.settle_promise(promise_id, verb, None, uow), "promise-decided")

    post_decision.__name__ = f"post_promise_{verb}"
    post_decision.__doc__ = doc
    router.post(f"/serah-terima/{{handoff_id}}/{path}")(post_decision)


_settle("syarat-terpenuhi", "meet", "The condition is met.")
_settle("syarat-dilepas", "waive", "The condition is no longer asked.")
_settle("syarat-batal", "break", "The condition cannot be met.")
