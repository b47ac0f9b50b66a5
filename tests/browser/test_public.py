"""Somebody on a telephone reports a person in need, keeps the code, and objects when nobody goes out."""

import os
import re
from pathlib import Path

from playwright.async_api import expect

from tests.support.browser.pages import look
from tests.support.browser.visitors import Desk, Visitors

STORY = "Seorang bapak tidur di emperan pasar Babat, kakinya bengkak."


async def seen(desk: Desk, name: str) -> None:
    """A page that is the answer to a form."""
    if folder := os.environ.get("SIGAP_PICTURES"):
        await desk.picture(Path(folder), name)
    await desk.check_page()


async def test_a_citizen_reports_follows_and_objects(visitors: Visitors) -> None:
    citizen = await visitors.sit_down("nobody")
    await look(citizen, "intake", "/lapor", "lapor")
    await expect(citizen.page.get_by_role("button", name="Keluar")).to_have_count(0)
    await citizen.page.get_by_label("Siapa yang butuh pertolongan").select_option(value="LANSIA_TERLANTAR")
    await citizen.page.get_by_label("Di mana").select_option(value="35.24.05.1003")
    await citizen.page.get_by_label("Apa yang Anda lihat").fill(STORY)
    await citizen.press("Kirim laporan")
    await expect(citizen.page.get_by_role("heading", level=1)).to_have_text("Laporan diterima. Terima kasih.")
    await seen(citizen, "lapor-diterima")
    found = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", await citizen.page.inner_text("main"))
    assert found
    sri = await visitors.sit_down("sri.peksos")
    await sri.open("intake", "/laporan")
    await sri.page.locator("main li").get_by_role("link").first.click()
    await expect(sri.page.get_by_text(STORY)).to_be_visible()
    await expect(sri.page.get_by_text(found[0])).to_be_visible()
    await sri.page.get_by_text("Tolak", exact=True).click()
    await sri.page.get_by_label("Alasan").select_option(label="Tidak membutuhkan")
    await sri.press("Tolak laporan")
    await citizen.open("intake", "/lapor")
    await citizen.page.get_by_label("Kode lacak").fill(found[0].lower())
    await citizen.press("Lihat keadaannya")
    await expect(citizen.page.get_by_text("Alasan: tidak membutuhkan.")).to_be_visible()
    await citizen.page.get_by_label("Keberatan Anda").fill("Bapak itu masih di sana setiap malam.")
    await seen(citizen, "lapor-keadaan")
    await citizen.press("Kirim keberatan")
    await expect(citizen.page.get_by_text("menunggu diperiksa petugas lain")).to_be_visible()
    budi = await visitors.sit_down("budi.kabid")
    await look(budi, "intake", "/keberatan", "keberatan")
    await budi.press("Periksa lagi laporannya")
    await expect(budi.page.get_by_text("Tidak ada keberatan yang menunggu.")).to_be_visible()
