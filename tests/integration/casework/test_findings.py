"""Findings on real rows: who sees and explains them, and an operation's paper that differs until the last one came."""

from typing import Any
from uuid import uuid4

from tests.support.casework.agencies import OFFICE, POST, PUSKESMAS, SOEGIRI, STRANGER
from tests.support.casework.custody import caught, record, told
from tests.support.casework.desk import Desk
from tests.support.casework.findings import a_finding_of, operation
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench


async def post(
    bench: Bench, issuer: Issuer, path: str, body: dict[str, Any], agency: str, role: str = "agency"
) -> tuple[int, Any]:
    """Write as somebody; status and answer."""
    token = issuer.token(f"{role}-{agency}", agency=agency, roles=(role,))
    answer = await bench.client.post(
        path, json=body, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    )
    return answer.status_code, answer.json()


async def test_an_agency_sees_and_explains_what_it_owns_and_nothing_else(casework: Bench, issuer: Issuer) -> None:
    finding_id = await a_finding_of(casework, issuer, PUSKESMAS)
    owner, stranger = Desk(casework, issuer, PUSKESMAS), Desk(casework, issuer, STRANGER)
    office = Desk(casework, issuer, OFFICE, "section-head")
    for desk in (owner, office):
        listed = (await desk.get("/findings?state=open&kind=GIVER_DID_NOT_HOLD&limit=200"))["items"]
        assert finding_id in {item["finding_id"] for item in listed}
    assert {item["owner"] for item in (await owner.get("/findings?limit=200"))["items"]} == {PUSKESMAS}
    assert {item["owner"] for item in (await stranger.get("/findings?limit=200"))["items"]} <= {STRANGER}
    await stranger.get(f"/findings/{finding_id}", expect=404)
    path = f"/findings/{finding_id}/explanation"
    body = {"explanation": "WRONG_PARTY", "reason": "salah memilih instansi", "expected_version": 1}
    assert (await post(casework, issuer, path, body, STRANGER))[0] == 404
    assert (await post(casework, issuer, path, {**body, "expected_version": 9}, PUSKESMAS))[1]["code"] == (
        "stale_version"
    )
    assert await post(casework, issuer, path, body, PUSKESMAS) == (
        200, {"finding_id": finding_id, "state": "explained", "version": 2, "explanation": "WRONG_PARTY"}
    )  # fmt: skip
    again = {**body, "expected_version": None}
    status, refused = await post(casework, issuer, path, again, OFFICE, "caseworker")
    assert (status, refused["code"]) == (409, "finding_is_explained")
    said = await casework.rows(
        "SELECT body::text AS body FROM outbox WHERE headers->>'ce_subject' = $1 AND target = 'casework.findings'",
        finding_id,
    )
    assert len(said) == 2
    assert not any("salah memilih" in row["body"] for row in said)


async def test_an_auditor_reads_findings_and_explains_none(casework: Bench, issuer: Issuer) -> None:
    finding_id = await a_finding_of(casework, issuer, PUSKESMAS)
    await Desk(casework, issuer, OFFICE, "auditor").get(f"/findings/{finding_id}")
    body = {"explanation": "WRONG_PARTY", "reason": "salah memilih instansi"}
    path = f"/findings/{finding_id}/explanation"
    assert (await post(casework, issuer, path, body, OFFICE, "auditor"))[0] == 403


async def test_the_owner_hears_of_a_finding_in_its_feed(casework: Bench, issuer: Issuer) -> None:
    finding_id = await a_finding_of(casework, issuer, PUSKESMAS)
    owner = Desk(casework, issuer, PUSKESMAS)

    async def told_of() -> bool:
        position = 0
        while True:
            page = await owner.get(f"/feed?after={position}&limit=200")
            if any(line["item"].get("finding_id") == finding_id for line in page["items"]):
                return True
            if not page["items"]:
                return False
            position = page["next_after"]

    await eventually(told_of, within_seconds=20, what="the finding in the feed")


async def test_what_people_explained_is_not_opened_again_by_the_same_cause(casework: Bench, issuer: Issuer) -> None:
    case_id = await caught(casework, 8)
    receipt = await record(casework, issuer, told(case_id, PUSKESMAS, 4, SOEGIRI))
    finding_id = receipt["opened_findings"][0]["finding_id"]
    body = {"explanation": "OTHER_CAUSE", "reason": "rumah sakit tidak mencatat"}
    assert (await post(casework, issuer, f"/findings/{finding_id}/explanation", body, OFFICE, "caseworker"))[0] == 200
    later = await record(casework, issuer, told(case_id, OFFICE, 2, PUSKESMAS))
    assert later["opened_findings"] == []
    count = "SELECT count(*) FROM case_findings WHERE about_id = $1"
    assert await casework.value(count, case_id) == 1


async def test_papers_that_count_more_than_were_taken_are_a_finding_until_the_last_one_came(
    casework: Bench, issuer: Issuer
) -> None:
    operation_id, cases = await operation(casework, 3)
    for case_id in cases[:2]:
        await record(casework, issuer, told(case_id, OFFICE, 2, POST))
    path = f"/operations/{operation_id}/counts"
    paper = {"said_by": "GIVER", "to_agency": OFFICE, "ba_number": "BA/OPS/7", "paper_count": 3}
    status, counted = await post(casework, issuer, path, paper, POST)
    assert (status, counted["paper_count"], counted["delivered"]) == (200, 3, 2)
    taken = {**paper, "said_by": "TAKER", "paper_count": 2}
    assert (await post(casework, issuer, path, taken, OFFICE, "caseworker"))[1]["delivered"] == 2

    async def findings() -> list[tuple[str, str, str | None]]:
        rows = await casework.rows(
            "SELECT owner, state, explanation FROM case_findings WHERE about_id = $1 ORDER BY found_at, id",
            operation_id,
        )
        return [(row["owner"], row["state"], row["explanation"]) for row in rows]

    assert await findings() == [(POST, "open", None)]
    await record(casework, issuer, told(cases[2], OFFICE, 1, POST))

    async def settled_and_moved() -> bool:
        return await findings() == [(POST, "explained", "SETTLED"), (OFFICE, "open", None)]

    await eventually(settled_and_moved, within_seconds=20, what="the giver's paper settled, the taker's now too low")
    assert (await post(casework, issuer, path, {**taken, "paper_count": 3}, OFFICE, "caseworker"))[0] == 200
    assert await findings() == [(POST, "explained", "SETTLED"), (OFFICE, "explained", "SETTLED")]
    shown = await Desk(casework, issuer, POST).get(path)
    assert (shown["persons_count"], shown["delivered"]) == (3, {OFFICE: 3})
    assert [item["version"] for item in shown["items"]] == [1, 2]


async def test_a_count_is_said_by_whoever_has_a_part_in_the_operation(casework: Bench, issuer: Issuer) -> None:
    operation_id, _ = await operation(casework, 1)
    path = f"/operations/{operation_id}/counts"
    paper = {"said_by": "TAKER", "to_agency": OFFICE, "ba_number": "BA/OPS/8", "paper_count": 1}
    assert (await post(casework, issuer, path, paper, STRANGER))[0] == 404
    status, refused = await post(casework, issuer, path, paper, POST)
    assert (status, refused["code"]) == (403, "not_your_count")
    await Desk(casework, issuer, STRANGER).get(path, expect=404)
    assert (await post(casework, issuer, f"/operations/{uuid4()}/counts", paper, OFFICE, "caseworker"))[0] == 404
