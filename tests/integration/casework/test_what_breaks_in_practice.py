"""Where hand-offs break in practice (`domain.md` §4.12), each with what is expected of the system, on real engines.

Numbers are those of the list. Numbers 7, 9 and 13 belong to later procedures.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.casework.case.cases.commands import REACH, ask_handoff
from services.casework.handoff.handoffs.commands import ring_clock
from services.casework.office.procedure_messages.messages import RequestStep
from services.chassis import clock
from services.chassis.principal import system_principal
from tests.integration.casework.test_journey import Desk, registry_answers, report_verified
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import VILLAGE

OFFICE, PUSKESMAS, SOEGIRI, LAWANG, MENUR = (
    "dinsos-lamongan", "puskesmas-lamongan", "rsud-soegiri", "rsj-lawang", "rsj-menur",
)  # fmt: skip


class Street:
    """One case of a person found in the town, and the desks that deal with it."""

    def __init__(self, bench: Bench, issuer: Issuer) -> None:
        self.bench = bench
        self._issuer = issuer
        self.report_id = uuid4()
        self.office = self.desk(OFFICE, "section-head", "caseworker")
        self.puskesmas = self.desk(PUSKESMAS)
        self.village = self.desk("desa-sukodadi")

    def desk(self, agency: str, *roles: str) -> Desk:
        return Desk(self.bench, self._issuer, agency, *roles)

    async def found(self, **changes: Any) -> "Street":
        self.report_id = await report_verified(self.bench, VILLAGE, **changes)
        await self.case_id()
        return self

    async def case_id(self) -> UUID:
        async def opened() -> Any:
            return await self.bench.value("SELECT id FROM cases WHERE source_report_id = $1", self.report_id)

        case_id: UUID = await eventually(opened, what="the case")
        return case_id

    async def screened(self, result: str = "NEEDS_HOSPITAL") -> "Street":
        await self.office.carry_out(self.report_id, "CUSTODY_TRANSFER", "IN_CARE")
        await self.puskesmas.carry_out(self.report_id, "HEALTH_SCREENING", result)
        return self

    async def refused_by(self, *agencies: str, reason: str = "FULL") -> None:
        for agency in agencies:
            desk = self.desk(agency)
            handoff = await desk.open_handoff(self.report_id, "INPATIENT_BED")
            await desk.move(handoff, "rejection", reason_code=reason)

    async def treated_at(self, agency: str = SOEGIRI) -> tuple[Desk, str]:
        """A bed is found, the person is there and the treatment runs."""
        desk = self.desk(agency)
        handoff = await desk.open_handoff(self.report_id, "INPATIENT_BED")
        await desk.move(handoff, "acceptance")
        await desk.move(handoff, "arrival", ba_number=f"BA/{uuid4().hex[:6]}")
        await desk.move(handoff, "start")
        return desk, handoff

    async def traced(self, result: str) -> None:
        await self.village.carry_out(self.report_id, "FAMILY_TRACING", result, moves_person=False)

    async def case(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.office.get(f"/cases/{await self.case_id()}")
        return found

    async def holder(self) -> str:
        open_rows = [stretch for stretch in (await self.case())["custody"] if stretch["until"] is None]
        assert len(open_rows) == 1, "one holder at any moment"
        return str(open_rows[0]["agency"])

    async def becomes(self, is_so: Callable[[dict[str, Any]], object], what: str) -> None:
        async def look() -> bool:
            return bool(is_so(await self.case()))

        await eventually(look, what=what)

    async def let_time_pass(self, handoff_id: str, kind: str, **span: int) -> None:
        """A clock of a hand-off as if so much time had passed, rung as often as its ladder says."""
        await self.bench.units.pool.execute(
            "UPDATE clocks SET due_at = due_at - $3::interval, rings_at = rings_at - $3::interval"
            " WHERE handoff_id = $1 AND kind = $2 AND state = 'running'",
            UUID(handoff_id), kind, timedelta(**span),
        )  # fmt: skip
        ring: Callable[[Any], Awaitable[Any]] = lambda uow: ring_clock(UUID(handoff_id), REACH, uow)  # noqa: E731
        for _ in range(6):
            await self.bench.units.perform(ring, principal=system_principal("test"))


@pytest.fixture
def street(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


async def test_break_1_every_hospital_is_full(street: Street) -> None:
    """The person stays in the hands of whoever has them; a case conference is called and comes back daily until it
    decides; then every hospital is asked again."""
    await (await street.found()).screened()
    await street.refused_by(SOEGIRI, LAWANG, MENUR)
    task = await street.office.open_task(street.report_id, "CASE_CONFERENCE")
    assert await street.holder() == PUSKESMAS
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
    """«Ready» starts the sender's clock and asks the office to fetch; unfetched, the ladder climbs to a case
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
    await street.office.post(f"/promises/{seen['promises'][0]['promise_id']}/fulfilment")
    assert (await street.puskesmas.get(f"/handoffs/{again}"))["state"] == "accepted"


