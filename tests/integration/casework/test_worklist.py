"""Daftar kerja: each piece of work stands at whoever must do it, the counts are true, the lists go on."""

import re
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup

from services.casework.case.worklist import queries
from tests.support.casework.agencies import SOEGIRI
from tests.support.casework.asking import ask, later
from tests.support.casework.street import Street
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

OURS, OTHERS = "menunggu", "lain"


@pytest.fixture
async def street(casework: Bench, issuer: Issuer) -> Street:
    return await Street(casework, issuer).found()


async def parts_of(visitor: Visitor, handoff_id: str) -> set[str]:
    """In which parts of the list a hand-off stands."""
    page = await visitor.see("/")
    return {part for part in (OURS, OTHERS) if any(line.endswith(handoff_id) for line in _links(page, part))}


def _links(page: BeautifulSoup, part: str) -> list[str]:
    section = page.find("section", attrs={"aria-labelledby": part})
    assert section is not None
    return [str(link["href"]) for link in section.select("li h3 a")]


def _count(page: BeautifulSoup, part: str) -> int:
    heading = page.find(id=part)
    assert heading is not None
    said = re.search(r"\((\d+)\)", heading.get_text())
    assert said is not None
    return int(said[1])


async def test_a_hand_off_stands_at_whoever_must_act(
    casework: Bench, street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_ROWS", 10_000)
    office, hospital = (
        await Visitor(casework, "worker", ["caseworker"]).sit_down(),
        await Visitor(casework, "desk", ["desk-officer"], SOEGIRI).sit_down(),
    )
    desk = street.desk(SOEGIRI)
    draft = (await ask(street.office, await street.case_id(), is_draft=True))["handoff_id"]

    async def stands(of_office: str, of_hospital: str | None) -> None:
        assert await parts_of(office, draft) == {of_office}
        assert await parts_of(hospital, draft) == ({of_hospital} if of_hospital else set())

    await stands(OURS, None)
    await street.office.move(draft, "dispatch")
    await stands(OTHERS, OURS)
    await desk.move(draft, "receipt")
    await stands(OTHERS, OURS)
    await desk.move(draft, "question", question_code="FUNDING_UNCLEAR")
    await stands(OURS, OTHERS)
    await street.office.move(draft, "reply", reply_code="LETTER_SENT")
    await stands(OTHERS, OURS)
    condition = {"code": "INSURANCE_ACTIVE", "owner": "SENDER", "due_at": later(days=1)}
    await desk.move(draft, "conditional-acceptance", conditions=[condition])
    await stands(OURS, OTHERS)
    (condition_id,) = [c["condition_id"] for c in (await desk.get(f"/handoffs/{draft}"))["conditions"]]
    await street.office.post(f"/conditions/{condition_id}/fulfilment")
    await stands(OTHERS, OURS)
    await desk.move(draft, "arrival", ba_number="BA/7")
    await desk.move(draft, "start")
    await stands(OTHERS, OURS)
    await desk.move(draft, "completion", result_code="DISCHARGED_STABLE")
    await stands(OURS, OTHERS)
    await street.office.move(draft, "closure")
    assert await parts_of(office, draft) == await parts_of(hospital, draft) == set()


async def test_every_line_is_reached_and_counted(
    casework: Bench, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        another = await Street(casework, issuer).found()
        await ask(another.office, await another.case_id(), SOEGIRI)
    hospital = await Visitor(casework, "desk", ["desk-officer"], SOEGIRI).sit_down()
    count = _count(await hospital.see("/"), OURS)
    monkeypatch.setattr(queries, "PAGE_ROWS", count)
    whole = _links(await hospital.see("/"), OURS)
    assert len(whole) == count >= 3
    monkeypatch.setattr(queries, "PAGE_ROWS", count // 2)
    walked: list[str] = []
    while lines := _links(page := await hospital.see(f"/?setelah={len(walked)}"), OURS):
        assert _count(page, OURS) == count
        walked += lines
    assert walked == whole


async def test_the_api_of_tasks_goes_on_after_a_line(casework: Bench, issuer: Issuer) -> None:
    desk = Street(casework, issuer).office
    for _ in range(2):
        street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
        await desk.open_task(street.report_id, "FIRST_RESPONSE")
    whole = (await desk.get("/tasks?limit=200"))["items"]
    assert len(whole) >= 2
    walked, after = [], ""
    while True:
        page = await desk.get(f"/tasks?limit=1{after}")
        walked += page["items"]
        if page["next_after"] is None:
            break
        after = f"&after={page['next_after']}"
    assert [task["task_id"] for task in walked] == [task["task_id"] for task in whole]
    assert (await desk.get(f"/tasks?after={uuid4()}"))["items"] == []


async def test_a_forced_closing_waits_on_the_list_of_whoever_decides_and_leads_back_to_its_page(
    casework: Bench, issuer: Issuer
) -> None:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    case_id: UUID = await street.case_id()
    task = await street.office.open_task(street.report_id, "FIRST_RESPONSE")
    place = f"/perkara/{case_id}/penutupan"
    own = await Visitor(casework, "own", ["section-head"]).sit_down()
    fate = {f"nasib.task:{task['id']}": "CANCEL"}
    assert await own.do(f"{place}/usul", reason_code="OPENED_BY_MISTAKE", **fate) == "closing-proposed"
    proposed = str(await casework.value("SELECT id FROM forced_closings WHERE case_id = $1", case_id))
    worker = await Visitor(casework, "worker", ["caseworker"]).sit_down()
    head = await Visitor(casework, "head", ["section-head"]).sit_down()
    shown = casework.app.state.root_path + place
    for visitor, waits in ((own, False), (worker, False), (head, True)):
        links = [str(link["href"]) for link in (await visitor.see("/")).select("h3 a")]
        assert (shown in links) == waits
    decided = await head.post(f"{place}/setuju", forced_closing_id=proposed, expected_version="1")
    assert (decided.status_code, decided.headers["location"]) == (303, f"{shown}?selesai=closing-approved")
    await head.see(place)
    links = [str(link["href"]) for link in (await head.see("/")).select("h3 a")]
    assert shown not in links
