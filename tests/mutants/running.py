"""Choosing mutants, trying them, and saying who noticed."""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.mutants.making import Mutant, leaving_commands, mutants_of
from tests.mutants.places import PLACES, ROOT, file_of
from tests.mutants.trying import NOBODY, REPLAY, TESTS

PATIENCE_SECONDS = 120
"""A mutant that makes a workflow wait for ever is noticed by this."""
SIDE_BY_SIDE = 2


class Noticed(StrEnum):
    """Who noticed a mutant."""

    NOBODY = "nobody"
    REPLAY = "replay"
    TESTS = "workflow tests"
    PATIENCE = "it never ended"


class TryingFailed(Exception):
    """The process that tried a mutant broke: that says nothing of the mutant."""


@dataclass(frozen=True)
class Verdict:
    """A mutant and who noticed it."""

    mutant: Mutant
    noticed: Noticed


def all_mutants() -> list[Mutant]:
    """Every mutant of every workflow module, in order."""
    files = [file_of(module) for module in PLACES]
    leaving = leaving_commands(files)
    return [mutant for file in files for mutant in mutants_of(file, leaving)]


def chosen(mutants: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """As many as asked for, the same ones for the same seed."""
    return random.Random(seed).sample(mutants, min(count, len(mutants)))


def judges_of(mutant: Mutant) -> tuple[str, ...]:
    """A history shows a structural change; a value's may escape it, not the tests."""
    return ("replay",) if mutant.kind == "structural" else ("replay", "tests")


def tried(mutant: Mutant, *judges: str) -> Noticed:
    """Who of the judges notices the mutant first."""
    module = mutant.file.removesuffix(".py").replace("/", ".")
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        file = Path(folder) / "mutated.py"
        file.write_text(mutant.source)
        command = [sys.executable, "-m", "tests.mutants.trying", module, str(file), *judges]
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Noticed.PATIENCE
    by_code = {NOBODY: Noticed.NOBODY, REPLAY: Noticed.REPLAY, TESTS: Noticed.TESTS}
    if done.returncode not in by_code:
        raise TryingFailed(f"{mutant.name}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return by_code[done.returncode]


def judged(mutants: Iterable[Mutant]) -> Iterator[Verdict]:
    """The verdicts, in the order of the mutants, a few tried at a time."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield from pool.map(lambda mutant: Verdict(mutant, tried(mutant, *judges_of(mutant))), mutants)
