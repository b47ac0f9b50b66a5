"""What people do about money on pages: propose lists, and decide what the bank left open."""

import re

from tests.support.disbursement.office import PEOPLE, PROGRAMME, Office
from tests.support.services import Bench
from tests.support.visitor import Visitor


async def visitor(bench: Bench, who: str) -> Visitor:
    """One of the office's people at the pages."""
    return await Visitor(bench, *PEOPLE[who]).sit_down()


async def test_waiting_aid_is_proposed_on_the_page(disbursement: Bench, office: Office) -> None:
    await office.entitle(2)
    budi = await visitor(disbursement, "budi")
    page = await budi.get("/")
    assert (page.status_code, "Usulkan yang menunggu" in page.text) == (200, True), page.text
    answer = await budi.post("/usulkan", programme_code=PROGRAMME)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/disbursement/?selesai=batch-propose",
    )
    hadi = await visitor(disbursement, "hadi")
    assert "Usulkan yang menunggu" not in (await hadi.get("/")).text


async def test_what_the_bank_left_open_is_decided_on_its_page(disbursement: Bench, office: Office) -> None:
    batch = await office.sent()
    await office.bank_says(batch, "CREDITED", amount=1_000_000, reason="biaya dipotong", value_date="2026-02-03")
    budi = await visitor(disbursement, "budi")
    listed = await budi.get("/temuan")
    assert "Jumlah dari bank berbeda" in listed.text
    (found,) = await disbursement.rows("SELECT id FROM findings WHERE batch_id = $1::uuid", batch)
    page = await budi.get(f"/temuan/{found['id']}")
    for told in ("Terima jumlah yang masuk", "biaya dipotong", "03-02-2026", "Rp1.000.000"):
        assert told in page.text
    shown = re.sub(r"<(script|style|head)\b.*?</\1>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    assert str(found["id"]) not in shown
    assert "AMOUNT_DIFFERS" not in shown
    fields = {"resolution": "ACCEPT_AMOUNT", "reason_code": "BANK_CONFIRMED", "expected_version": "1"}
    answer = await budi.post(f"/temuan/{found['id']}/putuskan", **fields)
    assert answer.status_code == 303, answer.text
    assert "Tidak ada tindakan untuk Anda" in (await budi.get(f"/temuan/{found['id']}")).text
    assert (await office.show(batch))["state"] == "reconciled"
