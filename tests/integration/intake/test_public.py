"""Everybody reports without signing in, follows the report by its code, and objects; the office decides on that."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from bs4 import BeautifulSoup

from contracts.events.casework import CaseClosed
from services.chassis.offices import AccessSection, Allowance, Offices, PublicReports
from services.chassis.quotas import Counter
from services.intake.public.pages import Door, PlaceIsNotServed
from tests.support.identity import Issuer
from tests.support.intake.desk import ReportDesk, case_opened
from tests.support.intake.reports import VILLAGE
from tests.support.services import Bench
from tests.support.visitor import Visitor

SAW = "Seorang ibu tidur di emperan pasar, kakinya bengkak."


def seen(**changes: Any) -> dict[str, Any]:
    """What somebody types."""
    return {
        "kunci": str(uuid4()), "kind": "LANSIA_TERLANTAR", "urgency": "NORMAL", "village_code": VILLAGE,
        "found_local": "2026-03-01T08:30", "circumstances": SAW, **changes,
    }  # fmt: skip


MUCH = Allowance(per_hour=1000, burst=1000)


@pytest.fixture(autouse=True)
async def door(intake: Bench) -> AsyncIterator[None]:
    """Lamongan takes reports from everybody; each test has the whole measure of its address."""
    offices = intake.app.state.offices
    open_door(intake, PublicReports(emergency_phone="119", per_address=MUCH, of_all=MUCH))
    yield
    intake.app.state.offices = offices


def open_door(intake: Bench, allowed: PublicReports | None) -> None:
    """What the district's pack says of it."""
    section = AccessSection(district="35.24", office="dinsos-lamongan", public_reports=allowed)
    intake.app.state.offices = Offices({"35.24": section})
    intake.app.state.counter = Counter()


async def send(intake: Bench, step: str, **fields: Any) -> httpx2.Response:
    return await intake.client.post(f"/lapor/{step}", data=fields)


def text_of(answer: httpx2.Response) -> str:
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


async def reported(intake: Bench, **changes: Any) -> tuple[str, UUID]:
    """Its code and id."""
    answer = await send(intake, "kirim", **seen(**changes))
    assert answer.status_code == 200, answer.text
    found = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text_of(answer))
    assert found
    report_id = await intake.value("SELECT id FROM reports ORDER BY id DESC LIMIT 1")
    return found[0], report_id


async def status(intake: Bench, code: str) -> str:
    answer = await send(intake, "status", code=code)
    assert answer.status_code == 200, answer.text
    return text_of(answer)


async def of_the_office(intake: Bench, name: str) -> Visitor:
    return await Visitor(intake, name, ["caseworker"]).sit_down()


async def refused_by(intake: Bench, name: str, report_id: UUID) -> Visitor:
    person = await of_the_office(intake, name)
    version = await intake.value("SELECT version FROM reports WHERE id = $1", report_id)
    assert await person.do(f"/laporan/{report_id}/tolak", expected_version=str(version), reason_code="NOT_TRUE") == (
        "report-rejected"
    )
    return person


async def test_somebody_unknown_reports_and_the_office_sees_what_they_said(intake: Bench) -> None:
    page = await intake.client.get("/lapor")
    assert page.status_code == 200
    assert "Anda tidak perlu masuk" in page.text
    assert "telepon 119 sekarang" in page.text
    code, report_id = await reported(intake, name="Bu Uji", contact="0812 0000 0000", approximate_age_years="70")
    (row,) = await intake.rows("SELECT * FROM reports WHERE id = $1", report_id)
    assert (row["state"], row["channel"], row["reporter_agency"], row["district"]) == (
        "received", "PUBLIC_PAGE", "dinsos-lamongan", "35.24"
    )  # fmt: skip
    rina = await of_the_office(intake, "rina.loket")
    shown = await rina.read(f"/laporan/{report_id}")
    for said in (SAW, "Bu Uji", "0812 0000 0000", "halaman umum", code):
        assert said in shown
    for table in ("reports", "actions", "outbox", "request_keys"):
        kept = "".join(line["line"] for line in await intake.rows(f"SELECT t::text AS line FROM {table} t"))
        for said in ("emperan", "Bu Uji", "0812 0000", code, code.replace("-", "")):
            assert said not in kept, (table, said)


async def test_the_same_form_sent_twice_is_one_report_with_one_code(intake: Bench) -> None:
    before, form = await intake.value("SELECT count(*) FROM reports"), seen()
    first, again = [text_of(await send(intake, "kirim", **form)) for _ in range(2)]
    assert first == again
    assert await intake.value("SELECT count(*) FROM reports") == before + 1


