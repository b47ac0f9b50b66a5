"""Who has the person in hand, on real rows: late records, many takers at once, both questions, proof, and names."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.casework.case.cases.commands import check_custody_deadlines
from services.casework.office.findings.tables import Finding
from services.casework.office.matters.domain import case
from services.casework.person.custody import queries
from services.casework.person.custody.commands import TransferCustody, end_custody, transfer_custody
from services.casework.person.custody.tables import Custody
from services.chassis.database import UnitOfWork
from services.chassis.principal import Principal, system_principal
from tests.support.casework.agencies import OFFICE, POST, PUSKESMAS, SOEGIRI, STRANGER
from tests.support.casework.closing import closed_by_force
from tests.support.casework.custody import caught, chain, hours_ago, person_of, record, told
from tests.support.casework.desk import Desk
from tests.support.casework.persons import know
from tests.support.casework.reports import BABAT
from tests.support.eventually import eventually
from tests.support.folding import unlike_their_actions
from tests.support.identity import Issuer
from tests.support.packs.in_force import quick_pack
from tests.support.services import Bench


def kinds(receipt: Any) -> list[str]:
    return [finding["kind"] for finding in receipt["opened_findings"]]


async def test_what_happened_at_two_and_is_told_at_eight_is_history_with_a_finding(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 8)
    signed = await record(casework, issuer, told(case_id, OFFICE, 1, POST, proof="SIGNED", ba_number="BA/12"))
    assert (signed["is_current"], kinds(signed)) == (True, [])
    late = await record(casework, issuer, told(case_id, SOEGIRI, 6, POST))
    assert (late["is_current"], kinds(late)) == (False, ["GIVER_DID_NOT_HOLD"])
    assert late["until"] == signed["since"]
    assert await chain(casework, case_id) == [(POST, False), (SOEGIRI, False), (OFFICE, True)]
    office = Desk(casework, issuer, OFFICE, "caseworker")
    where = await office.get(f"/persons/{await person_of(casework, case_id)}/custody")
    assert (where["is_held"], where["custodian"], where["place_code"], where["proof"]) == (
        True, OFFICE, BABAT, "SIGNED"
    )  # fmt: skip
    assert [finding["kind"] for finding in where["open_findings"]] == ["GIVER_DID_NOT_HOLD"]
    detail = await office.get(f"/cases/{case_id}")
    assert [stretch["agency"] for stretch in detail["custody"]] == [POST, SOEGIRI, OFFICE]
    assert [finding["state"] for finding in detail["findings"]] == ["open"]
    lines = (await office.get(f"/cases/{case_id}/timeline"))["lines"]
    assert any(line["event_type"] == "casework.finding.opened.v1" for line in lines)


async def test_of_many_takers_at_once_exactly_one_has_the_person(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 5)
    takers = [OFFICE, SOEGIRI, PUSKESMAS, STRANGER, "rsj-menur", "rsj-lawang", "upt-bina-laras", "desa-sukodadi"]
    bodies = [told(case_id, taker, 4 - n / 100, POST) for n, taker in enumerate(takers)]
    await asyncio.gather(*(record(casework, issuer, body) for body in bodies))
    found = await chain(casework, case_id)
    assert len(found) == len(takers) + 1
    assert [agency for agency, goes_on in found if goes_on] == [takers[-1]]
    assert [agency for agency, _ in found] == [POST, *takers]


async def test_the_same_instant_twice_leaves_one_open_row_too(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 5)
    at_once = hours_ago(3)
    bodies = [{**told(case_id, taker, 0, POST), "happened_at": at_once} for taker in (OFFICE, SOEGIRI, PUSKESMAS)]
    await asyncio.gather(*(record(casework, issuer, body) for body in bodies))
    assert sum(goes_on for _, goes_on in await chain(casework, case_id)) == 1
    count = "SELECT count(*) FROM case_findings WHERE about_id = $1 AND state = 'open' AND kind = 'GIVER_DID_NOT_HOLD'"
    assert await casework.value(count, case_id) == 2


async def test_the_same_record_sent_twice_is_taken_once(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 3)
    body, headers = told(case_id, OFFICE, 1, POST), {"Idempotency-Key": str(uuid4())}
    headers["Authorization"] = f"Bearer {issuer.token('twice', agency=OFFICE, roles=('caseworker',))}"
    first, again = [await casework.client.post("/custodies", json=body, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.json() == again.json()
    assert await chain(casework, case_id) == [(POST, False), (OFFICE, True)]
    other = await casework.client.post("/custodies", json={**body, "observed_state": "ILL"}, headers=headers)
    assert other.status_code == 422


async def test_a_stretch_that_overlaps_is_kept_and_explained_by_the_office(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 9)
    await record(casework, issuer, told(case_id, OFFICE, 4, POST))
    body = {**told(case_id, PUSKESMAS, 6), "until": hours_ago(2)}
    overlapping = await record(casework, issuer, body)
    assert "CUSTODY_OVERLAP" in kinds(overlapping)
    assert {finding["owner"] for finding in overlapping["opened_findings"]} == {OFFICE}
    assert (PUSKESMAS, False) in await chain(casework, case_id)


async def test_a_gap_is_found_and_settled_by_the_record_that_fills_it(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 9)
    begins, ends = hours_ago(8), hours_ago(7)
    ride = {**told(case_id, "ambulance", 0, POST), "to_kind": "CARRIER", "happened_at": begins, "until": ends}
    assert kinds(await record(casework, issuer, ride)) == ["CUSTODY_GAP"]
    row = "SELECT state, explanation FROM case_findings WHERE about_id = $1 AND kind = 'CUSTODY_GAP'"
    arrived = {**told(case_id, SOEGIRI, 0, "ambulance"), "happened_at": ends}
    assert kinds(await record(casework, issuer, arrived)) == []
    assert [tuple(found) for found in await casework.rows(row, case_id)] == [("explained", "SETTLED")]
    said = await casework.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE headers->>'ce_correlationid' ="
        " (SELECT correlation_id::text FROM cases WHERE id = $1) AND target = 'casework.findings' ORDER BY id",
        case_id,
    )
    assert [found["type"] for found in said] == ["casework.finding.opened.v1", "casework.finding.explained.v1"]


async def test_who_stays_here_tonight_is_counted_and_paged_for_the_agency_alone(
    casework: Bench, issuer: Issuer
) -> None:
    shelter = Desk(casework, issuer, "upt-bina-laras")
    before = (await shelter.get("/custodies/tonight"))["count"]
    cases = [await caught(casework, 5) for _ in range(3)]
    for case_id in cases:
        await record(casework, issuer, told(case_id, shelter.agency, 2, POST))
    await record(casework, issuer, told(cases[0], SOEGIRI, 1, shelter.agency))
    night = await shelter.get("/custodies/tonight?limit=200")
    assert (night["agency"], night["count"], len(night["items"])) == (shelter.agency, before + 2, before + 2)
    assert {str(case_id) for case_id in cases[1:]} <= {item["about_id"] for item in night["items"]}
    first = await shelter.get("/custodies/tonight?limit=1")
    second = await shelter.get(f"/custodies/tonight?limit=1&after={first['next_after']}")
    assert first["items"] != second["items"]
    assert first["count"] == before + 2
    refused = await Desk(casework, issuer, STRANGER).get("/custodies/tonight?agency=upt-bina-laras", expect=403)
    assert refused["code"] == "other_agencys_night"
    office = Desk(casework, issuer, OFFICE, "duty-officer")
    assert (await office.get("/custodies/tonight?agency=upt-bina-laras"))["count"] == before + 2


async def test_where_a_person_is_is_told_to_the_custodian_the_giver_and_the_office(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 5)
    path = f"/persons/{await person_of(casework, case_id)}/custody"
    await record(casework, issuer, told(case_id, PUSKESMAS, 3, POST))
    for agency in (PUSKESMAS, POST):
        assert (await Desk(casework, issuer, agency).get(path))["custodian"] == PUSKESMAS
    await Desk(casework, issuer, STRANGER).get(path, expect=404)
    await record(casework, issuer, told(case_id, SOEGIRI, 1, PUSKESMAS))
    await Desk(casework, issuer, POST).get(path, expect=404)
    await Desk(casework, issuer, OFFICE, "caseworker").get(path)
    await Desk(casework, issuer, OFFICE, "caseworker").get(f"/persons/{uuid4()}/custody", expect=404)


async def test_a_hand_over_is_recorded_by_its_parties_and_for_whoever_has_no_part_there_is_no_case(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 5)
    body = told(case_id, PUSKESMAS, 3, POST)
    assert (await record(casework, issuer, body, STRANGER, 404))["code"] == "not_found"
    other = {**body, "from_agency": OFFICE}
    assert (await record(casework, issuer, other, POST, 403))["code"] == "not_your_custody"
    assert (await record(casework, issuer, body, POST))["is_current"]
    assert (await record(casework, issuer, told(case_id, SOEGIRI, 1, PUSKESMAS), PUSKESMAS))["is_current"]


async def test_what_is_wrong_by_itself_is_not_a_record(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 5)
    for wrong, code in (
        ({"happened_at": hours_ago(-2)}, "times_are_not_possible"),
        ({"happened_at": "0001-01-01T12:00:00Z"}, "times_are_not_possible"),
        ({"happened_at": "9999-12-31T09:59:59Z"}, "times_are_not_possible"),
        ({"happened_at": "0001-01-01T00:00:00+14:00"}, "body_is_not_valid"),
        ({"happened_at": "9999-12-31T23:59:59-14:00"}, "body_is_not_valid"),
        ({"until": hours_ago(9)}, "times_are_not_possible"),
        ({"to_agency": "bapak-slamet"}, "party_is_unknown"),
        ({"from_agency": OFFICE}, "giver_is_taker"),
        ({"proof": "PHOTO"}, "proof_is_incomplete"),
        ({"belongings_note": "tas hitam berisi foto"}, "person_key_is_missing"),
    ):
        body = {**told(case_id, OFFICE, 1, POST), **wrong}
        answer = await record(casework, issuer, body, expect=409 if code == "person_key_is_missing" else 422)
        assert answer["code"] == code
    assert await chain(casework, case_id) == [(POST, True)]


async def test_the_signed_paper_may_come_later_once(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 5)
    custody = await record(casework, issuer, told(case_id, PUSKESMAS, 3, POST))
    token = issuer.token("prover", agency=PUSKESMAS, roles=("agency",))

    async def prove(**body: Any) -> Any:
        answer = await casework.client.post(
            f"/custodies/{custody['custody_id']}/proof", json=body,
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
        )  # fmt: skip
        return answer.status_code, answer.json()

    assert (await prove(proof="NONE"))[1]["code"] == "body_is_not_valid"
    assert (await prove(proof="SIGNED"))[1]["code"] == "proof_is_incomplete"
    status, stale = await prove(proof="PHOTO", photo_digest="a" * 64, expected_version=7)
    assert (status, stale["code"]) == (409, "stale_version")
    assert (await prove(proof="PHOTO", photo_digest="a" * 64, expected_version=1))[0] == 200
    assert (await prove(proof="SIGNED", ba_number="BA/1"))[1]["code"] == "proof_is_there"


async def test_a_signed_paper_that_stays_away_is_a_finding_of_the_taker_until_it_comes(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 200)
    custody = await record(casework, issuer, told(case_id, PUSKESMAS, 190, POST))
    assert kinds(custody) == []
    await record(casework, issuer, told(case_id, OFFICE, 180, PUSKESMAS, proof="SIGNED", ba_number="BA/7"))
    asked = (
        "SELECT owner, state, explanation, details FROM case_findings WHERE about_id = $1 AND kind = 'PROOF_MISSING'"
    )
    assert await casework.rows(asked, case_id) == []
    within = quick_pack().proof_within
    await casework.rows(
        "UPDATE custodies SET recorded_at = recorded_at - $2::interval WHERE about_id = $1", case_id, within
    )
    # Any record wakes the case's procedure; that one is due by now it finds by itself.
    await record(casework, issuer, told(case_id, STRANGER, 170, OFFICE))

    async def found() -> Any:
        return await casework.rows(asked, case_id)

    (finding,) = await eventually(found, within_seconds=20, what="the finding")
    assert (finding["owner"], finding["state"]) == (PUSKESMAS, "open")
    await casework.units.perform(lambda uow: check_custody_deadlines(case_id, uow), principal=system_principal("test"))
    assert len(await casework.rows(asked, case_id)) == 1
    taker = Desk(casework, issuer, PUSKESMAS)
    await taker.send(f"/custodies/{custody['custody_id']}/proof", proof="PHOTO", photo_digest="a" * 64)
    (settled,) = await casework.rows(asked, case_id)
    assert (settled["state"], settled["explanation"]) == ("explained", "SETTLED")


async def test_a_name_and_a_note_are_unsealed_for_a_page_and_each_reading_is_logged(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 5)
    person_id = await person_of(casework, case_id)
    await know(casework, case_id, name="Warga Uji")
    note = "tas hitam berisi foto keluarga"
    things = [{"kind": "BAG", "count": 1}]
    taken = await record(casework, issuer, told(case_id, PUSKESMAS, 3, POST, belongings=things, belongings_note=note))
    kept = await casework.value(
        "SELECT string_agg(a.changes::text, '') || (SELECT string_agg(body::text, '') FROM outbox WHERE"
        " headers->>'ce_subject' = $1) FROM actions a WHERE aggregate_id = $2",
        taken["custody_id"], UUID(taken["custody_id"]),
    )  # fmt: skip
    assert note not in kept
    assert "BAG" in kept
    private_key = casework.settings.sealing_private_key
    readers = {
        "desk": Principal("staff:desk", PUSKESMAS, frozenset({"desk-officer"}), ("35.24",)),
        "post": Principal("staff:post", POST, frozenset({"desk-officer"}), ("35.24",)),
        "auditor": Principal("staff:auditor", OFFICE, frozenset({"auditor"}), ("35.24",)),
    }
    seen: dict[str, Any] = {}
    for who, principal in readers.items():
        async with casework.units.reading(principal) as reading:
            custody = (await queries.where_is(reading, person_id)).custody
            names = await queries.names_of(reading, [custody], casework.units, private_key)
            seen[who] = (names.get(person_id), await queries.note_of(reading, custody, casework.units, private_key))
    assert seen == {"desk": ("Warga Uji", note), "post": (None, None), "auditor": (None, None)}
    logged = await casework.rows(
        "SELECT actor, purpose, fields FROM special_reads WHERE aggregate_id = $1 ORDER BY id",
        UUID(taken["custody_id"]),
    )
    assert [tuple(row) for row in logged] == [
        ("staff:desk", "CUSTODY", "name"), ("staff:desk", "CUSTODY", "belongings_note")
    ]  # fmt: skip


async def test_a_signed_arrival_told_late_is_history_and_who_has_the_person_stays(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 8)
    person_id = await person_of(casework, case_id)
    await record(casework, issuer, told(case_id, OFFICE, 1, POST))

    async def arrive(uow: UnitOfWork) -> Custody:
        return await transfer_custody(
            TransferCustody(
                person_id=person_id, about=case(case_id), correlation_id=uuid4(), district="35.24", to_agency=SOEGIRI,
                happened_at=datetime.now(UTC) - timedelta(hours=4), place_code=BABAT, observed_state="ILL",
                ba_number="BA/77",
            ),
            uow,
        )  # fmt: skip

    arrived = await casework.units.perform(arrive, principal=system_principal("casework"))
    assert (arrived.giver, arrived.proof) == (POST, "SIGNED")
    assert await chain(casework, case_id) == [(POST, False), (SOEGIRI, False), (OFFICE, True)]
    ended = await casework.units.perform(
        lambda uow: end_custody(person_id, "RETURNED_HOME", datetime.now(UTC), uow),
        principal=system_principal("casework"),
    )
    assert ended is not None and ended.agency == OFFICE
    office = Desk(casework, issuer, OFFICE, "caseworker")
    where = await office.get(f"/persons/{person_id}/custody")
    assert (where["is_held"], where["custodian"], where["last"]["ended_reason"]) == (False, None, "RETURNED_HOME")


async def test_custody_and_findings_are_the_fold_of_their_actions(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 5)
    await record(casework, issuer, told(case_id, OFFICE, 1, POST))
    await record(casework, issuer, told(case_id, SOEGIRI, 3, POST))
    assert await unlike_their_actions(casework, Custody) == []
    assert await unlike_their_actions(casework, Finding) == []


async def test_a_hand_over_told_of_a_closed_case_is_taken_and_is_a_finding_of_the_office(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await closed_by_force(casework, issuer)
    receipt = await record(casework, issuer, told(case_id, SOEGIRI, 0.1))
    assert receipt["is_current"], "what happened is taken"
    assert [(f["kind"], f["owner"]) for f in receipt["opened_findings"]] == [("CUSTODY_ON_CLOSED_CASE", OFFICE)]


async def test_kin_who_take_somebody_after_the_burial_are_a_finding(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 8)
    person_id = await person_of(casework, case_id)
    buried_at = datetime.now(UTC) - timedelta(hours=2)
    await casework.units.perform(
        lambda uow: end_custody(person_id, "BURIED", buried_at, uow), principal=system_principal("casework")
    )
    kin = {"to_kind": "FAMILY", "to_agency": None}
    before = await record(casework, issuer, {**told(case_id, "family", 3), **kin})
    assert "CUSTODY_AFTER_BURIAL" not in kinds(before)
    after = await record(casework, issuer, {**told(case_id, "family", 1), **kin})
    found = [(f["kind"], f["owner"]) for f in after["opened_findings"] if f["kind"].startswith("CUSTODY_A")]
    assert found == [("CUSTODY_AFTER_BURIAL", OFFICE)]
