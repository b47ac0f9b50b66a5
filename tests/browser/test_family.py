"""A mother and her child are tied on the page of a case, and untied when that was a mistake."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from playwright.async_api import expect

from tests.support.browser.visitors import Seeds, Visitors
from tests.support.eventually import eventually
from tests.support.whole_system import System

BABAT = "35.24.05.1003"


async def child_of_the_street(system: System) -> dict[str, Any]:
    """A case of somebody who looks like a child."""
    now = datetime.now(UTC).isoformat()
    report = {
        "channel": "OTHER_AGENCY", "kind": "GEPENG", "urgency": "NORMAL", "village_code": BABAT, "found_at": now,
        "person": {"sex": "FEMALE", "approximate_age_years": 4, "features": "Baju merah."},
        "evidence": [{"digest": uuid4().hex * 2, "captured_at": now}],
    }  # fmt: skip
    body = {"order_number": f"UJI/{uuid4().int % 10**8}", "place_code": BABAT, "conducted_at": now, "reports": [report]}
    made = await system.post("intake", "/operations", body, by="satpolpp-lamongan")
    report_id = made["reports"][0]["report_id"]

    async def opened() -> dict[str, Any]:
        page = await system.get("casework", "/cases", by="sri.peksos", limit=200)
        return next((case for case in page["items"] if case["source_report_id"] == report_id), {})

    return await eventually(opened, within_seconds=60, what="the child's case")


async def test_mother_and_child_are_tied_and_untied_by_page(visitors: Visitors, seeds: Seeds) -> None:
    child = await child_of_the_street(visitors.system)
    sri = await visitors.sit_down("sri.peksos")
    await sri.open("casework", f"/perkara/{seeds.cases[1]}")
    await sri.page.get_by_text("Ibu dan anak", exact=True).click()
    await sri.page.get_by_label("Nomor perkara anak").fill(child["number"])
    await sri.press("Kaitkan")
    await expect(sri.page.get_by_role("link", name=child["number"])).to_be_visible()
    await sri.check_page()
    await sri.press(f"Lepas kaitan dengan {child['number']}")
    await expect(sri.page.get_by_role("link", name=child["number"])).to_have_count(0)
