"""Somebody taken for a child is an adult when two people say so, in place of a registry; one gives protection back."""

from typing import Any
from uuid import UUID

import pytest

from tests.support.casework.agencies import OFFICE
from tests.support.casework.desk import Desk
from tests.support.casework.persons import tell_of
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

NEGLECTED = {"kind": "ANAK_TERLANTAR", "case_type_guess": "ANAK_TERLANTAR"}


@pytest.fixture(params=["ANAK_TERLANTAR", "ODGJ"])
async def street(casework: Bench, issuer: Issuer, request: pytest.FixtureRequest) -> Street:
    """A child, in a case that people lead and in one that a procedure leads."""
    kind = NEGLECTED if request.param == "ANAK_TERLANTAR" else {}
    street = await Street(casework, issuer).found(apparent_minor=True, **kind)
    await street.desk("uptd-ppa-lamongan").open_handoff(street.report_id, "CHILD_PROTECTION")
    return street


@pytest.fixture
def head(casework: Bench, issuer: Issuer) -> Desk:
    desk = Desk(casework, issuer, OFFICE, "section-head")
    desk._headers = {"Authorization": f"Bearer {issuer.token('kepala', agency=OFFICE, roles=['section-head'])}"}
    return desk


async def age(street: Street) -> dict[str, Any]:
    found: dict[str, Any] = await street.office.get(f"/cases/{await street.case_id()}/age")
    return found


async def propose(street: Street) -> str:
    answer = await street.office.send(f"/cases/{await street.case_id()}/adulthood", evidence="MEDICAL_EXAMINATION")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["age_decision_id"])


async def protection(street: Street) -> list[str]:
    return [h["state"] for h in (await street.case())["handoffs"] if h["purpose"] == "CHILD_PROTECTION"]


async def said(street: Street) -> list[str]:
    rows = await street.bench.rows(
        "SELECT headers->>'ce_type' AS type, body::text AS body FROM outbox WHERE headers->>'ce_subject' = $1"
        " AND headers->>'ce_type' LIKE 'casework.case.adulthood%' ORDER BY id",
        str(await street.case_id()),
    )
    return [row["type"].split(".")[2] for row in rows]


async def test_two_people_end_the_protection_of_a_child_and_one_asks_for_it_again(street: Street, head: Desk) -> None:
    assert (await age(street))["legal_now"] == ["propose"]
    decision = f"/age-decisions/{await propose(street)}"
    assert (await street.case())["apparent_minor"], "nothing changes before another person confirms"
    again = await street.office.send(f"/cases/{await street.case_id()}/adulthood", evidence="IDENTITY_PAPER")
    assert (again.status_code, again.json()["code"]) == (409, "age_is_being_decided")
    own = await street.office.send(f"{decision}/confirmation")
    assert (own.status_code, own.json()["code"]) == (403, "second_person_decides_the_age")
    await head.post(f"{decision}/confirmation")
    assert not (await street.case())["apparent_minor"]
    await eventually_is(street, ["expired"])
    assert (await age(street))["legal_now"] == ["take_back"]
    back = await street.office.send(f"{decision}/undo", reason_code="EVIDENCE_IN_DOUBT")
    assert back.status_code == 200, back.text
    assert (await street.case())["apparent_minor"]
    await eventually_is(street, ["expired", "requested"])
    assert await said(street) == ["adulthood_decided", "adulthood_taken_back"]
    assert (await age(street))["legal_now"] == ["propose"]


async def eventually_is(street: Street, states: list[str]) -> None:
    async def so() -> bool:
        return sorted(await protection(street)) == sorted(states)

    await eventually(so, what=f"protection {states}")


async def test_a_refusal_leaves_the_child_protected(street: Street, head: Desk) -> None:
    decision = f"/age-decisions/{await propose(street)}"
    own = await street.office.send(f"{decision}/refusal")
    assert (own.status_code, own.json()["code"]) == (403, "second_person_decides_the_age")
    await head.post(f"{decision}/refusal")
    assert await protection(street) == ["requested"]
    late = await head.send(f"{decision}/confirmation")
    assert (late.status_code, late.json()["code"], late.json()["legal_now"]) == (409, "age_decision_cannot_move", [])
    assert (await age(street))["legal_now"] == ["propose"], "better evidence may come"


async def test_what_intake_told_before_takes_nothing_back_and_a_registry_does(
    casework: Bench, street: Street, head: Desk
) -> None:
    person_id = UUID((await street.case())["person_id"])
    await head.post(f"/age-decisions/{await propose(street)}/confirmation")
    await tell_of(casework, person_id, None, minor=True)

    async def heard() -> bool:
        return bool(await casework.value("SELECT apparent_minor FROM persons_known WHERE person_id = $1", person_id))

    await eventually(heard, what="intake's older word")
    assert not (await street.case())["apparent_minor"]
    await tell_of(casework, person_id, None, minor=True, identity_status="MATCHED")
    await street.becomes(lambda case: case["apparent_minor"], "the register says that it is a child")
    found = await age(street)
    assert (found["is_known"], found["legal_now"]) == (True, [])
    back = await street.office.send(
        f"/age-decisions/{found['decision']['age_decision_id']}/undo", reason_code="WRONG_PERSON"
    )
    assert (back.status_code, back.json()["code"]) == (409, "registry_knows_the_age")


async def test_nobody_decides_about_somebody_who_is_taken_for_an_adult(casework: Bench, issuer: Issuer) -> None:
    grown = await Street(casework, issuer).found()
    answer = await grown.office.send(f"/cases/{await grown.case_id()}/adulthood", evidence="IDENTITY_PAPER")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_taken_for_a_child")


async def test_the_page_and_the_list_of_whoever_must_decide_show_it(casework: Bench, street: Street) -> None:
    page, number = f"/perkara/{await street.case_id()}/umur", (await street.case())["number"]
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    kepala = await Visitor(casework, "kepala.rehsos", ["section-head"]).sit_down()
    assert "Anak atau dewasa?" in await sri.read(f"/perkara/{await street.case_id()}")
    assert await sri.do(f"{page}/usulkan", evidence="BIRTH_OR_SCHOOL_PAPER") == "adulthood-proposed"
    assert f"Umur: sudah dewasa {number}" not in await sri.read("/")
    listed = await kepala.read("/")
    assert f"Umur: sudah dewasa {number}" in listed
    shown = await kepala.see(page)
    fields = {str(field["name"]): field["value"] for field in shown.select("form[action$=setuju] input[name]")}
    fields.pop("csrf", None)
    fields.pop("kunci", None)
    assert await kepala.do(f"{page}/setuju", **fields) == "adulthood-confirmed"
    text = await sri.read(page)
    assert "orang dewasa" in text
    assert "Akta lahir, ijazah atau rapor" in text


async def test_a_revocation_stands_on_the_list_of_whoever_must_decide(casework: Bench, street: Street) -> None:
    case_id, number = await street.case_id(), (await street.case())["number"]
    happened = {"kind": "ABSCONDED", "happened_at": (await street.case())["opened_at"]}
    assert (await street.office.send(f"/cases/{case_id}/occurrences", **happened)).status_code == 200
    items = (await street.office.get(f"/cases/{case_id}/occurrences"))["items"]
    path = f"/cases/{case_id}/occurrences/{items[-1]['occurrence_id']}/revocation"
    assert (await street.office.send(path, reason_code="WRONG_PERSON")).status_code == 201
    kepala = await Visitor(casework, "kepala.rehsos", ["section-head"]).sit_down()
    assert f"Pencabutan kejadian {number}" in await kepala.read("/")
