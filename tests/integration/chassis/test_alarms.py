"""Every figure that somebody is alarmed by rises with its cause and falls when the cause is gone."""

from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from uuid import uuid4

import pytest_asyncio
import yaml

from contracts.events.intake import ReportRejected, ReportVerified
from contracts.values import RegionCode
from deploy.local.places import CHECKOUT
from services.casework.office.directory.commands import load_pack
from services.casework.office.directory.domain import CaseworkPack, DayOff, DayOffKind
from services.casework.wiring import SERVICE
from services.chassis import clock, runbook
from services.chassis.principal import system_principal
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.outspoken import Outspoken, outspoken
from tests.support.services import Bench, bench_for
from tests.support.wire import VILLAGE, wire

HOUR = 3600
PACK = CHECKOUT / "deploy" / "districts" / "35.24-lamongan" / "casework.yaml"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def casework(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """A service with every kind of figure."""
    async with bench_for(SERVICE, stack, issuer, consumer_age_limit_seconds=5) as bench:
        yield bench


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def process(casework: Bench) -> AsyncIterator[Outspoken]:
    """The whole service in one process."""
    async with outspoken(casework) as running:
        yield running


async def rises(process: Outspoken, name: str, above: float, **labels: str) -> None:
    async def ask() -> bool:
        return (await process.figure(name, **labels) or 0) > above

    await eventually(ask, within_seconds=90, what=f"{name} over {above}")


async def falls(process: Outspoken, name: str, **labels: str) -> None:
    async def ask() -> bool:
        return not await process.figure(name, **labels)

    await eventually(ask, within_seconds=90, what=f"{name} at nothing")


async def say_unsent(bench: Bench, exit_: str, minutes: int, error: str | None = None) -> str:
    key = uuid4().hex
    await bench.units.pool.execute(
        "INSERT INTO outbox (transport, key, target, body, headers, district, recorded_at, unsendable_at, error) VALUES"
        " ($1, $2, 'rsj-uji', '{}', $3::json, '35.24', now() - $4 * interval '1 minute',"
        " CASE WHEN $5::text IS NOT NULL THEN now() END, $5)",
        exit_,
        key,
        f'{{"fact_id": "{uuid4()}"}}',
        minutes,
        error,
    )
    return key


async def test_the_age_of_the_outbox_rises_and_falls(process: Outspoken, casework: Bench) -> None:
    refused = await say_unsent(casework, "feed", 20, "MessageSizeTooLargeError")
    await casework.units.pool.execute(
        "INSERT INTO outbox (transport, key, target, body, headers, district, recorded_at) SELECT transport, "
        "key, target, body,"
        " headers, district, recorded_at + interval '10 minutes' FROM outbox WHERE key = $1",
        refused,
    )
    await rises(process, "sigap_outbox_oldest_seconds", 500)
    await rises(process, "sigap_outbox_rows", 1)
    assert not await process.figure("sigap_outbox_urgent_rows")
    await casework.units.pool.execute("UPDATE outbox SET is_urgent = true WHERE key = $1", refused)
    await rises(process, "sigap_outbox_urgent_rows", 0)
    await rises(process, "sigap_outbox_urgent_oldest_seconds", 500)
    await rises(process, "sigap_outbox_unsendable", 0)
    assert (await process.figure("sigap_outbox_oldest_seconds") or 0) < 1000, "a row that can never leave has no age"
    await casework.units.pool.execute("UPDATE outbox SET sent_at = now() WHERE unsendable_at IS NOT NULL")
    for name in ("oldest_seconds", "rows", "unsendable", "urgent_rows", "urgent_oldest_seconds"):
        await falls(process, f"sigap_outbox_{name}")


async def test_dead_letters_and_their_age_rise_and_fall(process: Outspoken, casework: Bench) -> None:
    key = uuid4()
    fact = wire(ReportRejected(reason_code="X"), subject=key, correlation_id=key, type_name="intake.report.verified.v1")
    async with casework.producer() as send:
        await send("intake.reports", *fact)
    await rises(process, "sigap_dead_letters", 0)
    await casework.units.pool.execute("UPDATE dead_letters SET set_aside_at = now() - interval '2 hours'")
    await rises(process, "sigap_dead_letters_oldest_seconds", HOUR)
    await casework.units.pool.execute("UPDATE dead_letters SET state = 'dropped'")
    await falls(process, "sigap_dead_letters")
    await falls(process, "sigap_dead_letters_oldest_seconds")


async def test_the_lag_of_a_consumer_rises_and_falls(process: Outspoken, casework: Bench, stack: Stack) -> None:
    await falls(process, "sigap_consumer_lag_messages")
    await stack.kill("postgres")
    try:
        async with casework.producer() as send:
            for number in range(40):
                report_id = uuid4()
                fact = ReportRejected(reason_code="X")
                told = wire(fact, subject=report_id, correlation_id=report_id, is_urgent=number == 0)
                await send("intake.reports", *told)
        await rises(process, "sigap_consumer_lag_messages", 30)
        await rises(process, "sigap_consumer_oldest_seconds", 3)
        await rises(process, "sigap_consumer_urgent_oldest_seconds", 3)
        assert await process.figure("sigap_consumer_urgent_messages") == 1
        checks = await process.failing("lag")
        assert "oldest" in checks["lag"]["detail"]
        assert checks["lag"]["runbook"] == "docs/runbook.md#a-consumer-falls-behind"
    finally:
        await stack.start("postgres")
    await falls(process, "sigap_consumer_lag_messages")
    await falls(process, "sigap_consumer_oldest_seconds")
    await falls(process, "sigap_consumer_urgent_messages")
    await falls(process, "sigap_consumer_urgent_oldest_seconds")
    await process.is_ready()


async def test_a_year_without_its_decree_rises_and_falls(process: Outspoken, casework: Bench) -> None:
    pack = CaseworkPack.model_validate(yaml.safe_load(PACK.read_text()))
    soon = (clock.utc_now() + pack.decree_wanted_within).year
    until_now = tuple(off for off in pack.days_off if off.day.year != soon)
    new_year = DayOff(day=date(soon, 1, 1), kind=DayOffKind.NATIONAL, name="Tahun Baru Masehi", source="SKB")
    for version, days_off in (("undecreed", until_now), ("decreed", (*until_now, new_year))):
        changed = pack.model_copy(update={"version": version, "days_off": days_off})
        await casework.units.perform(partial(load_pack, changed), principal=system_principal("casework"))
        if version == "undecreed":
            await rises(process, "sigap_calendar_decree_missing", 0, district="35.24")
    await falls(process, "sigap_calendar_decree_missing", district="35.24")


async def test_open_handoffs_by_age_and_deadlines_near_breach_rise_and_fall(
    process: Outspoken, casework: Bench
) -> None:
    pack = CaseworkPack.model_validate(yaml.safe_load(PACK.read_text()))
    await casework.units.perform(lambda uow: load_pack(pack, uow), principal=system_principal("casework"))
    report_id = uuid4()
    verified = ReportVerified(
        case_type_guess="ODGJ_TERLANTAR", kind="ODGJ", person_id=uuid4(), village_code=RegionCode(VILLAGE),
        urgency="URGENT", channel="OTHER_AGENCY", reporter_agency="satpolpp-lamongan", apparent_minor=False,
        is_with_reporter=True, found_at=clock.utc_now(),
    )  # fmt: skip
    async with casework.producer() as send:
        await send("intake.reports", *wire(verified, subject=report_id, correlation_id=report_id))
    await rises(process, "sigap_handoffs_open", 0, state="requested")
    await rises(process, "sigap_cases_open", 0)
    await casework.units.pool.execute("UPDATE handoffs SET requested_at = now() - interval '3 hours'")
    await rises(process, "sigap_handoffs_oldest_seconds", 2 * HOUR, state="requested")
    await casework.units.pool.execute("UPDATE deadlines SET due_at = now() + interval '3 hours'")
    await falls(process, "sigap_deadlines_near_breach")
    await casework.units.pool.execute("UPDATE deadlines SET due_at = now() + interval '30 minutes'")
    await rises(process, "sigap_deadlines_near_breach", 0)
    await falls(process, "sigap_deadlines_silent")
    await casework.units.pool.execute("UPDATE deadlines SET escalates_at = now() - interval '6 minutes'")
    await rises(process, "sigap_deadlines_silent", 0)
    await casework.units.pool.execute("UPDATE deadlines SET escalates_at = NULL")
    await casework.units.pool.execute("UPDATE handoffs SET due_at = NULL")
    for name in (
        "sigap_deadlines_silent",
        "sigap_deadlines_near_breach",
        "sigap_handoffs_open",
        "sigap_handoffs_oldest_seconds",
    ):
        await falls(process, name)


async def test_the_help_of_a_figure_leads_to_the_runbook(process: Outspoken) -> None:
    page = (await process.client.get(f"{process.ops}/metrics")).text
    told = {line.split()[2]: line for line in page.splitlines() if line.startswith("# HELP")}
    for name, section in {**runbook.FIGURES, **SERVICE.figures}.items():
        if name in told:
            assert runbook.link(section) in told[name]
    assert {
        "sigap_outbox_oldest_seconds",
        "sigap_deadlines_near_breach",
        "sigap_consumer_lag_messages",
        "sigap_consumer_oldest_seconds",
    } <= told.keys()
