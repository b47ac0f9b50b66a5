"""A release takes over from an older one and gives back; one that cannot takes nothing away.

Invariant: what was acknowledged before is there after each way back; what a way back loses is named; the tables are
again those of the release that serves.
"""

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.databases import superuser
from deploy.local.places import CHECKOUT
from deploy.sandbox.journey import report_body
from deploy.sandbox.scenario import Someone
from tests.support.whole_system import System, attempt, command, running_system

PARTS = "intake,keycloak"
WITHOUT_SIGN_IN = "intake"
RELEASE = ("contracts", "deploy", "services")

MIGRATION = '''"""What a next release adds."""

from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column more."""
    op.execute("ALTER TABLE reports ADD COLUMN uji text NOT NULL DEFAULT 'ada'")
    op.execute("{then}")
'''


@dataclass(frozen=True, slots=True)
class Observed:
    """What stands after a way back."""

    promised: frozenset[str]
    """Reports acknowledged before the upgrade."""
    reports: frozenset[str]
    by_the_next: frozenset[str] = frozenset()
    """Reports acknowledged by the release that was left again."""
    named: frozenset[str] = frozenset()
    tables: str = "0001"


def broken(seen: Observed) -> list[str]:
    """Every way in which the invariant does not hold."""
    wrong = [f"report {lost} is lost" for lost in sorted(seen.promised - seen.reports)]
    wrong += [f"{lost} is gone and not named" for lost in sorted(seen.by_the_next - seen.reports - seen.named)]
    if seen.tables != "0001":
        wrong.append(f"the tables are those of {seen.tables}")
    return wrong


@pytest.fixture
async def state(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    monkeypatch.setenv("SIGAP_PARTS", PARTS)
    folder = CHECKOUT / "var" / "test" / f"upgrade-{uuid4().hex[:6]}"
    yield folder
    await command(folder, "reset")
    shutil.rmtree(folder, ignore_errors=True)


def next_release(folder: Path, then: str = "SELECT 1") -> Path:
    """A release in a folder of its own, with one migration more in intake."""
    for part in RELEASE:
        shutil.copytree(CHECKOUT / part, folder / part)
    (folder / "var").mkdir()
    (folder / "var" / "tools").symlink_to(CHECKOUT / "var" / "tools")
    versions = folder / "services" / "intake" / "migrations" / "versions"
    newest = max(file.name[:4] for file in versions.glob("[0-9]*.py"))
    revision = f"{int(newest) + 1:04}"
    (versions / f"{revision}_uji.py").write_text(MIGRATION.format(revision=revision, before=newest, then=then))
    return folder


async def report(system: System, number: int) -> str:
    """A report by Satpol PP; its id once it is acknowledged."""
    someone = Someone(
        key=f"uji-{number}", kind="ODGJ", sex="MALE", village="35.24.06.2001", features=f"Orang uji {number}"
    )
    body = report_body(someone, "2026-11-01T02:00:00Z", channel="PHONE", urgency="URGENT")
    return str((await system.post("intake", "/reports", body, by="satpolpp-lamongan"))["report_id"])


async def observed(system: System, promised: set[str], **more: Any) -> Observed:
    async with superuser(system.site, "sigap_intake") as connection:
        reports = frozenset(row["id"] for row in await connection.fetch("SELECT id::text FROM reports"))
        tables = str(await connection.fetchval("SELECT version_num FROM alembic_version"))
    return Observed(promised=frozenset(promised), reports=reports, tables=tables, **more)


async def test_a_release_takes_over_and_gives_back_and_nothing_acknowledged_before_is_lost(
    state: Path, tmp_path: Path
) -> None:
    next_one = next_release(tmp_path / "next")
    async with running_system(state) as system:
        promised = {await report(system, number) for number in range(5)}
        status, said = await attempt(state, "rollback")
        assert (status, "no upgrade was made here" in said) == (1, True), said

    async with running_system(state, by=["upgrade"], release=next_one) as system:
        by_the_next = {await report(system, number) for number in range(100, 103)}
        upgraded = await observed(system, promised | by_the_next)
        assert (broken(replace(upgraded, tables="0001")), upgraded.tables) == ([], "0002")
        status, said = await attempt(state, "rollback", release=next_one)
        assert (status, "with the one before it" in said) == (1, True), said

    async with running_system(state, by=["rollback"]) as system:
        named = frozenset(re.findall(r"\S+$", (state / "restored.txt").read_text(), re.MULTILINE))
        seen = await observed(system, promised, by_the_next=frozenset(by_the_next), named=named)
        assert broken(seen) == []
        assert seen.reports.isdisjoint(by_the_next), "what came after is named, not there by half"
        assert await report(system, 200), "it serves"


async def test_a_release_that_fails_on_its_tables_takes_nothing_away(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGAP_PARTS", WITHOUT_SIGN_IN)
    failing = next_release(tmp_path / "failing", then="SELECT 1 / 0")
    marked = "INSERT INTO colleagues VALUES ('staff:uji', 'dinsos-lamongan', '35.24', 'Uji', now())"
    async with running_system(state) as system:
        async with superuser(system.site, "sigap_intake") as connection:
            await connection.execute(marked)
        status, said = await attempt(state, "upgrade", release=failing)
        assert (status, "`make rollback` with the release that ran before" in said) == (1, True), said
    async with running_system(state, by=["rollback"]) as system:
        assert not (state / "restored.txt").exists(), "its tables stand as they were"
        assert broken(await observed(system, set())) == []
        async with superuser(system.site, "sigap_intake") as connection:
            assert await connection.fetchval("SELECT name FROM colleagues WHERE actor = 'staff:uji'") == "Uji"


def test_the_checker_finds_what_a_wrong_way_back_does() -> None:
    right = Observed(
        promised=frozenset({"a"}),
        reports=frozenset({"a"}),
        by_the_next=frozenset({"late"}),
        named=frozenset({"late"}),
    )
    assert broken(right) == []
    assert broken(replace(right, reports=frozenset({"late"}))) == ["report a is lost"]
    assert broken(replace(right, named=frozenset())) == ["late is gone and not named"]
    assert broken(replace(right, tables="0002")) == ["the tables are those of 0002"]
