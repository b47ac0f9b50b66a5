"""What happened to a person is recorded, and everything that is open meets its disposition, on real rows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from contracts.events.casework import CaseAidHeld
from services.casework.case.cases.commands import record_aid_state
from services.casework.case.cases.domain import AidState
from services.chassis import clock
from services.chassis.principal import system_principal
from tests.support.casework.agencies import SOEGIRI, STRANGER
from tests.support.casework.aid import entitled
from tests.support.casework.asking import ask
from tests.support.casework.closing import closed_by_force, others_answer
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

OFFICE, BABAT = "dinsos-lamongan", "35.24.05.1003"


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "caseworker")


async def new_case(bench: Bench) -> tuple[UUID, UUID]:
    report_id = await report_verified(bench, BABAT)
    return report_id, await case_of(bench, report_id)


def just_now() -> str:
    return (clock.utc_now() - timedelta(minutes=5)).isoformat()


async def outcome_of(bench: Bench, case_id: UUID) -> Any:
    return (await bench.rows("SELECT state, outcome FROM cases WHERE id = $1", case_id))[0]


async def test_a_death_in_the_middle_ends_everything_and_leaves_the_body_in_somebodys_care(
    casework: Bench, issuer: Issuer, office: Desk
) -> None:
    report_id, case_id = await new_case(casework)
    await office.carry_out(report_id, "CUSTODY_TRANSFER", "IN_CARE")
    puskesmas = Desk(casework, issuer, "puskesmas-babat")
    screening = await puskesmas.open_handoff(report_id, "HEALTH_SCREENING")
    foreseen = await office.get(f"/cases/{case_id}/occurrences/preview?kind=DIED")
    done = await office.post(f"/cases/{case_id}/occurrences", kind="DIED", happened_at=just_now())
    assert done == foreseen, "what the worker was shown is what was done"
    assert {(line["name"], line["disposition"]) for line in done["items"]} == {
        ("HEALTH_SCREENING", "EXPIRES"), ("CUSTODY", "STAYS_UNTIL_BURIAL"), ("SERVICE", "ENDS"), ("BURIAL", "OPENED"),
    }  # fmt: skip
    row = (await casework.rows("SELECT state, reason_code FROM handoffs WHERE id = $1", UUID(screening)))[0]
    assert (row["state"], row["reason_code"]) == ("expired", "DECEASED")
    assert (await outcome_of(casework, case_id))["outcome"] == "DECEASED"
    asked_later = await casework.value(
        "SELECT count(*) FROM handoffs WHERE about_id = $1 AND state NOT IN ('expired', 'closed', 'completed')", case_id
    )
    assert asked_later == 0, "nobody is asked for anything more"
    tasks = (await office.get("/tasks?limit=200"))["items"]
    burial = next(task for task in tasks if task["about_id"] == str(case_id) and task["kind"] == "BURIAL")
    held = await casework.value("SELECT count(*) FROM custodies WHERE about_id = $1 AND until IS NULL", case_id)
    assert held == 1
    satpol = Desk(casework, issuer, "satpolpp-lamongan")
    for handoff in await casework.rows("SELECT id FROM handoffs WHERE about_id = $1 AND state = 'completed'", case_id):
        await satpol.move(str(handoff["id"]), "closure")
    await office.post(f"/tasks/{burial['task_id']}/completion", result_code="BURIED")
    await others_answer(casework, report_id)

    async def closed() -> bool:
        return bool((await outcome_of(casework, case_id))["state"] == "closed")

    await eventually(closed, what="the case closed after the burial")


async def test_who_left_is_searched_for_and_may_be_found_again(casework: Bench, issuer: Issuer, office: Desk) -> None:
    report_id, case_id = await new_case(casework)
    await office.carry_out(report_id, "CUSTODY_TRANSFER", "IN_CARE")
    puskesmas = Desk(casework, issuer, "puskesmas-babat")
    screening = await puskesmas.open_handoff(report_id, "HEALTH_SCREENING")
    await puskesmas.move(screening, "acceptance")
    await puskesmas.move(screening, "arrival", ba_number="BA/9")
    await puskesmas.move(screening, "start")
    done = await office.post(f"/cases/{case_id}/occurrences", kind="ABSCONDED", happened_at=just_now())
    assert ("HEALTH_SCREENING", "FAILS") in {(line["name"], line["disposition"]) for line in done["items"]}
    ended = await casework.rows("SELECT ended_reason FROM custodies WHERE about_id = $1 AND until IS NOT NULL", case_id)
    assert "ABSCONDED" in {row["ended_reason"] for row in ended}
    kinds = await casework.rows("SELECT kind, state FROM tasks WHERE about_id = $1", case_id)
    assert ("SEARCH_PERSON", "open") in {(row["kind"], row["state"]) for row in kinds}
    told = await office.get(f"/cases/{case_id}/occurrences")
    assert "FOUND_AGAIN" in told["legal_now"]
    assert "ABSCONDED" not in told["legal_now"]
    again = await office.send(f"/cases/{case_id}/occurrences", kind="ABSCONDED", happened_at=just_now())
    assert again.json()["code"] == "occurrence_is_told"
    await office.post(f"/cases/{case_id}/occurrences", kind="FOUND_AGAIN", happened_at=just_now())
    kinds = await casework.rows("SELECT result_code FROM tasks WHERE about_id = $1 AND kind = 'SEARCH_PERSON'", case_id)
    assert [row["result_code"] for row in kinds] == ["FOUND"]
    assert "reopen" in (await puskesmas.get(f"/handoffs/{screening}"))["legal_now"]


async def test_aid_is_held_at_once_and_let_go_when_found(casework: Bench, office: Desk) -> None:
    _, case_id = await new_case(casework)
    await entitled(casework, case_id)
    await office.post(f"/cases/{case_id}/occurrences", kind="ABSCONDED", happened_at=just_now())
    said = await casework.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE headers->>'ce_subject' = $1 AND transport = 'kafka'"
        " AND headers->>'ce_type' LIKE '%aid_held%'", str(case_id),
    )  # fmt: skip
    assert [row["type"] for row in said] == [CaseAidHeld.TYPE]


async def test_a_death_is_told_of_aid_that_we_take_for_settled_with_the_day_it_happened(
    casework: Bench, office: Desk
) -> None:
    _, case_id = await new_case(casework)
    await entitled(casework, case_id)
    case = (await casework.rows("SELECT source_report_id FROM cases WHERE id = $1", case_id))[0]
    await casework.units.perform(
        lambda uow: record_aid_state(case["source_report_id"], AidState.CREDITED, uow),
        principal=system_principal("casework"),
    )
    died_at = (clock.utc_now() - timedelta(days=2)).isoformat()
    await office.post(f"/cases/{case_id}/occurrences", kind="DIED", happened_at=died_at)
    said = await casework.rows(
        "SELECT headers->>'ce_time' AS time FROM outbox WHERE headers->>'ce_subject' = $1"
        " AND headers->>'ce_type' LIKE '%aid_held%'", str(case_id),
    )  # fmt: skip
    assert [row["time"] for row in said] == [died_at]


async def test_nothing_has_happened_tomorrow(casework: Bench, office: Desk) -> None:
    _, case_id = await new_case(casework)
    tomorrow = (clock.utc_now() + timedelta(days=1)).isoformat()
    refused = await office.send(f"/cases/{case_id}/occurrences", kind="DIED", happened_at=tomorrow)
    assert (refused.status_code, refused.json()["code"]) == (422, "happens_later")


async def test_a_closed_case_hears_nothing_more(casework: Bench, issuer: Issuer, office: Desk) -> None:
    case_id = await closed_by_force(casework, issuer)
    refused = await office.send(f"/cases/{case_id}/occurrences", kind="DIED", happened_at=just_now())
    assert (refused.status_code, refused.json()["code"]) == (409, "case_is_closed")
    unknown = await office.send(f"/cases/{case_id}/occurrences", kind="CLOSING", happened_at=just_now())
    assert unknown.status_code == 422


@pytest.mark.parametrize(("reason", "outcome"), [("DECEASED", "DECEASED"), ("ABSCONDED", "ABSCONDED")])
async def test_what_is_told_with_a_hand_off_that_a_person_opened_is_heard(
    casework: Bench, issuer: Issuer, office: Desk, reason: str, outcome: str
) -> None:
    guess = {"case_type_guess": "ORANG_TERLANTAR", "kind": "ORANG_TERLANTAR"}
    case_id = await case_of(casework, await report_verified(casework, **guess))
    handoff, hospital = await ask(office, case_id, SOEGIRI), Desk(casework, issuer, SOEGIRI)
    await hospital.move(handoff["handoff_id"], "acceptance")
    await hospital.move(handoff["handoff_id"], "arrival", ba_number="BA/51")
    await hospital.move(handoff["handoff_id"], "start")
    await hospital.move(handoff["handoff_id"], "failure", reason_code=reason)

    async def heard() -> bool:
        return bool((await outcome_of(casework, case_id))["outcome"] == outcome)

    await eventually(heard, what="what the hospital said of the person")
    told = (await office.get(f"/cases/{case_id}/occurrences"))["items"]
    assert [line["told_by"] for line in told] == [SOEGIRI]


async def test_whoever_has_the_person_tells_what_it_sees_while_it_has_them(casework: Bench, issuer: Issuer) -> None:
    street = await (await Street(casework, issuer).found()).screened()
    hospital, _ = await street.treated_at(SOEGIRI)
    told = f"/cases/{await street.case_id()}/occurrences"
    assert (await hospital.get(told))["legal_now"] == ["ABSCONDED", "DIED"]
    foreseen = await hospital.get(f"{told}/preview?kind=DIED")
    assert {line["party"] for line in foreseen["items"]} == {SOEGIRI}, "nothing of what others do"
    for desk, kind, status, code in (
        (hospital, "SENT_ON", 403, "office_tells_this"),
        (street.puskesmas, "DIED", 403, "person_is_not_with_you"),
        (street.desk(STRANGER), "DIED", 404, "not_found"),
    ):
        refused = await desk.send(told, kind=kind, happened_at=just_now())
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    for_others = await hospital.send(told, kind="DIED", happened_at=just_now(), told_by=STRANGER)
    assert for_others.json()["code"] == "person_is_not_with_you"
    answered = await hospital.post(told, kind="ABSCONDED", happened_at=just_now())
    assert answered["items"] == await hospital_sees(street)
    assert (await street.case())["outcome"] == "ABSCONDED"
    gone = await hospital.send(told, kind="DIED", happened_at=just_now())
    assert (gone.status_code, gone.json()["code"]) == (403, "person_is_not_with_you"), "it has them no longer"


async def hospital_sees(street: Street) -> list[dict[str, Any]]:
    """What ended of the hospital's own, by the rows."""
    ended = await street.bench.rows(
        "SELECT 'CUSTODY' AS item, id, 'CUSTODY' AS name, 'CLOSES_AS_UNKNOWN' AS disposition FROM custodies"
        " WHERE about_id = $1 AND agency = $2 AND ended_reason = 'ABSCONDED' UNION ALL"
        " SELECT 'IN_PROGRESS', id, purpose, 'FAILS' FROM handoffs"
        " WHERE about_id = $1 AND to_agency = $2 AND state = 'failed' ORDER BY 1",
        await street.case_id(),
        SOEGIRI,
    )
    return [{**dict(row), "id": str(row["id"]), "party": SOEGIRI} for row in ended]


