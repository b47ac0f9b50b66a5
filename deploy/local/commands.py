"""What a person types, from install to demo: one function for each word of `python -m deploy.local`."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from deploy.local import first_runs, tools
from deploy.local.accounts import REALM, open_demo_site
from deploy.local.daemon import (
    Status,
    end_leftovers,
    holder,
    is_settled,
    is_still_starting,
    locked,
    process_began,
    read_status,
)
from deploy.local.engines import wipe_elsewhere
from deploy.local.parts import system
from deploy.local.places import CHECKOUT, shown, state_folder, tools_folder
from deploy.local.supervisor import Part
from deploy.local.timing import Timing, table

ROOM_NEEDED_BYTES = 1_000_000_000
START_LIMIT_SECONDS = 900
STOP_LIMIT_SECONDS = 60
KEPT_BY_RESET = ("tools", "test")


class CannotGoOn(Exception):
    """The command ends with exit code 1; the text is its last line and says what to do."""


def install() -> None:
    """Fetch the engines, build what is built once. Says how long each took; does nothing when all is there."""
    _check_room(tools_folder())
    began = time.monotonic()
    # The longest first: Maven fetches one after another.
    steps = {"keycloak": _install_keycloak, "kafka": _install_kafka, "zipkin": _install_zipkin}
    with ThreadPoolExecutor() as pool:
        waiting = {pool.submit(_timed, step): name for name, step in steps.items()}
        for done, name in waiting.items():
            seconds = done.result()
            if seconds > 0.5:
                print(f"  {name:<16} installed   {seconds:5.1f} s", flush=True)
    if time.monotonic() - began > 0.5:
        print(f"engines installed in {time.monotonic() - began:.1f} s")


def _install_kafka() -> None:
    tools.kafka_jars()
    asyncio.run(first_runs.run_kafka_once())


def _install_zipkin() -> None:
    tools.zipkin_home()
    asyncio.run(first_runs.run_zipkin_once())


def _install_keycloak() -> None:
    tools.keycloak_home()
    asyncio.run(first_runs.run_keycloak_once())


def _timed(step: object) -> float:
    began = time.monotonic()
    step()  # type: ignore[operator]
    return time.monotonic() - began


def up() -> None:
    """Start everything in the background and wait until it is ready, with a line per part."""
    state = state_folder()
    _check_room(state)
    if holder(state) is None:
        install()
        _check_checkout()
        _start_daemon(state)
    else:
        print("already running")
    _follow_start(state)


def _start_daemon(state: Path) -> None:
    log = state / "log"
    log.mkdir(parents=True, exist_ok=True)
    end_leftovers(state)
    (state / "status.json").unlink(missing_ok=True)
    with (log / "supervisor.log").open("ab") as written:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "supervise"],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    deadline = time.monotonic() + 20
    while holder(state) is None or read_status(state) is None:
        if daemon.poll() is not None:
            if (status := read_status(state)) and status.trouble:
                raise CannotGoOn(status.trouble)
            if daemon.returncode == 3:
                return
            raise CannotGoOn(f"the supervisor ended at once: see {shown(log / 'supervisor.log')}")
        if time.monotonic() > deadline:
            raise CannotGoOn(f"the supervisor did not start: see {shown(log / 'supervisor.log')}")
        time.sleep(0.05)


def _follow_start(state: Path) -> None:
    told: set[str] = set()
    deadline = time.monotonic() + START_LIMIT_SECONDS
    try:
        while True:
            alive = holder(state)
            status = read_status(state)
            if status is not None:
                _tell_progress(status, told)
                if status.phase == "ready":
                    break
                if status.phase == "failed":
                    raise CannotGoOn(f"{status.trouble}")
            if alive is None:
                raise CannotGoOn("the supervisor was stopped while starting: run `make up` again")
            if time.monotonic() > deadline:
                down()
                raise CannotGoOn(f"not ready after {START_LIMIT_SECONDS} s, all stopped again: see {state / 'log'}")
            time.sleep(0.1)
    except KeyboardInterrupt:
        print("\ninterrupted: stopping what was started")
        down()
        raise
    _tell_ready(state, status)


def _tell_progress(status: Status, told: set[str]) -> None:
    for text in status.notes:
        if text not in told:
            told.add(text)
            print(f"  {text}", flush=True)
    for part in status.parts:
        if is_settled(part.stage) and part.name not in told:
            told.add(part.name)
            where = f"127.0.0.1:{part.ports[0]}" if part.ports else ""
            print(f"  {part.name:<24} {part.stage:<7} {where}".rstrip(), flush=True)
        elif part.restarts and f"{part.name} {part.restarts}" not in told:
            told.add(f"{part.name} {part.restarts}")
            print(f"  {part.name:<24} tried again: {part.trouble}", flush=True)


def _tell_ready(state: Path, status: Status) -> None:
    for part in status.parts:
        if is_still_starting(part):
            print(f"  {part.name:<24} still starting, nothing waits for it")
    print("\n".join(table(timings(status))))
    memory = sum(memory_bytes(part.pid) for part in status.parts) + memory_bytes(status.supervisor)
    print(f"ready in {status.seconds or 0:.1f} s, {memory / 2**20:.0f} MiB")
    elsewhere = state / "postgres" / "elsewhere.txt"
    if elsewhere.exists():
        print(f"PostgreSQL lives in {elsewhere.read_text().strip()}: its user may not enter this folder")


def timings(status: Status) -> list[Timing]:
    """When each part that the start waited for was ready, and how long it took."""
    return [
        Timing(part.name, part.after, part.waited or 0.0, part.seconds or 0.0, part.cpu)
        for part in status.parts
        if part.is_awaited
    ]


def down() -> None:
    """Stop everything in order; a part that does not go in its time is killed."""
    state = state_folder()
    supervisor = holder(state)
    if supervisor is None:
        ended = end_leftovers(state)
        print(f"killed what was left over: {', '.join(ended)}" if ended else "nothing was running")
        return
    began = time.monotonic()
    os.kill(supervisor, signal.SIGTERM)
    told: set[str] = set()
    while process_began(supervisor) is not None:
        status = read_status(state)
        for part in status.parts if status else []:
            if part.stage == "stopped" and not part.once and part.name not in told:
                told.add(part.name)
                print(f"  {part.name:<24} stopped", flush=True)
        if time.monotonic() - began > STOP_LIMIT_SECONDS:
            os.kill(supervisor, signal.SIGKILL)
            end_leftovers(state)
            raise CannotGoOn(f"not stopped after {STOP_LIMIT_SECONDS} s: killed")
        time.sleep(0.05)
    print(f"stopped in {time.monotonic() - began:.1f} s")


def show_status() -> None:
    """One line per part, asked now: process, port, readiness, memory."""
    state = state_folder()
    if holder(state) is None:
        raise CannotGoOn("not running: `make up` starts it")
    status = read_status(state)
    assert status is not None
    known = {part.name: part for part in system(open_demo_site(), apart=_runs_apart(status))}
    answers = asyncio.run(_ask([known[part.name] for part in status.parts if part.name in known]))
    print(f"{'part':<24} {'state':<11} {'pid':>7} {'port':>6} {'ready':<6} {'memory':>9}  restarts")
    whole = memory_bytes(status.supervisor)
    for part in status.parts:
        memory = memory_bytes(part.pid)
        whole += memory
        ready = "done" if part.stage == "done" else "yes" if answers.get(part.name) else "no"
        ready = "soon" if ready == "no" and is_still_starting(part) else ready
        port = part.ports[0] if part.ports else "-"
        size = f"{memory / 2**20:.0f} MiB" if memory else "-"
        restarts = part.restarts or ""
        print(f"{part.name:<24} {part.stage:<11} {part.pid or '-':>7} {port:>6} {ready:<6} {size:>9}  {restarts}")
    seconds = f" after {status.seconds:.1f} s" if status.seconds else ""
    print(f"{status.phase}{seconds}; {whole / 2**20:.0f} MiB in all, supervisor {status.supervisor}")
    asked = [part for part in status.parts if part.stage != "done" and not is_still_starting(part)]
    not_ready = [part.name for part in asked if not answers.get(part.name)]
    if not_ready:
        raise CannotGoOn(f"not ready: {', '.join(not_ready)}; see `make logs`")


def _runs_apart(status: Status) -> bool:
    return any(part.name.endswith("-api") for part in status.parts)


async def _ask(parts: Sequence[Part]) -> dict[str, bool]:
    asked = [part for part in parts if part.ready is not None]
    answers = await asyncio.gather(*(part.ready() for part in asked if part.ready is not None))
    return {part.name: answer for part, answer in zip(asked, answers, strict=True)}


def memory_bytes(pid: int | None) -> int:
    """Memory of a process and its children; what several share is counted once."""
    if pid is None or process_began(pid) is None:
        return 0
    total = 0
    try:
        leader = psutil.Process(pid)
        children = leader.children(recursive=True) if leader.name() == "postgres" else []
    except psutil.Error:
        return 0
    for process in [leader, *children]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def logs(names: Sequence[str]) -> None:
    """The last lines of each part, each behind its name; on a terminal it goes on until Ctrl-C."""
    folder = state_folder() / "log"
    files = {file.stem: file for file in sorted(folder.glob("*.log"))}
    if unknown := [name for name in names if name not in files]:
        raise CannotGoOn(f"no log of {', '.join(unknown)}; there are: {', '.join(files) or 'none'}")
    chosen = {name: files[name] for name in names or files}
    places = {}
    for name, file in chosen.items():
        lines = file.read_text(errors="replace").splitlines()[-20:]
        places[name] = file.stat().st_size
        for line in lines:
            print(f"{name:<20} | {line}")
    while sys.stdout.isatty():
        time.sleep(0.3)
        for name, file in chosen.items():
            size = file.stat().st_size
            with file.open(errors="replace") as written:
                written.seek(places[name] if size >= places[name] else 0)
                for line in written:
                    print(f"{name:<20} | {line.rstrip()}", flush=True)
                places[name] = written.tell()


def reset() -> None:
    """Stop, then wipe the state; the engines stay installed."""
    state = state_folder()
    down()
    wipe_elsewhere(state)
    for item in state.iterdir() if state.exists() else ():
        if item.name not in KEPT_BY_RESET:
            shutil.rmtree(item) if item.is_dir() and not item.is_symlink() else item.unlink()
    print(f"state in {shown(state)} wiped")


def backup(folders: Sequence[str]) -> None:
    """Copy everything of the running system, at one point, into a folder of its own."""
    from deploy.local.backups.taking import back_up  # loaded late, as is what restores: the other commands stay quick

    state = state_folder()
    if holder(state) is None:
        raise CannotGoOn("not running: `make up` starts it, then back up; nothing changes in a system that is down")
    asyncio.run(back_up(open_demo_site(), Path(folders[0]).resolve() if folders else None))


def restore(folders: Sequence[str]) -> None:
    """Make the system what it was when a backup was taken."""
    from deploy.local.backups.restoring import restore as restore_from

    state = state_folder()
    if not folders:
        raise CannotGoOn("name the backup: `make restore FROM=<folder>`")
    if holder(state) is not None:
        raise CannotGoOn("the system runs: `make down` stops it, then restore")
    with locked(state):
        end_leftovers(state)
        asyncio.run(restore_from(state, Path(folders[0]).resolve()))


def upgrade() -> None:
    """Let this release take over what an older one left or still runs: check, back up, stop, change, start."""
    from deploy.local.releases.changing import prepare

    state = state_folder()
    is_running = holder(state) is not None
    with contextlib.nullcontext() if is_running else locked(state):
        if not is_running:
            end_leftovers(state)
        taken = asyncio.run(prepare(state, is_running=is_running))
    if is_running:
        down()
    try:
        up()
    except CannotGoOn as error:
        raise CannotGoOn(f"{error}; the way back: `make rollback` with the release that ran before") from error
    print(f"upgraded; the way back, with the release before: `make rollback` (backup {shown(Path(taken.backup))})")


def rollback() -> None:
    """Let this release take back what a newer one took over from it."""
    from deploy.local.releases.changing import go_back, to_go_back_from

    state = state_folder()
    taken = to_go_back_from(state)
    if holder(state) is not None:
        down()
    with locked(state):
        end_leftovers(state)
        asyncio.run(go_back(state, taken))
    up()


def administrator(names: Sequence[str]) -> None:
    """Add somebody who may add staff accounts, reset passwords and give roles, on the identity provider's own page."""
    from deploy.local.engines.standing_realm import add_administrator
    from deploy.local.realm import realm

    if len(names) != 1 or not re.fullmatch(r"[a-z][a-z0-9._-]{2,39}", names[0]):
        raise CannotGoOn("name one user, in small letters: `make administrator NAME=ani.wijaya`")
    site = open_demo_site()
    keycloak = f"http://127.0.0.1:{site.ports['keycloak']}"
    password = asyncio.run(add_administrator(keycloak, realm(site), names[0]))
    print(f"{names[0]} signs in at {keycloak}/admin/{REALM}/console/ with {password}, which is asked to be changed")


def demo(arguments: Sequence[str]) -> int:
    """Bring everything up, then become the journey: a kill of this command ends it too. The system goes on running."""
    up()
    sys.stdout.flush()
    os.chdir(CHECKOUT)
    command = [sys.executable, "-m", "deploy.sandbox.journey", *arguments]
    os.execve(sys.executable, command, os.environ | {"SIGAP_STATE": str(state_folder())})  # noqa: S606


def _check_room(folder: Path) -> None:
    standing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(standing).free
    if free < ROOM_NEEDED_BYTES:
        raise CannotGoOn(f"only {free / 2**20:.0f} MiB free for {shown(folder)}: make room for at least 1 GiB")


def _check_checkout() -> None:
    if shutil.which("setpriv") is None:
        raise CannotGoOn("setpriv is missing: install util-linux")