async def test_break_10_a_report_out_of_hours(street: Street) -> None:
    """An emergency report opens the case as it comes in; the first response is due 45 minutes later whatever the hour,
    and emergency care is asked on a clock that counts every hour."""
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
    answer_by = next(c for c in (await ward.get(f"/handoffs/{care}"))["clocks"] if c["kind"] == "ANSWER_BY")
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
    assert "CONFIRM_BY" in {c["kind"] for c in seen["clocks"] if c["state"] == "running"}
    refused = await street.office.send(f"/handoffs/{bed}/arrival", ba_number="BA/9")
    assert refused.status_code == 403


# The four ways out and children, on real rows


async def test_whoever_belongs_to_another_district_goes_there_by_signature(street: Street) -> None:
    await (await street.found()).screened("OUTPATIENT")
    await street.traced("HOME_DISTRICT_FOUND")
    province = street.desk("dinsos-jatim")
    handoff = await province.open_handoff(street.report_id, "REPATRIATION")
    await province.move(handoff, "acceptance")
    await province.move(handoff, "arrival", ba_number="BA/PULANG/1")
    assert await street.holder() == "dinsos-jatim"


async def test_a_child_is_in_the_hands_of_those_who_protect_children_within_a_day(street: Street) -> None:
    await street.found(apparent_minor=True)
    unit = street.desk("uptd-ppa-lamongan")
    handoff = await unit.open_handoff(street.report_id, "CHILD_PROTECTION")
    seen = await unit.get(f"/handoffs/{handoff}")
    due = next(c for c in seen["clocks"] if c["kind"] == "ANSWER_BY")
    assert "24 jam" in due["sentence"]
    paused = await street.office.send(f"/handoffs/{handoff}/hold", reason_code="HOLIDAY_CLOSURE")
    assert (paused.status_code, paused.json()["code"]) == (409, "emergency_cannot_pause")


async def test_a_child_is_not_sent_to_a_place_for_adults(street: Street) -> None:
    await street.found(apparent_minor=True)
    refused = await street.office.send(
        f"/cases/{await street.case_id()}/handoffs", purpose="PLACEMENT", candidates=["upt-bina-laras"]
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "adults_only")
    made = await street.office.post(
        f"/cases/{await street.case_id()}/handoffs", purpose="PLACEMENT", candidates=["dinsos-jatim"]
    )
    path = f"/handoffs/{made['handoff_id']}/redirection"
    passed_on = await street.office.send(path, reason_code="AGENCY_CLOSED", to_agency="upt-bina-laras")
    assert (passed_on.status_code, passed_on.json()["code"]) == (409, "adults_only")