async def test_a_custodians_desk_tells_a_death_on_the_page_of_the_person(casework: Bench, issuer: Issuer) -> None:
    street = await (await Street(casework, issuer).found()).screened()
    await street.treated_at(SOEGIRI)
    case, nurse = await street.case(), await Visitor(casework, "ani.igd", ["desk-officer"], SOEGIRI).sit_down()
    page = f"/perkara/{case['case_id']}/kejadian"
    assert page in (await nurse.get(f"/orang/{case['person_id']}")).text
    kinds = [
        option["value"] for option in (await nurse.see(page)).select("select[name=kind] option") if option["value"]
    ]
    assert kinds == ["ABSCONDED", "DIED"]
    local = (clock.utc_now() + timedelta(hours=7, minutes=-2)).strftime("%Y-%m-%dT%H:%M")
    shown_at = f"{page}?kind=DIED"
    typed = {"kind": "DIED", "happened_local": local}
    changed = await nurse.post(f"{page}/catat", seen_at=shown_at, **typed, expected_fingerprint="0" * 32)
    again = BeautifulSoup(changed.text, "html.parser")
    form = again.select_one(f"form[action$='{page}/catat']")
    assert changed.status_code == 409 and form is not None
    assert "Akibatnya sudah berubah" in form.text and form.select("[name=happened_local]")[0]["value"] == local
    seen = form.select("[name=expected_fingerprint]")[0]["value"]
    assert seen == (await nurse.see(shown_at)).select("[name=expected_fingerprint]")[0]["value"]
    await nurse.do(f"{page}/catat", **typed, expected_fingerprint=seen)
    assert "Akibatnya saat dicatat" in await nurse.read(page)
    await street.becomes(lambda case: case["outcome"] == "DECEASED", "the death is known")
    stranger = await Visitor(casework, "budi.desa", ["desk-officer"], STRANGER).sit_down()
    assert (await stranger.get(page)).status_code == 404
