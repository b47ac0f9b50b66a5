"""Order and parallel steps of the case procedures, with time skipping."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from services.casework.office.procedure_messages.messages import CaseChanged, RequestStep, StepResult
from tests.support.eventually import eventually
from tests.support.procedure_stories import LONG_WAY, stages, told, waiting
from tests.support.procedures import ANSWERS, Rows, skipping, start_procedure, working


async def test_an_odgj_case_goes_through_every_step_and_closes() -> None:
    rows = await told()
    assert sorted(rows.calls) == sorted(LONG_WAY)
    assert stages(rows) == ["CUSTODY", "SCREENING", "TREATMENT", "DISCHARGE", "AFTERCARE"]


async def test_a_person_whom_nobody_has_is_reached_first_and_needs_no_handing_over() -> None:
    rows = await told(found_in_custody=False)
    assert rows.calls[:4] == ["stage RESPONSE", "first-response", "stage SCREENING", "screening"]


async def test_a_person_who_is_not_met_at_the_place_ends_the_service() -> None:
    rows = await told(found_in_custody=False, answers={"first-response": ("COMPLETED", "NOT_MET")})
    assert rows.calls == ["stage RESPONSE", "first-response", "outcome NOT_MET", "close"]


@pytest.mark.parametrize("met", ["DANGEROUS", "INJURED"])
async def test_whoever_is_dangerous_or_injured_goes_to_emergency_care_before_anything_else(met: str) -> None:
    rows = await told(found_in_custody=False, answers={"first-response": ("COMPLETED", met)})
    assert stages(rows)[:3] == ["RESPONSE", "EMERGENCY", "CUSTODY"]
    assert rows.asked["custody"].from_agency == "agency-of-emergency"


async def test_an_emergency_in_an_agencys_hands_goes_to_care_from_there() -> None:
    rows = await told(urgency="EMERGENCY")
    assert rows.calls[:4] == ["stage EMERGENCY", "emergency", "stage CUSTODY", "custody"]
    assert rows.asked["emergency"].from_agency == "satpolpp"


async def test_whoever_is_not_odgj_is_rerouted_and_nothing_else_is_asked() -> None:
    rows = await told(answers={"screening": ("COMPLETED", "NOT_ODGJ")})
    assert rows.calls == [
        "stage CUSTODY", "custody", "stage SCREENING", "screening", "happened NOT_THIS_TYPE", "close"
    ]  # fmt: skip
    assert rows.told[0].told_by == "agency-of-screening"


async def test_whoever_needs_no_hospital_goes_on_without_a_bed() -> None:
    rows = await told(answers={"screening": ("COMPLETED", "OUTPATIENT")}, has_shelter=True)
    assert {"bed", "fetch"}.isdisjoint(rows.calls)
    assert "outcome REUNIFIED" in rows.calls


@pytest.mark.parametrize(("reason", "kind"), [("ABSCONDED", "ABSCONDED"), ("DECEASED", "DIED")])
@pytest.mark.parametrize("step", ["custody", "screening", "bed"])
async def test_a_failure_that_tells_of_death_or_absconding_is_recorded_as_such(
    step: str, reason: str, kind: str
) -> None:
    rows = await told(answers={step: ("FAILED", reason)})
    assert f"happened {kind}" in rows.calls
    assert {"reunification", "placement"}.isdisjoint(rows.calls)
    assert not any(call.startswith("outcome") for call in rows.calls)


async def test_what_was_cancelled_because_of_a_death_is_not_asked_again() -> None:
    rows = await told(answers={"custody": ("CANCELLED", "DECEASED")})
    assert rows.calls == ["stage CUSTODY", "custody", "close"]


async def test_what_was_cancelled_for_another_reason_goes_to_a_conference_and_is_asked_again() -> None:
    rows = await told(answers={"custody": ("CANCELLED", "NO_LONGER_NEEDED"), "custody#2": ("COMPLETED", "IN_CARE")})
    assert rows.calls[:4] == ["stage CUSTODY", "custody", "custody-conference", "custody#2"]
    assert "outcome REUNIFIED" in rows.calls


async def test_aid_that_was_settled_when_it_is_read_is_waited_for_no_more() -> None:
    settled = StepResult(step="aid", ended=True, outcome="COMPLETED", result_code="CREDITED")
    rows = await told(already={"aid": settled})
    assert "request aid" in rows.calls
    assert "aid" not in rows.calls


# Funding


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"identification": ("COMPLETED", "MATCHED"), "insurance": ("COMPLETED", "ACTIVE")}, {"insurance"}),
        (
            {"identification": ("COMPLETED", "MATCHED"), "insurance": ("COMPLETED", "INACTIVE")},
            {"insurance", "guarantee", "pbi"},
        ),
        (
            {"identification": ("COMPLETED", "MATCHED"), "insurance": ("COMPLETED", "ARREARS")},
            {"insurance", "guarantee", "district-funding"},
        ),
        ({"pbi": ("COMPLETED", "ARREARS")}, {"guarantee", "pbi", "district-funding"}),
        ({"pbi": ("COMPLETED", "REFUSED")}, {"guarantee", "pbi", "district-funding"}),
        ({}, {"guarantee", "pbi"}),
    ],
    ids=["insured", "lapsed", "in arrears", "arrears found later", "ministry refuses", "nobody knows the name"],
)
async def test_somebody_pays_and_nobody_is_asked_in_vain(answers: dict[str, tuple[str, str]], asked: set[str]) -> None:
    rows = await told(answers=answers)
    assert asked == {"insurance", "guarantee", "pbi", "district-funding"} & set(rows.calls)


async def test_the_search_for_a_bed_does_not_wait_for_identity_or_money() -> None:
    rows = await waiting({"identification": None}, "stage DISCHARGE")
    assert "bed" in rows.calls


# Out of the hospital


async def test_without_family_the_panti_takes_over() -> None:
    rows = await told(answers={"tracing": ("COMPLETED", "FAMILY_NOT_FOUND")})
    assert {"placement", "outcome PLACED_PANTI"} < set(rows.calls)
    assert "request aid" not in rows.calls


async def test_whoever_belongs_to_another_district_is_handed_to_it() -> None:
    rows = await told(answers={"tracing": ("COMPLETED", "HOME_DISTRICT_FOUND")})
    assert {"repatriation", "outcome TRANSFERRED_HOME_DISTRICT"} < set(rows.calls)
    assert "medicine" not in rows.calls


async def test_a_panti_without_a_place_leaves_the_way_to_a_conference_that_may_choose_another() -> None:
    rows = await told(
        answers={
            "tracing": ("COMPLETED", "FAMILY_REFUSES"),
            "placement": ("EXHAUSTED", ""),
            "way-out": ("COMPLETED", "REUNIFICATION"),
        }
    )
    assert [call for call in rows.calls if call.startswith(("placement", "way-out", "reunification"))] == [
        "placement", "way-out", "reunification#2"
    ]  # fmt: skip


async def test_whoever_nobody_awaits_is_fetched_into_the_shelter_while_the_way_is_sought() -> None:
    rows = await told(answers={"tracing": ("COMPLETED", "FAMILY_NOT_FOUND")}, has_shelter=True)
    assert rows.asked["fetch"].from_agency == "agency-of-bed"
    assert rows.calls.index("fetch") < rows.calls.index("placement")


async def test_whoever_a_family_stands_ready_for_is_not_fetched_into_the_shelter() -> None:
    rows = await told(has_shelter=True, answered_after={"bed": "tracing"})
    assert "fetch" not in rows.calls
    assert "outcome REUNIFIED" in rows.calls


async def test_a_patient_who_may_be_fetched_is_fetched_before_the_hospital_ends_its_work() -> None:
    rows = await waiting(
        {"bed": None, "tracing": ("COMPLETED", "FAMILY_NOT_FOUND")},
        "outcome PLACED_PANTI",
        has_shelter=True,
        ready={"bed": "rsj"},
    )
    assert rows.asked["fetch"].from_agency == "rsj"


async def test_when_nobody_has_a_bed_a_conference_decides_and_the_search_starts_again() -> None:
    nobody = ("EXHAUSTED", "")
    rows = await told(answers={"bed": nobody, "bed#2": nobody, "bed#3": ("COMPLETED", "DISCHARGED_STABLE")})
    assert [c for c in rows.calls if c.startswith("bed")] == [
        "bed", "bed-conference", "bed#2", "bed-conference#2", "bed#3"
    ]  # fmt: skip


async def test_medicine_is_looked_after_by_whoever_took_it_over_and_a_gap_by_a_conference() -> None:
    rows = await told(medicine_controls=2, answers={"medicine-control-1": ("COMPLETED", "NO_MEDICINE")})
    assert {"medicine-control-1", "medicine-control-1-conference", "medicine-control-2"} < set(rows.calls)
    assert rows.asked["medicine-control-2"].agency == rows.asked["visit-1"].agency == "agency-of-medicine"


# Children


async def test_an_apparent_minor_is_protected_beside_every_other_step() -> None:
    rows = await told(apparent_minor=True)
    assert "child-protection" in rows.calls
    assert sorted({*rows.calls} - {"child-protection"}) == sorted(set(LONG_WAY))


async def test_an_apparent_minor_is_protected_from_any_case_type() -> None:
    rows = await told("GepengProcedure", case_type="GEPENG", visits=1, apparent_minor=True)
    assert "child-protection" in rows.calls


async def test_a_person_who_turns_out_to_be_a_child_is_protected_from_then_on() -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "tracing": None})
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)

            async def asked(step: str) -> bool:
                return step in rows.calls

            await eventually(lambda: asked("tracing"), what="tracing")
            assert "child-protection" not in rows.calls
            rows.apparent_minor = True
            await handle.signal("case_changed", CaseChanged(event_id="identified"))
            await eventually(lambda: asked("child-protection"), what="child protection")


async def test_when_nobody_protects_the_child_a_conference_is_called_and_the_search_goes_on() -> None:
    rows = await told(
        apparent_minor=True,
        answers={"child-protection": ("EXHAUSTED", ""), "child-protection#2": ("COMPLETED", "PROTECTED")},
    )
    assert {"child-protection", "child-protection-conference", "child-protection#2"} < set(rows.calls)


# The shelter


async def test_a_stay_over_its_limit_is_noticed_once() -> None:
    async with skipping() as env:
        ends_at = await env.get_current_time() + timedelta(days=7)
        due = {"visit-2": ends_at + timedelta(days=1)}
        rows = Rows(env.client, {**ANSWERS, "visit-2": None}, stay_ends_at=ends_at, due=due)
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert rows.stays == [ends_at]


# What each step asks for

AT_HOME = {"purpose": "MEDICINE_CONTINUITY", "agency": "agency-of-medicine"}
ASKED: dict[str, tuple[str, dict[str, Any], dict[str, dict[str, Any]]]] = {
    "the long way": (
        "OdgjProcedure",
        {"visits": 1, "medicine_controls": 1, "answers": {"medicine-control-1": ("COMPLETED", "NO_MEDICINE")}},
        {
            "custody": {"purpose": "CUSTODY_TRANSFER", "from_agency": "satpolpp"},
            "screening": {"purpose": "HEALTH_SCREENING"},
            "identification": {"purpose": "IDENTIFICATION"},
            "guarantee": {"kind": "GUARANTEE_LETTER"},
            "pbi": {"kind": "PBI_REACTIVATION"},
            "tracing": {"purpose": "FAMILY_TRACING"},
            "bed": {"purpose": "INPATIENT_BED"},
            "reunification": {"purpose": "REUNIFICATION"},
            "medicine": {"purpose": "MEDICINE_CONTINUITY"},
            "medicine-control-1": {"kind": "MEDICINE_CONTROL", "visit_no": 1, **AT_HOME},
            "medicine-control-1-conference": {"kind": "CASE_CONFERENCE"},
            "visit-1": {"kind": "AFTERCARE_VISIT", "visit_no": 1, **AT_HOME},
        },
    ),
    "a child in an emergency": (
        "OdgjProcedure",
        {"found_in_custody": False, "urgency": "EMERGENCY", "apparent_minor": True},
        {
            "first-response": {"kind": "FIRST_RESPONSE"},
            "emergency": {"purpose": "EMERGENCY_CARE"},
            "custody": {"purpose": "CUSTODY_TRANSFER", "from_agency": "agency-of-emergency"},
            "child-protection": {"purpose": "CHILD_PROTECTION"},
        },
    ),
    "arrears": (
        "OdgjProcedure",
        {"answers": {"identification": ("COMPLETED", "MATCHED"), "insurance": ("COMPLETED", "ARREARS")}},
        {"insurance": {"purpose": "INSURANCE"}, "district-funding": {"kind": "DISTRICT_FUNDING"}},
    ),
    "no bed at first, no panti twice": (
        "OdgjProcedure",
        {
            "has_shelter": True,
            "answers": {
                "bed": ("EXHAUSTED", ""),
                "bed#2": ("COMPLETED", "DISCHARGED_STABLE"),
                "tracing": ("COMPLETED", "FAMILY_NOT_FOUND"),
                "placement": ("EXHAUSTED", ""),
                "placement#2": ("EXHAUSTED", ""),
                "placement#3": ("COMPLETED", "PLACED"),
            },
        },
        {
            "bed-conference": {"kind": "CASE_CONFERENCE"},
            "bed#2": {"purpose": "INPATIENT_BED", "occurrence": 2},
            "fetch": {"purpose": "CUSTODY_TRANSFER", "from_agency": "agency-of-bed"},
            "placement": {"purpose": "PLACEMENT"},
            "way-out": {"kind": "WAY_OUT"},
            "placement#2": {"purpose": "PLACEMENT", "occurrence": 2},
            "way-out#2": {"kind": "WAY_OUT", "occurrence": 2},
            "placement#3": {"purpose": "PLACEMENT", "occurrence": 3},
        },
    ),
    "home to another district": (
        "OdgjProcedure",
        {"answers": {"tracing": ("COMPLETED", "HOME_DISTRICT_FOUND")}},
        {"repatriation": {"purpose": "REPATRIATION"}},
    ),
    "a beggar": (
        "GepengProcedure",
        {"case_type": "GEPENG", "visits": 1},
        {
            "assessment": {"kind": "SHELTER_ASSESSMENT"},
            "return": {"purpose": "REUNIFICATION"},
            "visit-1": {"kind": "AFTERCARE_VISIT", "visit_no": 1, "purpose": "REUNIFICATION"},
        },
    ),
}
"""By story: what its steps ask for beside their name, and nothing else."""


@pytest.mark.parametrize("story", ASKED)
async def test_each_step_asks_for_what_the_table_says(story: str) -> None:
    procedure, script, table = ASKED[story]
    rows = await told(procedure, **script)
    said = {
        step: rows.asked[step].model_dump(exclude={"about_id", "case_id", "step"}, exclude_defaults=True)
        for step in table.keys() & rows.asked.keys()
    }
    assert said == table


async def test_what_breaks_beside_the_story_breaks_the_story() -> None:
    """Nobody waits for a child's protection but the run itself: a failure there must not be lost."""

    class Broken(Rows):
        @activity.defn(name="request_handoff")
        async def request_handoff(self, step: RequestStep) -> StepResult:
            if step.purpose == "CHILD_PROTECTION":
                raise ApplicationError("broken", non_retryable=True)
            return await super().request_handoff(step)

    async with skipping() as env:
        rows = Broken(env.client, {**ANSWERS, "screening": None}, apparent_minor=True)
        async with working(env.client, rows.activities()):
            with pytest.raises(WorkflowFailureError) as told_of:
                await (await start_procedure(env.client)).result()
    assert isinstance(told_of.value.cause, ActivityError)


async def test_a_gepeng_case_is_assessed_and_guided_home() -> None:
    rows = await told("GepengProcedure", case_type="GEPENG", visits=1)
    assert rows.calls[:6] == [
        "stage CUSTODY", "custody", "stage ASSESSMENT", "assessment", "stage RETURN", "return"
    ]  # fmt: skip
    assert stages(rows) == ["CUSTODY", "ASSESSMENT", "RETURN", "AFTERCARE"]
    assert {"request aid", "aid", "visit-1", "outcome RETURNED_FAMILY"} < set(rows.calls)
