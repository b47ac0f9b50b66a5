"""Findings on real rows: who sees and explains them, and an operation's paper that differs until the last one came."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.events.intake import OperationConducted, ReportReceived
from contracts.values import RegionCode
from tests.integration.casework.test_custody import HOSPITAL, OFFICE, POST, PUSKESMAS, STRANGER, caught, record, told
from tests.integration.casework.test_journey import BABAT, Desk
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import wire


async def post(
    bench: Bench, issuer: Issuer, path: str, body: dict[str, Any], agency: str, role: str = "agency"
) -> tuple[int, Any]:
    """Write as somebody; status and answer."""
    token = issuer.token(f"{role}-{agency}", agency=agency, roles=(role,))
    answer = await bench.client.post(
        path, json=body, headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    )
    return answer.status_code, answer.json()


async def a_finding_of(bench: Bench, issuer: Issuer, owner: str) -> str:
    """Somebody says that they took the person from a hospital that never had them."""
    case_id = await caught(bench, 5)
    receipt = await record(bench, issuer, told(case_id, owner, 2, HOSPITAL))
    (finding,) = receipt["opened_findings"]
    assert (finding["kind"], finding["owner"]) == ("GIVER_DID_NOT_HOLD", owner)
    return str(finding["finding_id"])


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
    receipt = await record(casework, issuer, told(case_id, PUSKESMAS, 4, HOSPITAL))
    finding_id = receipt["opened_findings"][0]["finding_id"]
    body = {"explanation": "OTHER_CAUSE", "reason": "rumah sakit tidak mencatat"}
    assert (await post(casework, issuer, f"/findings/{finding_id}/explanation", body, OFFICE, "caseworker"))[0] == 200
    later = await record(casework, issuer, told(case_id, OFFICE, 2, PUSKESMAS))
    assert later["opened_findings"] == []
    count = "SELECT count(*) FROM case_findings WHERE case_id = $1"
    assert await casework.value(count, case_id) == 1


async def operation(bench: Bench, persons: int) -> tuple[UUID, list[UUID]]:
    """An operation of Satpol PP as intake tells of it, and its cases."""
    operation_id, reports = uuid4(), [uuid4() for _ in range(persons)]
    conducted = OperationConducted(
        agency=POST, place_code=RegionCode(BABAT), persons_count=persons, report_ids=tuple(reports)
    )
    async with bench.producer() as send:
        key, body, headers = wire(conducted, subject=operation_id, correlation_id=operation_id)
        await send("intake.reports", key, body, headers)
        for report_id in reports:
            received = ReportReceived.model_validate(
                {
                    "channel": "OTHER_AGENCY", "kind_guess": "ODGJ", "village_code": RegionCode(BABAT),
                    "urgency": "URGENT", "person_id": uuid4(), "operation_id": operation_id, "reporter_agency": POST,
                    "found_at": datetime.now(UTC),
                }
            )  # fmt: skip
            key, body, headers = wire(received, subject=report_id, correlation_id=report_id)
            await send("intake.reports", key, body, headers)
    cases = [await caught(bench, 5, operation_id, report_id) for report_id in reports]

    async def all_kept() -> bool:
        kept = await bench.value("SELECT count(*) FROM operation_persons WHERE operation_id = $1", operation_id)
        known = await bench.value("SELECT count(*) FROM operations_known WHERE id = $1", operation_id)
        return bool(kept == persons and known == 1)

    await eventually(all_kept, within_seconds=30, what="the operation and its persons")
    return operation_id, cases


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
            "SELECT owner, state, explanation FROM case_findings WHERE operation_id = $1 ORDER BY found_at, id",
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
