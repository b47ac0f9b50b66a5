"""What a fact of the timeline is called in Bahasa Indonesia. Pure data and one function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

Say = Callable[[str, str], str]
"""What a code is called: its kind and itself, to a word."""

TEXTS: dict[str, str] = {
    "intake.report.received.v1": "Laporan diterima melalui {channel}",
    "intake.report.verified.v1": "Laporan dinyatakan benar",
    "intake.report.rejected.v1": "Laporan ditolak: {reason_code:report_reason}",
    "intake.report.marked_duplicate.v1": "Laporan ditandai ganda",
    "intake.report.duplicate_undone.v1": "Tanda ganda pada laporan dicabut",
    "intake.registry_check.completed.v1": "Jawaban {source}: {result:registry_result}",
    "casework.case.opened.v1": "Perkara {case_number} dibuka",
    "casework.case.stage_entered.v1": "Memasuki tahap {stage}",
    "casework.case.aid_requested.v1": "Bantuan {programme_code} dimintakan",
    "casework.case.outcome_recorded.v1": "Pelayanan berakhir: {outcome:outcome}",
    "casework.case.closed.v1": "Perkara ditutup: {outcome:case_end}",
    "casework.case.marked_duplicate.v1": "Perkara ini ganda dari perkara lain",
    "casework.case.duplicate_undone.v1": "Tanda ganda dicabut: perkara ini berjalan sendiri",
    "casework.case.occurrence_revoked.v1": "Kejadian dicabut oleh dua orang: {kind:occurrence}",
    "casework.case.adulthood_decided.v1": "Diputuskan dua orang: sudah dewasa ({evidence_code:age_evidence})",
    "casework.case.adulthood_taken_back.v1": "Dilindungi lagi sebagai anak: {reason_code:child_again_reason}",
    "casework.case.assigned.v1": "Petugas perkara ini ditetapkan",
    "casework.case.assessed.v1": "Asesmen ke-{number} dicatat",
    "casework.case.plan_proposed.v1": "Rencana layanan versi {number} diajukan",
    "casework.case.plan_approved.v1": "Rencana layanan versi {number} disetujui",
    "casework.case.plan_returned.v1": "Rencana layanan versi {number} dikembalikan: {reason_code:plan_return}",
    "casework.case.occurrence_recorded.v1": "{told_by} memberi tahu: {kind:occurrence}",
    "casework.case.aid_held.v1": "Bantuan ditahan dahulu ({reason_code:aid_reason})",
    "casework.case.aid_released.v1": "Bantuan dilepas kembali ({reason_code:aid_reason})",
    "casework.handoff.requested.v1": "{purpose} diminta kepada {to_agency}",
    "casework.handoff.received.v1": "{purpose}: sudah dilihat oleh {to_agency}",
    "casework.handoff.accepted.v1": "{purpose}: disanggupi {to_agency}",
    "casework.handoff.rejected.v1": "{purpose}: ditolak {to_agency} ({reason_code:handoff_reason})",
    "casework.handoff.arrived.v1": "{purpose}: sudah tiba di {to_agency}",
    "casework.handoff.started.v1": "{purpose}: dikerjakan {to_agency}",
    "casework.handoff.completed.v1": "{purpose}: selesai di {to_agency} ({result_code:handoff_result})",
    "casework.handoff.failed.v1": "{purpose}: gagal di {to_agency} ({reason_code:handoff_reason})",
    "casework.handoff.closed.v1": "{purpose}: hasil sudah dibaca pengirim",
    "casework.handoff.cancelled.v1": "{purpose}: dibatalkan ({reason_code:handoff_reason})",
    "casework.handoff.expired.v1": "{purpose}: tidak berlaku lagi ({reason_code:handoff_reason})",
    "casework.handoff.superseded.v1": "{purpose}: sudah disanggupi instansi lain",
    "casework.handoff.conditionally_accepted.v1": "{purpose}: disanggupi {to_agency} dengan syarat",
    "casework.handoff.condition_passed_on.v1": "{purpose}: syarat {condition_code} kini bagi {to_agency}",
    "casework.handoff.condition_decided.v1": "{purpose}: syarat {condition_code} {verdict}",
    "casework.handoff.held.v1": "{purpose}: dihentikan sementara ({reason_code:handoff_reason})",
    "casework.handoff.resumed.v1": "{purpose}: dijalankan lagi",
    "casework.handoff.resent.v1": "{purpose}: {to_agency} diberi tahu sekali lagi",
    "casework.handoff.questioned.v1": "{purpose}: {to_agency} bertanya balik ({question_code})",
    "casework.handoff.replied.v1": "{purpose}: pertanyaan dijawab ({reply_code})",
    "casework.handoff.contested.v1": "{purpose}: {to_agency} membantah jawaban yang dicatatkan",
    "casework.handoff.answer_undone.v1": "{purpose}: {to_agency} mengurungkan jawaban yang salah tekan",
    "casework.handoff.entered_in_error.v1": "{purpose}: permintaan salah tekan",
    "casework.handoff.cancellation_asked.v1": "{purpose}: pengirim minta dibatalkan ({reason_code:handoff_reason})",
    "casework.handoff.reopened.v1": "{purpose}: dikerjakan lagi ({reason_code:handoff_reason})",
    "casework.handoff.status_reported.v1": "{purpose}: kabar dari {to_agency} ({status_code})",
    "casework.handoff.deadline_moved.v1": "{purpose}: tenggat {to_agency} berubah karena kalender kerja baru",
    "casework.handoff.escalated.v1": "{purpose}: {to_agency} belum menepati tenggat, eskalasi {escalation}",
    "casework.custody.transferred.v1": "Orang diterima oleh {to_agency}",
    "casework.custody.proof_added.v1": "Bukti serah terima menyusul: {proof}",
    "casework.letter.issued.v1": "{kind:letter} nomor {number} dibuat untuk {to_agency}",
    "casework.letter.signed.v1": "{kind:letter} nomor {number}: salinan bertanda tangan diterima",
    "casework.case.tied.v1": "Ibu dan anak: perkara ini terkait dengan perkara lain, keduanya tidak dipisahkan",
    "casework.case.untied.v1": "Ibu dan anak: kaitan dengan perkara lain dilepas",
    "casework.link.pin_issued.v1": "PIN ke-{pin_number} tautan untuk {to_agency} dibuat",
    "casework.letter.voided.v1": "{kind:letter} nomor {number} tidak berlaku lagi ({reason_code:letter_reason})",
    "casework.finding.opened.v1": "Temuan: {kind:finding_kind}, dijelaskan oleh {owner_agency}",
    "casework.finding.explained.v1": "Temuan dijelaskan: {kind:finding_kind} ({explanation})",
    "casework.custody.ended.v1": "Penguasaan berakhir: {reason_code:custody_end}",
    "casework.task.created.v1": "Tugas {kind:task_kind} dibuat",
    "casework.task.completed.v1": "Tugas selesai: {result_code:task_result}",
    "casework.task.overdue.v1": "Tugas melewati tenggat",
    "disbursement.entitlement.established.v1": "Hak bantuan {programme_code} ditetapkan",
    "disbursement.entitlement.refused.v1": "Bantuan ditolak: {reason_code:refusal_reason}",
    "disbursement.entitlement.ended.v1": "Bantuan tidak dibayarkan lagi: {reason_code:aid_reason}",
    "intake.closing.answered.v1": "Penerimaan laporan menjawab pertanyaan penutupan (putaran {round})",
    "disbursement.closing.answered.v1": "Pencairan bantuan menjawab pertanyaan penutupan (putaran {round})",
    "notifications.closing.answered.v1": "Pemberitahuan menjawab pertanyaan penutupan (putaran {round})",
    "casework.case.aid_ended.v1": "Diputuskan: bantuan tidak dibayarkan lagi ({reason_code:aid_reason})",
    "casework.case.closing_asked.v1": "Layanan lain ditanya apakah perkara ini dapat ditutup (putaran {round})",
    "disbursement.payment.instructed.v1": "Pembayaran bantuan diperintahkan",
    "disbursement.payment.credited.v1": "Bantuan masuk rekening",
    "disbursement.payment.failed.v1": "Pembayaran bantuan gagal: {reason_code:bank_reason}",
    "notifications.message.sent.v1": "Pemberitahuan {template} dikirim",
    "notifications.message.delivered.v1": "Pemberitahuan {template} sampai",
    "notifications.message.failed.v1": "Pemberitahuan {template} gagal sampai",
}
"""By event type: the line; after a field's colon the kind of code it holds, where its name does not tell."""

