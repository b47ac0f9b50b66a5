"""The head of the section closes an agency, plans a turn and foresees silence; an auditor reads and saves a list."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from tests.support.browser.visitors import Visitors


async def test_what_becomes_of_an_agency_that_closes_is_seen_before_it_is_done(visitors: Visitors) -> None:
    budi = await visitors.sit_down("budi.kabid")
    await budi.open("casework", "/penutupan")
    await budi.page.get_by_label("Instansi yang tutup").select_option("rsj-lawang")
    await budi.press("Lihat dahulu apa yang akan terjadi")
    await expect(budi.page.get_by_role("heading", name="Yang akan terjadi pada", exact=False)).to_be_visible()
    await budi.check_page()


async def test_a_turn_is_planned_and_taken_off_and_empty_spans_are_named(visitors: Visitors) -> None:
    budi = await visitors.sit_down("budi.kabid")
    await budi.open("casework", "/jaga?meja=piket")
    await expect(budi.page.get_by_text("Tidak ada petugas jaga.", exact=False)).to_be_visible()
    starts = datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(hours=20)
    officer = await budi.page.locator("#petugas option").last.inner_text()
    await budi.page.get_by_label("Petugas Rekan").select_option(label=officer)
    await budi.page.get_by_label("Mulai", exact=True).fill(starts.strftime("%Y-%m-%dT%H:%M"))
    await budi.page.get_by_label("Selesai", exact=True).fill((starts + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"))
    await budi.press("Tambahkan")
    await expect(budi.page.get_by_role("heading", name=officer)).to_be_visible()
    await expect(budi.page.get_by_role("heading", name="Kosong")).to_have_count(2)
    await budi.check_page()
    await budi.press(f"Cabut giliran {officer}")
    await expect(budi.page.get_by_role("heading", name=officer)).to_have_count(0)


async def test_what_silence_would_bring_is_shown_for_an_agency(visitors: Visitors) -> None:
    budi = await visitors.sit_down("budi.kabid")
    await budi.open("casework", "/bila-diam")
    await budi.page.get_by_label("Instansi").select_option("dukcapil-lamongan")
    await budi.page.get_by_label("Keperluan").select_option("IDENTIFICATION")
    await budi.press("Lihat jenjangnya")
    await expect(budi.page.get_by_text("Inspektorat diberi tahu")).to_be_visible()
    await budi.check_page()


async def test_what_nobody_looks_after_is_a_page(visitors: Visitors) -> None:
    budi = await visitors.sit_down("budi.kabid")
    await budi.open("casework", "/pengawasan")
    await expect(budi.page.get_by_role("heading", name="Tenggat yang tidak terjaga")).to_be_visible()
    await budi.check_page()


async def test_an_auditor_reads_the_lists_by_their_tabs_and_saves_one(visitors: Visitors) -> None:
    nur = await visitors.sit_down("nur.auditor")
    await nur.open("casework", "/pemeriksaan")
    for tab in ("Dicatat terlambat", "Tenggat dihentikan", "Penutupan paksa", "Jawaban atas nama"):
        await nur.page.get_by_role("navigation", name="Jenis daftar").get_by_role("link", name=tab).click()
        await expect(nur.page.get_by_role("heading", level=2, name=tab)).to_be_visible()
        await nur.check_page()
    await nur.open("casework", "/pemeriksaan?daftar=LATE")
    link = nur.page.get_by_role("link", name="Unduh sebagai CSV")
    if await link.count():
        async with nur.page.expect_download() as saved:
            await link.click()
        sheet = Path(await (await saved.value).path()).read_text()
        assert sheet.startswith("agency,case_number,")
