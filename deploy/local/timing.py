"""What took the time of a start: a line per part, and the chain of parts that made it as long as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = 100
WORTH_TELLING_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Timing:
    """One part's start, in seconds: it waited for others, then took its own; `cpu` where it could be measured."""

    name: str
    after: Sequence[str]
    waited: float
    own: float
    cpu: float | None = None

    @property
    def ready_at(self) -> float:
        """Seconds from the start of the whole."""
        return self.waited + self.own


def waited_for(timing: Timing, known: Mapping[str, Timing]) -> str | None:
    """The part that was ready last of those that a part waits for."""
    return max(timing.after, key=lambda name: known[name].ready_at, default=None)


def critical_path(timings: Sequence[Timing]) -> list[Timing]:
    """The chain, in order, that ends with the part that was ready last: only a shorter one of these helps."""
    known = {timing.name: timing for timing in timings}
    chain: list[Timing] = []
    name = max(known, key=lambda name: known[name].ready_at, default=None)
    while name is not None:
        chain.insert(0, known[name])
        name = waited_for(known[name], known)
    return chain


def table(timings: Sequence[Timing]) -> list[str]:
    """The lines that `make up` ends with, the part that was ready first on top; what was passed over has none."""
    known = {timing.name: timing for timing in timings}
    lines = [f"  {'part':<24} {'waited for':<16} {'waited':>8} {'own':>8} {'cpu':>8}"]
    for timing in sorted(timings, key=lambda timing: timing.ready_at):
        if timing.own < WORTH_TELLING_SECONDS:
            continue
        cpu = "-" if timing.cpu is None else f"{timing.cpu:.1f} s"
        lines.append(
            f"  {timing.name:<24} {waited_for(timing, known) or '-':<16}"
            f" {timing.waited:6.1f} s {timing.own:6.1f} s {cpu:>8}"
        )
    path = [f"{step.name} {step.own:.1f} s" for step in critical_path(timings) if step.own >= WORTH_TELLING_SECONDS]
    return [*lines, f"critical path: {', then '.join(path)}"]


def cpu_seconds(pid: int) -> float | None:
    """CPU time of a process and of its children that have ended; None when it runs no more."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, told[11:15])) / TICKS_PER_SECOND
    except (OSError, IndexError):
        return None
