"""The stages of a test run: what each runs, what it may take, and the table of what it took.

``python -m tests.support.stages test`` is `make test`, ``whole`` is `make test-whole`; the names of stages run those.
Nothing fails because of time: the budgets are for whoever reads the table. In the whole run a stage that passed for
this very state of the checkout is not run again, unless ``AGAIN=1``.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.local.places import CHECKOUT, write_whole

WHOLE_BUDGET_SECONDS = 2 * 3600
TEST_BUDGET_SECONDS = 20 * 60
LATER_CAPABILITY_SECONDS = 2 * 60
FRESH_SEED = os.environ.get("SIGAP_SEED") or str(int(time.time()))
PASSED = CHECKOUT / "var" / "test" / "whole.json"


@dataclass(frozen=True, slots=True)
class Stage:
    """A command that must end well, and the seconds that it may take on two quiet cores.

    With large seeds and sizes chance begins elsewhere each time, where it says.
    """

    name: str
    command: Sequence[str]
    budget_seconds: int
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """What it finds around it."""
        fresh = {"SIGAP_SEED": FRESH_SEED} if self.settings else {}
        return {**os.environ, **fresh, **self.settings}


LONGEST = ("--durations=12", "--durations-min=5")


def suite(name: str, budget_seconds: int, *arguments: str, **settings: str) -> Stage:
    """Tests under pytest, with those that took longest at the end."""
    return Stage(name, ("-m", "pytest", *LONGEST, *arguments), budget_seconds, settings)


def folders(*names: str) -> list[str]:
    """Folders of tests."""
    return [f"tests/{name}" for name in names]


# A waiting test leaves its core to another: more processes than cores where tests wait more than they compute.
ON_BOTH_CORES = ("-n", "2")
TWO_MODULES = ("-n", "2", "--dist", "loadfile")
THREE_MODULES = ("-n", "3", "--dist", "loadfile")
MUTANTS = ("-m", "tests.mutants")

IN_FRONT = {"install": 145, "check": 60}
"""What `.ci/run` does before the tests."""

TEST = [
    suite("unit", 100, *folders("unit", "architecture", "contract", "replay"), *ON_BOTH_CORES),
    suite("workflows", 115, *folders("workflows"), *ON_BOTH_CORES),
    suite("integration", 240, *folders("integration"), *THREE_MODULES),
    suite("whole system", 240, *folders("system", "browser"), *TWO_MODULES),
    suite("faults", 220, *folders("faults"), *TWO_MODULES),
    Stage("mutants", MUTANTS, 80),
]
ALONE = [
    suite("system", 300, *folders("system"), *TWO_MODULES),
    suite("browser", 240, *folders("browser")),
]
"""Parts of the stage «whole system» for whoever works on one of them."""


def fault(name: str, budget_seconds: int, **settings: str) -> Stage:
    """One fault with large seeds and sizes."""
    return suite(f"fault {name}", budget_seconds, f"tests/faults/test_{name}.py", **settings)


GENERATED_FORMS = ("tests/integration/test_generated_forms.py", "tests/integration/casework/test_forms_about_a_case.py")
HAND_OFFS = (
    "tests/unit/casework/test_simulation.py",
    "tests/workflows/casework/test_combinations.py",
    "tests/integration/casework/test_handoff_model.py",
)
LARGE_HAND_OFFS = {"SIGAP_SIMULATION_HANDOFFS": "50000", "SIGAP_PAIRS": "all", "SIGAP_WALKS": "300"}
AID_WALKS = "tests/integration/disbursement/test_aid_model.py"
WHOLE = [
    suite("fuzz", 1020, "tests/system/test_fuzz.py", SIGAP_FUZZ_CASES="5000"),
    suite("forms", 120, *GENERATED_FORMS, SIGAP_FORMS="2500"),
    suite("hand-offs", 900, *HAND_OFFS, *TWO_MODULES, **LARGE_HAND_OFFS),
    suite("walks of aid", 2040, AID_WALKS, *TWO_MODULES, SIGAP_AID_WALKS="10000"),
    fault("kills", 600, SIGAP_FAULT_KILLS="80"),
    fault("interleavings", 300, SIGAP_FAULT_INTERLEAVINGS="200"),
    fault("membership", 180, SIGAP_FAULT_MEMBERSHIP_SECONDS="60"),
    fault("poison", 200, SIGAP_FAULT_MESSAGES="2500"),
    fault("races", 400, SIGAP_FAULT_RACES="100"),
    fault("outage", 400, SIGAP_FAULT_DEADLINES="500"),
    fault("owners", 500, SIGAP_FAULT_HANDOFFS="4000"),
    Stage("mutants", MUTANTS, 540, {"MUTANTS": "100"}),
]
"""Only sizes are larger here, and chance begins elsewhere each time: several of these runs see more than one that is
twice as long. Each kind of test stands in `TEST`."""


@dataclass(slots=True)
class Row:
    """One line of the table."""

    name: str
    budget_seconds: int
    seconds: float | None = None
    said: str = ""


def run(stage: Stage) -> tuple[int, str]:
    """Run a stage, pass on what it says; its exit code and pytest's closing line."""
    tail = b""
    with subprocess.Popen(
        [sys.executable, *stage.command], cwd=CHECKOUT, env=stage.environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        while said := os.read(process.stdout.fileno(), 65536):
            sys.stdout.buffer.write(said)
            sys.stdout.flush()
            tail = (tail + said)[-4096:]
    lines = [line.strip("= ") for line in tail.decode(errors="replace").splitlines()]
    closing = [line for line in lines if " passed" in line or " failed" in line or "noticed by" in line]
    return process.returncode, closing[-1] if closing else ""


def table(rows: Sequence[Row], total_seconds: int) -> str:
    """The rows as people read them."""
    lines = [f"{'stage':<20}{'seconds':>9}{'budget':>9}"]
    for row in rows:
        took = "-" if row.seconds is None else f"{row.seconds:.0f}"
        lines.append(f"{row.name:<20}{took:>9}{row.budget_seconds:>9}  {row.said}".rstrip())
    sum_seconds = sum(row.seconds or 0.0 for row in rows)
    lines.append(f"{'all':<20}{sum_seconds:>9.0f}{total_seconds:>9}")
    return "\n".join(lines)


def state_of_checkout() -> str:
    """The commit, and what differs from it."""

    def git(*words: str) -> bytes:
        return subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, check=True).stdout

    differs = git("diff", "HEAD") + git("status", "--porcelain")
    return git("rev-parse", "HEAD").decode().strip() + (hashlib.sha256(differs).hexdigest() if differs else "")


