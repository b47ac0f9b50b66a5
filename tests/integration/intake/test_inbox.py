"""The inbox of reports: what is most urgent stands first, nothing is cut off, and the counts are true."""

import re
from uuid import uuid4

import pytest

from services.intake.reports import pages
from tests.support.identity import Issuer
from tests.support.intake.reports import report, staff
from tests.support.services import Bench
from tests.support.visitor import Visitor


async def told(intake: Bench, issuer: Issuer, urgency: str) -> str:
    """A report of a village, which is not believed before somebody looked."""
    program = {"Authorization": f"Bearer {issuer.machine('desa-uji')}", "Idempotency-Key": str(uuid4())}
    made = await intake.client.post("/reports", json=report(urgency=urgency), headers=program)
    assert made.status_code == 201, made.text
    return str(made.json()["report_id"])


async def listed(sri: Visitor, path: str) -> list[str]:
    """The reports of a page, top to bottom."""
    page = await sri.see(path)
    return [str(link["href"]).rsplit("/", 1)[1] for link in page.select("#daftar > ul.items h3 a")]


async def waiting(sri: Visitor) -> int:
    found = re.search(r"Menunggu diperiksa \((\d+)\)", await sri.read("/laporan"))
    assert found
    return int(found[1])


async def test_emergencies_stand_first_then_what_is_newest_and_every_page_follows_the_last(
    intake: Bench, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    before = await waiting(sri)
    normal = [await told(intake, issuer, "NORMAL") for _ in range(2)]
    urgent = [await told(intake, issuer, "URGENT") for _ in range(2)]
    emergencies = [await told(intake, issuer, "EMERGENCY") for _ in range(2)]
    assert await waiting(sri) == before + 6
    assert re.search(r"\d+ laporan gawat darurat menunggu diperiksa", await sri.read("/laporan"))
    monkeypatch.setattr(pages, "PAGE_ROWS", 2)
    mine = {*normal, *urgent, *emergencies}
    found: list[str] = []
    path = "/laporan"
    for _ in range(200):
        found += await listed(sri, path)
        following = [link for link in (await sri.see(path)).select("a.button") if "Halaman berikutnya" in link.text]
        if not following:
            break
        path = str(following[0]["href"]).removeprefix("/intake")
    assert len(found) == len(set(found)) == before + 6
    assert [one for one in found if one in mine] == [*emergencies[::-1], *urgent[::-1], *normal[::-1]]


async def test_what_was_decided_stands_newest_first(intake: Bench, issuer: Issuer) -> None:
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    refused = [await told(intake, issuer, urgency) for urgency in ("EMERGENCY", "NORMAL")]
    for one in refused:
        await sri.do(f"/laporan/{one}/tolak", expected_version=1, reason_code="NOT_TRUE")
    assert (await listed(sri, "/laporan?keadaan=rejected"))[:2] == refused[::-1]


async def test_a_page_after_a_report_that_is_not_there_begins_anew(intake: Bench, issuer: Issuer) -> None:
    sri = await Visitor(intake, "sri.peksos", ["caseworker"]).sit_down()
    await intake.client.post("/reports", json=report(), headers=staff(issuer))
    assert await listed(sri, f"/laporan?setelah={uuid4()}") == await listed(sri, "/laporan")
