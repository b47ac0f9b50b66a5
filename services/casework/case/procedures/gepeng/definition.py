"""Beggars and vagrants (`domain.md` §4.2)."""

from contracts.values import Kind
from services.casework.office.case_types.domain import (
    AFTERCARE,
    CHILD_STEP,
    CUSTODY,
    EMERGENCY,
    REACH_STEPS,
    RECEIVED,
    RESPONSE,
    CaseType,
    Outcome,
    Result,
    Stage,
    Step,
    TaskKind,
)

DEFINITION = CaseType(
    code="GEPENG",
    name="Gepeng",
    answers_to=Kind.GEPENG,
    number_prefix="GPG",
    workflow="GepengProcedure",
    stages=(
        RECEIVED,
        RESPONSE,
        EMERGENCY,
        CUSTODY,
        Stage("ASSESSMENT", "Asesmen"),
        Stage("RETURN", "Pemulangan"),
        AFTERCARE,
    ),
    outcomes=(
        Outcome("RETURNED_FAMILY", "Kembali kepada keluarga", custody_ends_as="RETURNED_HOME"),
        Outcome("GUIDED_BY_VILLAGE", "Dibina desa", custody_ends_as="RETURNED_HOME"),
    ),
    not_this_type=Outcome("NOT_GEPENG", "Bukan gepeng", ends_everything=True),
    steps=(
        *REACH_STEPS,
        CHILD_STEP,
        Step("assessment", kind="SHELTER_ASSESSMENT"),
        Step("return", purpose="REUNIFICATION", results=(Result("REUNIFIED", "Sudah kembali kepada keluarga"),)),
        Step("visit", kind="AFTERCARE_VISIT", is_numbered=True),
    ),
    task_kinds=(
        TaskKind(
            "SHELTER_ASSESSMENT",
            "Asesmen di rumah singgah",
            (
                Result("ASSESSED", "Asesmen selesai"),
                Result("FIRST_TIME_LOCAL", "Pertama kali, warga sini"),
                Result("FIRST_TIME_OTHER_DISTRICT", "Pertama kali, warga daerah lain"),
                Result("SEEN_BEFORE", "Pernah ditangani"),
            ),
        ),
    ),
)
