"""A hand-over's place is picked and shown by name; the number of its paper is taken as the office writes it."""

from tests.support.casework.agencies import SOEGIRI
from tests.support.casework.custody import caught, hours_ago, record, told
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

NUMBER = "BA. 12/SATPOLPP/2026"


async def test_a_place_is_offered_by_kecamatan_and_shown_by_name(casework: Bench) -> None:
    case_id = await caught(casework, 8)
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    page = f"/perkara/{case_id}/serah-terima-orang"
    form = await sri.see(page)
    groups = {group["label"]: group.get_text() for group in form.select("#tempat optgroup")}
    assert "Tumenggungan" in groups["Kecamatan Lamongan"]
    assert "Kota Surabaya" in groups["Kabupaten dan kota di Jawa Timur"]
    assert [option.get_text() for option in form.select("#tempat option[selected]")] == ["Babat"]
    told_by_page = {
        "taker": f"AGENCY:{SOEGIRI}", "from_agency": "", "happened_local": hours_ago(0)[:16],
        "place_code": "35.24.22.1015", "observed_state": "ILL", "ba_number": NUMBER, "belongings_note": "",
    }  # fmt: skip
    nowhere = await sri.post(f"{page}/catat", **{**told_by_page, "place_code": "35.24.22.2999"})
    assert nowhere.status_code == 422
    assert await sri.do(f"{page}/catat", **told_by_page) == "custody-recorded"
    text = await sri.read(f"/perkara/{case_id}")
    assert "Tumenggungan, Lamongan, Kabupaten Lamongan" in text
    assert NUMBER in text
    assert "35.24.22.1015" not in text


async def test_a_number_with_blanks_and_dots_travels_and_a_place_that_is_not_there_does_not(
    casework: Bench, issuer: Issuer
) -> None:
    case_id = await caught(casework, 8)
    body = told(case_id, SOEGIRI, 1, "satpolpp-lamongan", proof="SIGNED", ba_number=NUMBER)
    refused = await record(casework, issuer, {**body, "place_code": "35.24.05.2999"}, expect=422)
    assert "place_code" in str(refused)
    await record(casework, issuer, body)
    said = await casework.value(
        "SELECT body->>'ba_number' FROM outbox WHERE target = 'casework.custodies' AND body->>'about_id' = $1"
        " AND body->>'to_agency' = $2",
        str(case_id), SOEGIRI,
    )  # fmt: skip
    assert said == NUMBER
