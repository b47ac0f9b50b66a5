"""Temporal: the client, the relay's transport by signal-with-start, and the worker process."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
from opentelemetry import context
from opentelemetry.propagate import extract
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor, Worker

from services.chassis.outbox import OutboxRow, Sent, TransportAway
from services.chassis.telemetry import log

AWAY = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.RESOURCE_EXHAUSTED)
IN_FLIGHT = 16
HEALTH_WITHIN = timedelta(seconds=3)
LOOK_EVERY_SECONDS = 2.0


async def connect(address: str, namespace: str) -> Client:
    """A client that traces and speaks pydantic. Raises ``TransportAway`` while the server is away."""
    try:
        return await asyncio.wait_for(
            Client.connect(
                address,
                namespace=namespace,
                data_converter=pydantic_data_converter,
                interceptors=[TracingInterceptor()],
            ),
            10,
        )
    except (RPCError, RuntimeError, TimeoutError) as error:
        raise TransportAway from error


async def answers(client: Client) -> bool:
    """Whether the server is there and well."""
    try:
        return await client.service_client.check_health(timeout=HEALTH_WITHIN)
    except RPCError:
        return False


class TemporalTransport:
    """Signals workflows, starting those that do not run: id reuse allowed, a running one is used.

    A late signal to an ended run starts a run whose first activity reads the row and ends when there is nothing to do.
    """

    name = "temporal"

    def __init__(self, address: str, namespace: str) -> None:
        self._address = address
        self._namespace = namespace
        self._client: Client | None = None

    async def open(self) -> None:
        """Connect, once."""
        if self._client is None:
            self._client = await connect(self._address, self._namespace)

    async def ask(self) -> None:
        """Raise ``TransportAway`` when the server does not answer."""
        assert self._client is not None
        if not await answers(self._client):
            raise TransportAway

    async def send(self, rows: Sequence[OutboxRow], connection: asyncpg.Connection) -> Sent:
        """One workflow after another per key, several keys side by side."""
        sent = Sent()
        by_key: dict[str, list[OutboxRow]] = {}
        for row in rows:
            by_key.setdefault(row.key, []).append(row)
        slots = asyncio.Semaphore(IN_FLIGHT)
        away: list[BaseException] = []

        async def send_key(key: str, mine: list[OutboxRow]) -> None:
            async with slots:
                for row in mine:
                    if away:
                        return
                    try:
                        await self._signal(row)
                    except RPCError as error:
                        if error.status in AWAY:
                            away.append(error)
                            return
                        sent.held_keys.add(key)
                        log().warning("signal_failed", workflow=row.target, outbox_id=row.id, status=error.status.name)
                        if error.status == RPCStatusCode.INVALID_ARGUMENT:
                            sent.impossible.append((row.id, error.status.name))
                        return
                    sent.confirmed.append(row.id)

        await asyncio.gather(*(send_key(key, mine) for key, mine in by_key.items()))
        if away and not sent.confirmed:
            raise TransportAway from away[0]
        return sent

    async def _signal(self, row: OutboxRow) -> None:
        assert self._client is not None
        assert row.body is not None
        body = orjson.loads(row.body)
        token = context.attach(extract(orjson.loads(row.headers)))
        try:
            await self._client.start_workflow(
                body["workflow"],
                body["start"],
                id=body["workflow_id"],
                task_queue=body["queue"],
                start_signal=body["signal"],
                start_signal_args=[{**body["message"], "event_id": body["event_id"]}],
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
        finally:
            context.detach(token)

    async def close(self) -> None:
        """The client needs no closing."""


class _Scrubbed(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except (ApplicationError, asyncio.CancelledError):
            raise
        except Exception as error:
            raise ApplicationError(type(error).__name__, type=type(error).__name__) from None


class ScrubbingInterceptor(Interceptor):
    """Lets no error text into a workflow's history: it may hold what somebody typed or a registry answered."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Wrap every activity."""
        return _Scrubbed(next)


class WorkflowWorker:
    """Runs a service's workflows and activities; waits for the server and starts again when it was away."""

    def __init__(
        self,
        address: str,
        namespace: str,
        queue: str,
        workflows: Sequence[type],
        activities: Sequence[Callable[..., Any]],
    ) -> None:
        self._address = address
        self._namespace = namespace
        self._queue = queue
        self._workflows = workflows
        self._activities = activities
        self._worker: Worker | None = None
        self._answers = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop."""
        wait = 0.2
        while not stop.is_set():
            try:
                client = await connect(self._address, self._namespace)
                worker = Worker(
                    client,
                    task_queue=self._queue,
                    workflows=self._workflows,
                    activities=self._activities,
                    max_concurrent_activities=32,
                    interceptors=[ScrubbingInterceptor()],
                )
                async with worker:
                    self._worker = worker
                    wait = 0.2
                    while not stop.is_set():
                        self._answers = await answers(client)
                        with suppress(TimeoutError):
                            await asyncio.wait_for(stop.wait(), LOOK_EVERY_SECONDS)
            except Exception as error:
                log().warning("worker_waits", error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)
            finally:
                self._worker = None

    @property
    def is_running(self) -> bool:
        """Whether the worker polls and is answered: it goes on asking a server that is gone."""
        return self._worker is not None and self._worker.is_running and self._answers
