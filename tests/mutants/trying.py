"""Try one mutant in a process of its own: ``python -m tests.mutants.trying <module> <file> <replay|tests>...``.

The mutated file stands in for the module wherever it is imported; the checkout is left as it is. Ends with 0 when
nobody noticed, else with the number of whoever did.
"""

import asyncio
import importlib.abc
import importlib.util
import logging
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.mutants.places import HISTORIES, PLACES, Place

NOBODY, REPLAY, TESTS = 0, 71, 72
STUCK_SECONDS = 30
"""A recorded history replays in milliseconds; one that takes this long hangs, and Temporal may wait for it for ever."""

ALREADY_IMPORTED = "ignore::pytest.PytestAssertRewriteWarning"
"""Replay has imported the activities, and with them libraries that also are plugins of pytest."""


class StandIn(importlib.abc.MetaPathFinder):
    """Finds the mutated file under the module's name."""

    def __init__(self, module: str, file: str) -> None:
        self._module, self._file = module, file

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The file's place for the one name; all others are somebody else's."""
        return importlib.util.spec_from_file_location(fullname, self._file) if fullname == self._module else None


async def replays(place: Place) -> bool:
    """Whether every recorded history of the module's workflows replays."""
    types = [getattr(importlib.import_module(module), name) for name, module in place.workflows.items()]
    replayer = Replayer(workflows=types, data_converter=pydantic_data_converter)
    for name in place.workflows:
        for file in sorted(HISTORIES.glob(f"{name}-*.json")):
            history = WorkflowHistory.from_json(file.stem, file.read_text())
            replay = asyncio.ensure_future(replayer.replay_workflow(history, raise_on_replay_failure=False))
            await asyncio.wait({replay}, timeout=STUCK_SECONDS)
            if not replay.done() or replay.result().replay_failure is not None:
                return False
    return True


def main(module: str, file: str, *judges: str) -> int:
    """Ask the judges in order; the first who notices is told by the exit code."""
    sys.meta_path.insert(0, StandIn(module, file))
    place = PLACES[module]
    if "replay" in judges:
        logging.disable(logging.CRITICAL)
        loop = asyncio.new_event_loop()  # not closed: closing waits for what hangs
        if not loop.run_until_complete(replays(place)):
            return REPLAY
        logging.disable(logging.NOTSET)
    if "tests" in judges:
        options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "-W", ALREADY_IMPORTED]
        if pytest.main([*options, *place.tests]) != pytest.ExitCode.OK:
            return TESTS
    return NOBODY


if __name__ == "__main__":
    verdict = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(verdict)  # a worker that a mutant left hanging would bring the interpreter down on its way out
