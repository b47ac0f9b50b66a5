"""The supervisor: order, readiness, restarts, ends. Its parts are small shell programs."""

import asyncio
import os
import signal
import socket
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT
from deploy.local.supervisor import Part, PartFailed, Stage, Supervisor
from tests.support.eventually import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system runs on Linux only")


class Exists:
    """Ready as soon as a file is there."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def __call__(self) -> bool:
        return self._file.exists()


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A file in which the parts write what they do."""
    return tmp_path / "story"


def told(story: Path) -> list[str]:
    return story.read_text().split() if story.exists() else []


def long_running(name: str, story: Path, **more: object) -> Part:
    mark = story.with_name(f"{name}.up")
    script = f"""
        trap 'echo {name}-ends >>{story}; exit 0' TERM
        echo {name} >>{story}
        touch {mark}
        while :; do sleep 0.05; done
    """

    async def prepare() -> None:
        mark.unlink(missing_ok=True)

    command = ["sh", "-c", script]
    return Part(name=name, command=command, ready=Exists(mark), prepare=prepare, **more)  # type: ignore[arg-type]


def one_shot(name: str, script: str, **more: object) -> Part:
    return Part(name=name, command=["sh", "-c", script], once=True, **more)  # type: ignore[arg-type]


async def until(condition: Callable[[], bool]) -> None:
    async def ask() -> bool:
        return condition()

    await eventually(ask)


async def test_parts_start_in_order_and_end_in_reverse(tmp_path: Path, story: Path) -> None:
    parts = [
        long_running("service", story, after=["tables"]),
        one_shot("tables", f"echo tables >>{story}", after=["engine"]),
        long_running("engine", story),
    ]
    supervisor = Supervisor(parts, tmp_path / "log")
    await supervisor.start()
    assert {name: running.stage for name, running in supervisor.running.items()} == {
        "engine": Stage.READY,
        "tables": Stage.DONE,
        "service": Stage.READY,
    }
    await supervisor.stop_all()
    assert told(story) == ["engine", "tables", "service", "service-ends", "engine-ends"]


async def test_a_failed_start_is_one_line_and_leaves_nothing(tmp_path: Path, story: Path) -> None:
    engine = long_running("engine", story)
    supervisor = Supervisor(
        [engine, one_shot("tables", "echo no such role; exit 3", after=["engine"])], tmp_path / "log"
    )
    with pytest.raises(PartFailed) as failure:
        await supervisor.start()
    assert "tables ended with 3: no such role (see " in str(failure.value)
    assert "\n" not in str(failure.value)
    assert supervisor.running["engine"].pid is None
    assert told(story)[-1] == "engine-ends"


async def test_the_start_does_not_wait_for_a_part_that_nobody_needs(tmp_path: Path, story: Path) -> None:
    mark = tmp_path / "store.there"
    script = f"trap 'echo store-ends >>{story}; exit 0' TERM; echo store >>{story}; while :; do sleep 0.05; done"
    store = Part(name="store", command=["sh", "-c", script], ready=Exists(mark), is_awaited=False)
    supervisor = Supervisor([store, long_running("engine", story)], tmp_path / "log")
    await asyncio.wait_for(supervisor.start(), 20)
    running = supervisor.running["store"]
    assert running.stage is not Stage.READY
    mark.touch()
    await until(lambda: running.stage is Stage.READY)
    first = running.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: running.stage is Stage.READY and running.pid not in (None, first))
    mark.unlink()
    await supervisor.stop_all()
    assert sorted(told(story)[-2:]) == ["engine-ends", "store-ends"]


async def test_a_part_that_nobody_needs_is_tried_again_and_fails_no_start(tmp_path: Path, story: Path) -> None:
    ready = asyncio.Event()

    class Later:
        """Ready when the other one was tried three times."""

        async def __call__(self) -> bool:
            return ready.is_set()

    engine = Part(name="engine", command=["sleep", "600"], ready=Later())
    store = Part(name="store", command=["sh", "-c", f"echo store >>{story}; exit 1"], ready=Later(), is_awaited=False)
    supervisor = Supervisor([engine, store], tmp_path / "log")
    starting = asyncio.create_task(supervisor.start())
    await until(lambda: len(told(story)) > 3)
    ready.set()
    await asyncio.wait_for(starting, 20)
    await supervisor.stop_all()


async def test_a_preparation_that_breaks_ends_the_start(tmp_path: Path) -> None:
    async def prepare() -> None:
        raise LookupError("no such thing")

    supervisor = Supervisor([Part(name="engine", command=["true"], prepare=prepare)], tmp_path / "log")
    with pytest.raises(PartFailed, match="engine cannot start: LookupError"):
        await supervisor.start()


