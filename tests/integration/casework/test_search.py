"""One box finds a case by number, by NIK and by a name as somebody spells it; nobody finds what is not theirs."""

from uuid import UUID, uuid4

import pytest

from tests.support.casework.persons import PERSON, tell_of
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor


@pytest.fixture
async def sri(casework: Bench) -> Visitor:
    return await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()


@pytest.fixture
async def somebody(casework: Bench, issuer: Issuer) -> tuple[UUID, str, str]:
    """A case whose person is called «Warga Uji Paket», with a NIK of its own: id, number, NIK."""
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    case_id = await street.case_id()
    person_id = await casework.value("SELECT person_id FROM cases WHERE id = $1", case_id)
    nik = f"352406120475{9000 + uuid4().int % 1000}"
    await (await tell_of(casework, person_id, nik))()

    async def is_known() -> bool:
        found = "SELECT cardinality(keys) > 0 FROM person_names WHERE person_id = $1"
        return bool(await casework.value(found, person_id))

    await eventually(is_known, what="the name's hashes")
    return case_id, await casework.value("SELECT number FROM cases WHERE id = $1", case_id), nik


async def found(who: Visitor, text: str) -> str:
    answer = await who.post("/cari/hasil", cari=text)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_number_nik_and_name_lead_to_the_case_and_each_name_shown_is_logged(
    casework: Bench, sri: Visitor, somebody: tuple[UUID, str, str]
) -> None:
    case_id, number, nik = somebody
    for text in (number, number.lower(), nik, f"{nik[:6]} {nik[6:12]} {nik[12:]}", "warga paket", "Worga Uji", "pak"):
        page = await found(sri, text)
        if text == "pak":
            assert "Tidak ada yang cocok" in page or str(case_id) in page
            continue
        assert f"/perkara/{case_id}" in page, text
        assert PERSON["name"] in page
    reads = await casework.rows(
        "SELECT fields, purpose FROM special_reads WHERE aggregate_id = $1 AND purpose = 'SEARCH'", case_id
    )
    assert len(reads) >= 6
    assert {row["fields"] for row in reads} == {"name"}


async def test_whoever_is_of_another_district_or_no_worker_finds_nothing(
    casework: Bench, somebody: tuple[UUID, str, str]
) -> None:
    _, number, nik = somebody
    stranger = Visitor(casework, "orang.jauh", ["caseworker"], agency="dinsos-sidoarjo")
    await stranger.sit_down()
    await casework.units.pool.execute(
        "UPDATE sessions SET principal = jsonb_set(principal::jsonb, '{offices}', '[\"35.15\"]')::json"
        " WHERE principal->>'actor' = 'user:orang.jauh'"
    )
    for text in (number, nik, "Warga Uji Paket"):
        answer = await stranger.post("/cari/hasil", cari=text)
        assert answer.status_code in (200, 403)
        assert "Warga Uji" not in answer.text.replace('value="Warga Uji Paket"', "")
        assert "/perkara/" not in answer.text
    auditor = await Visitor(casework, "nur.auditor", ["auditor"]).sit_down()
    assert (await auditor.get("/cari")).status_code == 403


async def test_what_nobody_can_look_for_comes_back_with_what_to_type(sri: Visitor) -> None:
    for text in ("x", "12", "--"):
        refused = await sri.post("/cari/hasil", cari=text)
        assert refused.status_code == 422
        assert "paling sedikit tiga huruf" in refused.text
        assert f'value="{text}"' in refused.text


async def test_a_person_whose_key_is_gone_is_found_by_no_name(
    casework: Bench, sri: Visitor, somebody: tuple[UUID, str, str]
) -> None:
    case_id, _, nik = somebody
    person_id = await casework.value("SELECT person_id FROM cases WHERE id = $1", case_id)
    tell_key = await tell_of(casework, person_id, nik)
    await tell_key(gone=True)

    async def is_gone() -> bool:
        kept = "SELECT cardinality(keys) FROM person_names WHERE person_id = $1"
        return bool(await casework.value(kept, person_id) == 0)

    await eventually(is_gone, what="the hashes gone with the key")
    assert f"/perkara/{case_id}" not in await found(sri, "Warga Uji Paket")
