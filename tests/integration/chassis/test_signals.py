"""Signal-with-start through the outbox: twice, after the end, with the server away, and healing a lost run."""

from uuid import UUID

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from services.chassis.temporal import connect
from tests.support.eventually import eventually
from tests.support.probe import Poke, PokeStart, make_probe
from tests.support.services import Bench

SYSTEM = system_principal("probe")


async def poke(bench: Bench, number: int, probe_id: UUID | None = None) -> UUID:
    """Poke a probe's workflow through the outbox."""

    async def work(uow: UnitOfWork) -> UUID:
        row = await make_probe("POKED", uow)
        target = probe_id or row.id
        start = PokeStart(probe_id=target)
        uow.signal("PokeWorkflow", f"poke:{target}", "poked", Poke(number=number), start=start, about=row)
        return target

    return await bench.units.perform(work, principal=SYSTEM)


async def noted(bench: Bench, target: UUID, *numbers: int) -> None:
    async def ask() -> bool:
        rows = await bench.rows(
            "SELECT sequence FROM effects WHERE reason = 'POKE' AND correlation_id = $1 ORDER BY place", target
        )
        return [row["sequence"] for row in rows] == list(numbers)

    await eventually(ask, what=f"pokes {numbers}")


async def client_of(bench: Bench) -> Client:
    return await connect(bench.settings.temporal_address, bench.settings.temporal_namespace)


async def test_signals_of_one_workflow_arrive_in_order_and_once(probe: Bench) -> None:
    async with probe.running("relay", "worker"):
        target = await poke(probe, 1)
        for number in (2, 3):
            await poke(probe, number, target)
        await noted(probe, target, 1, 2, 3)
        await probe.units.pool.execute("UPDATE outbox SET sent_at = NULL WHERE transport = 'temporal'")

        async def sent_again() -> bool:
            return not await probe.value("SELECT count(*) FROM outbox WHERE transport = 'temporal' AND sent_at IS NULL")

        await eventually(sent_again)


async def test_a_late_signal_starts_a_new_run(probe: Bench) -> None:
    async with probe.running("relay", "worker"):
        target = await poke(probe, 1)
        await noted(probe, target, 1)
        handle = (await client_of(probe)).get_workflow_handle(f"poke:{target}")
        await handle.result()
        await poke(probe, 2, target)
        await noted(probe, target, 1, 2)


async def remove_run(client: Client, workflow_id: str) -> None:
    """Do to an ended run what the server's retention does; returns when the server knows nothing of it."""
    handle = client.get_workflow_handle(workflow_id)
    run_id = (await handle.describe()).run_id
    await client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
        )
    )

    async def gone() -> bool:
        try:
            await client.get_workflow_handle(workflow_id, run_id=run_id).describe()
        except RPCError as error:
            return error.status == RPCStatusCode.NOT_FOUND
        return False

    await eventually(gone, within_seconds=90, what=f"{workflow_id} removed")


async def test_a_signal_after_the_servers_retention_starts_a_run_that_ends_by_itself(probe: Bench) -> None:
    async with probe.running("relay", "worker"):
        target = await poke(probe, 1)
        await noted(probe, target, 1)
        client = await client_of(probe)
        handle = client.get_workflow_handle(f"poke:{target}")
        assert await handle.result() == 1
        await remove_run(client, handle.id)
        await probe.units.pool.execute("UPDATE outbox SET sent_at = NULL WHERE transport = 'temporal'")

        async def runs_again() -> bool:
            try:
                return bool((await handle.describe()).run_id)
            except RPCError:
                return False

        await eventually(runs_again, what="the old signal sent again")
        assert await handle.result() == 1
        await poke(probe, 2, target)
        await noted(probe, target, 1, 2)
        assert await handle.result() == 1


async def test_while_temporal_is_away_only_its_transport_waits(probe: Bench) -> None:
    async with probe.running("relay", "worker"):
        await noted(probe, await poke(probe, 1), 1)
        await probe.stack.kill("temporal")
        try:
            target = await poke(probe, 2)
            await probe.messages("intake.reports", expected=2)
        finally:
            await probe.stack.start("temporal")
        await noted(probe, target, 2)


async def test_a_lost_run_is_started_again_by_its_row(probe: Bench) -> None:
    async with probe.running("relay", "worker"):
        target = await poke(probe, 1)
        client = await client_of(probe)
        handle = client.get_workflow_handle(f"poke:{target}")

        async def runs() -> bool:
            try:
                return (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
            except RPCError:
                return False

        await eventually(runs)
        await handle.terminate("lost with its store")
        await poke(probe, 7, target)

        async def healed() -> bool:
            rows = await probe.rows("SELECT sequence FROM effects WHERE correlation_id = $1", target)
            return 7 in {row["sequence"] for row in rows}

        await eventually(healed)
