"""``make mutate-rules``: lets mutmut change casework's rules by one thing at a time and sees which unit tests notice.

What is changed and which tests are run stands under ``[tool.mutmut]`` in `pyproject.toml`. ``MUTANTS`` says how many
(100), ``SIGAP_SEED`` which ones (1). Works on a copy in `var/mutate-rules`. Exit code 1 when one survives that is not
on the reviewed list.
"""

import os
import random
import shutil
import subprocess
import sys
import venv
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from tests.mutants.reviewed import RULES
from tests.support.seeds import chosen_seed

MUTMUT = "mutmut==3.8.1"
COPY, TOOL = Path("var/mutate-rules"), Path("var/mutmut")
FEW = "services.casework.office.matters.*"
"""All mutants are made with the first that are tried."""
CAUGHT = frozenset({"killed", "timeout"})


def install() -> Path:
    """The tool in an environment of its own, which sees the libraries of this one; its path."""
    found = (TOOL / "bin" / "mutmut").absolute()
    if not found.exists():
        venv.create(TOOL, with_pip=True)
        pinned = [MUTMUT, f"pytest=={version('pytest')}"]
        subprocess.run([TOOL / "bin" / "pip", "install", "--quiet", *pinned], check=True)
        (site_packages,) = TOOL.glob("lib/python*/site-packages")
        ours = next(path for path in sys.path if path.endswith("site-packages"))
        (site_packages / "libraries.pth").write_text(f"{ours}\n")
    return found


def copy_checkout() -> None:
    """What is known to git or new, as it stands now."""
    shutil.rmtree(COPY, ignore_errors=True)
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines():
        if Path(name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, COPY / name)


class Mutmut:
    """The tool at work in the copy."""

    def __init__(self, tool: Path) -> None:
        self._tool = tool

    def run(self, *names: str) -> None:
        """Try mutants, one at a time; nothing is said but of a failure."""
        tried = subprocess.run(
            [self._tool, "run", "--max-children", "1", *names], cwd=COPY, capture_output=True, text=True, check=False
        )
        if tried.returncode:
            sys.exit("\n".join(tried.stdout.replace("\r", "\n").splitlines()[-40:]) + tried.stderr)

    def results(self) -> dict[str, str]:
        """Each mutant there is with what became of it."""
        told = self._ask("results", "--all", "true").splitlines()
        return dict(line.strip().rsplit(": ", 1) for line in told if ": " in line)

    def change(self, name: str) -> str:
        """What a mutant says instead."""
        told = [line for line in self._ask("show", name).splitlines() if line.startswith("+")]
        return " ".join(line[1:].strip() for line in told if not line.startswith("+++"))

    def _ask(self, *words: str) -> str:
        return subprocess.run([self._tool, *words], cwd=COPY, capture_output=True, text=True, check=True).stdout


def main() -> int:
    """Try the drawn mutants and list the survivors."""
    count, seed = int(os.environ.get("MUTANTS") or 100), chosen_seed(1)
    mutmut = Mutmut(install())
    copy_checkout()
    mutmut.run(FEW)
    everyone = sorted(mutmut.results())
    drawn = random.Random(seed).sample(everyone, min(count, len(everyone)))
    print(f"{len(drawn)} of {len(everyone)} mutants, seed {seed}", flush=True)
    mutmut.run(*drawn)
    found = mutmut.results()
    changes = {name: mutmut.change(name) for name in drawn if found[name] not in CAUGHT}
    survivors = {name: change for name, change in changes.items() if change not in RULES}
    figures = Counter(found[name] for name in drawn)
    print(*(f"{status}: {number}" for status, number in sorted(figures.items())), sep="\n")
    print(f"of the survivors {len(changes) - len(survivors)} mean the same and are reviewed")
    for name, change in sorted(survivors.items()):
        print(f"survived: {name}: {change}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