async def test_an_emergency_that_nobody_stands_for_waits_on_top_of_the_list(intake: Bench) -> None:
    _, report_id = await reported(intake, urgency="EMERGENCY")
    assert await intake.value("SELECT state FROM reports WHERE id = $1", report_id) == "received"
    rina = await of_the_office(intake, "rina.loket")
    assert str(report_id) in str((await rina.see("/laporan")).select("li.item")[0])


async def test_a_code_tells_how_far_the_report_is_and_nothing_of_whom_it_is_about(
    intake: Bench, issuer: Issuer
) -> None:
    code, report_id = await reported(intake, name="Bu Uji")
    waiting = await status(intake, f" {code.lower().replace('-', ' ')} ")
    assert "menunggu diperiksa" in waiting
    rina = await of_the_office(intake, "rina.loket")
    assert await rina.do(f"/laporan/{report_id}/benar", expected_version="1") == "report-verified"
    taken = await status(intake, code)
    assert "sedang ditangani" in taken
    await closed_at_casework(intake, issuer, report_id)
    ended = await status(intake, code)
    assert "Penanganan sudah berakhir" in ended
    for told in (waiting, taken, ended):
        assert not any(word in told for word in ("Bu Uji", "emperan", "lansia", VILLAGE, str(report_id)))


async def closed_at_casework(intake: Bench, issuer: Issuer, report_id: UUID) -> None:
    """Casework opens the report's case and closes it."""
    opened = case_opened(str(report_id), f"LANSIA/35.24/2026/{uuid4().int % 10**6:06d}")
    closed = CaseClosed(outcome="PLACED_PANTI", reason_code="ALL_DONE")
    await ReportDesk(intake, issuer).hears(str(report_id), opened, closed)


async def test_a_double_tells_how_far_the_report_is_that_goes_on_for_it(intake: Bench) -> None:
    code, double = await reported(intake)
    _, parent = await reported(intake)
    rina = await of_the_office(intake, "rina.loket")
    assert await rina.do(f"/laporan/{parent}/benar", expected_version="1") == "report-verified"
    assert await rina.do(f"/laporan/{double}/ganda", expected_version="1", parent_report_id=str(parent)) == (
        "report-doubled"
    )
    assert "sedang ditangani" in await status(intake, code)


async def test_a_refusal_is_told_with_its_reason_and_somebody_else_decides_on_the_objection(intake: Bench) -> None:
    code, report_id = await reported(intake)
    early = await send(intake, "keberatan", kunci=str(uuid4()), code=code, text="Saya tidak setuju.")
    assert (early.status_code, "nothing_to_object_to" in early.text) == (409, True)
    rina = await refused_by(intake, "rina.loket", report_id)
    told = await status(intake, code)
    assert "tidak dilanjutkan" in told
    assert "Alasan: tidak benar" in told
    objection = {"code": code, "text": "Ibu itu masih di sana setiap malam."}
    taken = await send(intake, "keberatan", kunci=str(uuid4()), **objection)
    assert "menunggu diperiksa petugas lain" in text_of(taken)
    again = await send(intake, "keberatan", kunci=str(uuid4()), **objection)
    assert (again.status_code, "objected_already" in again.text) == (409, True)
    assert "Menunggu petugas lain" in await rina.read("/keberatan")
    objection_id = await intake.value("SELECT id FROM objections WHERE report_id = $1", report_id)
    own = await rina.post("/keberatan/putuskan", objection_id=str(objection_id), is_upheld="true")
    assert (own.status_code, "second_person_decides_the_objection" in own.text) == (403, True)
    tono = await of_the_office(intake, "tono.loket")
    assert "Ibu itu masih di sana setiap malam." in await tono.read("/keberatan")
    done = await tono.do("/keberatan/putuskan", objection_id=str(objection_id), is_upheld="true")
    assert done == "objection-decided"
    assert await intake.value("SELECT state FROM reports WHERE id = $1", report_id) == "received"
    assert "menunggu diperiksa" in await status(intake, code)
    late = await tono.post("/keberatan/putuskan", objection_id=str(objection_id), is_upheld="false")
    assert (late.status_code, "objection_is_decided" in late.text) == (409, True)
    reads = await intake.rows("SELECT actor FROM special_reads WHERE aggregate = 'objections'")
    assert {row["actor"] for row in reads} >= {"user:rina.loket", "user:tono.loket"}


async def test_what_is_refused_again_after_an_objection_says_so(intake: Bench) -> None:
    code, report_id = await reported(intake)
    await refused_by(intake, "rina.loket", report_id)
    await send(intake, "keberatan", kunci=str(uuid4()), code=code, text="Saya tidak setuju dengan ini.")
    objection_id = await intake.value("SELECT id FROM objections WHERE report_id = $1", report_id)
    tono = await of_the_office(intake, "tono.loket")
    await tono.do("/keberatan/putuskan", objection_id=str(objection_id), is_upheld="true")
    await refused_by(intake, "tono.loket", report_id)
    assert "sudah diperiksa lagi karena keberatan Anda, dan tetap tidak dilanjutkan" in await status(intake, code)


