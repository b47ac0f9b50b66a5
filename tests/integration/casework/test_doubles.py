"""A case that is a double of another: nothing that hangs on it is lost, and it can be undone, on real rows."""

import pytest

from services.chassis import clock
from tests.support.casework.agencies import OFFICE, SOEGIRI
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench


@pytest.fixture
def double(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


@pytest.fixture
def parent(casework: Bench, issuer: Issuer) -> Street:
    return Street(casework, issuer)


async def mark(double: Street, parent: Street, *, status: int = 200) -> dict[str, object]:
    answer = await double.office.send(
        f"/cases/{await double.case_id()}/duplicate", parent_case_id=str(await parent.case_id())
    )
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def undo(double: Street, *, status: int = 200) -> dict[str, object]:
    answer = await double.office.send(f"/cases/{await double.case_id()}/duplicate/undo")
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def open_of(street: Street) -> list[tuple[str, str]]:
    """Hand-offs and tasks of a case that are open."""
    case = await street.case()
    ended = ("expired", "closed", "cancelled", "done", "completed")
    found = [(h["purpose"], h["state"]) for h in case["handoffs"]] + [(t["kind"], t["state"]) for t in case["tasks"]]
    return sorted(one for one in found if one[1] not in ended)


async def custodian(street: Street) -> str | None:
    rows = [stretch["agency"] for stretch in (await street.case())["custody"] if stretch["until"] is None]
    return rows[0] if rows else None


async def said(bench: Bench, street: Street) -> list[str]:
    rows = await bench.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE headers->>'ce_subject' = $1 AND target = 'casework.cases'"
        " AND headers->>'ce_type' LIKE '%duplicate%' ORDER BY id",
        str(await street.case_id()),
    )
    return [row["type"] for row in rows]


async def test_custody_goes_along_to_the_case_that_goes_on_and_comes_back(
    casework: Bench, double: Street, parent: Street
) -> None:
    await double.found()
    await double.office.carry_out(double.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    await double.puskesmas.open_handoff(double.report_id, "HEALTH_SCREENING")
    await parent.found(is_with_reporter=False, operation_id=None)
    await parent.office.open_task(parent.report_id, "FIRST_RESPONSE")
    before = await open_of(double)
    assert (await custodian(double), await custodian(parent)) == (OFFICE, None)

    marked = await mark(double, parent)
    assert (marked["state"], marked["outcome"]) == ("closed", "DUPLICATE")
    assert (await custodian(double), await custodian(parent)) == (None, OFFICE), "somebody has the person tonight"
    assert ("FIRST_RESPONSE", "open") not in await open_of(parent), "nobody is sent out for who is in the shelter"
    assert await open_of(double) == []
    assert (await double.case())["goes_on_as"] == str(await parent.case_id())
    assert (await parent.case())["doubles"] == [str(await double.case_id())]
    assert (await double.case())["legal_now"] == ["undo_duplicate"]

    undone = await undo(double)
    assert (undone["state"], undone["outcome"], undone["parent_case_id"]) == ("open", None, None)
    assert (await custodian(double), await custodian(parent)) == (OFFICE, None)
    assert await open_of(double) == before, "everything that ended with it is back"
    assert ("FIRST_RESPONSE", "open") in await open_of(parent)
    assert await said(casework, double) == ["casework.case.marked_duplicate.v1", "casework.case.duplicate_undone.v1"]
    await double.puskesmas.carry_out(double.report_id, "HEALTH_SCREENING", "OUTPATIENT")
    await double.becomes(lambda case: case["stage"] == "DISCHARGE", "its procedure goes on")


async def test_what_an_agency_has_promised_forbids_it_by_name(double: Street, parent: Street) -> None:
    await (await double.found()).screened()
    await double.treated_at(SOEGIRI)
    await parent.found()
    refused = await mark(double, parent, status=409)
    assert refused["code"] == "something_hangs_on_it"
    hanging = refused["facts"]["hanging"]  # type: ignore[index]
    assert f"HANDOFF:INPATIENT_BED:{SOEGIRI}" in hanging
    assert f"CUSTODY:{SOEGIRI}:satpolpp-lamongan" in hanging, "two agencies cannot have one person"
    assert refused["legal_now"] == ["enter_stage", "record_outcome", "force_close"]
    assert await custodian(double) == SOEGIRI
    # The other way round the patrol's and the hospital's custody still contradict each other, until it is written down.
    await parent.office.post(
        "/custodies", about_id=str(await parent.case_id()), to_agency=SOEGIRI, from_agency="satpolpp-lamongan",
        happened_at=clock.utc_now().isoformat(), place_code="35.24", observed_state="ILL", proof="NONE",
    )  # fmt: skip
    await mark(parent, double)
    assert await custodian(double) == SOEGIRI


async def test_only_a_case_that_is_alive_goes_on_for_another_and_chains_lead_to_it(
    casework: Bench, issuer: Issuer, double: Street, parent: Street
) -> None:
    third = Street(casework, issuer)
    for street in (double, parent, third):
        await street.found()
    itself = await double.office.send(
        f"/cases/{await double.case_id()}/duplicate", parent_case_id=str(await double.case_id())
    )
    assert (itself.status_code, itself.json()["code"]) == (422, "case_doubles_itself")
    await mark(parent, third)
    refused = await mark(double, parent, status=409)
    assert refused["code"] == "parent_case_is_not_alive"
    assert refused["facts"]["last"] == (await third.case())["number"]  # type: ignore[index]
    await undo(parent)
    await mark(double, parent)
    await mark(parent, third)
    assert (await double.case())["goes_on_as"] == str(await third.case_id()), "the chain leads to the last"
    await undo(parent)
    assert (await double.case())["goes_on_as"] == str(await parent.case_id())
    assert (await mark(double, third, status=409))["code"] == "case_is_closed"
    assert (await undo(third, status=409))["code"] == "case_cannot_move"


async def test_what_cannot_come_back_by_itself_is_put_before_a_conference(double: Street, parent: Street) -> None:
    await double.found()
    await double.office.carry_out(double.report_id, "CUSTODY_TRANSFER", "IN_CARE")
    await parent.found(is_with_reporter=False, operation_id=None)
    await mark(double, parent)
    await parent.office.post(
        "/custodies", about_id=str(await parent.case_id()), to_agency=SOEGIRI, from_agency=OFFICE,
        happened_at=clock.utc_now().isoformat(), place_code="35.24", observed_state="ILL", proof="NONE",
    )  # fmt: skip
    await undo(double)
    assert (await custodian(double), await custodian(parent)) == (None, SOEGIRI)
    assert ("CASE_CONFERENCE", "open") in await open_of(double)


async def test_a_mother_is_no_double_while_her_child_is_tied_to_that_case(
    casework: Bench, issuer: Issuer, double: Street, parent: Street
) -> None:
    child = Street(casework, issuer)
    await double.found()
    await parent.found()
    await child.found(apparent_minor=True)
    await double.office.send(f"/cases/{await double.case_id()}/tie", child_case_id=str(await child.case_id()))
    refused = await mark(double, parent, status=409)
    assert [one.split(":")[0] for one in refused["facts"]["hanging"]] == ["FAMILY"]  # type: ignore[index]
