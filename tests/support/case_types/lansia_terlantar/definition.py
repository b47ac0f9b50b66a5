"""Neglected elderly people, as small as a type can be."""

from contracts.values import Kind
from services.casework.office.case_types.domain import (
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
    code="LANSIA_TERLANTAR",
    name="Lansia telantar",
    answers_to=Kind.LANSIA_TERLANTAR,
    number_prefix="LNS",
    workflow="LansiaProcedure",
    stages=(RECEIVED, RESPONSE, EMERGENCY, CUSTODY, Stage("CARE_PLAN", "Rencana perawatan")),
    outcomes=(Outcome("IN_DAY_CARE", "Dirawat di rumah harian", custody_ends_as="PLACED"),),
    not_this_type=Outcome("NOT_ELDERLY", "Bukan lansia", ends_everything=True),
    steps=(
        *REACH_STEPS,
        CHILD_STEP,
        Step("care-plan", kind="CARE_PLAN"),
        Step("day-care", purpose="PLACEMENT", results=(Result("TAKEN_IN", "Diterima di rumah harian"),)),
    ),
    task_kinds=(
        TaskKind(
            "CARE_PLAN",
            "Susun rencana perawatan",
            (Result("PLANNED", "Rencana disusun"), Result("NOT_ELDERLY", "Bukan lansia")),
        ),
    ),
)
