"""Where a person is, who stays tonight, and what does not match: found by people, on a desk and on a phone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from tests.support.browser.pages import look
from tests.support.browser.visitors import Seeds, Visitors
from tests.support.whole_system import System


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told_wrongly(system: System, seeds: Seeds) -> dict[str, Any]:
    """The puskesmas says that it took a person from a hospital that never had them; the case as it stands then."""
    at = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
    body = {
        "about_id": seeds.cases[3], "to_agency": "puskesmas-babat", "from_agency": "rsud-soegiri", "happened_at": at,
        "place_code": "35.24.05.1003", "observed_state": "STABLE", "belongings": [{"kind": "BAG", "count": 2}],
    }  # fmt: skip
    await system.post("casework", "/custodies", body, by="sri.peksos")
    found: dict[str, Any] = await system.get("casework", f"/cases/{seeds.cases[3]}", by="sri.peksos")
    return found


async def test_from_the_case_to_where_the_person_is_and_the_findings_explanation(
    visitors: Visitors, told_wrongly: dict[str, Any]
) -> None:
    sri = await visitors.sit_down("sri.peksos")
    page = await sri.open("casework", f"/perkara/{told_wrongly['case_id']}")
    await expect(page.get_by_role("heading", name="Temuan")).to_be_visible()
    await page.get_by_role("link", name="Di mana orang ini sekarang").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Di mana orang ini sekarang")
    await expect(page.get_by_text("Warga Uji 4", exact=True)).to_be_visible()
    await expect(page.get_by_text("2 tas", exact=True)).to_be_visible()
    await look(sri, "casework", f"/orang/{told_wrongly['person_id']}", "orang")
    await page.get_by_role("link", name="Yang menyerahkan bukan penjaga saat itu").click()
    await look(sri, "casework", "/temuan", "temuan-semua")
    async with page.expect_navigation():
        await page.get_by_role("link", name="Yang menyerahkan bukan penjaga saat itu").first.click()
    await sri.check_page()
    await page.get_by_label("Penjelasan").select_option(label="Pihak keliru")
    await page.get_by_label("Alasan").fill("Salah memilih instansi.")
    await sri.press("Jelaskan")
    await expect(page.get_by_role("status")).to_have_text("Tercatat: temuan dijelaskan.")
    await expect(page.get_by_text("Pihak keliru", exact=True)).to_be_visible()


async def test_a_desk_sees_by_name_who_stays_with_it_tonight(visitors: Visitors, told_wrongly: dict[str, Any]) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    await look(dewi, "casework", "/bermalam", "bermalam")
    await expect(dewi.page.get_by_role("link", name="Warga Uji 4", exact=True)).to_be_visible()
    await expect(dewi.page.get_by_label("Instansi")).to_have_count(0)
    sri = await visitors.sit_down("sri.peksos")
    page = await sri.open("casework", "/bermalam")
    await page.get_by_label("Instansi").select_option(value="puskesmas-babat")
    await sri.press("Tampilkan")
    await expect(page.get_by_role("link", name="Warga Uji 4", exact=True)).to_be_visible()


async def test_an_auditor_sees_who_stays_without_names(visitors: Visitors, told_wrongly: dict[str, Any]) -> None:
    nur = await visitors.sit_down("nur.auditor")
    page = await nur.open("casework", "/bermalam?instansi=puskesmas-babat")
    await expect(page.get_by_role("link", name="Belum bernama").first).to_be_visible()
    await expect(page.get_by_text("Warga Uji 4")).to_have_count(0)
