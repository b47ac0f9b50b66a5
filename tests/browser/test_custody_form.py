"""A hand-over that happened at night is written down on a page in the morning."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from tests.support.browser.visitors import Seeds, Visitors


async def test_a_hand_over_is_written_down_by_page_and_stands_in_the_chain(visitors: Visitors, seeds: Seeds) -> None:
    case_id = seeds.cases[4]
    sri = await visitors.sit_down("sri.peksos")
    await sri.open("casework", f"/perkara/{case_id}/serah-terima-orang")
    await sri.check_page()
    at = datetime.now(ZoneInfo("Asia/Jakarta")) - timedelta(minutes=5)
    await sri.page.get_by_label("Yang menerima").select_option(label="Ambulans")
    await sri.page.get_by_label("Kapan").fill(at.strftime("%Y-%m-%dT%H:%M"))
    await sri.page.get_by_label("Tempat").select_option(label="Babat")
    await sri.page.get_by_label("Keadaan orang").select_option(label="Gelisah")
    await sri.page.get_by_label("Nomor berita acara", exact=False).fill("BA. 1/MALAM/2026")
    await sri.press("Catat")
    await sri.open("casework", f"/perkara/{case_id}")
    await expect(sri.page.get_by_text("BA. 1/MALAM/2026", exact=False)).to_be_visible()
    await expect(sri.page.get_by_text("Babat, Babat, Kabupaten Lamongan", exact=False).first).to_be_visible()