async def test_a_child_kept_with_adults_is_recorded_and_is_a_finding(street: Street) -> None:
    await street.found(apparent_minor=True)
    await street.office.post(
        "/custodies", case_id=str(await street.case_id()), to_agency="upt-bina-laras", from_agency="satpolpp-lamongan",
        happened_at=clock.utc_now().isoformat(), place_code="35.71", condition_code="STABLE", proof="NONE",
    )  # fmt: skip
    kinds = {f["kind"] for f in (await street.case())["findings"]}
    assert "CHILD_AMONG_ADULTS" in kinds


async def test_mother_and_child_are_asked_for_together_and_named_when_apart(
    street: Street, casework: Bench, issuer: Issuer
) -> None:
    mother, child, stranger = street, Street(casework, issuer), Street(casework, issuer)
    await mother.found()
    await child.found(apparent_minor=True)
    await stranger.found()
    mothers, childs = await mother.case_id(), await child.case_id()
    for not_a_child in (await stranger.case_id(), mothers):
        wrong = await mother.office.send(f"/cases/{mothers}/tie", child_case_id=str(not_a_child))
        assert (wrong.status_code, wrong.json()["code"]) == (409, "not_the_case_of_a_child")
    for _ in range(2):
        assert (await mother.office.send(f"/cases/{mothers}/tie", child_case_id=str(childs))).status_code == 200
    assert ((await mother.case())["tied_to"], (await child.case())["tied_to"]) == ([str(childs)], [str(mothers)])
    for named in (["upt-bina-laras"], []):
        refused = await mother.office.send(f"/cases/{mothers}/handoffs", purpose="PLACEMENT", candidates=named)
        assert (refused.status_code, refused.json()["code"]) == (409, "adults_only"), named
    step = RequestStep(case_id=mothers, step="placing", purpose="PLACEMENT")
    asked_by_procedure = await casework.units.perform(
        lambda uow: ask_handoff(step, uow), principal=system_principal("casework")
    )
    assert asked_by_procedure.outcome == "EXHAUSTED", "the pack knows a place for adults only"
    for _ in range(2):
        await child.office.post(f"/cases/{childs}/handoffs", purpose="PLACEMENT", candidates=["dinsos-jatim"])
    asked = [h["to_agency"] for h in (await mother.case())["handoffs"] if h["purpose"] == "PLACEMENT"]
    assert asked == ["dinsos-jatim"], "asked for both, and for the other one once"
    for case in (await mother.case(), await child.case()):
        assert {h["to_agency"] for h in case["handoffs"] if h["purpose"] == "PLACEMENT"} == {"dinsos-jatim"}

    async def taken(case_id: UUID, taker: str = SOEGIRI, giver: str = "satpolpp-lamongan") -> None:
        await mother.office.post(
            "/custodies", case_id=str(case_id), to_agency=taker, from_agency=giver,
            happened_at=clock.utc_now().isoformat(), place_code="35.24", condition_code="SICK", proof="NONE",
        )  # fmt: skip

    async def apart() -> list[str]:
        return [f["state"] for f in (await child.case())["findings"] if f["kind"] == "MOTHER_AND_CHILD_APART"]

    assert await apart() == []
    await taken(mothers)
    assert await apart() == ["open"]
    await mother.office.send(f"/cases/{childs}/untie", other_case_id=str(mothers))
    assert ((await mother.case())["tied_to"], await apart()) == ([], ["explained"])
    await mother.office.send(f"/cases/{mothers}/tie", child_case_id=str(childs))
    assert await apart() == ["open"]
    found = next(f for f in (await child.case())["findings"] if f["kind"] == "MOTHER_AND_CHILD_APART")
    await mother.office.move(
        f"../findings/{found['finding_id']}", "explanation", explanation="OTHER_CAUSE", reason="dirawat dahulu"
    )
    await taken(childs)
    assert await apart() == ["explained"]
    await taken(childs, PUSKESMAS, SOEGIRI)
    assert await apart() == ["explained", "open"], "one explanation does not answer for the next parting"
