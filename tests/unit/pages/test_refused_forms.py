"""A refused form comes back on its own page, as it was sent, with each wrong field marked in words."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import httpx2
import pytest
from bs4 import BeautifulSoup, Tag
from fastapi import FastAPI, Request, Response
from pydantic import Field, ValidationError

from services.chassis.pages.refilling import RefusedForm, page_again, what_is_wrong
from services.chassis.web import ReferenceText, RequestBody, ShortText

PAGE = """<!doctype html><html><head><title>x</title></head><body><h1>Perkara</h1>
<details><summary>Buka</summary>
<form method="post" action="/hal/kirim">
  <input type="hidden" name="letter_id" value="1"><input type="text" name="number" id="nomor" value="lama">
</form>
<form method="post" action="/hal/kirim">
  <input type="hidden" name="csrf" value="c"><input type="hidden" name="kunci" value="new">
  <input type="hidden" name="letter_id" value="2">
  <input type="text" name="number" id="nomor" value="lama">
  <select name="reason"><option value="">Pilih…</option><option value="A" selected>Satu</option>
  <option value="B">Dua</option></select>
  <textarea name="note">lama</textarea>
  <input type="checkbox" name="sure" value="yes" checked><input type="file" name="berkas">
  <button>Kirim</button>
</form></details></body></html>"""


OF_NUMBERS = (
    "Nomor surat seperti tertulis: memuat angka, tanpa nama orang, NIK atau nomor telepon."
    " Contoh: BA. 12/SATPOLPP/2026."
)


class Reason(StrEnum):
    A = "A"
    B = "B"


class Sent(RequestBody):
    number: ReferenceText | None = None
    reason: Reason
    note: ShortText | None = None
    happened_at: datetime | None = None
    count: Annotated[int, Field(ge=1, le=9, examples=[3])] = 1


def served(page: str, status: int = 200) -> FastAPI:
    app = FastAPI()

    @app.get("/hal")
    async def look(which: str = "") -> Response:
        return Response(page.replace("Perkara", f"Perkara {which}"), status_code=status)

    @app.post("/hal/kirim")
    async def send(request: Request) -> Response:
        typed = {"letter_id": "2", "number": 'BA "x" <b>', "reason": "B", "note": "baru"}
        refused = RefusedForm(typed, {"number": "Contoh: BA/12/2026."}, "Isian belum benar.", "Perbaiki.")
        same = await page_again(request, "/hal", refused)
        return Response(same or "", status_code=422 if same else 404)

    return app


async def posted(app: FastAPI, referer: str = "") -> httpx2.Response:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://sigap") as client:
        return await client.post("/hal/kirim", headers={"Referer": referer} if referer else {})


def control(form: Tag, name: str) -> Tag:
    found = form.find(None, attrs={"name": name})
    assert isinstance(found, Tag)
    return found


async def test_the_form_stands_on_its_page_as_it_was_sent_and_says_what_is_wrong() -> None:
    answer = await posted(served(PAGE), "http://sigap/hal?which=7")
    soup = BeautifulSoup(answer.text, "html.parser")
    first, form = soup.find_all("form")
    assert (answer.status_code, soup.h1.get_text() if soup.h1 else "") == (422, "Perkara 7")
    assert first.get_text().strip() == "", "the other form is not touched"
    assert (control(first, "number")["value"], control(form, "number")["value"]) == ("lama", 'BA "x" <b>')
    assert [option["value"] for option in form.find_all("option") if option.has_attr("selected")] == ["B"]
    assert control(form, "note").get_text() == "baru"
    assert not control(form, "sure").has_attr("checked")
    assert [control(form, name)["value"] for name in ("csrf", "kunci", "letter_id")] == ["c", "new", "2"]
    marked = [field["name"] for field in form.find_all(None, attrs={"aria-invalid": "true"})]
    assert marked == ["number"]
    said = form.find(id=control(form, "number")["aria-describedby"])
    assert said is not None
    assert said.get_text() == "Contoh: BA/12/2026."
    assert [part.name for part in soup.find_all(None, attrs={"autofocus": True})] == ["input"]
    assert soup.details is not None
    assert soup.details.has_attr("open")


@pytest.mark.parametrize("app", [served(PAGE, 404), served("<p>Sudah diputus.</p>")])
async def test_a_form_that_stands_there_no_more_is_not_made_up(app: FastAPI) -> None:
    assert (await posted(app)).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": "A", "number": "x"}, {"number": f"Isian ini tidak dapat dipakai. {OF_NUMBERS}"}),
        ({}, {"reason": "Wajib diisi."}),
        ({"reason": "C"}, {"reason": "Pilih salah satu dari daftar."}),
        ({"reason": "A", "note": "x" * 201}, {"note": "Paling panjang 200 huruf."}),
        ({"reason": "A", "happened_at": "kemarin"}, {"happened_at": "Isi tanggal dan jam."}),
        ({"reason": "A", "count": "0"}, {"count": "Paling sedikit 1. Contoh: 3."}),
        ({"reason": "A", "count": "12"}, {"count": "Paling banyak 9. Contoh: 3."}),
        ({"reason": "A", "count": "banyak"}, {"count": "Isi dengan angka. Contoh: 3."}),
    ],
)  # fmt: skip
def test_each_field_says_in_words_what_is_wrong_and_gives_an_example(
    sent: dict[str, str], said: dict[str, str]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Sent.model_validate(sent)
    assert what_is_wrong(refused.value, Sent) == said
