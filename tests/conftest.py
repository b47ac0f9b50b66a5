"""One whole system for whoever needs it in a run, and which tests share a process when they are spread over several."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.support.whole_system import SYSTEM_STATE, System, running_system

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # No test asserts a speed: a busy machine is no fault of what is tested.

# By default every frame of an error is drawn with all its variables: ten seconds for one that came through the ORM.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

FURTHER_PART_OF_A_LONG_TEST = re.compile(r"\[part-[1-9]\d*\]$")
ON_THE_WHOLE_SYSTEM = ("tests/system/", "tests/browser/")
ON_THE_IDENTITY_PROVIDER = {f"tests/integration/local/test_{name}.py" for name in ("identity", "standing_realm")}
ON_A_GROUND_OF_ITS_OWN = "tests/system/test_fuzz.py"
APART = {"tests/faults/test_upgrade.py"}
"""Modules whose tests share nothing and take minutes each."""
LONGEST = (
    "tests/faults/test_upgrade.py",
    "tests/faults/test_restore.py",
    "tests/faults/test_clock_skew.py",
    "tests/faults/test_owners.py",
    "tests/faults/test_kills.py",
    "tests/integration/local/test_commands.py",
    "tests/integration/local/test_identity.py",
    "tests/integration/chassis/test_signals.py",
    "tests/integration/chassis/test_canary.py",
    "tests/integration/disbursement/test_aid_model.py",
    "tests/integration/casework/test_handoff_model.py",
)
"""Begun first, so that no process is left alone with one of them at the end."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_system() -> AsyncIterator[System]:
    """Everything, as `make up` starts it, on state of its own."""
    async with running_system(SYSTEM_STATE, fresh=True) as found:
        yield found


def process_of(nodeid: str) -> str:
    """What shares a process: a module but for further parts of a long test, or all on one system or provider."""
    if FURTHER_PART_OF_A_LONG_TEST.search(nodeid):
        return nodeid
    module = nodeid.split("::", 1)[0]
    if module in APART:
        return nodeid
    if module in ON_THE_IDENTITY_PROVIDER:
        return "the identity provider"
    is_on_it = module.startswith(ON_THE_WHOLE_SYSTEM) and module != ON_A_GROUND_OF_ITS_OWN
    return "the whole system" if is_on_it else module


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest modules first."""
    place = {module: number for number, module in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.split("::", 1)[0], len(LONGEST)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """For `--dist loadfile`; the groups of xdist 3.8 do not work under pytest 9."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # By the number of tests, what takes minutes and has two comes last.
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = process_of
    return scheduler
