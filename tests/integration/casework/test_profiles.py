"""Who it is about stands on case, task and hand-off for whoever works on them, and each reading is kept."""

from uuid import UUID

import pytest

from tests.support.casework.agencies import SOEGIRI
from tests.support.casework.asking import ask
from tests.support.casework.persons import know, tell_of
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

SEEN = ("perempuan", "rambut merah", "membawa bayi, duduk di tepi jalan")
NAME = "Warga Uji Paket"


@pytest.fixture
async def street(casework: Bench, issuer: Issuer) -> Street:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    await know(
        casework, await street.case_id(),
        said_sex="FEMALE", features="rambut merah", circumstances="membawa bayi, duduk di tepi jalan",
    )  # fmt: skip
    return street


async def reads(casework: Bench, case_id: UUID) -> list[set[str]]:
    """The fields of each reading of the case's person."""
    rows = await casework.rows("SELECT fields FROM special_reads WHERE aggregate_id = $1", case_id)
    return [set(row["fields"].split(",")) for row in rows]


async def test_case_task_and_hand_off_tell_who_it_is_and_from_whom_it_is_known(casework: Bench, street: Street) -> None:
    case_id = await street.case_id()
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    handoff = await ask(street.office, case_id, SOEGIRI, purpose="INPATIENT_BED")
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    for page in (f"/perkara/{case_id}", f"/tugas/{task['id']}", f"/serah-terima/{handoff['handoff_id']}"):
        text = await sri.read(page)
        for said in (*SEEN, NAME, "tahun, lahir 15 Mar 1990 (kata pelapor)", "3524**********01", "Sukodadi"):
            assert said in text, (page, said)
    assert all({"name", "nik", "features"} <= fields for fields in await reads(casework, case_id))
    assert len(await reads(casework, case_id)) == 3


async def test_who_only_looks_on_reads_nothing_of_it(casework: Bench, street: Street) -> None:
    auditor = await Visitor(casework, "nur.auditor", ["auditor"]).sit_down()
    text = await auditor.read(f"/perkara/{await street.case_id()}")
    assert "rambut merah" not in text
    assert NAME not in text
    assert await reads(casework, await street.case_id()) == []


async def test_another_agency_with_a_task_is_told_what_was_seen_and_no_name(casework: Bench, street: Street) -> None:
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    await casework.units.pool.execute("UPDATE tasks SET agency = $2 WHERE id = $1", task["id"], SOEGIRI)
    desk = await Visitor(casework, "dewi.igd", ["desk-officer"], agency=SOEGIRI).sit_down()
    text = await desk.read(f"/tugas/{task['id']}")
    for said in SEEN:
        assert said in text
    assert NAME not in text
    assert "3524**" not in text
    assert [fields & {"name", "nik"} for fields in await reads(casework, await street.case_id())] == [set()]


async def test_other_cases_of_one_number_are_shown_with_each_other(casework: Bench, issuer: Issuer) -> None:
    nik = "3524061204759001"
    cases = []
    for _ in range(2):
        street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
        case_id = await street.case_id()
        person_id = await casework.value("SELECT person_id FROM cases WHERE id = $1", case_id)
        tell_key = await tell_of(casework, person_id, nik)
        await tell_key()
        number = await casework.value("SELECT number FROM cases WHERE id = $1", case_id)
        cases.append((case_id, number))
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()

    async def shown() -> bool:
        first, second = [await sri.read(f"/perkara/{case_id}") for case_id, _ in cases]
        return f"Perkara lainnya {cases[1][1]}" in first and f"Perkara lainnya {cases[0][1]}" in second

    await eventually(shown, what="each on the other's page")
