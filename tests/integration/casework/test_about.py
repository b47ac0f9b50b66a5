"""Work about something that is no case: an operation has its hand-off, deadlines, task, custody, letter and finding."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.casework.desks.tasks.commands import CreateTask, create_task, task_id_of
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.deadlines.commands import StartDeadline, deadlines_of_new
from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.commands import RequestHandoff, open_handoff
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.commands import keep_matter
from services.casework.office.matters.domain import About, AboutKind
from services.casework.office.matters.tables import Matter
from services.casework.person.operations.tables import Operation
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from tests.support.casework.agencies import OFFICE, POST, PUSKESMAS, SOEGIRI
from tests.support.casework.custody import record, told
from tests.support.casework.desk import Desk
from tests.support.casework.reports import BABAT
from tests.support.identity import Issuer
from tests.support.services import Bench

SYSTEM = system_principal("casework")
NUMBER = "OPS/35.24/2026/000017"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def raid(casework: Bench) -> About:
    """An operation of Satpol PP as what work is about; nobody has opened a case."""
    about = About(AboutKind.OPERATION, uuid4())

    async def keep(uow: UnitOfWork) -> None:
        matter = Matter(
            id=about.id, kind=about.kind.value, district="35.24", correlation_id=about.id, number=NUMBER,
            village_code=BABAT, workflow="", rules_version=1,
        )  # fmt: skip
        keep_matter(matter, uow)
        operation = Operation(
            id=about.id, correlation_id=about.id, district="35.24", agency=POST, place_code=BABAT, persons_count=3,
            conducted_at=clock.utc_now() - timedelta(hours=5),
        )  # fmt: skip
        uow.create(operation, "keep")

    await casework.units.perform(keep, principal=SYSTEM)
    return about


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "section-head")


async def by_system(bench: Bench, work: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
    return await bench.units.perform(work, principal=SYSTEM)


async def asked(bench: Bench, raid: About) -> UUID:
    """The office asks a hospital for a bed for somebody of the operation; the id of the hand-off."""
    command = RequestHandoff(
        about=raid, correlation_id=raid.id, district="35.24", person_id=uuid4(), village_code=BABAT,
        step=f"by-hand:{uuid4()}", occurrence=1, purpose=Purpose.INPATIENT_BED, from_agency=OFFICE,
        candidates=(SOEGIRI,), reply_to="", reply_workflow="",
    )  # fmt: skip
    handoff_id: UUID = (await by_system(bench, lambda uow: open_handoff(command, uow))).id
    return handoff_id


async def test_an_operation_is_handed_on_with_a_letter_and_its_deadlines(
    casework: Bench, issuer: Issuer, office: Desk, raid: About
) -> None:
    handoff_id = await asked(casework, raid)
    shown = await office.get(f"/handoffs/{handoff_id}")
    assert (shown["about_kind"], shown["about_id"]) == ("operation", str(raid.id))
    deadlines = await casework.rows("SELECT about_kind, kind FROM deadlines WHERE about_id = $1", handoff_id)
    assert ("handoff", "ANSWER_BY") in {(row["about_kind"], row["kind"]) for row in deadlines}
    letter = await office.post(f"/handoffs/{handoff_id}/letters")
    assert (letter["about_kind"], letter["about_id"]) == ("operation", str(raid.id))
    receiver = Desk(casework, issuer, SOEGIRI)
    await receiver.move(str(handoff_id), "acceptance")


async def test_a_deadline_runs_for_an_operation_itself(casework: Bench, raid: About) -> None:
    async def start(uow: UnitOfWork) -> UUID:
        operation = await uow.locked(Operation, raid.id)
        pack = await pack_in_force(uow, operation.district)
        deadlines = await deadlines_of_new(AboutKind.OPERATION, operation, pack, uow)
        policy = next(iter(pack.escalation_policies))
        begun = deadlines.start(
            StartDeadline(DeadlineKind.STATUS_BY, POST, POST, "", timedelta(hours=2), policy, in_working_time=False)
        )
        return begun.id

    started = await by_system(casework, start)
    (row,) = await casework.rows("SELECT about_kind, about_id, state FROM deadlines WHERE id = $1", started)
    assert tuple(row) == ("operation", raid.id, "running")


async def test_a_task_is_given_and_done_for_an_operation(casework: Bench, office: Desk, raid: About) -> None:
    command = CreateTask(
        about=raid, correlation_id=raid.id, district="35.24", step="conference", occurrence=1,
        kind=TaskKind.CASE_CONFERENCE, agency=OFFICE, due_at=clock.utc_now() + timedelta(days=1), reply_to="",
        reply_workflow="",
    )  # fmt: skip
    await by_system(casework, lambda uow: create_task(command, uow))
    task_id = task_id_of(raid.id, "conference", 1)
    listed = {task["task_id"]: task for task in (await office.get("/tasks"))["items"]}
    shown = listed[str(task_id)]
    assert (shown["about_kind"], shown["about_id"]) == ("operation", str(raid.id))
    done = await office.post(f"/tasks/{task_id}/completion", result_code="DECIDED")
    assert done["state"] == "done"


async def test_whoever_was_met_in_an_operation_is_in_hand_before_any_case(
    casework: Bench, issuer: Issuer, raid: About
) -> None:
    person_id = uuid4()
    body = {**told(raid.id, PUSKESMAS, 2, POST), "about_kind": "operation"}
    assert (await record(casework, issuer, body, expect=404))["code"] == "not_found"
    kept = await record(casework, issuer, {**body, "person_id": str(person_id)})
    assert (kept["person_id"], kept["about_kind"], kept["is_current"]) == (str(person_id), "operation", True)
    assert [finding["kind"] for finding in kept["opened_findings"]] == ["GIVER_DID_NOT_HOLD"]
    findings = await casework.rows("SELECT about_kind, about_id FROM case_findings WHERE person_id = $1", person_id)
    assert [tuple(row) for row in findings] == [("operation", raid.id)]
