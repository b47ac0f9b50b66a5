"""What runs is replayed on the release that is here, before it takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from temporalio import workflow
from temporalio.client import WorkflowExecution
from temporalio.worker import Worker

from services.chassis.outbox import OutboxNotifier
from services.chassis.principal import system_principal
from services.chassis.rehearsing import chosen_of_each_type, rehearse
from services.chassis.service import Running
from services.chassis.temporal import connect
from tests.support.busy_server import at_work
from tests.support.eventually import eventually
from tests.support.services import Bench


@workflow.defn(name="WaitsADay", sandboxed=False)
class WaitsADay:
    """What runs."""

    @workflow.run
    async def run(self) -> None:
        """Wait."""
        await workflow.sleep(timedelta(days=1))


@workflow.defn(name="WaitsADay", sandboxed=False)
class AsksFirst:
    """The same of a release that thought of something else first."""

    @workflow.run
    async def run(self) -> None:
        """Ask, then wait."""
        await workflow.execute_activity("ask", start_to_close_timeout=timedelta(seconds=5))
        await workflow.sleep(timedelta(days=1))


async def rehearsed(bench: Bench, workflows: Sequence[type], *words: str) -> int:
    running = Running(
        bench.settings, bench.units, system_principal("probe"), OutboxNotifier(bench.settings.database_url)
    )
    return await rehearse(workflows, running, words)


async def test_a_release_under_which_something_open_cannot_go_on_is_refused_by_name(
    probe: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await connect(probe.settings.temporal_address, probe.settings.temporal_namespace)
    assert await rehearsed(probe, [WaitsADay]) == 0, "nothing is open"
    handle = await client.start_workflow(WaitsADay.run, id=f"waits:{probe.prefix}", task_queue=probe.settings.queue)
    async with at_work(Worker(client, task_queue=probe.settings.queue, workflows=[WaitsADay])):

        async def waits() -> bool:
            return any(
                event.HasField("timer_started_event_attributes") for event in (await handle.fetch_history()).events
            )

        await eventually(waits, what="the workflow waits")
    try:

        async def is_listed() -> bool:
            capsys.readouterr()
            assert await rehearsed(probe, [WaitsADay]) == 0
            return "1 dari 1 alur terbuka dicoba" in capsys.readouterr().out

        await eventually(is_listed, what="the open workflow is listed")
        assert await rehearsed(probe, [AsksFirst]) == 1
        said = capsys.readouterr().out
        assert f"waits:{probe.prefix}: NondeterminismError" in said
        assert "1 dari 1 alur tidak dapat diteruskan oleh rilis ini" in said
        assert await rehearsed(probe, []) == 1
        assert f"waits:{probe.prefix}: WaitsADay tidak dikenal" in capsys.readouterr().out
        assert await rehearsed(probe, [WaitsADay], "banyak") == 2
    finally:
        await handle.terminate()


@dataclass(frozen=True, slots=True)
class Open:
    """What a choice looks at."""

    id: int
    workflow_type: str
    start_time: datetime


def test_the_oldest_and_the_newest_of_each_type_are_tried() -> None:
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    many = [Open(number, "Case", begin + timedelta(days=number)) for number in (4, 0, 3, 1, 2)]
    few = [Open(10 + number, "Message", begin) for number in range(2)]
    found = cast("list[WorkflowExecution]", many + few)

    def ids(number: int) -> list[Any]:
        return sorted(one.id for one in chosen_of_each_type(found, number))

    assert ids(200) == [0, 1, 2, 3, 4, 10, 11]
    assert ids(3) == [0, 3, 4, 10, 11]
    assert ids(2) == [0, 4, 10, 11]