async def test_whoever_told_a_double_objects_to_what_became_of_the_report_that_goes_on(intake: Bench) -> None:
    code, double = await reported(intake)
    _, parent = await reported(intake)
    rina = await of_the_office(intake, "rina.loket")
    await rina.do(f"/laporan/{double}/ganda", expected_version="1", parent_report_id=str(parent))
    await refused_by(intake, "rina.loket", parent)
    assert "Alasan: tidak benar" in await status(intake, code)
    taken = await send(intake, "keberatan", kunci=str(uuid4()), code=code, text="Saya tidak setuju dengan ini.")
    assert "menunggu diperiksa petugas lain" in text_of(taken)
    objection_id = await intake.value("SELECT id FROM objections WHERE report_id = $1", parent)
    own = await rina.post("/keberatan/putuskan", objection_id=str(objection_id), is_upheld="true")
    assert own.status_code == 403
    tono = await of_the_office(intake, "tono.loket")
    await tono.do("/keberatan/putuskan", objection_id=str(objection_id), is_upheld="true")
    assert "menunggu diperiksa" in await status(intake, code)


async def test_an_objection_that_is_dismissed_leaves_the_refusal_and_says_so(intake: Bench) -> None:
    code, report_id = await reported(intake)
    await refused_by(intake, "rina.loket", report_id)
    await send(intake, "keberatan", kunci=str(uuid4()), code=code, text="Saya tidak setuju dengan ini.")
    objection_id = await intake.value("SELECT id FROM objections WHERE report_id = $1", report_id)
    tono = await of_the_office(intake, "tono.loket")
    await tono.do("/keberatan/putuskan", objection_id=str(objection_id), is_upheld="false")
    told = await status(intake, code)
    assert "tidak dilanjutkan" in told
    assert "keputusannya tetap" in told
    assert "Kirim keberatan" not in told


async def test_the_end_of_a_case_can_be_objected_to(intake: Bench, issuer: Issuer) -> None:
    code, report_id = await reported(intake)
    rina = await of_the_office(intake, "rina.loket")
    await rina.do(f"/laporan/{report_id}/benar", expected_version="1")
    await closed_at_casework(intake, issuer, report_id)
    await send(intake, "keberatan", kunci=str(uuid4()), code=code, text="Ia kembali ke pasar kemarin.")
    listed = await rina.read("/keberatan")
    assert "penanganan berakhir" in listed
    assert "LANSIA/35.24/2026/" in listed


async def test_a_wrong_code_and_a_place_elsewhere_are_told_what_to_do(intake: Bench) -> None:
    unknown = await send(intake, "status", code="0000000000")
    assert (unknown.status_code, "code_is_unknown" in unknown.text) == (404, True)
    assert (await send(intake, "status", code="abc")).status_code == 422
    before = await intake.value("SELECT count(*) FROM reports")
    elsewhere = await send(intake, "kirim", **seen(village_code="35.15.01.2001"))
    assert (elsewhere.status_code, "tidak dilayani" in elsewhere.text) == (422, True)
    short = await send(intake, "kirim", **seen(circumstances="tolong"))
    assert short.status_code == 422
    assert "tolong</textarea>" in short.text, "what was typed is still there"
    assert await intake.value("SELECT count(*) FROM reports") == before


def test_a_place_is_served_by_its_own_district_alone() -> None:
    door = Door([AccessSection(district="35.24", office="dinsos-lamongan")])
    assert door.at(VILLAGE).district == "35.24"
    with pytest.raises(PlaceIsNotServed):
        door.at("35.15.01.2001")


async def test_another_sites_page_sends_no_report(intake: Bench) -> None:
    answer = await intake.client.post("/lapor/kirim", data=seen(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_one_address_sends_so_much_and_everybody_together_so_much(intake: Bench) -> None:
    few, many = Allowance(per_hour=1, burst=2), Allowance(per_hour=1, burst=3)
    for allowed in (
        PublicReports(emergency_phone="119", per_address=few, of_all=many),
        PublicReports(emergency_phone="119", per_address=many, of_all=few),
    ):
        open_door(intake, allowed)
        answers = [await send(intake, "kirim", **seen()) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert SAW in answers[-1].text, "what was typed is still there"


async def test_a_district_that_opens_no_page_has_none(intake: Bench) -> None:
    open_door(intake, None)
    for answer in (await intake.client.get("/lapor"), await send(intake, "kirim", **seen())):
        assert (answer.status_code, "no_public_reports" in answer.text) == (404, True)
