"""Disclosures on real rows: what the receiver gets, what is kept of it, who read it, and what nobody else learns."""

from typing import Any

import asyncpg
import pytest

from tests.support.casework.agencies import OFFICE, SOEGIRI, VILLAGE
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.casework.persons import PERSON, know
from tests.support.casework.reports import case_of, report_verified
from tests.support.casework.reviewed_disclosures import ALLOWED
from tests.support.identity import Issuer
from tests.support.services import Bench

POST, PANTI, REGISTRY = "satpolpp-lamongan", "upt-bina-laras", "dukcapil-lamongan"
KINDS = {OFFICE: "SOCIAL_OFFICE", SOEGIRI: "HOSPITAL", VILLAGE: "VILLAGE", PANTI: "PANTI", REGISTRY: "CIVIL_REGISTRY"}


async def disclosure(desk: Desk, handoff: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = await desk.get(f"/handoffs/{handoff['handoff_id']}/disclosure")
    return found


@pytest.mark.parametrize(
    ("purpose", "agency"),
    [
        ("INPATIENT_BED", SOEGIRI),
        ("FAMILY_TRACING", VILLAGE),
        ("REUNIFICATION", VILLAGE),
        ("PLACEMENT", PANTI),
        ("IDENTIFICATION", REGISTRY),
        ("INFORMATION", VILLAGE),
        ("INPATIENT_BED", VILLAGE),
        ("FAMILY_TRACING", SOEGIRI),
    ],
)
async def test_the_receiver_gets_the_reviewed_fields_and_nobody_else_learns_any(
    casework: Bench, issuer: Issuer, purpose: str, agency: str
) -> None:
    case_id = await case_of(casework, await report_verified(casework))
    await know(casework, case_id)
    office, receiver = Desk(casework, issuer, OFFICE, "section-head"), Desk(casework, issuer, agency)
    handoff = await ask(office, case_id, agency, purpose=purpose)
    due = ALLOWED.get((purpose, KINDS[agency]), set())
    whole = await receiver.get(f"/handoffs/{handoff['handoff_id']}")
    sent = await disclosure(receiver, handoff)
    assert sent["values"] == {name: PERSON[name] for name in due}
    assert (set(sent["fields"]), sent["withheld"]) == (due, [])
    assert bool(sent["basis"]) or not due, "nothing leaves without a law"
    assert sent["minimum"].keys() == {"person_id", "identity_status", "apparent_minor", "as_of"}
    others = [value for name, value in PERSON.items() if name not in due and name != "approximate_age_years"]
    assert not [value for value in others if value in str(whole) + str(sent)]
    version = sent["versions"][0]
    assert (set(version["fields"]), version["basis"], version["to_agency"]) == (due, sent["basis"], agency)
    said = await casework.value(
        "SELECT string_agg(o.body::text || o.headers::text || o.key, '') || (SELECT string_agg(f.body::text, '') FROM"
        " feed f WHERE f.body->>'handoff_id' = $1) || (SELECT string_agg(a.changes::text, '') FROM actions a WHERE"
        " a.aggregate_id = $1::uuid) FROM outbox o WHERE o.body::text LIKE '%' || $1 || '%'",
        handoff["handoff_id"],
    )  # fmt: skip
    assert not [value for value in PERSON.values() if len(value) > 2 and value in (said or "")]


async def test_each_state_of_the_person_that_was_shown_is_kept_and_stays_as_it_was(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await case_of(casework, await report_verified(casework))
    await know(casework, case_id)
    office, hospital = Desk(casework, issuer, OFFICE, "section-head"), Desk(casework, issuer, SOEGIRI)
    handoff = await ask(office, case_id)
    first = await disclosure(hospital, handoff)
    assert [v["number"] for v in (await disclosure(hospital, handoff))["versions"]] == [1], "nothing new was shown"
    await know(casework, case_id, sequence=2, name="Warga Uji Sebenarnya")
    second = await disclosure(hospital, handoff)
    assert second["values"]["name"] == "Warga Uji Sebenarnya"
    assert [v["number"] for v in second["versions"]] == [1, 2]
    assert second["versions"][0] == first["versions"][0]
    assert second["versions"][1]["digest"] != second["versions"][0]["digest"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await casework.units.pool.execute("UPDATE disclosures SET digest = ''")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await casework.units.pool.execute("DELETE FROM disclosures")


async def test_who_read_a_disclosure_is_shown_to_its_sender_and_the_auditor(casework: Bench, issuer: Issuer) -> None:
    case_id = await case_of(casework, await report_verified(casework))
    await know(casework, case_id)
    office, hospital = Desk(casework, issuer, OFFICE, "section-head"), Desk(casework, issuer, SOEGIRI)
    auditor = Desk(casework, issuer, OFFICE, "auditor")
    handoff = await ask(office, case_id)
    path = f"/handoffs/{handoff['handoff_id']}/readers"
    before = await office.get(path)
    await disclosure(hospital, handoff)
    seen = await disclosure(auditor, handoff)
    assert (seen["values"], seen["withheld"]) == (
        {},
        ["approximate_age_years", "birth_date", "name", "nik", "said_sex"],
    )
    after = await auditor.get(f"{path}?after={before['next_after']}")
    assert [(r["agency"], r["purpose"], r["fields"]) for r in after["items"]] == [
        (SOEGIRI, "INPATIENT_BED", ["approximate_age_years", "birth_date", "name", "nik", "said_sex"])
    ], "whoever saw no value did not read"
    assert (await hospital.get(path, expect=403))["code"] == "readers_are_not_yours"
    await Desk(casework, issuer, VILLAGE).get(path, expect=404)


async def test_the_name_of_a_child_is_not_shown_to_the_agency_that_took_it_off_the_street(
    casework: Bench, issuer: Issuer
) -> None:
    report_id = await report_verified(casework)
    case_id = await case_of(casework, report_id)
    office, post = Desk(casework, issuer, OFFICE, "caseworker"), Desk(casework, issuer, POST)
    handoff = {"handoff_id": await office.open_handoff(report_id, "CUSTODY_TRANSFER")}
    await know(casework, case_id, minor=True)
    shown, held = await disclosure(office, handoff), await disclosure(post, handoff)
    assert shown["values"] == {"name": PERSON["name"], "features": PERSON["features"]}
    assert (held["values"], held["withheld"]) == ({"features": PERSON["features"]}, ["name"])
    assert PERSON["name"] not in str(await post.get(f"/handoffs/{handoff['handoff_id']}"))


async def test_nothing_leaves_with_a_draft_or_after_the_end(casework: Bench, issuer: Issuer) -> None:
    case_id = await case_of(casework, await report_verified(casework))
    await know(casework, case_id)
    office, hospital = Desk(casework, issuer, OFFICE, "section-head"), Desk(casework, issuer, SOEGIRI)
    draft = await ask(office, case_id, is_draft=True)
    assert (await disclosure(hospital, draft))["values"] == {}
    await office.move(draft["handoff_id"], "dispatch")
    assert (await disclosure(hospital, draft))["values"]["name"] == PERSON["name"]
    await office.move(draft["handoff_id"], "cancellation", reason_code="NO_LONGER_NEEDED")
    ended = await disclosure(hospital, draft)
    assert (ended["values"], len(ended["versions"])) == ({}, 1), "that it was sent stays"
