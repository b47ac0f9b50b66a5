"""What a reporter saw of somebody is on the case and on each task of whoever works on it, and each reading is kept."""

import pytest

from tests.support.casework.persons import know
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

SHOWN = ("perempuan", "36", "rambut merah", "membawa bayi, duduk di tepi jalan")


@pytest.fixture
async def street(casework: Bench, issuer: Issuer) -> Street:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    await know(
        casework, await street.case_id(),
        said_sex="FEMALE", features="rambut merah", circumstances="membawa bayi, duduk di tepi jalan",
    )  # fmt: skip
    return street


async def test_the_case_and_its_tasks_tell_what_the_reporter_said(casework: Bench, street: Street) -> None:
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    for page in (f"/perkara/{await street.case_id()}", f"/tugas/{task['id']}"):
        text = await sri.read(page)
        for said in SHOWN:
            assert said in text, page
        assert "Warga Uji Paket" not in text, "a name is not needed for it"
    reads = await casework.rows("SELECT fields FROM special_reads WHERE aggregate_id = $1", await street.case_id())
    assert len(reads) == 2


async def test_who_only_looks_on_reads_nothing_of_it(casework: Bench, street: Street) -> None:
    auditor = await Visitor(casework, "nur.auditor", ["auditor"]).sit_down()
    text = await auditor.read(f"/perkara/{await street.case_id()}")
    assert "rambut merah" not in text
    assert not await casework.rows("SELECT 1 FROM special_reads WHERE aggregate_id = $1", await street.case_id())
