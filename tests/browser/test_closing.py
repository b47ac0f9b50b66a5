"""What keeps a case open is read by name, and two people close over it on its page."""

from datetime import UTC, datetime
from uuid import uuid4

from playwright.async_api import expect

from tests.support.browser.visitors import Visitors
from tests.support.eventually import eventually
from tests.support.whole_system import System


async def test_one_proposes_and_another_closes_over_what_is_open(system: System, visitors: Visitors) -> None:
    report = {
        "channel": "PHONE", "kind": "ODGJ", "urgency": "EMERGENCY", "village_code": "35.24.22.1015",
        "found_at": datetime.now(UTC).isoformat(), "person": {"features": f"topi uji {uuid4().hex[:6]}"},
    }  # fmt: skip
    report_id = (await system.post("intake", "/reports", report, by="satpolpp-lamongan"))["report_id"]

    async def opened() -> str:
        after: dict[str, str] = {}
        while True:
            page = await system.get("casework", "/cases", by="sri.peksos", limit=200, state="open", **after)
            for case in page["items"]:
                if case["source_report_id"] == report_id:
                    tasks = (await system.get("casework", f"/cases/{case['case_id']}", by="sri.peksos"))["tasks"]
                    return str(case["case_id"]) if tasks else ""
            if page["next_after"] is None:
                return ""
            after = {"after": page["next_after"]}

    case_id = await eventually(opened, within_seconds=60, what="the case with its first task")
    place = f"/perkara/{case_id}/penutupan"
    sri = await visitors.sit_down("sri.peksos")
    await sri.open("casework", place)
    await expect(sri.page.get_by_role("heading", name="Tugas: Datangi di tempat")).to_be_visible()
    await sri.page.get_by_label("Tugas: Datangi di tempat").select_option(label="dibatalkan")
    await sri.page.get_by_label("Alasan").select_option(label="Dibuka keliru")
    await sri.check_page()
    await sri.press("Usulkan")
    await expect(sri.page.get_by_text("Menunggu keputusan kepala bidang")).to_be_visible()
    await sri.check_page()
    budi = await visitors.sit_down("budi.kabid")
    await budi.open("casework", place)
    await budi.check_page()
    await budi.press("Setujui penutupan paksa")
    assert (await system.get("casework", f"/cases/{case_id}", by="sri.peksos"))["state"] == "closed"
    await budi.open("casework", place)
    await expect(budi.page.get_by_text("Perkara ini sudah ditutup.")).to_be_visible()