async def test_a_part_that_dies_is_started_again(tmp_path: Path, story: Path) -> None:
    supervisor = Supervisor([long_running("engine", story)], tmp_path / "log")
    await supervisor.start()
    running = supervisor.running["engine"]
    first = running.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: running.stage is Stage.READY and running.pid not in (None, first))
    assert running.restarts == 1
    await supervisor.stop_all()


async def test_a_part_that_hangs_is_ended_and_started_again(tmp_path: Path, story: Path) -> None:
    pulse = tmp_path / "pulse"

    class Beats:
        """Alive while the file is made anew."""

        async def __call__(self) -> bool:
            is_alive = pulse.exists()
            pulse.unlink(missing_ok=True)
            return is_alive

    script = f"trap 'echo ends >>{story}; exit 0' TERM; echo up >>{story}; while :; do touch {pulse}; sleep 0.02; done"
    part = Part(name="engine", command=["sh", "-c", script], alive=Beats(), hangs_after_seconds=1.0)
    supervisor = Supervisor([part], tmp_path / "log")
    await supervisor.start()
    running = supervisor.running["engine"]
    first = running.pid
    assert first is not None
    await asyncio.sleep(1.6)
    assert running.pid == first, "one that answers is left alone"
    os.kill(first, signal.SIGSTOP)
    await until(lambda: running.stage is Stage.READY and running.pid not in (None, first))
    assert running.trouble is not None
    assert "engine did not answer for 1 s" in running.trouble
    assert told(story) == ["up", "ends", "up"], "it was asked to end before it was killed"
    await supervisor.stop_all()


async def test_a_killed_part_stays_down_until_it_is_resumed(tmp_path: Path, story: Path) -> None:
    supervisor = Supervisor([long_running("engine", story)], tmp_path / "log")
    await supervisor.start()
    await supervisor.kill("engine")
    await asyncio.sleep(0.6)
    assert told(story) == ["engine"]
    assert supervisor.running["engine"].pid is None
    await supervisor.resume("engine")
    await supervisor.stop_all()
    assert told(story) == ["engine", "engine", "engine-ends"]


async def test_a_part_that_does_not_go_is_killed_with_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    script = f"trap '' TERM; sleep 600 & echo $! >{child}; while :; do sleep 0.05; done"
    stubborn = Part(name="stubborn", command=["sh", "-c", script], ready=Exists(child), stop_within_seconds=0.3)
    supervisor = Supervisor([stubborn], tmp_path / "log")
    await supervisor.start()
    await supervisor.stop_all()
    await until(lambda: is_gone(int(child.read_text())))


async def test_a_taken_port_is_named(tmp_path: Path, story: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        supervisor = Supervisor([long_running("engine", story, ports=(port,))], tmp_path / "log")
        with pytest.raises(PartFailed, match=f"engine needs port {port}, which another program has"):
            await supervisor.start()
    assert told(story) == []


async def test_a_one_shot_runs_again_only_when_its_inputs_changed(tmp_path: Path, story: Path) -> None:
    inputs = tmp_path / "migrations"
    inputs.mkdir()
    part = one_shot("tables", f"echo tables >>{story}", inputs=[inputs])

    async def run() -> int:
        supervisor = Supervisor([part], tmp_path / "log")
        await supervisor.start()
        await supervisor.stop_all()
        return len(told(story))

    assert [await run(), await run()] == [1, 1]
    (inputs / "0001.sql").write_text("create table")
    assert [await run(), await run()] == [2, 2]


def test_an_unknown_dependency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="service waits for unknown parts: engine"):
        Supervisor([one_shot("service", "true", after=["engine"])], tmp_path)


async def test_parts_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    """Or they would answer the readiness question of its successor."""
    program = textwrap.dedent(f"""
        import asyncio
        from pathlib import Path
        from deploy.local.supervisor import Part, Supervisor

        async def main():
            supervisor = Supervisor([Part(name="engine", command=["sleep", "600"])], Path("{tmp_path}/log"))
            await supervisor.start()
            print(supervisor.running["engine"].pid, flush=True)
            await asyncio.sleep(600)

        asyncio.run(main())
    """)
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert owner.stdout is not None
        engine = int(await owner.stdout.readline())
        # Until then it is still `setpriv`, on its way to ask for that signal.
        await until(lambda: Path(f"/proc/{engine}/comm").read_text().strip() == "sleep")
    finally:
        owner.kill()
        await owner.wait()
    await until(lambda: is_gone(engine))


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
