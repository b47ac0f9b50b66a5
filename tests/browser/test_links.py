"""A letter on the office's page, and the door through which a desk without software answers on a phone."""

import re
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from tests.support.browser.visitors import Seeds, Visitors
from tests.support.casework.scans import PDF
from tests.support.whole_system import System

HOSPITAL = "rsud-soegiri"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asked(system: System, seeds: Seeds) -> dict[str, Any]:
    """A hospital without software is asked for a bed."""
    body = {"purpose": "INPATIENT_BED", "candidates": [HOSPITAL]}
    found: dict[str, Any] = await system.post("casework", f"/cases/{seeds.cases[2]}/handoffs", body, by="sri.peksos")
    return found


async def test_a_letter_is_made_downloaded_signed_and_made_anew(visitors: Visitors, asked: dict[str, Any]) -> None:
    sri = await visitors.sit_down("sri.peksos")
    page = await sri.open("casework", f"/serah-terima/{asked['handoff_id']}")
    await page.get_by_role("link", name="Surat dan berkas").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Surat dan berkas")
    await sri.check_page()
    await page.get_by_label("Penanda tangan").select_option(index=1)
    await sri.press("Buat surat")
    await expect(page.get_by_role("status")).to_contain_text("surat dibuat")
    async with page.expect_download() as saved:
        await page.get_by_role("link", name=re.compile("^Unduh surat")).click()
    assert (await (await saved.value).path()).read_bytes().startswith(b"%PDF")
    await page.get_by_text("Sudah ditandatangani…").click()
    await page.get_by_label(re.compile("^Hasil pindai")).set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    await sri.press("Unggah hasil pindai")
    await expect(page.get_by_role("status")).to_have_text("Tercatat: hasil pindai dilampirkan.")
    await sri.check_page()
    await page.get_by_text("Ganti surat…").click()
    await page.get_by_label("Sebabnya").last.select_option(label="Isi keliru")
    await sri.press("Ganti surat")
    await expect(page.get_by_role("status")).to_have_text("Tercatat: surat diganti dengan nomor baru.")
    await expect(page.get_by_text("diganti", exact=True)).to_be_visible()
    await sri.check_page()


async def test_a_desk_without_software_answers_on_its_phone(visitors: Visitors, asked: dict[str, Any]) -> None:
    sri = await visitors.sit_down("sri.peksos")
    page = await sri.open("casework", f"/serah-terima/{asked['handoff_id']}/surat")
    await sri.press("Buat tautan")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tautan untuk penerima")
    await sri.check_page()
    address = await page.get_by_text(re.compile("/pintu/")).inner_text()
    pin = await page.get_by_text(re.compile("^[0-9]{6}$")).inner_text()
    desk = await visitors.sit_down("nobody")
    phone = desk.page
    await phone.set_viewport_size({"width": 375, "height": 760})
    await phone.goto(address)
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Permintaan untuk meja Anda")
    await desk.check_page()
    await phone.get_by_label("PIN").fill(f"{(int(pin) + 1) % 1_000_000:06d}")
    await desk.press("Buka")
    await expect(phone.get_by_role("alert")).to_contain_text("Sisa percobaan: 4")
    await desk.check_page()
    await phone.get_by_label("PIN").fill(pin)
    await desk.press("Buka")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Tempat rawat inap")
    await expect(phone.get_by_text(re.compile("^Warga Uji"))).to_be_visible()
    await desk.check_page()
    other = await visitors.sit_down("nobody-else")
    await other.page.goto(address)
    await expect(other.page.get_by_role("heading", level=1)).to_have_text("Tautan ini sudah dibuka pada peramban lain.")
    await other.check_page()
    await phone.set_viewport_size({"width": 375, "height": 760})
    await desk.press("Sanggupi")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Jawaban Anda tercatat")
    await desk.check_page()
    await sri.open("casework", f"/serah-terima/{asked['handoff_id']}")
    await expect(page.get_by_role("heading", name="Jawaban lewat tautan")).to_be_visible()
    await sri.check_page()