FOLDED = frozenset(
    {
        "casework.case.closing_asked.v1",
        "casework.handoff.deadline_moved.v1",
        "casework.link.pin_issued.v1",
        "disbursement.closing.answered.v1",
        "intake.closing.answered.v1",
        "notifications.closing.answered.v1",
        "notifications.message.delivered.v1",
        "notifications.message.sent.v1",
    }
)
"""What the system did on the way and nobody looks for; a message that did not arrive stands open."""

KIND_OF = {
    "channel": "channel",
    "condition_code": "condition",
    "escalation": "escalation",
    "explanation": "explanation",
    "owner_agency": "party",
    "programme_code": "programme",
    "proof": "proof",
    "purpose": "purpose",
    "question_code": "question",
    "reply_code": "reply",
    "source": "party",
    "stage": "stage",
    "status_code": "news",
    "template": "template",
    "to_agency": "party",
    "told_by": "party",
    "verdict": "condition_state",
}
"""Which kind of code a field of this name holds, in every event."""


def fields_of(text: str) -> list[tuple[str, str]]:
    """The fields of a line, each with the kind of code it holds; without a kind it is shown as it is."""
    return [(name, kind or KIND_OF.get(name, "")) for _, name, kind, _ in Formatter().parse(text) if name]


@dataclass(frozen=True, slots=True)
class _Told:
    """A field of a line, which is formatted by the kind of code that it is."""

    name: str
    fact: Any
    say: Say

    def __format__(self, stated: str) -> str:
        kind = stated or KIND_OF.get(self.name, "")
        if self.fact is None:
            return "–"
        return self.say(kind, str(self.fact)) if kind else str(self.fact)


class _Known(dict[str, _Told]):
    def __missing__(self, key: str) -> _Told:
        return _Told(key, None, itself)


def itself(kind: str, code: str) -> str:
    """A code as it is, for programs."""
    return code


def tell(event_type: str, facts: Mapping[str, Any], say: Say = itself) -> str:
    """One line of the timeline; a fact that has no text of its own is told by its type."""
    known = _Known({name: _Told(name, fact, say) for name, fact in facts.items()})
    return TEXTS.get(event_type, event_type).format_map(known)
