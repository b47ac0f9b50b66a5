"""A name, a NIK or a diagnosis fits into no field of a request but those that are sealed or kept apart."""

import re
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest

from contracts.values import check_reference
from services.casework.handoff.handoffs.domain import results_of
from services.casework.handoff.handoffs.domain.codes import HandoffResultIsUnknown, check_result
from services.casework.handoff.handoffs.pages import results_for
from services.chassis.service import Service
from tests.support.every_service import SERVICES
from tests.support.request_models import models_of, takes

CANARY = (
    "Sukarsih", "SUKARSIH_KENARIWATI", "Sukarsih-Kenariwati", "3524175203889007", "35.24.17.520388.9007",
    "081234567890", "SKIZOFRENIA_PARANOID",
)  # fmt: skip

TAKEN: dict[str, str] = {
    "PersonIn.name": "sealed with the person's key",
    "PersonIn.nik": "sealed with the person's key",
    "PersonIn.features": "sealed with the person's key",
    "ReportIn.circumstances": "sealed with intake's key",
    "AssessmentIn.circumstances": "sealed with the person's key",
    "AssessmentIn.needs": "sealed with the person's key",
    "AssessmentIn.strengths": "sealed with the person's key",
    "PlanLineIn.goal": "sealed with the person's key",
    "NoteIn.text": "sealed with the person's key",
    "NoteCorrectionIn.text": "sealed with the person's key",
    "CustodyIn.belongings_note": "sealed with the person's key",
    "SpokenIn.spoke_with": "an official of an agency, kept in the row alone",
    "SpokenIn.phone": "an official's telephone, kept in the row alone",
    "ExplanationIn.reason": "kept in the row alone; takes no long number",
    "ClaimAnswerIn.reason": "kept in the row alone; takes no long number",
    "ShiftIn.phone": "a duty telephone, kept in the roster; sealed where a message carries it",
    "ShiftIn.officer": "who has a turn, kept in the roster alone",
    "HandoverIn.to_officer": "who has the next turn, kept in the roster alone",
    "DecisionIn.reason": "an operator's words, kept in the row alone",
    "MendIn.reason": "an operator's words, kept in the row alone",
    "MendIn.body": "an operator mends a message as it came",
    "CompletionIn.result_code": "closed by the purpose of the hand-off: `check_result`",
    "SpokenIn.result_code": "closed by the purpose of the hand-off: `check_result`",
    "TaskCompletionIn.result_code": "closed by the kind of task: `check_result`",
    "TaskIn.kind": "closed by the kinds of task that are known",
    "ForcedClosingIn.dispositions": "keys name open things by their ids: looked up",
    "BatchIn.programme_code": "looked up in the pack",
    "ProposalIn.programme_code": "looked up in the pack",
}
"""Fields that take what a canary may be, and why it travels nowhere."""
LOOKED_UP = re.compile(r"(^|\.)(to_agency|from_agency|agency|candidates|desk|officer|staff|signer|told_by)$")
"""Codes of agencies and desks: unknown ones are refused by the command that looks them up in the pack."""


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_canary_fits_into_no_field_that_travels(service: Service) -> None:
    fitting = {
        f"{model.__name__}.{name}"
        for model in models_of(service)
        for name, field in model.model_fields.items()
        if _is_text(field.annotation) and any(takes(field.annotation, field.metadata, value) for value in CANARY)
    }
    assert sorted(name for name in fitting if name not in TAKEN and not LOOKED_UP.search(name)) == []


def _is_text(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType, Annotated, list, tuple, dict):
        return any(_is_text(part) for part in get_args(annotation))
    return annotation is str


@pytest.mark.parametrize(
    "number",
    [
        "BA/12",
        "BA. 12/SATPOLPP/2026",
        "BA  7 / XI",
        "300/UJI",
        "331.1/245/413.210/2026",
        "440 / 12 / PUSKESMAS / XI / 2026",
        "B-12.3/SATPOLPP/26",
        "7",
    ],
)
def test_numbers_of_papers_are_taken_as_offices_write_them(number: str) -> None:
    assert check_reference(number) == number


@pytest.mark.parametrize("number", [*CANARY, "BA/Sukarsih/1", "BA/123456789", "0812-3456-7890-1234", "BA"])
def test_a_number_takes_no_word_and_no_long_number(number: str) -> None:
    with pytest.raises(ValueError, match=r"nomor"):
        check_reference(number)


def test_a_hand_off_ends_as_its_purpose_may_end() -> None:
    assert results_of("EMERGENCY_CARE") == ("STABILISED",)
    assert results_of("INFORMATION") == ("DONE",)
    assert "DISCHARGED_STABLE" in results_of("INPATIENT_BED")
    check_result("INPATIENT_BED", "DISCHARGED_STABLE")
    for wrong in ("BANANA", "SKIZOFRENIA", "STABILISED"):
        with pytest.raises(HandoffResultIsUnknown) as refused:
            check_result("INPATIENT_BED", wrong)
        assert refused.value.code == "handoff_result_is_unknown"
        assert "DISCHARGED_STABLE" in str(refused.value.facts["legal"])
    assert list(results_for("CUSTODY_TRANSFER")) == list(results_of("CUSTODY_TRANSFER"))
