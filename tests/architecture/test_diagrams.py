"""The diagrams of casework's README are what its tables of moves say: `python -m tests.architecture.test_diagrams`."""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.casework.case.cases import domain as cases
from services.casework.handoff.handoffs import domain as handoffs

README = Path(__file__).parents[2] / "services" / "casework" / "README.md"
DIAGRAM = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```", re.DOTALL)


def drawn(moves: Mapping[Any, Any], begins: Iterable[str]) -> str:
    """A table of moves as Mermaid's state diagram; moves between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (source, move), target in moves.items():
        for end in [target] if isinstance(target, str) else sorted(target):
            arrows.setdefault((str(source), str(end)), []).append(str(move))
    names = sorted({name for pair in arrows for name in pair if "-" in name})
    lines = [f"  {name.replace('-', '_')}: {name}" for name in names]
    lines += [f"  [*] --> {name}" for name in begins]
    lines += [
        f"  {source.replace('-', '_')} --> {target.replace('-', '_')}: {', '.join(sorted(set(verbs)))}"
        for (source, target), verbs in sorted(arrows.items())
    ]
    return "\n".join(lines) + "\n"


DRAWN = {
    "handoff": drawn(handoffs.MOVES, ["draft", "requested"]),
    "case": drawn(cases.MOVES, ["open"]),
}


@pytest.mark.parametrize(("position", "name"), list(enumerate(DRAWN)))
def test_a_diagram_shows_the_table_of_today(position: int, name: str) -> None:
    assert DIAGRAM.findall(README.read_text())[position] == DRAWN[name]


def rewrite() -> None:
    """Put today's diagrams into the README."""
    fresh = iter(DRAWN.values())
    README.write_text(DIAGRAM.sub(lambda _: f"```mermaid\nstateDiagram-v2\n{next(fresh)}```", README.read_text()))


if __name__ == "__main__":
    rewrite()
    sys.stdout.write(f"{README}\n")
