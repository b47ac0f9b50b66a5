"""Whose case it is: taken, handed on by name, and all of somebody's in one step with nothing left behind."""

import asyncio
from uuid import UUID, uuid4

import pytest

from tests.support.casework.agencies import OFFICE, SOEGIRI
from tests.support.casework.colleagues import met
from tests.support.casework.desk import Desk
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

SRI, TONO = "staff:sri", "staff:tono"


@pytest.fixture
async def street(casework: Bench, issuer: Issuer) -> Street:
    await met(casework, OFFICE, sri="Sri Wahyuni", tono="Tono Uji")
    await met(casework, SOEGIRI, rini="Rini Soegiri")
    return await Street(casework, issuer).found()


async def assign(desk: Desk, case_id: UUID, worker: str, expect: int = 200) -> str:
    answer = await desk.send(f"/cases/{case_id}/assignment", worker=worker)
    assert answer.status_code == expect, answer.text
    return str(answer.json().get("code", answer.json().get("worker")))


async def test_a_case_is_taken_and_handed_on_and_its_story_says_so(street: Street) -> None:
    case_id, office = await street.case_id(), street.office
    assert (await street.case())["worker"] is None
    assert await assign(office, case_id, SRI) == SRI
    assert await assign(office, case_id, SRI, 409) == "worker_has_it"
    assert await assign(office, case_id, TONO) == TONO
    lines = (await office.get(f"/cases/{case_id}/timeline"))["lines"]
    assert [line["event_type"] for line in lines].count("casework.case.assigned.v1") == 2


async def test_only_people_of_the_office_see_to_its_cases(street: Street) -> None:
    case_id = await street.case_id()
    for stranger in ("staff:rini", f"staff:{uuid4()}"):
        assert await assign(street.office, case_id, stranger, 422) == "officer_is_unknown"
    assert (await street.office.send(f"/cases/{uuid4()}/assignment", worker=SRI)).status_code == 404
    assert (await street.desk(SOEGIRI).send(f"/cases/{case_id}/assignment", worker="staff:rini")).status_code == 403


async def test_of_two_who_take_a_case_at_once_one_has_it(casework: Bench, street: Street) -> None:
    case_id, version = await street.case_id(), (await street.case())["version"]
    answers = await asyncio.gather(
        *(
            street.office.send(f"/cases/{case_id}/assignment", worker=worker, expected_version=version)
            for worker in (SRI, TONO)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_leavers_cases_move_in_one_step_with_none_left(casework: Bench, issuer: Issuer, street: Street) -> None:
    leaver = f"staff:{uuid4()}"
    await met(casework, OFFICE, **{leaver.split(":")[1]: "Petugas Pindah"})
    others = [await Street(casework, issuer).found() for _ in range(2)]
    ids = [await one.case_id() for one in (street, *others)]
    for case_id in ids:
        await assign(street.office, case_id, leaver)
    assert (await street.office.send("/worker-handovers", former=leaver, worker=leaver)).json()["code"] == (
        "handed_to_themselves"
    )
    moved = await street.office.post("/worker-handovers", former=leaver, worker=TONO)
    assert moved == {"cases": 3, "left": 0}
    rows = await casework.rows("SELECT DISTINCT worker FROM cases WHERE id = ANY($1::uuid[])", ids)
    assert {row["worker"] for row in rows} == {TONO}
    loads = {one["worker"]: one["cases"] for one in (await street.office.get("/worker-loads"))["loads"]}
    assert leaver not in loads
    assert loads[TONO] >= 3
    assert await street.office.post("/worker-handovers", former=leaver, worker=TONO) == {"cases": 0, "left": 0}


async def test_everybody_finds_their_own_cases_and_those_of_nobody(casework: Bench, street: Street) -> None:
    case_id, number = await street.case_id(), (await street.case())["number"]
    name = f"baru-{uuid4().hex[:6]}"
    await met(casework, OFFICE, tono="Tono Uji")
    sri = await Visitor(casework, name, ["caseworker"]).sit_down()
    page = f"/perkara/{case_id}"
    assert "belum ada" in await sri.read(page)
    assert "Perkara saya (0)" in await sri.read("/")
    shown = await sri.see(page)
    form = next(one for one in shown.select("form") if "Ambil perkara ini" in one.text)
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input[name]")}
    fields.pop("csrf")
    fields.pop("kunci")
    assert await sri.do(f"{page}/petugas", **fields) == "case-assigned"
    mine = await sri.read("/")
    assert "Perkara saya (1)" in mine
    assert number in mine
    assert number in await sri.read("/perkara?petugas=mine")
    assert number not in await sri.read("/perkara?petugas=nobodys")
    assert "Ambil perkara ini" not in await sri.read(page)
    assert await sri.do(f"{page}/petugas", worker=TONO) == "case-assigned"
    assert "Perkara saya (0)" in await sri.read("/")
    assert (await sri.post(f"{page}/petugas", worker="staff:bukan-orang")).status_code == 422
    assert "Alihkan semua perkara" not in await sri.read("/petugas"), "whoever leads hands over"
    budi = await Visitor(casework, "budi.kabid", ["section-head"]).sit_down()
    assert "Alihkan semua perkara" in await budi.read("/petugas")
    assert await budi.do("/petugas/alihkan", former=TONO, worker="staff:sri") == "cases-handed-over"
    assert await casework.value("SELECT worker FROM cases WHERE id = $1", case_id) == "staff:sri"
