"""A ratio measured in alternating pairs, and where its result is kept."""

import json
import os
import platform
import random
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
Side = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. ``target`` and ``goal`` are bounds: at least for a ratio of throughputs, at most for times."""

    id: str
    name: str
    value: float
    low: float
    high: float
    unit: str
    target: float
    goal: float
    higher_is_better: bool
    pairs: int
    correct: bool
    machine: str
    at: str
    note: str = ""

    @property
    def verdict(self) -> str:
        """What a reader wants to know first."""
        if not self.correct:
            return "WRONG"
        return "goal" if self._reaches(self.goal) else "target" if self._reaches(self.target) else "MISS"

    def _reaches(self, bound: float) -> bool:
        return self.value >= bound if self.higher_is_better else self.value <= bound


def machine() -> str:
    """Cores and architecture; nothing that names a host."""
    return f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}"


def make_result(
    id_: str,
    name: str,
    samples: list[float],
    *,
    unit: str,
    target: float,
    goal: float,
    correct: bool,
    higher_is_better: bool = True,
    note: str = "",
) -> Result:
    """The median of the samples with a bootstrapped 95 % interval."""
    low, high = interval(samples)
    return Result(
        id=id_, name=name, value=round(statistics.median(samples), 4), low=round(low, 4), high=round(high, 4),
        unit=unit, target=target, goal=goal, higher_is_better=higher_is_better, pairs=len(samples), correct=correct,
        machine=machine(), at=datetime.now(UTC).isoformat(timespec="seconds"), note=note,
    )  # fmt: skip


def interval(samples: list[float]) -> tuple[float, float]:
    """2.5 and 97.5 percentiles of the median, resampled with a fixed seed."""
    chance = random.Random(20)
    medians = sorted(statistics.median(chance.choices(samples, k=len(samples))) for _ in range(1000))
    return medians[25], medians[974]


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return sorted(values)[max(0, int(len(values) * 0.99) - 1)]


async def paired(ours: Side, theirs: Side, pairs: int) -> list[float]:
    """Ours ÷ theirs, in pairs whose order alternates, after one of each that is not counted."""
    await theirs()
    await ours()
    ratios = []
    for number in range(pairs):
        if number % 2:
            a = await ours()
            b = await theirs()
        else:
            b = await theirs()
            a = await ours()
        ratios.append(a / b)
        print(f"    pair {number + 1}/{pairs}: ours {a:,.1f}, other {b:,.1f}, ratio {a / b:.3f}", flush=True)
    return ratios


def keep(result: Result) -> None:
    """Write the figure down."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{result.id}.json").write_text(json.dumps(asdict(result), indent=1) + "\n")
    print(f"  {result.id:<4} {result.value:.3f} {result.unit} [{result.low:.3f}, {result.high:.3f}] "
          f"target {result.target}, goal {result.goal}: {result.verdict}", flush=True)  # fmt: skip


def table() -> str:
    """The table of all kept figures, in Markdown."""
    notes = []
    lines = ["| | what | value | 95 % | target | goal | verdict | pairs |", "|---|---|---|---|---|---|---|---|"]
    for file in sorted(RESULTS.glob("*.json"), key=lambda f: (len(f.stem), f.stem)):
        r = Result(**json.loads(file.read_text()))
        sign = "≥" if r.higher_is_better else "≤"
        lines.append(
            f"| {r.id} | {r.name} | {r.value} {r.unit} | {r.low}–{r.high} | {sign} {r.target} | {sign} {r.goal} "
            f"| {r.verdict} | {r.pairs} |"
        )
        if r.note:
            notes.append(f"{r.id}: {r.note}.")
    return "\n".join([*lines, *([""] if notes else []), *notes])
