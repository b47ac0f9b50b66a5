"""What the page of a hand-off calls its codes: purposes, states, moves, reasons, results and fields."""

from services.casework.handoff.disclosures.domain import PERSON_FIELD_TEXTS
from services.casework.handoff.handoffs.domain import results_of
from services.casework.office.case_types.domain import CASE_TYPES

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
    "resend": "Beri tahu sekali lagi",
    "redirect": "Alihkan kepada instansi lain",
    "withdraw": "Tarik kembali permintaan",
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
    "firm-up": "Semua syarat terpenuhi",
    "expire": "Tidak berlaku lagi",
    "supersede": "Disanggupi instansi lain",
    "ask-again": "Minta sekali lagi",
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
    "condition-decided": "Tercatat: syarat diputuskan.",
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
DEADLINES = {
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
ESCALATIONS = {
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
    "contest": {
        "FULL": "Tempat penuh",
        "NO_STAFF": "Petugas tidak tersedia",
        "NOT_OUR_DUTY": "Bukan kewenangan kami",
        "WRONG_AGENCY": "Yang berbicara bukan dari kami",
    },
    "rescue": {
        "AGENCY_CLOSED": "Instansi tutup",
        "NO_ANSWER": "Tidak ada jawaban",
    },
    "ask-cancel": {
        "NO_LONGER_NEEDED": "Tidak diperlukan lagi",
        "PROVEN_ADULT": "Terbukti sudah dewasa",
        "OTHER_SOLUTION": "Ada jalan lain",
    },
    "cancel": {
        "NO_LONGER_NEEDED": "Tidak diperlukan lagi",
        "WRONG_AGENCY": "Salah alamat",
    },
}
RESULTS = {
    "IN_CARE": "Orang diterima dalam perawatan",
    "STABILISED": "Sudah stabil, dapat dijemput",
    "PROTECTED": "Anak dalam perlindungan kami",
    "NOT_A_CHILD": "Ternyata sudah dewasa",
    "DONE": "Selesai dikerjakan",
}
"""How a hand-off may end in a case of any type."""
QUESTIONS = {
    "IDENTITY_UNCLEAR": "Identitasnya belum jelas",
    "CONDITION_UNCLEAR": "Keadaannya belum jelas",
    "FUNDING_UNCLEAR": "Pembiayaannya belum jelas",
    "LETTER_MISSING": "Surat pengantar belum ada",
}
REPLIES = {
    "ANSWERED_BY_PHONE": "Dijawab lewat telepon",
    "LETTER_SENT": "Surat dikirim",
    "AS_IN_DISCLOSURE": "Ada dalam paket",
}
NEWS = {"IN_CARE": "Dalam perawatan", "IMPROVING": "Membaik", "UNCHANGED": "Belum berubah", "READY": "Siap dijemput"}
CONDITIONS = {
    "INSURANCE_ACTIVE": "Jaminan kesehatan aktif",
    "GUARANTEE_LETTER": "Surat jaminan pembiayaan",
    "BED_AVAILABLE": "Tempat tidur tersedia",
    "MEDICINE_SUPPLIED": "Obat dipasok rumah sakit",
    "LETTER_COMPLETE": "Surat lengkap",
    "ESCORT_COMES_ALONG": "Ada pendamping",
}
CONDITION_STATES = {
    "open": "terbuka",
    "met": "terpenuhi",
    "waived": "dilepaskan",
    "broken": "batal",
    "void": "gugur",
}
DEADLINE_STATES = {"running": "berjalan", "paused": "berhenti sementara", "stopped": "selesai"}
SPEAKERS = {
    "DUTY_OFFICER": "Petugas jaga",
    "HEAD": "Pimpinan",
    "HEAD_NURSE": "Kepala ruang",
    "DOCTOR": "Dokter",
    "ADMINISTRATOR": "Petugas tata usaha",
}
OWNERS = {"SENDER": "Pengirim", "RECEIVER": "Instansi kami"}
PERIODS = {"24": "1 hari lagi", "72": "3 hari lagi", "168": "7 hari lagi", "336": "14 hari lagi"}
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
SYSTEM_REASONS = {
    "PROMISE_BROKEN": "Syaratnya tidak terpenuhi",
    "SAID_BY_PHONE": "Disampaikan lewat telepon",
    "UNSPECIFIED": "tanpa alasan",
}
"""Reasons that nobody chooses from a list."""
IDENTITY = {
    "PROVISIONAL": "belum dikenali",
    "CLAIMED": "menurut pengakuan",
    "MATCHED": "padan dengan data kependudukan",
}
PERSON_FIELDS = {field.value: text for field, text in PERSON_FIELD_TEXTS.items()}
FIELDS = {
    "reason_code": "Alasan",
    "result_code": "Hasil",
    "ba_number": "Nomor berita acara",
    "observed_state": "Keadaan orang",
    "place_code": "Tempat",
    "happened_at": "Waktu kejadian",
    "happened_local": "Waktu kejadian",
    "spoke_with": "Siapa yang berbicara",
    "role": "Jabatannya",
    "phone": "Nomor telepon",
    "move": "Jawabannya",
    "code": "Syarat",
    "condition_id": "Syarat",
    "within_hours": "Batas waktu syarat",
    "owner": "Pemenuh syarat",
    "question_code": "Pertanyaan",
    "reply_code": "Jawaban",
    "status_code": "Kabar",
}
FOR_REVIEW = {
    "MISMATCHED": "Tidak padan",
    "DECEASED": "Tercatat meninggal",
    "UNKNOWN": "Jawaban tidak dikenal",
}
"""Answers of a registry that somebody has to look at; nobody chooses them from a list."""
ALL_REASONS = {code: text for group in REASONS.values() for code, text in group.items()}
ALL_RESULTS = {
    **RESULTS,
    **FOR_REVIEW,
    **CASE_TYPES.known.words()["handoff_result"],
}
WORDS = {
    "purpose": PURPOSES,
    "handoff_state": STATES,
    "move": MOVES,
    "handoff_reason": {**ALL_REASONS, **SYSTEM_REASONS},
    "handoff_result": ALL_RESULTS,
    "deadline": DEADLINES,
    "deadline_state": DEADLINE_STATES,
    "escalation": ESCALATIONS,
    "remark": REMARKS,
    "notice": NOTICES,
    "question": QUESTIONS,
    "reply": REPLIES,
    "news": NEWS,
    "condition": CONDITIONS,
    "condition_state": CONDITION_STATES,
    "speaker": SPEAKERS,
    "letter": LETTERS,
    "identity_status": IDENTITY,
    "person_field": PERSON_FIELDS,
    "field": FIELDS,
    "field.reason_code": ALL_REASONS,
    "field.result_code": ALL_RESULTS,
    "field.question_code": QUESTIONS,
    "field.reply_code": REPLIES,
    "field.status_code": NEWS,
    "field.code": CONDITIONS,
    "field.owner": OWNERS,
    "field.within_hours": PERIODS,
    "field.role": SPEAKERS,
    "field.move": MOVES,
    "done": DONE,
}


def results_for(purpose: str) -> dict[str, str]:
    """How a hand-off may end: in a case of any type, and of those types whose procedures ask for it."""
    known = {**ALL_RESULTS, **CASE_TYPES.known.words()["handoff_result"]}
    return {code: known[code] for code in results_of(purpose)}
