"""The table of codes in docs/api.md is what casework can answer: `python -m tests.contract.test_api_page`."""

import re
import sys
from pathlib import Path

from services.casework.wiring import SERVICE
from services.chassis.web import refusals_of, status_of

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
TABLE = re.compile(r"(<!-- codes -->\n)(.*?)(<!-- /codes -->)", re.DOTALL)
NAMED = re.compile(r"\b(?:401|403|404|409|413|422|503) `([a-z_]+)`")


def table() -> str:
    """Every refusal, by status and code."""
    kinds = sorted(refusals_of(SERVICE.name), key=lambda kind: (status_of(kind), kind.code))
    lines = [f"| {status_of(kind)} | `{kind.code}` | {kind.text} | {kind.advice} |" for kind in kinds]
    return "\n".join(["| Status | Code | Title | What to do |", "|---|---|---|---|", *lines, ""])


def test_the_page_names_every_code_that_casework_can_answer() -> None:
    found = TABLE.search(PAGE.read_text())
    assert found is not None
    assert found[2] == table(), "run python -m tests.contract.test_api_page"


def test_no_step_of_the_page_names_a_code_that_nobody_raises() -> None:
    known = {kind.code: str(status_of(kind)) for kind in refusals_of(SERVICE.name)}
    text = PAGE.read_text()
    named = [(code, found.group()[:3]) for found in NAMED.finditer(text) for code in [found[1]]]
    assert len(named) >= 5
    assert [(code, status) for code, status in named if known.get(code) != status] == []


def rewrite() -> None:
    """Put today's codes into the page."""
    PAGE.write_text(TABLE.sub(lambda found: found[1] + table() + found[3], PAGE.read_text()))


if __name__ == "__main__":
    rewrite()
    sys.stdout.write(f"{PAGE}\n")
