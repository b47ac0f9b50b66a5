"""An ODGJ case from the verified report to the end of aftercare, on the real engines."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.disbursement import PaymentCredited
from contracts.values import Money
from services.casework.case.cases.commands import CASES
from services.casework.office.matters.domain import case
from services.casework.office.procedure_messages.messages import procedure_id
from services.chassis import clock
from services.chassis.packs import PackVersionIsTaken
from tests.support.casework.closing import others_answer
from tests.support.casework.desk import Desk
from tests.support.casework.registries import registry_answers
from tests.support.casework.reports import BABAT, report_verified
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.packs.in_force import load, quick_pack
from tests.support.services import Bench
from tests.support.wire import wire


async def test_an_odgj_case_runs_from_report_to_aftercare_and_closes(casework: Bench, issuer: Issuer) -> None:
    report_id = await report_verified(casework, BABAT)
    office = Desk(casework, issuer, "dinsos-lamongan", "caseworker")
    puskesmas = Desk(casework, issuer, "puskesmas-babat")
    silent, alternate = Desk(casework, issuer, "rsj-menur"), Desk(casework, issuer, "rsj-lawang")
    village, satpol = Desk(casework, issuer, "desa-sukodadi"), Desk(casework, issuer, "satpolpp-lamongan")

    await office.carry_out(report_id, "CUSTODY_TRANSFER", "IN_CARE")
    await puskesmas.carry_out(report_id, "HEALTH_SCREENING", "NEEDS_HOSPITAL")
    await registry_answers(casework, report_id, "IDENTIFICATION", "IDENTITY", "MATCHED")
    await registry_answers(casework, report_id, "INSURANCE", "INSURANCE", "INACTIVE")
    await office.do_task(report_id, "GUARANTEE_LETTER", "ISSUED")
    await office.do_task(report_id, "PBI_REACTIVATION", "REACTIVATED")
    await village.carry_out(report_id, "FAMILY_TRACING", "FAMILY_READY", moves_person=False)
    unanswered = await silent.open_handoff(report_id, "INPATIENT_BED")
    bed = await alternate.carry_out(report_id, "INPATIENT_BED", "DISCHARGED_STABLE")
    assert (await silent.get(f"/handoffs/{unanswered}"))["state"] == "superseded"
    assert (await silent.move(unanswered, "acceptance", expect=409))["code"] == "group_is_won"
    escalations = await casework.rows(
        "SELECT kind FROM escalation_steps WHERE about_id = $1 ORDER BY step_no", UUID(unanswered)
    )
    assert [row["kind"] for row in escalations] == ["REMIND_DESK", "SECTION_HEAD", "NEXT_CANDIDATE"]

    await village.carry_out(report_id, "REUNIFICATION", "REUNIFIED")
    await puskesmas.carry_out(report_id, "MEDICINE_CONTINUITY", "TAKEN_OVER", moves_person=False)

    async def aid_requested() -> Any:
        return await casework.value("SELECT aid_request_id FROM cases WHERE source_report_id = $1", report_id)

    case_id = await casework.value("SELECT id FROM cases WHERE source_report_id = $1", report_id)
    await eventually(aid_requested)
    paid = PaymentCredited(
        payment_id=uuid4(), batch_id=uuid4(), entitlement_id=uuid4(), case_id=case_id,
        amount_rupiah=Money(1_000_000), bank_reference="BJ-1",
    )  # fmt: skip
    key, body, headers = wire(paid, subject=paid.payment_id, correlation_id=report_id)
    async with casework.producer() as send:
        await send("disbursement.payments", key, body, headers)
    for _ in range(3):
        await puskesmas.do_task(report_id, "AFTERCARE_VISIT", "STABLE")
    for _ in range(6):
        await puskesmas.do_task(report_id, "MEDICINE_CONTROL", "STABLE")
    detail = await office.get(f"/cases/{case_id}")
    for handoff in detail["handoffs"]:
        if handoff["state"] == "completed":
            sender = satpol if handoff["purpose"] == "CUSTODY_TRANSFER" else office
            await sender.move(handoff["handoff_id"], "closure")

    await others_answer(casework, report_id)

    async def closed() -> bool:
        return bool((await office.get(f"/cases/{case_id}"))["state"] == "closed")

    await eventually(closed, within_seconds=20, what="case closed")
    assert bed
    story = await office.get(f"/cases/{case_id}/timeline")
    texts = [line["text"] for line in story["lines"]]
    assert any("dibuka" in text for text in texts)
    assert {line["fact_id"]: line["recorded_at"] for line in story["lines"] if line["service"] == "casework"} == {
        row["fact_id"]: row["recorded_at"].isoformat().replace("+00:00", "Z")
        for row in await casework.rows(
            "SELECT headers->>'ce_factid' AS fact_id, recorded_at FROM outbox"
            " WHERE transport = 'kafka' AND headers->>'ce_correlationid' = $1",
            str(report_id),
        )
    }, "each fact of its own is a line, since it was said"
    custody = (await office.get(f"/cases/{case_id}"))["custody"]
    assert [stretch["agency"] for stretch in custody] == [
        "satpolpp-lamongan", "dinsos-lamongan", "puskesmas-babat", "rsj-lawang", "desa-sukodadi"
    ]  # fmt: skip
    assert all(stretch["until"] for stretch in custody)


async def test_another_agencys_handoff_is_not_there(casework: Bench, issuer: Issuer) -> None:
    report_id = await report_verified(casework)
    office = Desk(casework, issuer, "dinsos-lamongan", "caseworker")
    handoff_id = await office.open_handoff(report_id, "CUSTODY_TRANSFER")
    stranger = Desk(casework, issuer, "puskesmas-paciran")
    await stranger.get(f"/handoffs/{handoff_id}", expect=404)
    refused = await stranger.move(handoff_id, "acceptance", expect=404)
    assert refused["code"] == "not_found"


async def test_the_reports_id_is_in_the_name_of_its_cases_workflow(casework: Bench) -> None:
    report_id = await report_verified(casework)

    async def signalled() -> Any:
        found = "SELECT key FROM outbox WHERE transport = 'temporal' AND headers->>'case.id' = $1 ORDER BY id LIMIT 1"
        return await casework.value(found, str(report_id))

    assert await eventually(signalled) == procedure_id(case(clock.derived_id(CASES, str(report_id))))


async def test_a_colleagues_claim_holds_for_the_shift(casework: Bench, issuer: Issuer) -> None:
    report_id = await report_verified(casework)
    handoff_id = await Desk(casework, issuer, "dinsos-lamongan", "caseworker").open_handoff(
        report_id, "CUSTODY_TRANSFER"
    )
    first, second = (
        {"Authorization": f"Bearer {issuer.token(subject, roles=['caseworker'])}", "Idempotency-Key": str(uuid4())}
        for subject in ("first", "second")
    )
    path = f"/handoffs/{handoff_id}/claim"
    assert (await casework.client.post(path, headers=first)).status_code == 200
    taken = await casework.client.post(path, headers=second)
    assert (taken.status_code, taken.json()["code"]) == (409, "handoff_is_claimed")
    assert taken.json()["facts"]["claimed_until"]


async def test_a_district_without_a_pack_has_its_reports_set_aside_until_it_is_loaded(casework: Bench) -> None:
    elsewhere = quick_pack().model_copy(update={"district": "35.15", "version": "1"})
    report_id = await report_verified(casework, "35.15.01.2001")

    async def set_aside() -> bool:
        found = "SELECT count(*) FROM dead_letters WHERE key = $1 AND error_code = $2"
        return bool(await casework.value(found, str(report_id), "pack_is_missing"))

    await eventually(set_aside, what="the report set aside")
    await load(casework, elsewhere)

    async def opened() -> bool:
        return bool(await casework.value("SELECT count(*) FROM cases WHERE source_report_id = $1", report_id))

    await eventually(opened, within_seconds=30, what="the case opened once the pack is there")
    other = elsewhere.model_copy(update={"office": "satpolpp-lamongan"})
    with pytest.raises(PackVersionIsTaken):
        await load(casework, other)


async def test_a_handoff_answered_twice_names_what_is_legal_now(casework: Bench, issuer: Issuer) -> None:
    report_id = await report_verified(casework)
    office = Desk(casework, issuer, "dinsos-lamongan", "caseworker")
    handoff_id = await office.open_handoff(report_id, "CUSTODY_TRANSFER")
    await office.move(handoff_id, "acceptance")
    refused = await office.move(handoff_id, "acceptance", expect=409)
    assert refused["code"] == "handoff_cannot_move"
    assert refused["legal_now"] == ["arrive", "fail", "undo", "report"]
    missing = await office.move(handoff_id, "arrival", expect=422)
    assert missing["code"] == "berita_acara_is_missing"
