"""Chromium on the whole system: people sign in at the real provider and work on the real pages."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.support.browser.visitors import SLOW_MS, Seeds, Visitors
from tests.support.eventually import eventually
from tests.support.whole_system import System

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=SLOW_MS)
BABAT = "35.24.05.1003"
OFFICE, PUSKESMAS = "dinsos-lamongan", "puskesmas-babat"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system(whole_system: System) -> System:
    """Everything, with those agencies silent whose part people play."""
    await whole_system.silence(PUSKESMAS, "rsj-menur", "rsj-lawang", "rsud-soegiri")
    return whole_system


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's own browser."""
    if not CHROMIUM.exists():
        pytest.fail("no /usr/bin/chromium: apt-get install -y chromium", pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(chromium: Browser, system: System) -> AsyncIterator[Visitors]:
    """People at their own browsers; afterwards no request of theirs may have left the loopback address."""
    found = Visitors(chromium, system)
    yield found
    await found.leave()
    assert not found.elsewhere, found.elsewhere
    assert not found.complaints, found.complaints


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seeds(system: System) -> Seeds:
    """Cases that wait at the desks, and a batch to approve, all made through the public API."""
    cases = await _operation(system, ["ODGJ", "ODGJ", "ODGJ", "ODGJ", "GEPENG"])
    await asyncio.gather(*(_take_into_custody(system, case) for case in cases))
    screenings = [
        (await system.handoff(case["case_id"], "HEALTH_SCREENING", "requested", by="sri.peksos"))["handoff_id"]
        for case in cases[:4]
    ]
    await _return_home(system, cases[4])
    batch = await _propose(system)
    return Seeds([case["case_id"] for case in cases], screenings, batch)


async def _operation(system: System, kinds: list[str]) -> list[dict[str, Any]]:
    now = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    reports = [
        {
            "channel": "OTHER_AGENCY",
            "kind": kind,
            "urgency": "URGENT",
            "village_code": BABAT,
            "found_at": now,
            "person": {"sex": "MALE", "name": f"Warga Uji {number}", "features": "Baju biru, rambut panjang."},
            "evidence": [{"digest": uuid4().hex * 2, "captured_at": now}],
        }
        for number, kind in enumerate(kinds, 1)
    ]
    body = {"order_number": f"UJI/{uuid4().int % 10**8}", "place_code": BABAT, "conducted_at": now, "reports": reports}
    made = await system.post("intake", "/operations", body, by="satpolpp-lamongan")

    async def opened() -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        after: dict[str, str] = {}
        while True:
            page = await system.get("casework", "/cases", by="sri.peksos", limit=200, **after)
            found.update({case["source_report_id"]: case for case in page["items"]})
            if page["next_after"] is None:
                break
            after = {"after": page["next_after"]}
        return [found[report["report_id"]] for report in made["reports"]]

    return await eventually(opened, within_seconds=90, what="a case for every report")


async def _take_into_custody(system: System, case: dict[str, Any]) -> None:
    handoff = await system.handoff(case["case_id"], "CUSTODY_TRANSFER", "requested", by="sri.peksos")
    place = f"/handoffs/{handoff['handoff_id']}"
    await system.post("casework", f"{place}/acceptance", {}, by="sri.peksos")
    await system.post("casework", f"{place}/arrival", {"ba_number": f"BA/{uuid4().int % 10**8}"}, by="sri.peksos")
    await system.post("casework", f"{place}/start", {}, by="sri.peksos")
    await system.post("casework", f"{place}/completion", {"result_code": "IN_CARE"}, by="sri.peksos")


async def _return_home(system: System, case: dict[str, Any]) -> None:
    async def assessment() -> str:
        tasks = (await system.get("casework", f"/cases/{case['case_id']}", by="sri.peksos"))["tasks"]
        return str(next((task["task_id"] for task in tasks if task["kind"] == "SHELTER_ASSESSMENT"), ""))

    task = await eventually(assessment, within_seconds=60, what="the assessment")
    await system.post("casework", f"/tasks/{task}/completion", {"result_code": "ASSESSED"}, by="sri.peksos")


async def _propose(system: System) -> str:
    async def entitled() -> bool:
        page = await system.get("disbursement", "/entitlements", by="budi.kabid", state="established")
        return bool(page["items"])

    await eventually(entitled, within_seconds=120, what="an entitlement")
    body = {"programme_code": "BANTUAN_MODAL_AWAL"}
    return str((await system.post("disbursement", "/batches", body, by="budi.kabid"))["batch_id"])
