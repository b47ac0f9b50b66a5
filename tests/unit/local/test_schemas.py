"""The one process that makes all tables and loads all packs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.util import CommandError

from deploy.local import schemas
from deploy.local.releases.record import Upgrade, forget_upgrade, write_upgrade
from services.chassis import migrations, processes


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What is done, in order, to two services of which one has packs."""
    done: list[str] = []
    settings = SimpleNamespace(from_environment=lambda: SimpleNamespace(migrator_database_url="postgresql://nowhere"))

    def load(name: str) -> Any:
        commands = {"load-pack": name} if name == "casework" else {}
        return SimpleNamespace(name=name, settings=settings, commands=commands)

    async def nothing_stands(url: str) -> None:
        return None

    async def run_command(service: Any, settings: Any, command: Any, arguments: Any) -> int:
        done.append(f"pack {service.name}")
        return 0

    monkeypatch.setattr(schemas, "load", load)
    monkeypatch.setattr(schemas, "set_up_logging", lambda name: None)
    monkeypatch.setattr(migrations, "migrate", lambda name, url: done.append(f"tables {name}"))
    monkeypatch.setattr(migrations, "standing", nothing_stands)
    monkeypatch.setattr(schemas, "state_folder", lambda: tmp_path)
    monkeypatch.setattr(processes, "run_command", run_command)
    return done


def test_all_tables_are_made_before_any_pack_is_loaded(steps: list[str]) -> None:
    assert schemas.main(["casework", "intake"]) == 0
    assert steps == ["tables casework", "tables intake", "pack casework"]


def test_a_wrong_pack_fails_the_whole(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any) -> int:
        return 1

    monkeypatch.setattr(processes, "run_command", refuse)
    assert schemas.main(["casework", "intake"]) == 1


def test_a_database_of_other_code_is_told_in_a_line_that_says_what_to_do(
    steps: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(name: str, url: str) -> None:
        raise CommandError("Can't locate revision identified by '0042'")

    monkeypatch.setattr(migrations, "migrate", refuse)
    assert schemas.main(["casework", "intake"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("casework: Can't locate revision identified by '0042'")
    assert "make rollback" in line
    assert steps == []


@pytest.mark.parametrize(
    ("standing", "begun_to", "is_told"),
    [
        (None, None, False),
        ("0002", None, False),
        ("0001", None, True),
        ("0001", "0002", False),
        ("0001", "0003", True),
        ("0009", None, False),
    ],
    ids=["nothing", "this release's", "an older one's", "upgraded to this", "upgraded to another", "a newer one's"],
)
def test_tables_of_an_older_release_wait_for_an_upgrade(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, standing: str | None, begun_to: str | None, is_told: bool
) -> None:
    monkeypatch.setattr(migrations, "newest", lambda service: "0002")
    monkeypatch.setattr(schemas, "known_revisions", lambda service: {"0001", "0002"})
    if begun_to is not None:
        tables = {"intake": "0001"}
        write_upgrade(
            tmp_path, Upgrade(began_at="", tables_before=tables, tables_after={"intake": begun_to}, backup="x")
        )
    assert schemas.must_be_upgraded(tmp_path, {"intake": standing}) == (["intake"] if is_told else [])
    forget_upgrade(tmp_path)


def test_a_start_on_an_older_releases_tables_changes_nothing_and_says_what_to_do(
    steps: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schemas, "must_be_upgraded", lambda state, tables: ["casework"])
    assert schemas.main(["casework", "intake"]) == 1
    assert "make upgrade" in capsys.readouterr().err
    assert steps == []
