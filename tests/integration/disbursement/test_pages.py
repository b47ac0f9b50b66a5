"""What people do about money on pages: propose lists, and decide what the bank left open."""

import hashlib
import json
import re
import secrets
from typing import Any
from uuid import uuid4

import httpx2

from services.chassis.pages.sessions import cookie_name
from tests.support.disbursement.office import PEOPLE, PROGRAMME, Office
from tests.support.services import Bench


class Visitor:
    """Somebody with a session, who fills in the forms that a page shows."""

    def __init__(self, bench: Bench, who: str) -> None:
        self._bench, self._who = bench, who
        self._token, self._csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)

    async def sit_down(self) -> "Visitor":
        actor, roles = PEOPLE[self._who]
        principal = {
            "actor": f"user:{actor}",
            "agency": "dinsos-lamongan",
            "roles": list(roles),
            "offices": ["35.24"],
            "display_name": "Seseorang",
        }
        await self._bench.units.pool.execute(
            "INSERT INTO sessions (token_digest, principal, csrf_token, ends_at, district)"
            " VALUES ($1, $2::json, $3, now() + interval '1 hour', '35.24')",
            hashlib.sha256(self._token.encode()).digest(),
            json.dumps(principal),
            self._csrf,
        )
        return self

    async def get(self, path: str) -> httpx2.Response:
        return await self._bench.client.get(path, headers=self._headers())

    async def post(self, path: str, **fields: Any) -> httpx2.Response:
        form = {"csrf": self._csrf, "kunci": str(uuid4()), **fields}
        return await self._bench.client.post(path, data=form, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{cookie_name(self._bench.settings)}={self._token}"}


async def test_waiting_aid_is_proposed_on_the_page(disbursement: Bench, office: Office) -> None:
    await office.entitle(2)
    budi = await Visitor(disbursement, "budi").sit_down()
    page = await budi.get("/")
    assert (page.status_code, "Usulkan yang menunggu" in page.text) == (200, True), page.text
    answer = await budi.post("/daftar-bayar/usulkan", programme_code=PROGRAMME)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/disbursement/?selesai=batch-propose",
    )
    hadi = await Visitor(disbursement, "hadi").sit_down()
    assert "Usulkan yang menunggu" not in (await hadi.get("/")).text


async def test_what_the_bank_left_open_is_decided_on_its_page(disbursement: Bench, office: Office) -> None:
    batch = await office.sent()
    await office.bank_says(batch, "CREDITED", amount=1_000_000, reason="biaya dipotong", value_date="2026-02-03")
    budi = await Visitor(disbursement, "budi").sit_down()
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
