"""The commands a person types, on a small part of the system with a state of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.daemon import Status, holder, process_began, read_status
from deploy.local.places import CHECKOUT

Sigap = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def state() -> Iterator[Path]:
    folder = CHECKOUT / "var" / "test" / f"commands-{os.getpid()}-{uuid4().hex[:6]}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sigap(state: Path) -> Iterator[Sigap]:
    def run(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {"SIGAP_STATE": str(state), "SIGAP_PARTS": "databases"} | environment
        return subprocess.run(
            [sys.executable, "-m", "deploy.local", command],
            cwd=CHECKOUT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            timeout=240,
        )

    yield run
    run("down")


def status_of(state: Path) -> Status:
    status = read_status(state)
    assert status is not None
    return status


def pids(state: Path) -> dict[str, int]:
    status = status_of(state)
    return {part.name: part.pid for part in status.parts if part.pid} | {"supervisor": status.supervisor}


def test_up_and_down_keep_the_state(sigap: Sigap, state: Path) -> None:
    first = sigap("up")
    assert first.returncode == 0, first.stderr
    assert "ready in" in first.stdout
    assert "MiB" in first.stdout
    cluster = (state / "postgres" / "cluster" / "PG_VERSION").stat().st_ino
    shown = sigap("status")
    assert shown.returncode == 0
    assert "postgres" in shown.stdout
    assert "already running" in sigap("up").stdout
    ran = pids(state)
    assert "stopped in" in sigap("down").stdout
    assert all(process_began(pid) is None for pid in ran.values())
    assert sigap("status").returncode == 1
    assert sigap("up").returncode == 0
    assert (state / "postgres" / "cluster" / "PG_VERSION").stat().st_ino == cluster


def test_one_state_serves_a_service_as_one_process_and_as_four(sigap: Sigap, state: Path) -> None:
    whole = sigap("up", SIGAP_PARTS="intake")
    assert whole.returncode == 0, whole.stderr
    sigap("down")
    names = {f"intake-{part}" for part in ("api", "consumer", "relay", "worker")}
    apart = sigap("up", SIGAP_PARTS=",".join(sorted(names)), SIGAP_APART="1")
    assert apart.returncode == 0, apart.stderr
    assert names <= pids(state).keys()


def test_a_start_does_not_wait_for_the_trace_store(sigap: Sigap, state: Path) -> None:
    parts = {"SIGAP_PARTS": "pace,zipkin"}
    first = sigap("up", **parts)
    assert first.returncode == 0, first.stderr
    assert "still starting" in first.stdout
    assert "zipkin" not in first.stdout.partition("critical path")[2]
    assert sigap("status").returncode == 0
    ran = pids(state)
    ends = time.monotonic() + 60
    while not (found := next(part for part in status_of(state).parts if part.name == "zipkin")).seconds:
        assert time.monotonic() < ends, found
        time.sleep(0.1)
    again = sigap("up", **parts)
    assert "already running" in again.stdout
    assert "still starting" not in again.stdout
    assert pids(state) == ran
    sigap("down")
    assert process_began(ran["zipkin"]) is None


def test_everything_killed_comes_up_again(sigap: Sigap, state: Path) -> None:
    assert sigap("up").returncode == 0
    for pid in pids(state).values():
        os.kill(pid, signal.SIGKILL)
    again = sigap("up")
    assert again.returncode == 0, again.stderr
    assert sigap("status").returncode == 0


def test_down_after_a_killed_supervisor_leaves_nothing(sigap: Sigap, state: Path) -> None:
    assert sigap("up").returncode == 0
    ran = pids(state)
    os.kill(ran["supervisor"], signal.SIGKILL)
    assert sigap("down").returncode == 0
    assert all(process_began(pid) is None for pid in ran.values())


def test_a_taken_port_is_replaced_and_told(sigap: Sigap, state: Path) -> None:
    assert sigap("up").returncode == 0
    sigap("down")
    port = json.loads((state / "ports.json").read_text())["postgres"]
    with socket.create_server(("127.0.0.1", port)):
        again = sigap("up")
    assert again.returncode == 0, again.stderr
    assert f"port {port} of postgres is taken by another program" in again.stdout


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"JAVA_HOME": "/nowhere"}, "Java 17 or newer is missing: install"),
        ({"SIGAP_POSTGRES_BIN": "/nowhere"}, "no PostgreSQL found: run `make install`"),
        ({"SIGAP_PARTS": "oracle"}, "SIGAP_PARTS names no part: oracle"),
    ],
)
def test_a_failure_is_one_line_that_says_what_to_do(
    sigap: Sigap, state: Path, environment: dict[str, str], says: str
) -> None:
    failed = sigap("up", **environment)
    assert failed.returncode == 1
    (line,) = failed.stderr.splitlines()
    assert says in line
    assert holder(state) is None


def test_a_broken_engine_stops_the_start_and_leaves_nothing(sigap: Sigap, state: Path) -> None:
    assert sigap("up").returncode == 0
    sigap("down")
    (state / "postgres" / "cluster" / "global" / "pg_control").unlink()
    failed = sigap("up")
    assert failed.returncode == 1
    (line,) = failed.stderr.splitlines()
    assert "postgres ended" in line
    assert "postgres.log" in line
    assert holder(state) is None
    ran = pids(state)
    ends = time.monotonic() + 10
    while any(process_began(pid) for pid in ran.values()) and time.monotonic() < ends:
        time.sleep(0.05)
    assert {name: pid for name, pid in ran.items() if process_began(pid) is not None} == {}


def test_reset_wipes_the_state(sigap: Sigap, state: Path) -> None:
    assert sigap("up").returncode == 0
    assert sigap("reset").returncode == 0
    assert list(state.iterdir()) == []


def test_a_start_tells_what_took_the_time_and_does_nothing_twice(sigap: Sigap, state: Path) -> None:
    first = sigap("up", SIGAP_PARTS="schemas")
    assert first.returncode == 0, first.stderr
    assert "critical path: postgres" in first.stdout
    assert "then schemas" in first.stdout
    assert " cpu" in first.stdout
    sigap("down")
    second = sigap("up", SIGAP_PARTS="schemas")
    assert second.returncode == 0, second.stderr
    assert "then schemas" not in second.stdout


@pytest.mark.parametrize("victim", ["supervisor", "postgres", "schemas"])
def test_a_kill_in_the_middle_of_a_start_is_survived(sigap: Sigap, state: Path, victim: str) -> None:
    settings = {"SIGAP_STATE": str(state), "SIGAP_PARTS": "schemas"}
    starting = subprocess.Popen(
        [sys.executable, "-m", "deploy.local", "up"],
        cwd=CHECKOUT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: (state / "status.json").exists() and "schemas" in pids(state))
    os.kill(pids(state)[victim], signal.SIGKILL)
    _, said = starting.communicate(timeout=240)
    if victim == "supervisor":
        assert starting.returncode == 1
        assert said.strip().splitlines() == ["sigap: the supervisor was stopped while starting: run `make up` again"]
    again = sigap("up", SIGAP_PARTS="schemas")
    assert again.returncode == 0, again.stderr
    status = read_status(state)
    assert status is not None
    assert {part.name: part.stage for part in status.parts}["schemas"] == "done"


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    for _ in range(2400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")
