"""The stages of a test run leave nothing out, fit their budgets, and those that passed are not run again."""

from pathlib import Path

import pytest

from tests.support import stages
from tests.support.stages import ALONE, IN_FRONT, TEST, TEST_BUDGET_SECONDS, WHOLE, WHOLE_BUDGET_SECONDS, Row, Stage

TESTS = Path(__file__).parents[2]


def test_every_folder_of_tests_is_in_a_stage() -> None:
    there = {f"tests/{file.relative_to(TESTS).parts[0]}" for file in TESTS.rglob("test_*.py")}
    assert {word for stage in TEST for word in stage.command if word.startswith("tests/")} == there


def test_the_budgets_fit_into_the_time_there_is() -> None:
    assert sum(IN_FRONT.values()) + sum(stage.budget_seconds for stage in TEST) <= TEST_BUDGET_SECONDS
    assert sum(stage.budget_seconds for stage in WHOLE) <= WHOLE_BUDGET_SECONDS


def test_every_switch_of_the_whole_run_is_one_that_some_test_reads() -> None:
    read = "".join(file.read_text() for file in TESTS.rglob("*.py") if file not in {Path(stages.__file__)})
    assert [name for stage in WHOLE for name in stage.settings if f'"{name}"' not in read] == []


def test_every_file_that_a_stage_names_is_there() -> None:
    named = [word for stage in [*TEST, *ALONE, *WHOLE] for word in stage.command if word.startswith("tests/")]
    assert [name for name in named if not (TESTS.parent / name).exists()] == []


def test_a_stage_that_passed_is_told_and_not_run_again_and_a_failed_one_ends_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []

    def run(stage: Stage) -> tuple[int, str]:
        ran.append(stage.name)
        return (1, "1 failed") if stage.name == "two" else (0, "3 passed")

    monkeypatch.setattr(stages, "run", run)
    rows: list[Row] = []
    three = [Stage(name, (), 10) for name in ("one", "two", "three")]
    assert stages.in_turn(three, rows, {"one": 4.0}) == 1
    assert ran == ["two"]
    assert [(row.name, row.said) for row in rows] == [("one", "passed before"), ("two", "FAILED  1 failed")]
    assert stages.table(rows, 30).splitlines()[1] == f"{'one':<20}{'4':>9}{'10':>9}  passed before"


def test_a_stage_passes_on_what_it_says_and_its_closing_line_stands_in_the_table(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    said = "print('dots'); print('===== 3 passed in 0.1s =====')"
    assert stages.run(Stage("one", ("-c", said), 10)) == (0, "3 passed in 0.1s")
    assert b"dots\n===== 3 passed in 0.1s =====\n" in capfdbinary.readouterr().out
