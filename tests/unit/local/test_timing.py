"""What a start's time is told to have gone into."""

import os

from deploy.local.timing import Timing, cpu_seconds, critical_path, table

START = [
    Timing("database", [], 0.0, 2.0, cpu=0.3),
    Timing("broker", [], 0.0, 4.0, cpu=3.5),
    Timing("tables", ["database"], 2.0, 5.0),
    Timing("sign-in", ["database"], 2.0, 9.0, cpu=8.0),
    Timing("service", ["broker", "tables"], 7.0, 3.0, cpu=2.0),
]


def test_the_critical_path_ends_with_the_part_that_was_ready_last() -> None:
    assert [step.name for step in critical_path(START)] == ["database", "sign-in"]
    assert [step.name for step in critical_path([part for part in START if part.name != "sign-in"])] == [
        "database",
        "tables",
        "service",
    ]


def test_each_part_tells_what_it_waited_for_and_what_it_took() -> None:
    lines = [line.split() for line in table(START)]
    assert lines[0] == ["part", "waited", "for", "waited", "own", "cpu"]
    assert lines[-2] == ["sign-in", "database", "2.0", "s", "9.0", "s", "8.0", "s"]
    assert ["service", "tables", "7.0", "s", "3.0", "s", "2.0", "s"] in lines
    assert ["tables", "database", "2.0", "s", "5.0", "s", "-"] in lines
    assert table(START)[-1] == "critical path: database 2.0 s, then sign-in 9.0 s"


def test_what_was_passed_over_is_not_told() -> None:
    passed = [Timing("database", [], 0.0, 1.0), Timing("tables", ["database"], 1.0, 0.0)]
    service = Timing("service", ["tables"], 1.0, 2.0)
    told = "\n".join(table([*passed, service]))
    assert "critical path: database 1.0 s, then service 2.0 s" in told
    assert not any(line.split()[0] == "tables" for line in told.splitlines())


def test_no_parts_make_no_path() -> None:
    assert critical_path([]) == []


def test_the_cpu_time_of_a_process_that_is_gone_is_unknown() -> None:
    assert cpu_seconds(os.getpid()) is not None
    assert cpu_seconds(2**22 + 1) is None
