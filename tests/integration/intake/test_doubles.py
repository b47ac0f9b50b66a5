"""A report that tells what another told: which one goes on, what its case decides, and the way back."""

from uuid import UUID, uuid4

import pytest

from contracts.events.casework import CaseClosed, CaseDuplicateUndone, CaseMarkedDuplicate
from services.chassis.principal import Principal
from services.intake.reports.domain import CaseNumberIsUnknown
from services.intake.reports.queries import report_of_case
from tests.support.identity import Issuer
from tests.support.intake.desk import ReportDesk, case_opened
from tests.support.services import Bench
from tests.support.visitor import Visitor


@pytest.fixture
def desk(intake: Bench, issuer: Issuer) -> ReportDesk:
    return ReportDesk(intake, issuer)


async def test_a_report_without_a_case_is_marked_and_unmarked(intake: Bench, desk: ReportDesk) -> None:
    first, second = await desk.told(), await desk.told()
    assert (await desk.send(second, "duplicate", parent_report_id=first)).json()["state"] == "duplicate"
    assert (await desk.shown(second))["parent_report_id"] == first
    undone = await desk.send(second, "duplicate/undo")
    assert (undone.status_code, undone.json()["state"]) == (200, "received")
    assert (await desk.shown(second))["parent_report_id"] is None
    assert (await desk.send(second, "verification")).json()["state"] == "verified"
    said = await intake.rows("SELECT headers->>'ce_type' AS type FROM outbox WHERE key = $1 ORDER BY id", second)
    assert [row["type"].split(".")[2] for row in said if row["type"].startswith("intake.report.")] == [
        "received", "marked_duplicate", "duplicate_undone", "verified",
    ]  # fmt: skip


async def test_only_a_report_that_is_alive_goes_on_for_another_and_chains_lead_to_it(desk: ReportDesk) -> None:
    rejected, first, second, third = [await desk.told() for _ in range(4)]
    await desk.send(rejected, "rejection", reason_code="NOT_TRUE")
    refused = await desk.send(first, "duplicate", parent_report_id=rejected)
    assert (refused.status_code, refused.json()["code"]) == (409, "parent_is_not_alive")
    await desk.send(second, "duplicate", parent_report_id=third)
    refused = await desk.send(first, "duplicate", parent_report_id=second)
    assert (refused.status_code, refused.json()["facts"]["last"]) == (409, third)
    await desk.send(second, "duplicate/undo")
    await desk.send(first, "duplicate", parent_report_id=second)
    await desk.send(second, "duplicate", parent_report_id=third)
    assert (await desk.shown(first))["parent_report_id"] == third, "the chain leads to the last"


async def test_a_report_with_a_case_follows_what_is_decided_there(desk: ReportDesk) -> None:
    first, second = await desk.told(), await desk.told()
    number = f"ODGJ/35.24/2026/{uuid4().int % 10**6:06d}"
    await desk.send(second, "verification")
    await desk.hears(second, case_opened(second, number))
    refused = await desk.send(second, "duplicate", parent_report_id=first)
    assert (refused.status_code, refused.json()["code"]) == (409, "report_has_its_case")
    assert refused.json()["facts"]["case_number"] == number
    marked = CaseMarkedDuplicate(parent_case_id=uuid4(), parent_report_id=UUID(first))
    await desk.hears(second, marked, CaseClosed(outcome="DUPLICATE", reason_code="DUPLICATE"))
    assert ((await desk.shown(second))["state"], (await desk.shown(second))["parent_report_id"]) == ("duplicate", first)
    assert (await desk.send(second, "duplicate/undo")).json()["code"] == "report_has_its_case"
    await desk.hears(second, CaseDuplicateUndone(parent_case_id=marked.parent_case_id))
    assert ((await desk.shown(second))["state"], (await desk.shown(second))["parent_report_id"]) == ("verified", None)
    assert (await desk.send(first, "duplicate", parent_report_id=second)).status_code == 200, "its case goes on"


async def test_a_report_whose_case_is_closed_takes_no_double(desk: ReportDesk) -> None:
    first, second = await desk.told(), await desk.told()
    await desk.send(first, "verification")
    closed = CaseClosed(outcome="REUNIFIED", reason_code="SERVICE_ENDED")
    await desk.hears(first, case_opened(first, f"ODGJ/35.24/2026/{uuid4().int % 10**6:06d}"), closed)
    refused = await desk.send(second, "duplicate", parent_report_id=first)
    assert (refused.status_code, refused.json()["code"]) == (409, "parent_is_not_alive")


async def test_a_person_decides_on_pages(intake: Bench, desk: ReportDesk) -> None:
    first, second, third = [await desk.told() for _ in range(3)]
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    page = f"/laporan/{second}"
    assert await sri.do(f"{page}/ganda", expected_version=1, parent_report_id=first) == "report-doubled"
    assert "Ganda dari laporan yang berjalan terus" in await sri.read(page)
    assert await sri.do(f"{page}/cabut-ganda", expected_version=2) == "report-undoubled"
    assert await sri.do(f"{page}/benar", expected_version=3) == "report-verified"
    assert await sri.do(f"/laporan/{third}/tolak", expected_version=1, reason_code="WITHDRAWN") == "report-rejected"
    for state, report_id in (("received", first), ("verified", second), ("rejected", third)):
        listed = await sri.get(f"/laporan?keadaan={state}")
        assert listed.status_code == 200
        assert (await sri.get(f"/laporan/{report_id}")).status_code == 200


async def test_a_report_is_taken_into_an_open_case_by_its_number(intake: Bench, desk: ReportDesk) -> None:
    first, second, third = [await desk.told() for _ in range(3)]
    number = f"ODGJ/35.24/2026/{uuid4().int % 10**6:06d}"
    await desk.send(first, "verification")
    await desk.hears(first, case_opened(first, number))
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    page = f"/laporan/{second}"
    assert "Sudah ada perkaranya" in await sri.read(page)
    wrong = await sri.post(f"{page}/ke-perkara", case_number="ODGJ/35.24/2026/999999", expected_version="1")
    assert (wrong.status_code, "Nomor perkara ini tidak dikenal" in wrong.text) == (422, True)
    assert await sri.do(f"{page}/ke-perkara", case_number=f" {number} ", expected_version="1") == "report-doubled"
    assert (await desk.shown(second))["parent_report_id"] == first
    with pytest.raises(CaseNumberIsUnknown):
        async with intake.units.reading(Principal("user:x", "dinsos-sidoarjo", frozenset(), ("35.15",))) as reading:
            await report_of_case(number, reading)
    assert await sri.do(f"{page}/cabut-ganda", expected_version="2") == "report-undoubled"
    await desk.hears(first, CaseClosed(outcome="REUNIFIED", reason_code="SERVICE_ENDED"))
    late = await sri.post(f"/laporan/{third}/ke-perkara", case_number=number, expected_version="1")
    assert (late.status_code, "parent_is_not_alive" in late.text) == (409, True)
