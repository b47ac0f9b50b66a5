"""A desk officer of another agency and the office's own staff work their lists."""

import re

from playwright.async_api import expect

from tests.support.browser.visitors import Seeds, Visitors


async def test_a_desk_works_its_inbox_from_claim_to_result(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    page = await dewi.open("casework")
    await expect(page.get_by_role("heading", name="Daftar kerja", level=1)).to_be_visible()
    await expect(page.get_by_text("Puskesmas Babat", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="Perkara", exact=True)).to_have_count(0)
    await expect(page.get_by_role("link", name="Penyaringan kesehatan").first).to_be_visible()

    await dewi.open("casework", f"/serah-terima/{seeds.screenings[0]}")
    await expect(page.get_by_text("Warga Uji 1")).to_be_visible()
    await expect(page.get_by_text("dasar: UU 17/2023 pasal 74–85; PP 39/2012")).to_be_visible()
    await expect(page.get_by_text("Surat rujukan")).to_be_visible()
    await expect(page.get_by_text("Jawaban ditunggu paling lambat").first).to_be_visible()
    await dewi.press("Ambil untuk jaga ini")
    await expect(page.get_by_role("status")).to_contain_text("Anda tangani")
    await dewi.press("Tandai sudah dilihat")
    await dewi.press("Sanggupi")
    await expect(page.get_by_role("status")).to_contain_text("disanggupi")
    await page.get_by_label("Nomor berita acara").fill("BA/12/2026")
    await page.get_by_label("Keadaan orang saat tiba").select_option(label="Stabil")
    await dewi.press("Catat kedatangan")
    await dewi.press("Mulai kerjakan")
    await page.get_by_label("Hasil").select_option(label="Perlu rawat inap")
    await dewi.press("Selesaikan")
    await expect(page.get_by_role("status")).to_contain_text("selesai")
    await expect(page.get_by_text("Tidak ada tindakan untuk Anda")).to_be_visible()

    sri = await visitors.sit_down("sri.peksos")
    theirs = await sri.open("casework", f"/serah-terima/{seeds.screenings[0]}")
    await sri.press("Tutup, hasil sudah dibaca")
    await expect(theirs.get_by_role("status")).to_contain_text("ditutup")
    await sri.open("casework", f"/perkara/{seeds.cases[0]}")
    await expect(theirs.get_by_text("Penyaringan kesehatan: disanggupi Puskesmas Babat", exact=True)).to_be_visible()
    await expect(theirs.get_by_text("jejak untuk")).to_have_count(0)
    joko = await visitors.sit_down("joko.operator")
    operators = await joko.open("casework", f"/perkara/{seeds.cases[0]}")
    trace = operators.get_by_role("link", name=re.compile("jejak untuk Penyaringan kesehatan: disanggupi"))
    assert "/zipkin/traces/" in str(await trace.get_attribute("href"))


async def test_a_desk_declines_with_a_reason(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    page = await dewi.open("casework", f"/serah-terima/{seeds.screenings[1]}")
    await page.get_by_label("Alasan menolak").select_option(label="Petugas tidak tersedia")
    await dewi.press("Tolak")
    await expect(page.get_by_role("status")).to_contain_text("ditolak")
    await expect(page.get_by_text("Petugas tidak tersedia")).to_be_visible()


async def test_an_answer_that_came_too_late_says_what_is_legal_now(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    path = f"/serah-terima/{seeds.screenings[2]}"
    page = await dewi.open("casework", path)
    await visitors.system.post("casework", f"/handoffs/{seeds.screenings[2]}/acceptance", {}, by="puskesmas-babat")
    await dewi.press("Sanggupi")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("sudah diubah oleh petugas lain")
    await dewi.check_page()
    await page.get_by_role("link", name="Buka kembali halaman").click()
    await expect(page.get_by_role("button", name="Catat kedatangan")).to_be_visible()
    await expect(page.get_by_role("button", name="Sanggupi")).to_have_count(0)


async def test_another_agencys_hand_off_is_not_there(visitors: Visitors, seeds: Seeds) -> None:
    rini = await visitors.sit_down("rini.rsj")
    page = await rini.open("casework", f"/serah-terima/{seeds.screenings[2]}")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Data tidak ditemukan.")
    await rini.open("casework", "/perkara")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("tidak berwenang")


async def test_a_form_sent_twice_counts_once(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    page = await dewi.open("casework", f"/serah-terima/{seeds.screenings[3]}")
    form = page.locator("form[action$='/lihat']")
    fields = await form.evaluate("form => Object.fromEntries(new FormData(form))")
    address = f"{visitors.system.url('casework')}/serah-terima/{seeds.screenings[3]}/lihat"
    answers = [await page.request.post(address, form=fields, max_redirects=0) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    shown = await visitors.system.get("casework", f"/handoffs/{seeds.screenings[3]}", by="puskesmas-babat")
    assert (shown["state"], shown["version"]) == ("received", 2)


async def test_a_session_that_ended_loses_no_typed_form(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    page = await dewi.open("casework", f"/serah-terima/{seeds.screenings[3]}")
    await page.get_by_label("Alasan menolak").select_option(label="Keterangan belum lengkap")
    await page.context.clear_cookies(name="sigap_casework")
    await dewi.press("Tolak")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sesi Anda sudah berakhir.")
    await dewi.check_page()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Masuk kembali (tab baru)").click()
    second = await opened.value
    await expect(second.get_by_role("heading", level=1)).to_have_text("Anda sudah masuk kembali")
    await second.close()
    await dewi.press("Kirim ulang setelah masuk")
    await expect(page.get_by_text("Keterangan belum lengkap")).to_be_visible()
    await dewi.press("Kirim")
    await expect(page.get_by_role("status")).to_contain_text("ditolak")


async def test_signing_out_ends_the_providers_session_too(visitors: Visitors) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    page = await dewi.open("casework")
    await dewi.press("Keluar")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Anda sudah keluar")
    await page.goto(f"{visitors.system.url('casework')}/")
    await expect(page.locator("#username")).to_be_visible()


async def test_everything_is_reached_by_keyboard(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    page = await dewi.open("casework")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    focused = page.locator("main a:focus")
    await expect(focused).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Tindakan")).to_be_visible()


async def test_a_form_that_is_not_valid_comes_back_as_it_was_sent(visitors: Visitors, seeds: Seeds) -> None:
    dewi = await visitors.sit_down("dewi.puskesmas")
    page = await dewi.open("casework", f"/serah-terima/{seeds.screenings[2]}")
    heading = await page.get_by_role("heading", level=1).inner_text()
    await page.get_by_label("Nomor berita acara").fill("spasi tidak boleh")
    await page.locator("form[action$='/tiba']").evaluate("form => { form.noValidate = true; }")
    await page.get_by_label("Keadaan orang saat tiba").select_option(label="Sakit")
    await dewi.press("Catat kedatangan")
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await expect(page.get_by_role("alert")).to_contain_text("Isian belum lengkap atau belum benar.")
    await dewi.check_page()
    number = page.get_by_label("Nomor berita acara")
    await expect(number).to_be_focused()
    await expect(number).to_have_value("spasi tidak boleh")
    await expect(number).to_have_accessible_description(re.compile("Contoh: BA\\. 12/SATPOLPP/2026"))
    await expect(page.get_by_label("Keadaan orang saat tiba").locator("option:checked")).to_have_text("Sakit")
    await number.fill("BA/77")
    await dewi.press("Catat kedatangan")
    await expect(page.get_by_role("status")).to_have_text("Tercatat: sudah tiba.")
