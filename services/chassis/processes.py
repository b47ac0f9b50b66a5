"""The processes of a service: ``python -m services.<name> api|consumer|relay|worker|all|migrate|…``.

The same parts run apart, a process each, or together in one (``all``) on a small server.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import uvloop

from services.chassis import dead_letters, operators, runbook, telemetry
from services.chassis.auth import TokenVerifier
from services.chassis.clock import Pace
from services.chassis.consumer import Consumer
from services.chassis.database import DATABASE_AWAY, open_units, with_states
from services.chassis.feed import FeedTransport, FeedWatch
from services.chassis.inbox import OPEN, Inbox
from services.chassis.kafka import KafkaTransport, security_of
from services.chassis.offices import Offices
from services.chassis.outbox import CLOCK_MAY_JUMP, OutboxNotifier, Relay, keep_pruned
from services.chassis.principal import system_principal
from services.chassis.readiness import (
    IdentityWatch,
    consumer_check,
    database_check,
    disk_check,
    free_bytes,
    lag_check,
    outbox_check,
    relay_check,
    sweeper_check,
    worker_check,
)
from services.chassis.service import Command, Running, Service
from services.chassis.serving import serve_app
from services.chassis.settings import ServiceSettings
from services.chassis.sweeper import Sweeper
from services.chassis.web import Check, create_api

GAUGES_EVERY_SECONDS = 5
LEAVE_WITHIN_SECONDS = 10.0
WATCHDOG_EVERY_SECONDS = 10.0


def main(service: Service, argv: Sequence[str] | None = None) -> int:
    """Run what the command line names; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    restored: Command = partial(operators.go_on_restored, service.series)
    commands: dict[str, Command] = {**operators.COMMANDS, "restored": restored, **service.commands}
    if service.workflows:
        # A service without workflows loads nothing of the workflow server's client, here and below.
        from services.chassis.rehearsing import rehearse

        commands["rehearse"] = partial(rehearse, service.workflows)
    known = [*service.parts, "all", "migrate", *commands, *service.papers]
    if not arguments or arguments[0] not in known:
        sys.stderr.write(f"usage: python -m services.{service.name} {'|'.join(known)}\n")
        return 2
    part, rest = arguments[0], arguments[1:]
    if part in service.papers:
        return service.papers[part](rest)
    settings = service.settings.from_environment()
    flush = telemetry.set_up_telemetry(service.name, dict(os.environ))
    try:
        if part == "migrate":
            # Alembic brings a template engine along; no process that serves should load it.
            from services.chassis.migrations import migrate

            migrate(service.name, settings.migrator_database_url)
            return 0
        if settings.migrator_database_url and settings.deployment != "local":
            prefix = service.name.upper()
            sys.stderr.write(f"{prefix}_MIGRATOR_DATABASE_URL: only «migrate» may hold it; take it from this process\n")
            return 2
        if part in commands:
            return _loop().run(run_command(service, settings, commands[part], rest))
        _settle_memory()
        try:
            _loop().run(serve(service, settings, service.parts if part == "all" else (part,)))
        finally:
            _leave_within(LEAVE_WITHIN_SECONDS)
        return 0
    finally:
        flush()


def _leave_within(seconds: float) -> None:
    """End the process though a thread of it does not: one that stays with its port open is taken for a living one."""

    def leave() -> None:
        telemetry.log().critical("process_did_not_end", seconds=seconds)
        os._exit(1)

    last = threading.Timer(seconds, leave)
    last.daemon = True
    last.start()


def _settle_memory() -> None:
    """What was imported lives for ever: the garbage collector need not walk it again with every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _loop() -> asyncio.Runner:
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def _open(service: Service, settings: ServiceSettings) -> Running:
    notifier = OutboxNotifier(settings.database_url)
    units = await open_units(
        settings.database_url,
        name=f"{service.name}-{settings.process_slot}",
        queue=settings.queue,
        pool_size=settings.database_pool_size,
        scope=service.scope,
        said=notifier,
        keeps=service.keeps,
    )
    return Running(settings=settings, units=units, principal=system_principal(service.name), notifier=notifier)


async def run_command(
    service: Service,
    settings: ServiceSettings,
    command: Callable[[Running, Sequence[str]], Awaitable[int]],
    arguments: Sequence[str],
) -> int:
    """Do one of a service's commands against its database; returns the exit code."""
    running = await _open(service, settings)
    try:
        return await command(running, arguments)
    finally:
        await running.units.close()


