"""Two different people approve a payment batch on its page; the proposer may not."""

from playwright.async_api import expect

from tests.support.browser.visitors import Seeds, Visitors


async def test_two_people_approve_a_batch(visitors: Visitors, seeds: Seeds) -> None:
    path = f"/daftar-bayar/{seeds.batch}"
    budi = await visitors.sit_down("budi.kabid")
    page = await budi.open("disbursement", path)
    await expect(page.get_by_text("Tidak ada tindakan untuk Anda")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Jumlah")).to_be_visible()

    wati = await visitors.sit_down("wati.verifikator")
    page = await wati.open("disbursement", path)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Rp")
    await page.get_by_label("sudah saya periksa").check()
    await page.get_by_role("button", name="Setujui Rp").click()
    await expect(page.get_by_role("status")).to_have_text("Persetujuan Anda tercatat.")
    await expect(page.get_by_role("button", name="Setujui Rp")).to_have_count(0)
    await expect(page.get_by_text("Disetujui pemeriksa bantuan: Anda")).to_be_visible()

    hadi = await visitors.sit_down("hadi.kadis")
    page = await hadi.open("disbursement")
    await expect(page.get_by_role("heading", name="Daftar bayar", level=1)).to_be_visible()
    await hadi.open("disbursement", path)
    await expect(page.get_by_text("Disetujui pemeriksa bantuan: Wati Rahayu")).to_be_visible()
    await page.get_by_label("sudah saya periksa").check()
    await page.get_by_role("button", name="Setujui Rp").click()
    await expect(page.get_by_role("status")).to_have_text("Persetujuan Anda tercatat.")
    batch = await visitors.system.get("disbursement", f"/batches/{seeds.batch}", by="nur.auditor")
    assert [approval["role"] for approval in batch["approvals"]] == ["aid-verifier", "aid-approver"]
    assert len({approval["actor"] for approval in batch["approvals"]}) == 2


async def test_a_caseworker_sees_no_batches(visitors: Visitors) -> None:
    sri = await visitors.sit_down("sri.peksos")
    page = await sri.open("disbursement")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("tidak berwenang")
