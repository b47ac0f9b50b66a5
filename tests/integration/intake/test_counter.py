"""The counter's form: what people say becomes a report, what is wrong comes back as it was typed."""

from typing import Any
from uuid import UUID

import pytest

from services.chassis import clock
from services.intake.reports.tables import Report
from tests.support.intake.reports import VILLAGE
from tests.support.services import Bench
from tests.support.visitor import Visitor

NIK = "3524226201099001"


def told(**changes: Any) -> dict[str, Any]:
    """What is typed at the counter; the office's wall clock is Jakarta's."""
    return {
        "channel": "COUNTER", "kind": "LANSIA_TERLANTAR", "urgency": "NORMAL", "village_code": VILLAGE,
        "found_local": "2026-03-01T08:30", "name": "Mbah Uji", "sex": "FEMALE", "approximate_age_years": "70",
        "circumstances": "Duduk di depan balai desa.", **changes,
    }  # fmt: skip


async def at_the_counter(intake: Bench) -> Visitor:
    return await Visitor(intake, "rina.loket", ["caseworker"]).sit_down()


async def reports(intake: Bench) -> int:
    found: int = await intake.value("SELECT count(*) FROM reports")
    return found


async def test_a_walk_in_becomes_a_report_and_its_taker_goes_on_to_it(intake: Bench) -> None:
    rina = await at_the_counter(intake)
    answer = await rina.post("/loket/catat", **told(is_with_reporter="true"))
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].removeprefix("/intake")
    page = await rina.read(address)
    for text in ("laporan diterima", "Mbah Uji", "70", "Duduk di depan balai desa.", "pukul 08.30 WIB", "loket"):
        assert text in page
    report_id = UUID(address.split("/")[2].split("?")[0])
    (row,) = await intake.rows("SELECT * FROM reports WHERE id = $1", report_id)
    assert (row["state"], row["channel"], row["is_with_reporter"], row["reporter_agency"]) == (
        "received", "COUNTER", True, "dinsos-lamongan"
    )  # fmt: skip
    assert await rina.do(f"/laporan/{report_id}/benar", expected_version="1") == "report-verified"


async def test_the_same_form_sent_twice_is_one_report(intake: Bench) -> None:
    rina, before, key = await at_the_counter(intake), await reports(intake), str(clock.new_id())
    first, again = [await rina.post("/loket/catat", **told(kunci=key)) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert await reports(intake) == before + 1


async def test_what_cannot_be_taken_comes_back_as_typed_with_what_is_wrong(intake: Bench) -> None:
    rina, before = await at_the_counter(intake), await reports(intake)
    refused = await rina.post("/loket/catat", **told(nik="352422620109900", kind=""))
    assert refused.status_code == 422
    for text in ("NIK terdiri dari 16 angka.", "Wajib diisi.", 'value="Mbah Uji"', 'value="352422620109900"'):
        assert text in refused.text
    future = await rina.post("/loket/catat", **told(found_local="2099-01-01T00:00"))
    assert future.status_code == 422
    assert "Waktu ditemukan berada di masa depan." in future.text
    assert 'value="Mbah Uji"' in future.text
    assert await reports(intake) == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"nik": "352422 620109 9001"}, ["perempuan, 17 tahun", "diperlakukan sebagai anak"]),
        ({"nik": NIK, "sex": "MALE"}, ["Jenis kelamin pada NIK berbeda dari yang diisi."]),
        ({"nik": NIK, "birth_date": "1990-01-22"}, ["Tanggal lahir pada NIK berbeda dari yang diisi."]),
        ({"nik": "3524223111909001"}, ["Tanggal lahir pada NIK tidak ada dalam kalender."]),
        ({"nik": "3599226201099001"}, ["tidak ada dalam daftar wilayah"]),
        ({"nik": "9924226201099001"}, ["Dua angka pertama NIK bukan kode provinsi."]),
        ({"nik": "35 24"}, ["NIK terdiri dari 16 angka."]),
        ({"nik": "abc"}, ["NIK hanya berisi angka."]),
    ],
)
async def test_a_nik_tells_in_words_while_it_is_typed(
    intake: Bench, typed: dict[str, str], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.utc_now().replace(year=2026, month=11, day=30)
    monkeypatch.setattr(clock, "utc_now", lambda: today)
    rina = await at_the_counter(intake)
    answer = await rina.post("/loket/nik", **typed)
    assert answer.status_code == 200
    for text in said:
        assert text in answer.text, answer.text
    assert typed["nik"] not in answer.text


async def test_an_emptied_nik_tells_nothing(intake: Bench) -> None:
    rina = await at_the_counter(intake)
    assert (await rina.post("/loket/nik", nik=" ")).text.strip() == ""


async def test_an_emergency_typed_in_at_the_office_is_believed(intake: Bench) -> None:
    rina = await at_the_counter(intake)
    answer = await rina.post("/loket/catat", **told(urgency="EMERGENCY"))
    report_id = UUID(answer.headers["location"].split("/")[-1].split("?")[0])
    (row,) = await intake.rows(f"SELECT state FROM {Report.__tablename__} WHERE id = $1", report_id)
    assert row["state"] == "verified"


async def test_people_of_another_agency_file_theirs_and_see_nobody_elses(intake: Bench) -> None:
    budi = await Visitor(intake, "budi.desa", ["agency"], agency="desa-sukodadi").sit_down()
    page = await budi.see("/loket")
    offered = [option["value"] for option in page.select("#melalui option")]
    assert offered == ["OTHER_AGENCY", "VILLAGE_DESK", "PHONE"]
    answer = await budi.post("/loket/catat", **told(channel="VILLAGE_DESK"))
    assert answer.headers["location"].endswith("/loket?selesai=report-received")
    assert "Tercatat: laporan diterima." in await budi.read("/loket?selesai=report-received")
    assert (await budi.get("/laporan")).status_code == 403
    auditor = await Visitor(intake, "ani.audit", ["auditor"]).sit_down()
    assert (await auditor.get("/loket")).status_code == 403