async def serve(
    service: Service, settings: ServiceSettings, parts: Sequence[str], stop: asyncio.Event | None = None
) -> None:
    """Run parts of a service until SIGTERM or SIGINT (or ``stop``)."""
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
    running = await _open(service, settings)
    checks: list[Check] = [database_check(running.units), disk_check(settings)]
    tasks: list[Awaitable[None]] = [running.notifier.run(stop)]
    if "relay" in parts:
        relays = _relays(service, settings)
        tasks += [relay.run(stop) for relay in relays]
        tasks.append(keep_pruned(settings, stop))
        checks += [relay_check(relay) for relay in relays]
        checks.append(outbox_check(running.units, settings.outbox_age_limit_seconds))
        if service.sweep is not None:
            sweeper = Sweeper(settings.database_url, service.sweep(running), Pace(CLOCK_MAY_JUMP))
            tasks.append(sweeper.run(stop))
            checks.append(sweeper_check(sweeper))
    if "consumer" in parts and service.subscriptions:
        inbox = Inbox(
            running.units,
            service.hears(settings),
            running.principal,
            first_retry_seconds=settings.dead_letter_first_retry_seconds,
        )
        consumer = Consumer(settings, inbox, service.subscriptions)
        tasks.append(consumer.run(stop))
        _show("sigap_consumer_lag_messages", "Messages not handled yet", lambda: [(float(consumer.lag), {})])
        _show("sigap_consumer_in_hand_messages", "Messages in hand", lambda: [(float(consumer.in_hand), {})])
        _show(
            "sigap_consumer_oldest_seconds",
            "Age of the oldest message not handled yet",
            lambda: [(consumer.oldest_seconds, {})],
        )
        _show("sigap_consumer_urgent_messages", "Urgent messages in hand", lambda: [(consumer.urgent_in_hand, {})])
        _show(
            "sigap_consumer_urgent_oldest_seconds",
            "Age of the oldest urgent message in hand",
            lambda: [(consumer.oldest_urgent_seconds, {})],
        )
        checks += [consumer_check(consumer), lag_check(consumer, settings.consumer_age_limit_seconds)]
    if "worker" in parts and service.workflows:
        from services.chassis.temporal import WorkflowWorker

        worker = WorkflowWorker(
            settings.temporal_address,
            settings.temporal_namespace,
            settings.queue,
            service.workflows,
            service.activities(running),
        )
        tasks.append(worker.run(stop))
        checks.append(worker_check(worker))
    if "api" in parts and settings.oidc_issuer:
        identity = IdentityWatch(settings.oidc_issuer)
        tasks.append(identity.run(stop))
        checks.append(identity.check)
        _show(
            "sigap_identity_provider_away_seconds",
            "How long the identity provider has not answered",
            lambda: [(identity.away_seconds, {})],
        )
    tasks += [job(running, stop) for job in service.background if "worker" in parts]
    tasks.append(_measure(service, running, stop))
    tasks.append(_tell_the_watchdog(stop))
    tasks.append(_serve_http(service, settings, running, parts, checks, stop))
    try:
        await _all_or_none(tasks, stop)
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running.units.close(), LEAVE_WITHIN_SECONDS)


async def _all_or_none(parts: Sequence[Awaitable[None]], stop: asyncio.Event) -> None:
    """Run all parts until they end. When one fails the others are told to stop, and are ended if they do not.

    Raises what the failed one raised.
    """
    tasks = [asyncio.ensure_future(part) for part in parts]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    if pending:
        stop.set()
        _, pending = await asyncio.wait(pending, timeout=LEAVE_WITHIN_SECONDS)
        for task in pending:
            task.cancel()
    for task in done:
        task.result()


async def _tell_the_watchdog(stop: asyncio.Event) -> None:
    """Tell systemd that the loop turns, where it asks (``sd_notify``); what hangs it restarts (``WatchdogSec``)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as watchdog:
        watchdog.setblocking(False)
        word = b"READY=1\nWATCHDOG=1"
        while not stop.is_set():
            with contextlib.suppress(OSError):
                watchdog.sendto(word, address.replace("@", "\0", 1))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), WATCHDOG_EVERY_SECONDS)


async def _serve_http(
    service: Service,
    settings: ServiceSettings,
    running: Running,
    parts: Sequence[str],
    checks: Sequence[Check],
    stop: asyncio.Event,
) -> None:
    """The API on its port, health and metrics on theirs; a process without either port serves nothing."""
    ports: list[Awaitable[Any]] = []
    if "api" in parts:
        app = build_app(service, settings, running, checks)
        if service.prepare is not None:
            await service.prepare(running, app)
        ports += [app.state.feed_watch.run(stop), serve_app(app, settings, settings.http_port, stop)]
    if settings.ops_port:
        ports.append(serve_app(ops_app(settings, checks), settings, settings.ops_port, stop))
    await asyncio.gather(*ports or [stop.wait()])


def build_app(
    service: Service, settings: ServiceSettings, running: Running | None, checks: Sequence[Check] = ()
) -> Any:
    """A service's HTTP app; without ``running`` only its shape, for OpenAPI and route tests."""
    app = create_api(
        title=service.title,
        version="1.0.0",
        root_path=settings.root_path or f"/{service.name}",
        routers=[*service.routers, dead_letters.router, *service.page_routers],
        body_limit_bytes=settings.request_body_limit_bytes,
        upload_limit_bytes=settings.upload_limit_bytes,
        policy={**service.policy, **dead_letters.PERMISSIONS},
        verifier=TokenVerifier(settings.oidc_issuer, settings.oidc_audience),
        units=running.units if running else None,
        checks=checks,
        offices=Offices.read(settings.district_packs, with_quotas=settings.quotas),
        request_seconds=settings.request_seconds,
        is_public=settings.deployment != "local",
    )
    app.state.settings = settings
    app.state.feed_watch = FeedWatch(
        settings.database_url,
        at_most=settings.feed_waiting_requests,
        at_most_per_agency=settings.feed_waiting_requests_per_agency,
    )
    service.pages.install(app)
    return app


