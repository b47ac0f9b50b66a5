"""Every page is accessible at a desk and on a phone. ``SIGAP_PICTURES=<folder>`` keeps a picture of each."""

from uuid import uuid4

import pytest_asyncio
from aiokafka import AIOKafkaProducer
from playwright.async_api import expect

from tests.support.browser.pages import look
from tests.support.browser.visitors import Seeds, Visitors
from tests.support.eventually import eventually
from tests.support.whole_system import System


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def dead_letter_messages(system: System) -> list[int]:
    """Two messages that casework can make nothing of."""
    producer = AIOKafkaProducer(bootstrap_servers=f"127.0.0.1:{system.site.ports['kafka']}", acks="all")
    await producer.start()
    before = {row["id"] for row in (await system.get("casework", "/dead-letters", by="joko.operator"))["items"]}
    try:
        for _ in range(2):
            key = str(uuid4()).encode()
            headers = [("ce_type", b"intake.report.verified.v1"), ("ce_id", str(uuid4()).encode())]
            await producer.send_and_wait("intake.reports", value=b"{tidak utuh", key=key, headers=headers)
    finally:
        await producer.stop()

    async def set_aside() -> list[int]:
        rows = (await system.get("casework", "/dead-letters", by="joko.operator", limit=200))["items"]
        fresh = [row["id"] for row in rows if row["id"] not in before]
        return fresh if len(fresh) == 2 else []

    return await eventually(set_aside, within_seconds=60, what="two dead letters")


async def test_the_offices_pages(visitors: Visitors, seeds: Seeds) -> None:
    sri = await visitors.sit_down("sri.peksos")
    await look(sri, "casework", "/", "daftar-kerja")
    await look(sri, "casework", "/perkara", "perkara-semua")
    await look(sri, "casework", "/petugas", "petugas")
    await look(sri, "casework", f"/perkara/{seeds.cases[4]}", "perkara")
    await look(sri, "casework", f"/perkara/{seeds.cases[4]}/umur", "umur")
    await look(sri, "casework", f"/perkara/{seeds.cases[4]}/kejadian", "kejadian")
    await look(sri, "casework", f"/perkara/{seeds.cases[4]}/kejadian?kind=DIED", "kejadian-pratinjau")
    await look(sri, "casework", f"/perkara/{seeds.cases[4]}/serah-terima-orang", "serah-terima-orang")
    case = await visitors.system.get("casework", f"/cases/{seeds.cases[4]}", by="sri.peksos")
    await look(sri, "casework", f"/tugas/{case['tasks'][0]['task_id']}", "tugas")


async def test_the_desks_pages(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    await look(dewi, "casework", "/", "kotak-masuk")
    await look(dewi, "casework", f"/serah-terima/{seeds.screenings[3]}", "serah-terima")
    await look(dewi, "casework", f"/serah-terima/{uuid4()}", "tidak-ditemukan")
    await look(dewi, "casework", "/tidak-ada", "alamat-salah")


async def test_the_money_pages(visitors: Visitors, seeds: Seeds) -> None:
    hadi = await visitors.sit_down("hadi.kadis")
    await look(hadi, "disbursement", "/", "daftar-bayar-semua")
    await look(hadi, "disbursement", f"/daftar-bayar/{seeds.batch}", "daftar-bayar")
    await look(hadi, "disbursement", "/temuan", "temuan-bank-semua")


async def test_an_operator_replays_one_dead_letter_and_drops_another(
    visitors: Visitors, dead_letter_messages: list[int]
) -> None:
    joko = await visitors.sit_down("joko.operator")
    await look(joko, "casework", "/tersisih", "tersisih")
    first, second = dead_letter_messages
    await look(joko, "casework", f"/tersisih/{first}", "tersisih-satu")
    await expect(joko.page.get_by_text("{tidak utuh")).to_be_visible()
    await joko.press("Urus pesan ini")
    await expect(joko.page.get_by_role("status")).to_have_text("Anda mengurus pesan ini.")
    await joko.page.get_by_text("Buang…").click()
    await joko.page.get_by_label("Alasan membuang").fill("Isi rusak, sudah dikirim ulang oleh pengirim.")
    await joko.press("Buang")
    await expect(joko.page.get_by_role("status")).to_have_text("Pesan dibuang dengan alasan Anda.")
    await joko.open("casework", "/tersisih")
    await joko.page.get_by_label("Kode sebab").fill("tidak_ada")
    await joko.press("Cari")
    await expect(joko.page.get_by_text("Tidak ada pesan yang cocok.")).to_be_visible()
    await joko.open("casework", f"/tersisih/{second}")
    await joko.page.get_by_label("Alasan mencoba lagi").fill("Sesudah perbaikan.")
    await joko.press("Coba lagi")
    await expect(joko.page.get_by_role("status")).to_have_text("Pesan akan dicoba lagi.")


async def test_an_auditor_reads_dead_letters_but_decides_nothing(
    visitors: Visitors, dead_letter_messages: list[int]
) -> None:
    nur = await visitors.sit_down("nur.auditor")
    page = await nur.open("casework", f"/tersisih/{dead_letter_messages[0]}")
    await expect(page.get_by_role("heading", name="Keadaan")).to_be_visible()
    await expect(page.get_by_role("button", name="Buang")).to_have_count(0)


async def test_every_service_has_a_first_page_and_its_api_offline(visitors: Visitors) -> None:
    joko = await visitors.sit_down("joko.operator")
    for service in ("intake", "casework", "disbursement", "notifications"):
        await joko.open(service, "/tersisih")
        await expect(joko.page.get_by_role("heading", level=1)).to_have_text("Pesan tersisih")
        await joko.open(service, "/docs")
        await expect(joko.page.locator(".opblock").first).to_be_visible()
        await joko.open(service, "/docs/peristiwa")
        await expect(joko.page.get_by_role("heading", level=1)).to_be_visible()
    await look(joko, "notifications", "/docs/peristiwa", "peristiwa-notifications")
    for service in ("intake", "notifications"):
        await look(joko, service, "/", f"beranda-{service}")
    await joko.press("Keluar")
    await look(joko, "intake", "/keluar/selesai", "keluar")