def passed_before() -> dict[str, float]:
    """By name, the seconds of the stages that passed for this state of the checkout."""
    if os.environ.get("AGAIN") or not PASSED.exists():
        return {}
    kept = json.loads(PASSED.read_text())
    found: dict[str, float] = kept["seconds"] if kept["state"] == state_of_checkout() else {}
    return found


def in_turn(stages: Sequence[Stage], rows: list[Row], passed: Mapping[str, float], *, keep: bool = False) -> int:
    """Run the stages that have not passed yet; stop at the first that fails. A row for each."""
    seconds = dict(passed)
    for stage in stages:
        rows.append(row := Row(stage.name, stage.budget_seconds, seconds.get(stage.name)))
        if row.seconds is not None:
            row.said = "passed before"
            continue
        print(f"\n== {stage.name}" + (f", SIGAP_SEED={FRESH_SEED}" if stage.settings else ""), flush=True)
        begun = time.monotonic()
        code, row.said = run(stage)
        row.seconds = time.monotonic() - begun
        if code:
            row.said = f"FAILED  {row.said}"
            return code
        if keep:
            seconds[stage.name] = row.seconds
            write_whole(PASSED, json.dumps({"state": state_of_checkout(), "seconds": seconds}))
    return 0


def in_front() -> list[Row]:
    """What was done before, as `.ci/run` says it: ``SIGAP_TOOK='install=120 check=40'``."""
    took = dict(word.split("=", 1) for word in os.environ.get("SIGAP_TOOK", "").split())
    return [Row(name, IN_FRONT[name], float(seconds)) for name, seconds in took.items()]


def main(*names: str) -> int:
    """Run what is named and print the table."""
    rows: list[Row] = []
    match names:
        case ("test",):
            rows = in_front()
            code = in_turn(TEST, rows, {})
            total = TEST_BUDGET_SECONDS
        case ("whole",):
            code = in_turn(WHOLE, rows, passed_before(), keep=True)
            total = WHOLE_BUDGET_SECONDS
        case _:
            small = {stage.name for stage in TEST}
            large = [stage for stage in WHOLE if stage.name not in small]
            stages = [stage for stage in [*TEST, *ALONE, *large] if stage.name in names]
            code = in_turn(stages, rows, {})
            total = sum(stage.budget_seconds for stage in stages)
    print(f"\n{table(rows, total)}")
    if names == ("test",):
        print(f"A later capability may add {LATER_CAPABILITY_SECONDS} seconds.")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
