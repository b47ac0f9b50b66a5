"""Tasks and their instant, on real rows."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.casework.case.cases.repository import stay_of
from services.casework.desks.tasks.commands import check_task_due, complete_task
from services.casework.desks.tasks.domain import TaskIsEnded
from services.casework.person.custody.commands import take_into_custody
from services.chassis import clock
from services.chassis.database import UnitOfWork
from tests.support.casework.agencies import OFFICE, SOEGIRI
from tests.support.casework.asking import later
from tests.support.casework.street import Street
from tests.support.casework.tasks import SYSTEM, open_task
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.wire import VILLAGE


async def facts(bench: Bench, task_id: UUID) -> list[str]:
    rows = await bench.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE transport = 'kafka' AND headers->>'ce_subject' = $1"
        " ORDER BY id", str(task_id),
    )  # fmt: skip
    return [row["type"] for row in rows]


async def test_an_overdue_task_is_said_once_and_stays_open(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(seconds=-1))

    async def ring(uow: UnitOfWork) -> object:
        return (await check_task_due(task_id, uow)).next_check_at

    assert await casework.units.perform(ring, principal=SYSTEM) is None
    assert await casework.units.perform(ring, principal=SYSTEM) is None
    assert await facts(casework, task_id) == ["casework.task.created.v1", "casework.task.overdue.v1"]
    assert await casework.value("SELECT state FROM tasks WHERE id = $1", task_id) == "open"


async def test_a_timer_that_fires_too_early_is_told_when_to_look_again(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(hours=1))
    result = await casework.units.perform(lambda uow: check_task_due(task_id, uow), principal=SYSTEM)
    assert result.next_check_at == await casework.value("SELECT due_at FROM tasks WHERE id = $1", task_id)
    assert await facts(casework, task_id) == ["casework.task.created.v1"]


async def test_a_task_done_in_time_never_becomes_overdue(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(seconds=-1))
    await casework.units.perform(lambda uow: complete_task(task_id, "STABLE", None, uow), principal=SYSTEM)
    result = await casework.units.perform(lambda uow: check_task_due(task_id, uow), principal=SYSTEM)
    assert (result.ended, result.result_code, result.next_check_at) == (True, "STABLE", None)
    with pytest.raises(TaskIsEnded):
        await casework.units.perform(lambda uow: complete_task(task_id, "STABLE", None, uow), principal=SYSTEM)
    assert await facts(casework, task_id) == ["casework.task.created.v1", "casework.task.completed.v1"]


async def test_custody_settles_the_first_response_and_no_task_takes_a_person_from_anybody(
    casework: Bench, issuer: Issuer
) -> None:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    task, case_id = await street.office.open_task(street.report_id, "FIRST_RESPONSE"), await street.case_id()
    taken = {
        "about_id": str(case_id), "to_agency": SOEGIRI, "happened_at": later(minutes=-5), "place_code": VILLAGE,
        "observed_state": "ILL", "ba_number": "BA/41", "proof": "SIGNED",
    }  # fmt: skip
    await street.office.post("/custodies", **taken)

    async def settled() -> bool:
        row = (await casework.rows("SELECT state, result_code FROM tasks WHERE id = $1", task["id"]))[0]
        return (row["state"], row["result_code"]) == ("done", "MET")

    await eventually(settled, what="the first response, settled by custody")
    done = await casework.units.perform(
        lambda uow: take_into_custody(case_id, OFFICE, clock.utc_now(), uow), principal=SYSTEM
    )
    assert done is None
    assert await street.holder() == SOEGIRI


async def test_stays_with_one_custodian_add_up_over_a_journey(casework: Bench, issuer: Issuer) -> None:
    street = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    case_id = await street.case_id()
    for taker, kind, days in ((OFFICE, "AGENCY", 6), ("escort", "CARRIER", 2), (OFFICE, "AGENCY", 1)):
        taken = {
            "about_id": str(case_id), "to_agency": taker, "to_kind": kind, "happened_at": later(days=-days),
            "place_code": VILLAGE, "observed_state": "STABLE",
        }  # fmt: skip
        await street.office.post("/custodies", **taken)
    stay = await casework.units.perform(lambda uow: stay_of(uow, case_id), principal=SYSTEM)
    assert stay is not None
    assert abs(clock.utc_now() - stay.since - timedelta(days=5)) < timedelta(minutes=1), "four days and one"
