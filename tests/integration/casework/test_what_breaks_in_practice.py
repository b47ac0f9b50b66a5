"""Where hand-offs break in practice (`domain.md` §4.12), each with what is expected of the system, on real engines.

Numbers are those of the list. Numbers 7, 9 and 13 belong to later procedures.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.chassis import clock
from tests.support.casework.agencies import LAWANG, MENUR, OFFICE, SOEGIRI, TOWN_PUSKESMAS
from tests.support.casework.registries import registry_answers
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench


@pytest.fixture
def street(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


async def test_break_1_every_hospital_is_full(street: Street) -> None:
    """The person stays in the hands of whoever has them; a case conference is called and comes back daily until it
    decides; then every hospital is asked again."""
    await (await street.found()).screened()
    await street.refused_by(SOEGIRI, LAWANG, MENUR)
    task = await street.office.open_task(street.report_id, "CASE_CONFERENCE")
    assert await street.holder() == TOWN_PUSKESMAS
    await street.office.post(f"/tasks/{task['id']}/completion", result_code="UNDECIDED")
    again = await street.office.open_task(street.report_id, "CASE_CONFERENCE")
    assert (again["id"], again["due_at"] > task["due_at"]) == (task["id"], True)
    await street.office.post(f"/tasks/{task['id']}/completion", result_code="SEARCH_AGAIN")
    assert await street.desk(SOEGIRI).open_handoff(street.report_id, "INPATIENT_BED")


async def test_break_2_nobody_knows_the_nik_and_the_hospital_waits_for_money(street: Street) -> None:
    """The bed is sought at once; without an identity no insurance is asked, the office writes a guarantee letter, and
    the hospital's condition is met by it without anybody telling the hospital by hand."""
    await (await street.found()).screened()
    hospital = street.desk(SOEGIRI)
    bed = await hospital.open_handoff(street.report_id, "INPATIENT_BED")
    condition = {
        "code": "GUARANTEE_LETTER", "owner": "SENDER", "about": "CASE",
        "due_at": (clock.utc_now() + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    await hospital.move(bed, "conditional-acceptance", conditions=[condition])
    await registry_answers(street.bench, street.report_id, "IDENTIFICATION", "IDENTITY", "NOT_FOUND")
    await street.office.do_task(street.report_id, "GUARANTEE_LETTER", "ISSUED")
    assert (await hospital.get(f"/handoffs/{bed}"))["state"] == "accepted"
    assert await street.office.open_task(street.report_id, "PBI_REACTIVATION")
    assert "INSURANCE" not in {h["purpose"] for h in (await street.case())["handoffs"]}


async def test_break_3_arrears_of_a_membership_of_ones_own_block_the_state_paid_one(street: Street) -> None:
    """The ministry is not asked in vain: the guarantee letter goes out and the district decides about paying."""
    await (await street.found()).screened()
    await registry_answers(street.bench, street.report_id, "IDENTIFICATION", "IDENTITY", "MATCHED")
    await registry_answers(street.bench, street.report_id, "INSURANCE", "INSURANCE", "ARREARS")
    await street.office.do_task(street.report_id, "GUARANTEE_LETTER", "ISSUED")
    await street.office.do_task(street.report_id, "DISTRICT_FUNDING", "FUNDED")
    assert "PBI_REACTIVATION" not in {t["kind"] for t in (await street.case())["tasks"]}


async def test_break_4_the_family_refuses(street: Street) -> None:
    """The office fetches from the hospital, a panti is asked, and when it has no place the way is decided by people,
    day by day; nobody is sent to a door that stays shut."""
    await (await street.found()).screened()
    await street.traced("FAMILY_REFUSES")
    hospital, bed = await street.treated_at()
    await hospital.move(bed, "completion", result_code="DISCHARGED_STABLE")
    await street.office.carry_out(street.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    panti = street.desk("upt-bina-laras")
    placement = await panti.open_handoff(street.report_id, "PLACEMENT")
    await panti.move(placement, "rejection", reason_code="FULL")
    way = await street.office.open_task(street.report_id, "WAY_OUT")
    await street.office.post(f"/tasks/{way['id']}/completion", result_code="UNDECIDED")
    assert (await street.office.open_task(street.report_id, "WAY_OUT"))["due_at"] > way["due_at"]
    assert await street.holder() == OFFICE
    assert "REUNIFICATION" not in {h["purpose"] for h in (await street.case())["handoffs"]}


async def test_break_5_a_discharged_patient_whom_nobody_fetches(street: Street) -> None:
    """«Ready» starts the sender's deadline and asks the office to fetch; unfetched, the escalation policy climbs to a
    case
    conference, and the hospital stays the one holder until the office has signed."""
    await (await street.found()).screened()
    await street.traced("FAMILY_NOT_FOUND")
    hospital, bed = await street.treated_at()
    await hospital.move(bed, "status", status_code="READY", is_ready=True)
    fetch = await street.office.open_handoff(street.report_id, "CUSTODY_TRANSFER")
    assert (await street.office.get(f"/handoffs/{fetch}"))["from_agency"] == SOEGIRI
    await street.let_time_pass(bed, "FETCH_BY", days=4)
    assert await street.office.open_task(street.report_id, "CASE_CONFERENCE")
    assert await street.holder() == SOEGIRI
    await street.office.move(fetch, "acceptance")
    await street.office.move(fetch, "arrival", ba_number="BA/JEMPUT/1")
    assert await street.holder() == OFFICE


async def test_break_6_the_shelter_is_over_its_limit(street: Street) -> None:
    """After the shelter's days the office has one task to decide about the stay, and no second one for the same stay;
    when the person has moved on the task is gone."""
    await street.found(found_at=clock.utc_now() - timedelta(days=9))
    handoff = await street.office.open_handoff(street.report_id, "CUSTODY_TRANSFER")
    await street.office.move(handoff, "acceptance")
    nine_days_ago = (clock.utc_now() - timedelta(days=8)).isoformat()
    await street.office.move(handoff, "arrival", ba_number="BA/1", happened_at=nine_days_ago)
    await street.office.move(handoff, "start")
    await street.office.move(handoff, "completion", result_code="IN_CARE")
    task = await street.office.open_task(street.report_id, "STAY_OVER_LIMIT")
    assert task["state"] == "open"
    await street.puskesmas.carry_out(street.report_id, "HEALTH_SCREENING", "NEEDS_HOSPITAL")
    await street.becomes(
        lambda case: [t["result_code"] for t in case["tasks"] if t["kind"] == "STAY_OVER_LIMIT"] == ["MOVED"],
        "one task about the stay, gone with its cause",
    )


async def test_break_8_the_puskesmas_has_not_the_hospitals_medicine(street: Street) -> None:
    """«Yes, if the hospital supplies it» keeps the promise with the sender until the medicine is there; a refusal is
    a case conference and the puskesmas is asked again; nobody is left without medicine unseen."""
    await (await street.found()).screened("OUTPATIENT")
    await street.traced("FAMILY_READY")
    await registry_answers(street.bench, street.report_id, "IDENTIFICATION", "IDENTITY", "MATCHED")
    await registry_answers(street.bench, street.report_id, "INSURANCE", "INSURANCE", "ACTIVE")
    await street.village.carry_out(street.report_id, "REUNIFICATION", "REUNIFIED")
    medicine = await street.puskesmas.open_handoff(street.report_id, "MEDICINE_CONTINUITY")
    await street.puskesmas.move(medicine, "rejection", reason_code="NO_MEDICINE")
    await street.office.do_task(street.report_id, "CASE_CONFERENCE", "SEARCH_AGAIN")
    again = await street.puskesmas.open_handoff(street.report_id, "MEDICINE_CONTINUITY")
    condition = {
        "code": "MEDICINE_SUPPLIED", "owner": "SENDER", "due_at": (clock.utc_now() + timedelta(days=3)).isoformat()
    }  # fmt: skip
    said = await street.puskesmas.move(again, "conditional-acceptance", conditions=[condition])
    assert said["state"] == "conditional"
    seen = await street.office.get(f"/handoffs/{again}")
    assert seen["promise_holder"] == OFFICE
    await street.office.post(f"/conditions/{seen['conditions'][0]['condition_id']}/fulfilment")
    assert (await street.puskesmas.get(f"/handoffs/{again}"))["state"] == "accepted"


async def test_break_10_a_report_out_of_hours(street: Street) -> None:
    """An emergency report opens the case as it comes in; the first response is due 45 minutes later whatever the hour,
    and emergency care is asked on a deadline that counts every hour."""
    await street.found(
        urgency="EMERGENCY", operation_id=None, is_with_reporter=False, channel="PHONE", reporter_agency=OFFICE
    )
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    opened_at = await street.bench.value("SELECT opened_at FROM cases WHERE source_report_id = $1", street.report_id)
    assert timedelta(minutes=44) < task["due_at"] - opened_at < timedelta(minutes=46)
    await street.office.post(f"/tasks/{task['id']}/completion", result_code="DANGEROUS")
    assert await street.holder() == OFFICE
    ward = street.desk(SOEGIRI)
    care = await ward.open_handoff(street.report_id, "EMERGENCY_CARE")
    answer_by = next(c for c in (await ward.get(f"/handoffs/{care}"))["deadlines"] if c["kind"] == "ANSWER_BY")
    assert "semua jam dihitung" in answer_by["sentence"]


async def test_break_11_the_wrong_type_at_intake(street: Street) -> None:
    """What was asked for this type is not asked any more; somebody has to say where the person belongs before the
    case can close."""
    await (await street.found()).screened("NOT_ODGJ")
    reroute = await street.office.open_task(street.report_id, "REROUTE")
    case = await street.case()
    assert (case["outcome"], case["state"]) == ("NOT_ODGJ", "aftercare")
    assert {h["purpose"] for h in case["handoffs"]} == {"CUSTODY_TRANSFER", "HEALTH_SCREENING"}
    wrong = await street.office.send(f"/tasks/{reroute['id']}/completion", result_code="SOMEWHERE")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "result_is_unknown")
    await street.office.post(f"/tasks/{reroute['id']}/completion", result_code="ELDERLY")
    find = "SELECT id, case_type, outcome FROM cases WHERE person_id = $1 AND case_type <> 'ODGJ_TERLANTAR'"

    async def opened() -> Any:
        return await street.bench.rows(find, UUID(case["person_id"]))

    (other,) = await eventually(opened, what="the case of the type that fits")
    assert (other["case_type"], other["outcome"]) == ("LANSIA_TERLANTAR", None)
    held = "SELECT about_id FROM custodies WHERE person_id = $1 AND until IS NULL"
    assert await street.bench.value(held, UUID(case["person_id"])) == other["id"], (
        "who has the person goes on having them"
    )
    steps = "SELECT kind FROM tasks WHERE about_id = $1 AND state = 'open'"
    assert await street.bench.value(steps, other["id"]) == "CASE_CONFERENCE", "no procedure leads it: people decide"


@pytest.mark.parametrize(
    ("reason", "outcome", "task"), [("ABSCONDED", "ABSCONDED", "SEARCH_PERSON"), ("DECEASED", "DECEASED", "BURIAL")]
)
async def test_break_12_the_person_absconds_or_dies_in_the_middle(
    street: Street, reason: str, outcome: str, task: str
) -> None:
    """The hospital's word is enough: what is open ends by the table, somebody searches or buries, and the body stays
    with its holder until it is buried."""
    await (await street.found()).screened()
    hospital, bed = await street.treated_at()
    await hospital.move(bed, "failure", reason_code=reason)
    await street.office.open_task(street.report_id, task)
    case = await street.case()
    assert case["outcome"] == outcome
    assert {h["state"] for h in case["handoffs"] if h["purpose"] in ("IDENTIFICATION", "FAMILY_TRACING")} <= {
        "expired", "requested" if reason == "ABSCONDED" else "expired"
    }  # fmt: skip
    held = [stretch["agency"] for stretch in case["custody"] if stretch["until"] is None]
    assert held == ([SOEGIRI] if reason == "DECEASED" else [])
    if reason == "DECEASED":
        await street.office.do_task(street.report_id, "BURIAL", "BURIED")
        assert all(stretch["until"] for stretch in (await street.case())["custody"])


async def test_break_14_an_agency_answers_by_phone_only(street: Street) -> None:
    """The officer writes down who said what; it counts from when it was said, is visible as spoken for, and waits to be
    confirmed; a person's arrival is never recorded so."""
    await (await street.found()).screened()
    bed = await street.desk(SOEGIRI).open_handoff(street.report_id, "INPATIENT_BED")
    said = await street.office.post(
        f"/handoffs/{bed}/spoken-answer", move="accept", spoke_with="dr. Fiktif", role="DOCTOR", phone="0322-000000",
        happened_at=(clock.utc_now() - timedelta(minutes=20)).isoformat(),
    )  # fmt: skip
    assert said["state"] == "accepted"
    seen = await street.office.get(f"/handoffs/{bed}")
    assert "CONFIRM_BY" in {c["kind"] for c in seen["deadlines"] if c["state"] == "running"}
    refused = await street.office.send(f"/handoffs/{bed}/arrival", ba_number="BA/9")
    assert refused.status_code == 403


async def test_whoever_belongs_to_another_district_goes_there_by_signature(street: Street) -> None:
    await (await street.found()).screened("OUTPATIENT")
    await street.traced("HOME_DISTRICT_FOUND")
    province = street.desk("dinsos-jatim")
    handoff = await province.open_handoff(street.report_id, "REPATRIATION")
    await province.move(handoff, "acceptance")
    await province.move(handoff, "arrival", ba_number="BA/PULANG/1")
    assert await street.holder() == "dinsos-jatim"
