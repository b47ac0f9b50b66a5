"""Children, and mothers with theirs, on real rows: with whom they may be, and who is asked for them."""

from uuid import UUID

import pytest

from contracts.events.intake import PersonRecorded
from contracts.values import NikLevel
from services.casework.case.cases.commands import ask_handoff
from services.casework.office.procedure_messages.messages import RequestStep
from services.chassis import clock
from services.chassis.principal import system_principal
from tests.support.casework.agencies import SOEGIRI, TOWN_PUSKESMAS
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import wire


@pytest.fixture
def street(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


async def test_a_child_is_in_the_hands_of_those_who_protect_children_within_a_day(street: Street) -> None:
    await street.found(apparent_minor=True)
    unit = street.desk("uptd-ppa-lamongan")
    handoff = await unit.open_handoff(street.report_id, "CHILD_PROTECTION")
    seen = await unit.get(f"/handoffs/{handoff}")
    due = next(c for c in seen["deadlines"] if c["kind"] == "ANSWER_BY")
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
        "/custodies", about_id=str(await street.case_id()), to_agency="upt-bina-laras", from_agency="satpolpp-lamongan",
        happened_at=clock.utc_now().isoformat(), place_code="35.71", observed_state="STABLE", proof="NONE",
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
    step = RequestStep(about_id=mothers, step="placing", purpose="PLACEMENT")
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
            "/custodies", about_id=str(case_id), to_agency=taker, from_agency=giver,
            happened_at=clock.utc_now().isoformat(), place_code="35.24", observed_state="ILL", proof="NONE",
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
    await taken(childs, TOWN_PUSKESMAS, SOEGIRI)
    assert await apart() == ["explained", "open"], "one explanation does not answer for the next parting"


async def proven(street: Street, *, is_minor: bool) -> None:
    """The registry matched the person: their age is known."""
    case = await street.case()
    told = PersonRecorded(
        person_id=UUID(case["person_id"]), identity_status="MATCHED", nik_level=NikLevel.DUKCAPIL_MATCHED,
        apparent_minor=is_minor, sealed="c2VhbGVk",
    )  # fmt: skip
    async with street.bench.producer() as send:
        await send("intake.persons", *wire(told, subject=told.person_id, correlation_id=told.person_id))


async def asked_to_protect(street: Street) -> list[str]:
    return [h["state"] for h in (await street.case())["handoffs"] if h["purpose"] == "CHILD_PROTECTION"]


@pytest.mark.parametrize("kind", ["ANAK_TERLANTAR", "ODGJ"])
async def test_a_child_is_protected_in_a_case_of_any_type_until_proven_adult(street: Street, kind: str) -> None:
    await street.found(apparent_minor=True, kind=kind, case_type_guess="ODGJ_TERLANTAR" if kind == "ODGJ" else kind)
    unit = street.desk("uptd-ppa-lamongan")
    await unit.open_handoff(street.report_id, "CHILD_PROTECTION")
    assert await asked_to_protect(street) == ["requested"]
    await proven(street, is_minor=False)

    async def has_ended() -> bool:
        return await asked_to_protect(street) == ["expired"]

    await eventually(has_ended, what="the request ends")
    conferences = [t for t in (await street.case())["tasks"] if t["kind"] == "CASE_CONFERENCE"]
    assert conferences == [], "nobody searches on for somebody who protects an adult"


async def test_protection_that_has_begun_is_asked_to_let_go_of_an_adult(street: Street) -> None:
    await street.found(apparent_minor=True, kind="ANAK_TERLANTAR", case_type_guess="ANAK_TERLANTAR")
    unit = street.desk("uptd-ppa-lamongan")
    handoff = await unit.open_handoff(street.report_id, "CHILD_PROTECTION")
    await unit.move(handoff, "acceptance")
    await unit.move(handoff, "arrival", ba_number=f"BA/{handoff[:6]}")
    await unit.move(handoff, "start")
    await proven(street, is_minor=False)

    async def is_asked() -> bool:
        return "confirm-cancel" in (await unit.get(f"/handoffs/{handoff}"))["legal_now"]

    await eventually(is_asked, what="the unit is asked to let go")


async def test_who_is_found_to_be_a_child_later_is_protected_from_then_on(street: Street) -> None:
    await street.found(kind="LANSIA_TERLANTAR", case_type_guess="LANSIA_TERLANTAR")
    assert await asked_to_protect(street) == []
    await proven(street, is_minor=True)
    await street.becomes(lambda case: any(h["purpose"] == "CHILD_PROTECTION" for h in case["handoffs"]), "protection")
