"""A type of case that casework knows by a folder and a line of the pack alone, from the report to the closed case."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.casework.handoff.handoffs.pages import results_for
from services.casework.office.directory.domain import CaseTypeRules
from tests.support.casework.added_types import also_types_of
from tests.support.casework.closing import others_answer
from tests.support.casework.street import Street
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.packs.in_force import load, quick_pack
from tests.support.services import Bench, bench_for

TYPE = {"case_type_guess": "ORANG_TERLANTAR", "kind": "LANSIA_TERLANTAR"}
"""Which type a report opens is decided by the kind of need, not by what intake takes it for."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def casework(stack: Stack, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """Casework beside whose own types stands one of the tests', which the district runs."""
    pack = quick_pack()
    types = (*pack.case_types, CaseTypeRules(case_type="LANSIA_TERLANTAR"))
    with also_types_of("tests.support.case_types") as service:
        folder = tmp_path_factory.mktemp("documents")
        async with bench_for(service, stack, issuer, documents_folder=folder) as bench:
            await load(bench, pack.model_copy(update={"case_types": types}))
            async with bench.running("consumer", "relay", "worker"):
                yield bench


@pytest.fixture
def street(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


async def planned(street: Street, result: str) -> None:
    """The office takes the person over, and looks what they need."""
    await street.office.carry_out(street.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    task = await street.office.open_task(street.report_id, "CARE_PLAN")
    (shown,) = [found for found in (await street.office.get("/tasks"))["items"] if found["task_id"] == str(task["id"])]
    assert shown["results"] == ["PLANNED", "NOT_ELDERLY"]
    await street.office.do_task(street.report_id, "CARE_PLAN", result)


async def test_a_case_of_an_added_type_runs_from_report_to_closing(street: Street) -> None:
    await street.found(**TYPE)
    assert (await street.case())["number"].startswith("LNS/35.24/")
    await planned(street, "PLANNED")
    assert results_for("PLACEMENT") == {"TAKEN_IN": "Diterima di rumah harian", "PLACED": "Sudah ditempatkan"}
    panti = street.desk("upt-bina-laras")
    await panti.carry_out(street.report_id, "PLACEMENT", "TAKEN_IN")
    await street.becomes(lambda case: case["outcome"] == "IN_DAY_CARE", "its outcome")
    case = await street.case()
    assert (case["case_type"], case["stage"], case["state"]) == ("LANSIA_TERLANTAR", "CARE_PLAN", "aftercare")
    senders = {"CUSTODY_TRANSFER": street.desk("satpolpp-lamongan")}
    for handoff in case["handoffs"]:
        await senders.get(handoff["purpose"], street.office).move(handoff["handoff_id"], "closure")
    await others_answer(street.bench, street.report_id)
    await street.becomes(lambda case: case["state"] == "closed", "its end")
    (last,) = [stretch for stretch in (await street.case())["custody"] if stretch["agency"] == panti.agency]
    assert last["until"] is not None


async def test_whoever_is_not_of_an_added_type_is_rerouted_and_its_service_ends_so(street: Street) -> None:
    await street.found(**TYPE)
    await planned(street, "NOT_ELDERLY")
    await street.becomes(lambda case: case["outcome"] == "NOT_ELDERLY", "its outcome")
    reroute: dict[str, Any] = await street.office.open_task(street.report_id, "REROUTE")
    assert reroute["agency"] == "dinsos-lamongan"


async def test_what_an_added_type_names_is_told_in_its_words(casework: Bench) -> None:
    words = casework.service.pages.words
    assert words["case_type"]["LANSIA_TERLANTAR"] == "Lansia telantar"
    assert words["stage"]["CARE_PLAN"] == "Rencana perawatan"
    assert words["outcome"]["IN_DAY_CARE"] == "Dirawat di rumah harian"
    assert words["task_kind"]["CARE_PLAN"] == "Susun rencana perawatan"
    assert words["task_result"]["NOT_ELDERLY"] == "Bukan lansia"
    assert words["handoff_result"]["TAKEN_IN"] == "Diterima di rumah harian"
