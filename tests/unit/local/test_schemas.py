"""The one process that makes all tables and loads all packs."""

from types import SimpleNamespace
from typing import Any

import pytest
from alembic.util import CommandError

from deploy.local import schemas
from services.chassis import migrations, processes


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done, in order, to two services of which one has packs."""
    done: list[str] = []
    settings = SimpleNamespace(from_environment=lambda: SimpleNamespace(migrator_database_url="postgresql://nowhere"))

    def load(name: str) -> Any:
        commands = {"load-pack": name} if name == "casework" else {}
        return SimpleNamespace(name=name, settings=settings, commands=commands)

    async def run_command(service: Any, settings: Any, command: Any, arguments: Any) -> int:
        done.append(f"pack {service.name}")
        return 0

    monkeypatch.setattr(schemas, "load", load)
    monkeypatch.setattr(schemas, "set_up_logging", lambda name: None)
    monkeypatch.setattr(migrations, "migrate", lambda name, url: done.append(f"tables {name}"))
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
    assert "make reset" in line
    assert steps == []
