"""The page of one hand-off: what was asked, what the receiver may know, whose turn it is, and the answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.directory.pages import directory_of
from services.casework.handoffs import access, commands, queries
from services.casework.handoffs.domain import OPEN, Move, Purpose
from services.casework.handoffs.schemas import ArrivalIn, CompletionIn, MoveIn, ReasonedIn
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
    "claim": "Ambil untuk jaga ini",
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
    "handoff-claim": "Butir ini Anda tangani sampai pergantian jaga.",
    "handoff-receive": "Tercatat: sudah dilihat.",
    "handoff-accept": "Tercatat: disanggupi. Janji sekarang ada pada instansi Anda.",
    "handoff-reject": "Tercatat: ditolak. Pengirim mencari instansi lain.",
    "handoff-arrive": "Tercatat: sudah tiba.",
    "handoff-start": "Tercatat: mulai dikerjakan.",
    "handoff-complete": "Tercatat: selesai. Pengirim diminta membaca hasilnya.",
    "handoff-fail": "Tercatat: gagal. Pengirim diminta membaca alasannya.",
    "handoff-close": "Tercatat: hasil sudah dibaca, serah terima ditutup.",
    "handoff-cancel": "Tercatat: permintaan dibatalkan.",
}
CLOCKS = {
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
    "CASE_CONFERENCE": "Rapat perkara diminta",
}
REASONS: dict[str, dict[str, str]] = {
    "reject": {
        "FULL": "Tempat penuh",
        "NO_STAFF": "Petugas tidak tersedia",
        "NOT_OUR_DUTY": "Bukan kewenangan kami",
        "INCOMPLETE": "Keterangan belum lengkap",
    },
    "fail": {
        "ABSCONDED": "Orang meninggalkan tempat",
        "DECEASED": "Orang meninggal dunia",
        "REFUSED": "Orang atau keluarga menolak",
        "NOT_FOUND": "Tidak ditemukan",
        "NO_LONGER_ABLE": "Tidak sanggup lagi",
    },
    "cancel": {
        "NO_LONGER_NEEDED": "Tidak diperlukan lagi",
        "WRONG_AGENCY": "Salah alamat",
    },
}
RESULTS: dict[str, dict[str, str]] = {
    "CUSTODY_TRANSFER": {"IN_CARE": "Orang diterima dalam perawatan"},
    "HEALTH_SCREENING": {"NEEDS_HOSPITAL": "Perlu rawat inap", "NOT_ODGJ": "Bukan ODGJ"},
    "IDENTIFICATION": {"MATCHED": "Identitas padan", "NOT_FOUND": "Tidak ditemukan"},
    "INSURANCE": {"ACTIVE": "Aktif", "INACTIVE": "Tidak aktif", "NOT_ENROLLED": "Belum terdaftar"},
    "INPATIENT_BED": {"DISCHARGED_STABLE": "Pulang dalam keadaan stabil"},
    "FAMILY_TRACING": {
        "FAMILY_READY": "Keluarga ditemukan dan siap menerima",
        "FAMILY_NOT_FOUND": "Keluarga tidak ditemukan",
        "FAMILY_REFUSES": "Keluarga tidak dapat menerima",
    },
    "REUNIFICATION": {"REUNIFIED": "Sudah kembali kepada keluarga"},
    "REPATRIATION": {"REPATRIATED": "Sudah kembali ke daerah asal"},
    "PLACEMENT": {"PLACED": "Sudah ditempatkan"},
    "MEDICINE_CONTINUITY": {"TAKEN_OVER": "Obat dilanjutkan oleh kami"},
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
}
WORDS = {
    **PURPOSES, **STATES, **MOVES, **DONE, **CLOCKS, **RUNGS, **CONDITIONS, **IDENTITY, **FIELDS, **ANY_RESULT,
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
    rendered: Response = state.pages.render(
        request,
        "handoff.html",
        view=view,
        handoff=handoff,
        legal_now=view.legal_now,
        may_claim=may_claim and is_open and is_party,
        is_mine=handoff.claimed_by == caller.actor,
        is_of_the_office=bool(caller.roles & access.OFFICE_ROLES),
        reasons=REASONS,
        results=RESULTS.get(Purpose(handoff.purpose), ANY_RESULT),
        conditions=CONDITIONS,
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


@router.post("/serah-terima/{handoff_id}/ambil")
async def post_claim(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:claim")], form: Form
) -> Response:
    """Take it for this shift."""
    return await form.write(lambda uow: commands.claim_handoff(handoff_id, uow), "handoff-claim")
