"""ODGJ found in public (`domain.md` §4.1)."""

from contracts.values import Kind
from services.casework.office.case_types.domain import (
    AFTERCARE,
    CHILD_STEP,
    CUSTODY,
    EMERGENCY,
    REACH_STEPS,
    RECEIVED,
    RESPONSE,
    UNDECIDED,
    CaseType,
    Outcome,
    Result,
    Stage,
    Step,
    TaskKind,
)

DEFINITION = CaseType(
    code="ODGJ_TERLANTAR",
    name="ODGJ terlantar",
    answers_to=Kind.ODGJ,
    number_prefix="ODGJ",
    workflow="OdgjProcedure",
    stages=(
        RECEIVED,
        RESPONSE,
        EMERGENCY,
        CUSTODY,
        Stage("SCREENING", "Penyaringan kesehatan"),
        Stage("TREATMENT", "Perawatan"),
        Stage("DISCHARGE", "Persiapan pulang"),
        AFTERCARE,
    ),
    outcomes=(
        Outcome("REUNIFIED", "Kembali kepada keluarga", custody_ends_as="RETURNED_HOME"),
        Outcome("TRANSFERRED_HOME_DISTRICT", "Dipulangkan ke daerah asal", custody_ends_as="TRANSFERRED"),
        Outcome("PLACED_PANTI", "Ditempatkan di panti", custody_ends_as="PLACED"),
    ),
    not_this_type=Outcome("NOT_ODGJ", "Bukan ODGJ", ends_everything=True),
    steps=(
        *REACH_STEPS,
        CHILD_STEP,
        Step(
            "screening",
            purpose="HEALTH_SCREENING",
            results=(
                Result("NEEDS_HOSPITAL", "Perlu rawat inap"),
                Result("OUTPATIENT", "ODGJ, cukup rawat jalan"),
                Result("NOT_ODGJ", "Bukan ODGJ"),
            ),
        ),
        Step(
            "identification",
            purpose="IDENTIFICATION",
            results=(Result("MATCHED", "Identitas padan"), Result("NOT_FOUND", "Tidak ditemukan")),
        ),
        Step(
            "insurance",
            purpose="INSURANCE",
            results=(
                Result("ACTIVE", "Aktif"),
                Result("INACTIVE", "Tidak aktif"),
                Result("NOT_ENROLLED", "Belum terdaftar"),
                Result("ARREARS", "Menunggak iuran mandiri"),
            ),
        ),
        Step("guarantee", kind="GUARANTEE_LETTER"),
        Step("pbi", kind="PBI_REACTIVATION"),
        Step("district-funding", kind="DISTRICT_FUNDING"),
        Step("bed", purpose="INPATIENT_BED", results=(Result("DISCHARGED_STABLE", "Pulang dalam keadaan stabil"),)),
        Step(
            "tracing",
            purpose="FAMILY_TRACING",
            results=(
                Result("FAMILY_READY", "Keluarga ditemukan dan siap menerima"),
                Result("FAMILY_NOT_FOUND", "Keluarga tidak ditemukan"),
                Result("FAMILY_REFUSES", "Keluarga tidak dapat menerima"),
                Result("HOME_DISTRICT_FOUND", "Berasal dari daerah lain"),
            ),
        ),
        Step("fetch", purpose="CUSTODY_TRANSFER"),
        Step(
            "reunification",
            purpose="REUNIFICATION",
            results=(Result("REUNIFIED", "Sudah kembali kepada keluarga"),),
        ),
        Step(
            "repatriation",
            purpose="REPATRIATION",
            results=(Result("REPATRIATED", "Sudah kembali ke daerah asal"),),
        ),
        Step("placement", purpose="PLACEMENT", results=(Result("PLACED", "Sudah ditempatkan"),)),
        Step("way-out", kind="WAY_OUT"),
        Step("medicine", purpose="MEDICINE_CONTINUITY", results=(Result("TAKEN_OVER", "Obat dilanjutkan oleh kami"),)),
        Step("medicine-control", kind="MEDICINE_CONTROL", is_numbered=True),
        Step("visit", kind="AFTERCARE_VISIT", is_numbered=True),
    ),
    task_kinds=(
        TaskKind(
            "GUARANTEE_LETTER",
            "Surat jaminan pembiayaan",
            (Result("ISSUED", "Surat diterbitkan", meets="GUARANTEE_LETTER"), Result("REFUSED", "Ditolak")),
        ),
        TaskKind(
            "PBI_REACTIVATION",
            "Pengaktifan kembali PBI-JK",
            (
                Result("REACTIVATED", "Sudah aktif kembali", meets="INSURANCE_ACTIVE"),
                Result("ARREARS", "Terhalang tunggakan iuran mandiri"),
                Result("REFUSED", "Ditolak"),
            ),
        ),
        TaskKind(
            "DISTRICT_FUNDING",
            "Jaminan dari daerah",
            (Result("FUNDED", "Dijamin daerah", meets="INSURANCE_ACTIVE"), Result("REFUSED", "Ditolak")),
        ),
        TaskKind(
            "WAY_OUT",
            "Putuskan ke mana sesudah dirawat",
            (
                Result("REUNIFICATION", "Kembali kepada keluarga"),
                Result("REPATRIATION", "Pulang ke daerah asal"),
                Result("PLACEMENT", "Ke panti"),
                UNDECIDED,
            ),
        ),
    ),
)
