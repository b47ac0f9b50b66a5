"""What somebody needs is assessed, planned and signed by another person, each on the case's page."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from tests.support.browser.pages import look
from tests.support.browser.visitors import Seeds, Visitors


async def test_a_worker_assesses_and_plans_and_the_head_signs(visitors: Visitors, seeds: Seeds) -> None:
    case_id = seeds.cases[3]
    place = f"/perkara/{case_id}/rencana"
    sri = await visitors.sit_down("sri.peksos")
    await sri.open("casework", f"/perkara/{case_id}")
    await sri.page.get_by_role("link", name="Asesmen dan rencana").click()
    await expect(sri.page.get_by_text("Rencana disusun setelah asesmen dicatat.")).to_be_visible()
    await look(sri, "casework", place, "rencana-kosong")
    await sri.page.get_by_label("Keadaan").fill("Tidur di emperan pasar sejak dua bulan; kakinya bengkak.")
    await sri.page.get_by_label("Kebutuhan").fill("Tempat berteduh, makan teratur, pemeriksaan kaki.")
    await sri.page.get_by_label("Yang dapat diandalkan").fill("Pandai menganyam; kenal pedagang pasar.")
    await sri.press("Simpan asesmen")
    await expect(sri.page.get_by_role("status")).to_contain_text("Tercatat: asesmen.")
    await sri.press("Susun rencana")
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    for number, (service, goal) in enumerate(
        [
            ("Akses kesehatan dan pendidikan dasar", "Kakinya diperiksa dan dirawat."),
            ("Penelusuran keluarga", "Keluarganya diketahui dan dihubungi."),
        ]
    ):
        if number:
            await sri.page.get_by_text("Tambah layanan").click()
        await sri.page.get_by_label("Layanan", exact=True).select_option(label=service)
        await sri.page.get_by_label("Tujuan").fill(goal)
        await sri.page.get_by_label("Siapa yang memberikan").select_option(value="puskesmas-babat")
        await sri.page.get_by_label("Sampai").fill(until)
        await sri.press("Tambahkan")
        await expect(sri.page.get_by_role("status")).to_contain_text("Layanan ditambahkan")
    await look(sri, "casework", place, "rencana-disusun")
    await sri.press("Ajukan kepada kepala bidang")
    await expect(sri.page.get_by_text("Menunggu persetujuan kepala bidang")).to_be_visible()
    budi = await visitors.sit_down("budi.kabid")
    await budi.open("casework", "/")
    await budi.page.get_by_role("link", name="Rencana layanan").first.click()
    await expect(budi.page.get_by_text("Keluarganya diketahui dan dihubungi.")).to_be_visible()
    await look(budi, "casework", place, "rencana-diputuskan")
    await budi.press("Setujui rencana ini")
    await expect(budi.page.get_by_role("heading", name="Rencana yang berlaku, versi 1")).to_be_visible()
    await look(sri, "casework", place, "rencana-berlaku")
    await expect(sri.page.get_by_role("link", name="Minta kepada instansi")).to_be_visible()
