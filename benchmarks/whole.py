"""P15, P16, P18: what the whole system costs for a case and at rest, beside another build of it in the same run."""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.ratio import keep, make_result
from deploy.local.places import CHECKOUT

DRIVER = Path(__file__).parent / "whole_driver.py"
CASES = int(os.environ.get("SIGAP_BENCH_CASES", "60"))
PAIRS = int(os.environ.get("SIGAP_BENCH_PAIRS", "1"))
BASE = os.environ.get("SIGAP_BENCH_BASE", "")
"""The commit of another build."""


def _installed(commit: str) -> Path:
    """A checkout of a commit with its own libraries, made once; the engines are those that are here."""
    folder = CHECKOUT / "var" / "bench" / f"build-{commit}"
    if not folder.exists():
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(CHECKOUT), str(folder)], check=True)
        subprocess.run(["git", "checkout", "--quiet", commit], cwd=folder, check=True)
        shutil.copytree(CHECKOUT / "var" / "tools", folder / "var" / "tools", symlinks=True, copy_function=os.link)
    subprocess.run(["bash", "deploy/local/install.sh"], cwd=folder, check=True)
    return folder


async def _weighed(folder: Path) -> dict[str, Any]:
    environment = {key: value for key, value in os.environ.items() if key != "SIGAP_PARTS"}
    process = await asyncio.create_subprocess_exec(
        str(folder / ".venv" / "bin" / "python"), str(DRIVER), str(CASES),
        cwd=folder, env=environment | {"PYTHONPATH": str(folder)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"the build in {folder} could not be weighed")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def _by_part(spent: dict[str, float]) -> str:
    largest = sorted(spent.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {seconds / CASES:.2f}" for name, seconds in largest if seconds / CASES >= 0.005)


def _counts(weighed: dict[str, Any]) -> str:
    kinds = ("handoffs", "messages", "history_events")
    return ", ".join(f"{weighed[kind] / CASES:.1f} {kind.replace('_', ' ')}" for kind in kinds)


async def whole() -> None:
    """CPU of all parts for a case of an operation, ÷ another build's; rest and memory beside it."""
    base = _installed(BASE) if BASE else None
    ours, theirs = [], []
    for number in range(PAIRS):
        ours.append(await _weighed(CHECKOUT))
        print(f"    ours {number + 1}/{PAIRS}: {sum(ours[-1]['spent'].values()) / CASES:.2f} s a case", flush=True)
        if base:
            theirs.append(await _weighed(base))
            print(f"    other: {sum(theirs[-1]['spent'].values()) / CASES:.2f} s a case", flush=True)
    is_done = all(weighed["is_done"] for weighed in [*ours, *theirs])
    costs = [sum(weighed["spent"].values()) / CASES for weighed in ours]
    note = (
        f"an operation of {CASES}, until the whole costs no more than at rest, its rest taken off; by part, CPU "
        f"seconds a case: {_by_part(ours[-1]['spent'])}; a case: {_counts(ours[-1])}; "
        f"quiet after {ours[-1]['seconds']:.0f} s"
    )
    if theirs:
        other = [sum(weighed["spent"].values()) / CASES for weighed in theirs]
        ratios = [mine / its for mine, its in zip(costs, other, strict=True)]
        note += f"; the other build: {other[-1]:.2f} s, {_counts(theirs[-1])}; ours {costs[-1]:.2f} s"
        keep(make_result("P15", "CPU of all parts a case ÷ the build before", ratios, unit="×", target=0.35, goal=0.20,
                         correct=is_done, higher_is_better=False, note=note))  # fmt: skip
    else:
        keep(make_result("P15s", "CPU of all parts a case", costs, unit="s", target=0.32, goal=0.18,
                         correct=is_done, higher_is_better=False, note=note))  # fmt: skip
    rests = [sum(weighed["rest"].values()) * 100 for weighed in ours]
    note = "no open case, 45 s after the start; by part: " + ", ".join(
        f"{name} {share * 100:.1f}" for name, share in sorted(ours[-1]["rest"].items(), key=lambda item: -item[1])
        if share >= 0.001
    )  # fmt: skip
    if theirs:
        note += f"; the other build {sum(theirs[-1]['rest'].values()) * 100:.0f}"
    keep(make_result("P16", "CPU of the whole at rest, per cent of a core", rests, unit="%", target=8, goal=3,
                     correct=True, higher_is_better=False, note=note))  # fmt: skip
    memory = [weighed["memory_at_rest_mib"] for weighed in ours]
    note = f"proportional set size of all processes; after {CASES} cases {ours[-1]['memory_mib']:.0f} MiB"
    keep(make_result("P18", "memory of the whole at rest", memory, unit="MiB", target=1536, goal=1229,
                     correct=True, higher_is_better=False, note=note))  # fmt: skip
