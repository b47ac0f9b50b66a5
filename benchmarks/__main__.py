"""``make bench`` (all) or ``make bench P=P1``; writes ``results/<id>.json`` and the table in ``README.md``."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks import cases, handoffs, inbox, intake, messages, spine, whole
from benchmarks.ratio import table

BENCHES: dict[str, Callable[[], Awaitable[None]]] = {
    "P1": intake.p1,
    "P2": spine.p2,
    "P3": spine.p3,
    "P4": spine.p4,
    "P9": cases.p9,
    "P10": handoffs.p10,
    "P11": handoffs.p11,
    "P13": intake.p13,
    "P15": whole.whole,
    "P17": messages.p17,
    "burst": handoffs.burst,
    "inbox": inbox.inbox,
}
README = Path(__file__).parent / "README.md"
HEAD = """# Speed

Every figure is a ratio (P9, P11r, the bursts and the inbox are times; P15s, P16 and P18 are CPU and memory): both
sides run in one go, in pairs whose order alternates, on engines that sync to disk, with all traces kept where it does
not say otherwise; the value is the median of the pairs and the interval its bootstrapped 95 %. Correctness is checked
first: a figure whose run lost or doubled anything says WRONG. `make bench` makes all of it anew, `make bench P=P1`
one; `SIGAP_BENCH_OPEN` is how many hand-offs P11 keeps open, `SIGAP_BENCH_HANDOFFS` how many the inbox is shown over,
`SIGAP_BENCH_MESSAGES` how many P17 sends; P15 weighs the build of a commit beside this one (`make bench P=P15
BASE=<commit>`) by an operation of `SIGAP_BENCH_CASES` (60), and makes P16 and P18 as well. These come from a virtual
machine whose cores are shared with others, and the wide intervals say so: read a value with its interval, and a
target whose interval crosses the bound as reached just so.

"""
TRIED = "\n## What was tried\n"
"""Written by hand, and kept."""


async def main(names: list[str]) -> int:
    """Run the named benches, or all."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHES)}")
        return 2
    for name in names or BENCHES:
        print(f"{name}: {(BENCHES[name].__doc__ or '').strip()}", flush=True)
        await BENCHES[name]()
    _, heading, tried = README.read_text().partition(TRIED)
    README.write_text(HEAD + table() + "\n" + heading + tried)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
