"""What was recorded as having happened did not: two people revoke it, and every consequence is undone, on real rows."""

from datetime import timedelta
from typing import Any

import pytest

from services.chassis import clock
from tests.support.casework.agencies import LAWANG, MENUR, OFFICE, SOEGIRI
from tests.support.casework.aid import entitled
from tests.support.casework.asking import ask, deadlines, later
from tests.support.casework.closing import others_answer
from tests.support.casework.desk import Desk
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor


@pytest.fixture
def street(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


@pytest.fixture
def head(casework: Bench, issuer: Issuer) -> Desk:
    desk = Desk(casework, issuer, OFFICE, "section-head")
    desk._headers = {"Authorization": f"Bearer {issuer.token('kepala', agency=OFFICE, roles=['section-head'])}"}
    return desk


async def tell(street: Street, kind: str) -> Any:
    at = (clock.utc_now() - timedelta(minutes=1)).isoformat()
    return await street.office.send(f"/cases/{await street.case_id()}/occurrences", kind=kind, happened_at=at)


async def told(street: Street) -> dict[str, Any]:
    found: dict[str, Any] = await street.office.get(f"/cases/{await street.case_id()}/occurrences")
    return found


async def propose(street: Street, at: int = -1) -> Any:
    occurrence = (await told(street))["items"][at]["occurrence_id"]
    path = f"/cases/{await street.case_id()}/occurrences/{occurrence}/revocation"
    return await street.office.send(path, reason_code="WRONG_PERSON")


async def revoke(street: Street, head: Desk) -> dict[str, Any]:
    proposed = await propose(street)
    assert proposed.status_code == 201, proposed.text
    found: dict[str, Any] = await head.post(f"/revocations/{proposed.json()['revocation_id']}/confirmation")
    return found


async def state_of(street: Street) -> tuple[str, str | None, list[tuple[str, str]], str | None]:
    """The case's state and outcome, what of it is open, and who has the person."""
    case = await street.case()
    ended = ("expired", "closed", "cancelled", "done", "completed")
    found = [(h["purpose"], h["state"]) for h in case["handoffs"]] + [(t["kind"], t["state"]) for t in case["tasks"]]
    held = [stretch["agency"] for stretch in case["custody"] if stretch["until"] is None]
    return (
        case["state"],
        case["outcome"],
        sorted(one for one in found if one[1] not in ended),
        held[0] if held else None,
    )


async def test_a_death_that_was_none_is_revoked_by_two_people_and_everything_comes_back(
    casework: Bench, street: Street, head: Desk
) -> None:
    await street.found()
    await street.office.carry_out(street.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    screening = await street.puskesmas.open_handoff(street.report_id, "HEALTH_SCREENING")
    await street.puskesmas.move(screening, "acceptance")
    await street.puskesmas.move(screening, "arrival", ba_number="BA/77")
    await street.puskesmas.move(screening, "start")
    await entitled(casework, await street.case_id())
    before = await state_of(street)
    assert (await tell(street, "DIED")).status_code == 200
    await street.office.open_task(street.report_id, "AID_DECISION")
    dead = await state_of(street)
    assert (dead[0], dead[1], ("BURIAL", "open") in dead[2]) == ("aftercare", "DECEASED", True)
    again = await tell(street, "DIED")
    assert (again.status_code, again.json()["legal_now"]) == (409, ["REVOKE"])
    assert (await told(street))["legal_now"] == ["REVOKE"]

    proposed = (await propose(street)).json()
    assert (await state_of(street)) == dead, "nothing changes before another person confirms"
    assert (await propose(street)).json()["code"] == "revocation_is_proposed"
    own = await street.office.send(f"/revocations/{proposed['revocation_id']}/confirmation")
    assert (own.status_code, own.json()["code"]) == (403, "second_person_is_needed")
    done = await head.post(f"/revocations/{proposed['revocation_id']}/confirmation")
    assert all(line["is_back"] for line in done["undone"])
    assert await state_of(street) == before
    late = await head.send(f"/revocations/{proposed['revocation_id']}/refusal")
    assert (late.status_code, late.json()["code"]) == (409, "revocation_is_decided")
    assert (await told(street))["legal_now"] == ["ABSCONDED", "DIED", "NOT_THIS_TYPE", "SENT_ON"]
    said = await casework.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE headers->>'ce_subject' = $1"
        " AND headers->>'ce_type' IN ('casework.case.occurrence_revoked.v1', 'casework.case.aid_released.v1')",
        str(await street.case_id()),
    )
    assert len(said) == 2, "disbursement hears it"
    await street.puskesmas.move(screening, "completion", result_code="OUTPATIENT")
    await street.becomes(lambda case: case["stage"] == "DISCHARGE", "the procedure goes on")


async def test_a_dead_persons_conditions_stop_and_come_back_unmet_when_the_death_is_revoked(
    casework: Bench, street: Street, head: Desk
) -> None:
    await street.found()
    case_id = await street.case_id()
    asked = await ask(street.office, case_id, SOEGIRI, LAWANG, MENUR, mode="parallel")
    promised = [
        {"code": "INSURANCE_ACTIVE", "owner": "SENDER", "due_at": later(days=3), "about": "CASE"},
        {"code": "BED_AVAILABLE", "owner": "RECEIVER", "due_at": later(days=1)},
    ]
    await street.desk(SOEGIRI).move(asked["handoff_id"], "conditional-acceptance", conditions=promised)
    won = next(c["handoff_id"] for c in asked["candidates"] if c["agency"] == LAWANG)
    await street.desk(LAWANG).move(won, "acceptance")
    told = await tell(street, "DIED")
    ends = [(line["name"], line["disposition"]) for line in told.json()["items"] if line["item"] == "CONDITION"]
    assert ends == [("INSURANCE_ACTIVE", "ENDS")]
    alive = (
        "SELECT d.kind FROM deadlines d JOIN handoffs h ON h.id = d.about_id WHERE h.about_id = $1 AND d.owner <> $2"
        " AND d.state <> 'stopped' UNION ALL SELECT code FROM conditions WHERE matter_id = $1 AND state = 'open'"
    )
    assert await casework.rows(alive, case_id, "") == [], "nothing of the dead rings"

    done = await revoke(street, head)
    assert [(u["name"], u["party"]) for u in done["undone"] if u["item"] == "CONDITION"] == [
        ("INSURANCE_ACTIVE", OFFICE)
    ]
    back = await street.desk(LAWANG).get(f"/handoffs/{won}")
    assert (back["state"], [(c["code"], c["state"]) for c in back["conditions"]]) == (
        "requested",
        [("INSURANCE_ACTIVE", "open")],
    )
    assert deadlines(back).keys() == {"ANSWER_BY", "PROMISE_BY"}
    (condition,) = back["conditions"]
    await street.office.post(f"/conditions/{condition['condition_id']}/fulfilment")
    after = await street.desk(LAWANG).get(f"/handoffs/{won}")
    assert (after["state"], set(deadlines(after))) == ("requested", {"ANSWER_BY"}), "the yes is not said by that"


async def test_a_death_told_with_a_failure_is_not_told_again_after_it_was_revoked(street: Street, head: Desk) -> None:
    await (await street.found()).screened()
    hospital, bed = await street.treated_at(SOEGIRI)
    await hospital.move(bed, "failure", reason_code="DECEASED")
    await street.becomes(lambda case: case["outcome"] == "DECEASED", "the procedure records it")
    await revoke(street, head)
    await street.becomes(lambda case: ("INPATIENT_BED", "in-progress") in
                         [(h["purpose"], h["state"]) for h in case["handoffs"]], "the treatment goes on")  # fmt: skip
    await hospital.move(bed, "completion", result_code="DISCHARGED_STABLE")
    await street.becomes(lambda case: case["stage"] == "DISCHARGE", "the procedure goes on")
    assert (await street.case())["outcome"] is None


async def test_who_was_taken_for_another_type_goes_on_in_the_same_procedure(street: Street, head: Desk) -> None:
    await (await street.found()).screened("NOT_ODGJ")
    await street.becomes(lambda case: case["outcome"] == "NOT_ODGJ", "the procedure records it")
    await revoke(street, head)
    await street.becomes(lambda case: any(h["purpose"] == "INPATIENT_BED" for h in case["handoffs"]), "a bed is asked")
    assert (await street.case())["outcome"] is None


async def test_a_leaving_that_was_none_gives_custody_and_standing_tasks_back(street: Street, head: Desk) -> None:
    await street.found()
    await street.office.carry_out(street.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    await street.puskesmas.open_handoff(street.report_id, "HEALTH_SCREENING")
    before = await state_of(street)
    await tell(street, "ABSCONDED")
    assert (await state_of(street))[3] is None
    await revoke(street, head)
    assert await state_of(street) == before


async def test_a_finding_that_was_none_leaves_the_person_gone_and_the_last_is_revoked_first(
    street: Street, head: Desk
) -> None:
    await street.found()
    await street.office.carry_out(street.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    await tell(street, "ABSCONDED")
    await tell(street, "FOUND_AGAIN")
    refused = await propose(street, at=0)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_the_last_occurrence")
    await revoke(street, head)
    state, outcome, is_open, custodian = await state_of(street)
    assert (state, outcome, custodian) == ("aftercare", "ABSCONDED", None)
    assert ("SEARCH_PERSON", "open") in is_open
    assert "FOUND_AGAIN" in (await told(street))["legal_now"]


async def test_what_people_did_meanwhile_is_put_before_a_conference_also_in_a_closed_case(
    casework: Bench, street: Street, head: Desk
) -> None:
    await street.found()
    await street.office.carry_out(street.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    satpol = street.desk("satpolpp-lamongan")
    await tell(street, "DIED")
    for handoff in (await street.case())["handoffs"]:
        if handoff["state"] == "completed":
            await satpol.move(handoff["handoff_id"], "closure")
    await street.office.do_task(street.report_id, "BURIAL", "BURIED")
    await others_answer(casework, street.report_id)
    await street.becomes(lambda case: case["state"] == "closed", "the case closes")
    late = await tell(street, "ABSCONDED")
    assert (late.status_code, late.json()["legal_now"]) == (409, ["REVOKE"])
    done = await revoke(street, head)
    assert [line["name"] for line in done["undone"] if not line["is_back"]] == ["BURIAL"]
    state, outcome, is_open, _ = await state_of(street)
    assert (state, outcome) == ("open", None)
    assert ("CASE_CONFERENCE", "open") in is_open


async def test_a_person_revokes_on_the_page(casework: Bench, street: Street) -> None:
    await street.found()
    await tell(street, "DIED")
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    head = await Visitor(casework, "budi.kabid", ["section-head"]).sit_down()
    page = f"/perkara/{await street.case_id()}/kejadian"
    assert "Usulkan pencabutan" in await sri.read(page)
    occurrence = (await told(street))["items"][0]["occurrence_id"]
    done = await sri.do(f"{page}/cabut", occurrence_id=occurrence, reason_code="WRONGLY_TOLD")
    assert done == "revocation-proposed"
    assert "Menunggu keputusan kepala bidang" in await sri.read(page)
    assert "Setujui pencabutan" in await head.read(page)
    waiting = str((await told(street))["proposal"]["revocation_id"])
    assert await head.do(f"{page}/setuju", revocation_id=waiting, expected_version=1) == "revocation-confirmed"
    assert "dicabut" in await sri.read(page)
    assert (await street.case())["outcome"] is None
