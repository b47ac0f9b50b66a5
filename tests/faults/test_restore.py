"""A backup that is taken while reports come in, then all state gone, then a restore.

Invariant: what was acknowledged before the backup began is there, with its case, and rings at most once; no number is
given twice; what came after the backup is named; nobody's account is lost.
"""

import asyncio
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from contracts.events.casework import HandoffEscalated
from deploy.local.databases import superuser
from deploy.local.places import CHECKOUT
from deploy.local.records import every_record
from deploy.sandbox.journey import report_body
from deploy.sandbox.scenario import Someone
from tests.support.eventually import eventually
from tests.support.seeds import chosen_seed
from tests.support.whole_system import System, command, running_system

PARTS = "intake,casework,keycloak"
SEED = chosen_seed(20261129)


@dataclass(frozen=True, slots=True)
class Observed:
    """What stands after the restore, and what was promised before it."""

    promised: frozenset[str]
    """Reports acknowledged before the backup began."""
    reports: frozenset[str]
    cases: dict[str, str]
    """Report -> number of its case."""
    kept: dict[str, str]
    """The same, before the backup began."""
    numbers_before: dict[str, str]
    """The same, in the system that is gone, also after the backup."""
    after_the_backup: frozenset[str]
    named: frozenset[str]
    rings: dict[str, int] = field(default_factory=dict)
    """Step of a deadline -> how many facts say that it was taken."""


def broken(seen: Observed) -> list[str]:
    """Every way in which the invariant does not hold."""
    wrong = [f"report {lost} is lost" for lost in seen.promised - seen.reports]
    wrong += [f"report {lost} has no case" for lost in seen.promised - seen.cases.keys()]
    for report, number in seen.cases.items():
        if seen.kept.get(report, number) != number:
            wrong.append(f"the case of {report} has another number")
        if number in (other for one, other in seen.numbers_before.items() if one != report):
            wrong.append(f"the number {number} is given twice")
    wrong += [f"{lost} came after the backup and is not named" for lost in seen.after_the_backup - seen.named]
    wrong += [f"{step} rang {times} times" for step, times in seen.rings.items() if times > 1]
    return wrong


@pytest.fixture
async def state(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    monkeypatch.setenv("SIGAP_PARTS", PARTS)
    folder = CHECKOUT / "var" / "test" / f"restore-{uuid4().hex[:6]}"
    yield folder
    await command(folder, "reset")
    shutil.rmtree(folder, ignore_errors=True)


async def report(system: System, number: int) -> str:
    """A report by Satpol PP of somebody whom nobody has yet; its id once it is acknowledged."""
    someone = Someone(
        key=f"uji-{number}", kind="ODGJ", sex="MALE", village="35.24.06.2001", features=f"Orang uji {number}"
    )
    body = report_body(someone, "2026-11-01T02:00:00Z", channel="PHONE", urgency="EMERGENCY")
    return str((await system.post("intake", "/reports", body, by="satpolpp-lamongan"))["report_id"])


async def rows(system: System, service: str, query: str) -> list[asyncpg.Record]:
    async with superuser(system.site, f"sigap_{service}") as connection:
        return list(await connection.fetch(query))


async def numbers(system: System) -> dict[str, str]:
    """Report -> number of its case."""
    found = await rows(system, "casework", "SELECT source_report_id::text AS report, number FROM cases")
    return {row["report"]: row["number"] for row in found}


async def rings(system: System) -> dict[str, int]:
    """What the topics say of steps that were taken, a fact that is said again counted once."""
    told: set[tuple[str, str]] = set()
    async for record in every_record(f"127.0.0.1:{system.site.ports['kafka']}", "casework.handoffs".__eq__):
        headers = dict(record.headers)
        if headers["ce_type"] == HandoffEscalated.TYPE.encode():
            body = json.loads(record.value)
            step = f"{headers['ce_subject'].decode()} {body['deadline']} {body['occurrence']} {body['step_no']}"
            told.add((step, headers["ce_id"].decode()))
    return dict(Counter(step for step, _ in told))


async def all_open(system: System, reports: set[str]) -> None:
    async def have_cases() -> bool:
        return reports <= set(await numbers(system))

    await eventually(have_cases, within_seconds=120, what="a case for each report")


async def test_nothing_acknowledged_before_a_backup_is_lost_and_no_number_is_given_twice(state: Path) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    async with running_system(state) as system:
        promised = {await report(system, number) for number in range(chance.randint(8, 12))}
        await all_open(system, set(sorted(promised)[:4]))
        kept = await numbers(system)
        meanwhile: set[str] = set()

        async def go_on_reporting() -> None:
            for number in range(100, 400):
                meanwhile.add(await report(system, number))
                await asyncio.sleep(chance.random() / 4)

        reporting = asyncio.create_task(go_on_reporting())
        said = await command(state, "backup", str(state / "backups" / "one"))
        reporting.cancel()
        await asyncio.gather(reporting, return_exceptions=True)
        assert "it holds secrets" in said
        after = {await report(system, number) for number in range(1000, 1005)}
        await all_open(system, promised | meanwhile | after)
        before = await numbers(system)

    said = await command(state, "restore", str(state / "backups" / "one"))
    named = re.findall(r"\S+$", (state / "restored.txt").read_text(), re.MULTILINE)
    assert re.search(r"[1-9]\d* facts came after the backup", said), said

    async with running_system(state) as system:
        new = await report(system, 5000)
        await all_open(system, promised | {new})
        reports = {row["id"] for row in await rows(system, "intake", "SELECT id::text FROM reports")}
        seen = Observed(
            promised=frozenset(promised),
            reports=frozenset(reports),
            cases=await numbers(system),
            kept=kept,
            numbers_before=before,
            after_the_backup=frozenset(after),
            named=frozenset(named),
            rings=await rings(system),
        )
        assert broken(seen) == []
        assert after.isdisjoint(reports), "what came after is named, not there by half"
        without = await system.get("casework", "/oversight/deadlines-without-timer", by="budi.kabid")
        assert without["items"] == []
        assert await system.token("sri.peksos"), "accounts came back with the rest"


def test_the_checker_finds_what_a_wrong_restore_does() -> None:
    right = Observed(
        promised=frozenset({"a"}),
        reports=frozenset({"a", "new"}),
        cases={"a": "ODGJ/1", "new": "ODGJ/3"},
        kept={"a": "ODGJ/1"},
        numbers_before={"a": "ODGJ/1", "late": "ODGJ/2"},
        after_the_backup=frozenset({"late"}),
        named=frozenset({"late"}),
        rings={"step 1": 1},
    )
    assert broken(right) == []
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"reports": frozenset({"new"})}, "report a is lost"),
        ({"cases": {"new": "ODGJ/3"}}, "report a has no case"),
        ({"cases": {"a": "ODGJ/1", "new": "ODGJ/2"}}, "the number ODGJ/2 is given twice"),
        ({"cases": {"a": "ODGJ/4", "new": "ODGJ/3"}}, "the case of a has another number"),
        ({"named": frozenset()}, "late came after the backup and is not named"),
        ({"rings": {"step 1": 2}}, "step 1 rang 2 times"),
    ]
    for change, what in wrong:
        assert broken(replace(right, **change)) == [what]