def ops_app(settings: ServiceSettings, checks: Sequence[Check]) -> Any:
    """Health and metrics alone, for processes that serve nothing else."""
    return create_api(
        title="ops",
        version="1.0.0",
        root_path=settings.root_path,
        routers=[],
        body_limit_bytes=1024,
        policy={},
        verifier=None,
        units=None,
        checks=checks,
    )


def _relays(service: Service, settings: ServiceSettings) -> list[Relay]:
    transports: list[Any] = [
        KafkaTransport(settings.kafka_bootstrap_servers, settings.topic_prefix, security_of(settings)),
        FeedTransport(),
    ]
    if service.workflows:
        from services.chassis.temporal import TemporalTransport

        transports.append(TemporalTransport(settings.temporal_address, settings.temporal_namespace))
    return [
        Relay(settings.database_url, transport, batch_rows=settings.relay_batch_rows, poll_ms=settings.relay_poll_ms)
        for transport in transports
    ]


_SPINE_GAUGES = with_states("""
SELECT (SELECT coalesce(extract(epoch FROM now() - min(recorded_at)), 0)
        FROM outbox WHERE sent_at IS NULL AND unsendable_at IS NULL) AS outbox_age,
       (SELECT count(*) FROM outbox WHERE sent_at IS NULL) AS outbox_rows,
       urgent.age AS outbox_urgent_age, urgent.rows AS outbox_urgent_rows,
       (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND unsendable_at IS NOT NULL) AS outbox_unsendable,
       (SELECT count(*) FROM dead_letters WHERE state IN {open}) AS dead_letters,
       (SELECT coalesce(extract(epoch FROM now() - min(set_aside_at)), 0)
        FROM dead_letters WHERE state IN {open}) AS dead_letter_age
FROM (SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(recorded_at)), 0) AS age
      FROM outbox WHERE is_urgent AND sent_at IS NULL AND unsendable_at IS NULL) urgent
""", open=OPEN)  # fmt: skip


async def _measure(service: Service, running: Running, stop: asyncio.Event) -> None:
    """Read the gauges of state every few seconds; ``/metrics`` shows the last reading."""
    readings: dict[str, list[tuple[float, dict[str, Any]]]] = {}

    def show(name: str, description: str, section: str = "") -> None:
        _show(name, description, lambda: readings.get(name, []), section)

    _show(
        "sigap_disk_free_bytes",
        "Room on the disks that this process fills",
        lambda: [(float(free_bytes(folder)), {"folder": folder.name}) for folder in running.settings.folders_that_fill],
    )
    show("sigap_outbox_oldest_seconds", "Age of the oldest unsent outbox row")
    show("sigap_outbox_rows", "Unsent outbox rows")
    show("sigap_outbox_urgent_oldest_seconds", "Age of the oldest unsent urgent outbox row")
    show("sigap_outbox_urgent_rows", "Unsent urgent outbox rows")
    show("sigap_outbox_unsendable", "Outbox rows that can never be sent")
    show("sigap_dead_letters", "Messages set aside and not yet resolved")
    show("sigap_dead_letters_oldest_seconds", "Age of the oldest message set aside")
    shown: set[str] = set()
    while not stop.is_set():
        with contextlib.suppress(*DATABASE_AWAY):
            row = await running.units.pool.fetchrow(_SPINE_GAUGES)
            readings["sigap_outbox_oldest_seconds"] = [(float(row["outbox_age"]), {})]
            readings["sigap_outbox_rows"] = [(float(row["outbox_rows"]), {})]
            readings["sigap_outbox_urgent_oldest_seconds"] = [(float(row["outbox_urgent_age"]), {})]
            readings["sigap_outbox_urgent_rows"] = [(float(row["outbox_urgent_rows"]), {})]
            readings["sigap_outbox_unsendable"] = [(float(row["outbox_unsendable"]), {})]
            readings["sigap_dead_letters"] = [(float(row["dead_letters"]), {})]
            readings["sigap_dead_letters_oldest_seconds"] = [(float(row["dead_letter_age"]), {})]
            if service.gauges is not None:
                fresh: dict[str, list[tuple[float, dict[str, Any]]]] = {}
                for name, labels, value in await service.gauges(running.units.pool):
                    fresh.setdefault(name, []).append((value, dict(labels)))
                readings.update({name: [] for name in shown} | fresh)
                for name in fresh.keys() - shown:
                    shown.add(name)
                    show(name, name.replace("_", " "), service.figures.get(name, ""))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), GAUGES_EVERY_SECONDS)


def _show(
    name: str,
    description: str,
    read: Callable[[], list[tuple[float, dict[str, Any]]]],
    section: str = "",
) -> None:
    """A figure whose help leads to the section of the runbook that tells what to do."""
    section = section or runbook.FIGURES.get(name, "")
    telemetry.gauge(name, f"{description}; {runbook.link(section)}" if section else description, read)
