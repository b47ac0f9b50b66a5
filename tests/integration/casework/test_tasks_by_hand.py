"""Tasks that people give: due, done and told overdue as a procedure's are, and taken back while nobody did them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.casework.desks.tasks.sweep import TaskSweep
from services.chassis import clock
from tests.support.casework.agencies import OFFICE, PUSKESMAS
from tests.support.casework.asking import later
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor


@pytest.fixture
async def street(casework: Bench, issuer: Issuer) -> Street:
    return await Street(casework, issuer).found()


async def give(street: Street, **changes: Any) -> dict[str, Any]:
    body = {"kind": "AFTERCARE_VISIT", "agency": PUSKESMAS, "due_at": later(hours=5), **changes}
    found: dict[str, Any] = await street.office.post(f"/cases/{await street.case_id()}/tasks", **body)
    return found


async def test_a_task_is_given_by_hand_and_done_as_a_procedures_is(street: Street) -> None:
    task = await give(street)
    assert (task["agency"], task["state"], task["results"]) == (
        PUSKESMAS, "open", ["STABLE", "NEEDS_ATTENTION", "NOT_MET"]
    )  # fmt: skip
    assert task["task_id"] in {one["task_id"] for one in (await street.desk(PUSKESMAS).get("/tasks"))["items"]}
    done = await street.desk(PUSKESMAS).post(f"/tasks/{task['task_id']}/completion", result_code="STABLE")
    assert done["state"] == "done"
    lines = (await street.office.get(f"/cases/{await street.case_id()}/timeline"))["lines"]
    told = [line["event_type"] for line in lines if line["event_type"].startswith("casework.task.")]
    assert told[-2:] == ["casework.task.created.v1", "casework.task.completed.v1"]


async def test_without_an_agency_it_is_the_holders(street: Street) -> None:
    assert (await give(street, agency=None, kind="CASE_CONFERENCE"))["agency"] == OFFICE


async def test_a_task_whose_instant_passed_is_told_overdue_once(casework: Bench, street: Street) -> None:
    late, later_on = await give(street), await give(street)
    await casework.units.pool.execute(
        "UPDATE tasks SET due_at = now() - interval '1 minute' WHERE id = $1", UUID(late["task_id"])
    )

    async def told() -> list[str]:
        lines = (await street.office.get(f"/cases/{await street.case_id()}/timeline"))["lines"]
        return [line["event_type"] for line in lines if line["event_type"] == "casework.task.overdue.v1"]

    async with casework.running("relay"):
        await eventually(told, what="the desk is told")
    assert await told() == ["casework.task.overdue.v1"]
    rows = await casework.rows(
        "SELECT id, is_overdue FROM tasks WHERE id = ANY($1::uuid[])",
        [UUID(late["task_id"]), UUID(later_on["task_id"])],
    )
    assert {str(row["id"]): row["is_overdue"] for row in rows} == {late["task_id"]: True, later_on["task_id"]: False}


async def test_the_sweep_sleeps_until_the_next_task_is_due(casework: Bench, street: Street) -> None:
    task = await give(street, due_at=later(hours=1))
    due = await casework.value(TaskSweep.next_due)
    assert due <= await casework.value("SELECT due_at FROM tasks WHERE id = $1", UUID(task["task_id"]))
    plan = await casework.rows(f"EXPLAIN {TaskSweep.next_due}")
    assert "tasks_passing" in "".join(row["QUERY PLAN"] for row in plan)


async def test_a_task_is_taken_back_while_nobody_did_it_and_its_desk_is_told(casework: Bench, street: Street) -> None:
    task = await give(street)
    path = f"/tasks/{task['task_id']}/cancellation"
    assert (await street.office.post(path, reason_code="GIVEN_BY_MISTAKE"))["state"] == "cancelled"
    again = await street.office.send(path, reason_code="GIVEN_BY_MISTAKE")
    assert (again.status_code, again.json()["code"]) == (409, "task_is_ended")
    told = await casework.rows(
        "SELECT body->>'kind' AS kind FROM outbox WHERE body->>'task_id' = $1 ORDER BY id", task["task_id"]
    )
    kinds = [row["kind"] for row in told if str(row["kind"]).startswith("task.")]
    assert kinds == ["task.created", "task.cancelled"]


async def test_a_procedures_task_is_not_taken_back(casework: Bench, issuer: Issuer) -> None:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    rows = await casework.rows("SELECT id FROM tasks WHERE about_id = $1", await street.case_id())
    if not rows:
        async with casework.running("worker"):
            await street.office.open_task(street.report_id, "FIRST_RESPONSE")
        rows = await casework.rows("SELECT id FROM tasks WHERE about_id = $1", await street.case_id())
    refused = await street.office.send(f"/tasks/{rows[0]['id']}/cancellation", reason_code="NO_LONGER_NEEDED")
    assert (refused.status_code, refused.json()["code"]) == (409, "task_is_a_procedures_step")


async def test_what_cannot_be_given_is_refused_and_nothing_is_kept(casework: Bench, street: Street) -> None:
    path, before = f"/cases/{await street.case_id()}/tasks", await casework.value("SELECT count(*) FROM tasks")
    for due_at in (later(hours=-1), later(hours=24 * 400)):
        refused = await street.office.send(path, kind="CASE_CONFERENCE", due_at=due_at)
        assert (refused.status_code, refused.json()["code"]) == (422, "task_due_is_out_of_reach")
    assert (await street.office.send(path, kind="BURIAL", due_at=later(hours=1))).status_code == 422
    nobody = await street.office.send(path, kind="CASE_CONFERENCE", agency="tidak-ada", due_at=later(hours=1))
    assert (nobody.status_code, nobody.json()["code"]) == (404, "agency_is_unknown")
    gone = await street.office.send(f"/cases/{uuid4()}/tasks", kind="CASE_CONFERENCE", due_at=later(hours=1))
    assert gone.status_code == 404
    desk = await street.desk(PUSKESMAS).send(path, kind="CASE_CONFERENCE", due_at=later(hours=1))
    assert desk.status_code == 403
    assert await casework.value("SELECT count(*) FROM tasks") == before


async def test_a_task_is_given_and_taken_back_on_the_cases_page(casework: Bench, street: Street) -> None:
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    page = f"/perkara/{await street.case_id()}"
    assert f"{page}/tugas-baru" in str(await sri.see(page))
    form = await sri.see(f"{page}/tugas-baru")
    chosen = form.select_one("#siapa option[selected]")
    assert chosen is not None
    assert chosen["value"] == OFFICE
    due = (clock.utc_now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    answer = await sri.post(f"{page}/tugas-baru/beri", kind="CASE_CONFERENCE", agency=OFFICE, due_local=due)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].removeprefix("/casework")
    assert "tugas diberikan" in await sri.read(address)
    task = address.split("?")[0]
    version = (await sri.see(task)).select_one("form[action$=batal] input[name=expected_version]")
    assert version is not None
    assert await sri.do(f"{task}/batal", reason_code="GIVEN_BY_MISTAKE", expected_version=str(version["value"])) == (
        "task-cancelled"
    )
    assert "Batalkan tugas ini" not in await sri.read(task)
    refused = await sri.post(
        f"{page}/tugas-baru/beri", kind="CASE_CONFERENCE", agency=OFFICE, due_local="2020-01-01T00:00"
    )
    assert refused.status_code == 422
    assert "sesudah sekarang" in refused.text
