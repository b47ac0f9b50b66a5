"""`rehearse`: whether what runs on the workflow server can go on under the release that is here.

An operator asks before an upgrade, with the new release's code: each open workflow's history is replayed on it and
nothing is changed. A recorded history in the tests shows the same for the paths that somebody thought of.
"""

import sys
from collections.abc import AsyncIterator, Sequence

from temporalio.client import Client, WorkflowExecution, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from services.chassis.outbox import TransportAway
from services.chassis.service import Running
from services.chassis.temporal import connect

OF_EACH_TYPE = 200
NAMED = 20


async def rehearse(workflows: Sequence[type], running: Running, arguments: Sequence[str]) -> int:
    """``rehearse [<number>]``: replay so many open workflows of each type, the oldest and the newest.

    Exit code 1 when one of them cannot go on; each is named with what stands against it.
    """
    if len(arguments) > 1 or any(not argument.isascii() or not argument.isdigit() for argument in arguments):
        sys.stderr.write("pemakaian: rehearse [<banyaknya tiap jenis>]\n")
        return 2
    settings = running.settings
    try:
        client = await connect(settings.temporal_address, settings.temporal_namespace)
    except TransportAway:
        sys.stderr.write(f"Temporal tidak menjawab di {settings.temporal_address}\n")
        return 1
    found = [
        one async for one in client.list_workflows(f"TaskQueue = '{settings.queue}' AND ExecutionStatus = 'Running'")
    ]
    chosen = chosen_of_each_type(found, int(arguments[0]) if arguments else OF_EACH_TYPE)
    stopped = await _stopped(client, workflows, chosen)
    for line in stopped[:NAMED]:
        sys.stdout.write(line + "\n")
    if stopped:
        sys.stdout.write(f"{len(stopped)} dari {len(chosen)} alur tidak dapat diteruskan oleh rilis ini\n")
        return 1
    sys.stdout.write(f"{len(chosen)} dari {len(found)} alur terbuka dicoba: semua dapat diteruskan oleh rilis ini\n")
    return 0


def chosen_of_each_type(found: Sequence[WorkflowExecution], number: int) -> list[WorkflowExecution]:
    """At most so many of each type, half of them the oldest: they hold what the code once was."""
    by_type: dict[str, list[WorkflowExecution]] = {}
    for one in sorted(found, key=lambda one: one.start_time):
        by_type.setdefault(one.workflow_type, []).append(one)
    return [
        one
        for of_type in by_type.values()
        for one in (of_type if len(of_type) <= number else of_type[: number // 2] + of_type[-(number - number // 2) :])
    ]


async def _stopped(client: Client, workflows: Sequence[type], chosen: Sequence[WorkflowExecution]) -> list[str]:
    """A line for each that would not go on."""
    known = {getattr(one, "__temporal_workflow_definition").name for one in workflows}
    lines = [f"{one.id}: {one.workflow_type} tidak dikenal" for one in chosen if one.workflow_type not in known]
    if not known:
        return lines

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for one in chosen:
            if one.workflow_type in known:
                yield await client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history()

    replayer = Replayer(workflows=workflows, data_converter=pydantic_data_converter)
    async with replayer.workflow_replay_iterator(histories()) as results:
        async for result in results:
            if result.replay_failure is not None:
                lines.append(f"{result.history.workflow_id}: {type(result.replay_failure).__name__}")
    return lines
