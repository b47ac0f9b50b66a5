"""What becomes of each fact that a service hears, by the state of its receiver, as it is written down by hand."""

from collections.abc import Collection
from enum import StrEnum

from tests.support.checkout import ROOT

TABLE = ROOT / "tests" / "contract" / "facts_heard.txt"


class Word(StrEnum):
    """What a handler does with a fact; nothing else is allowed."""

    APPLY = "apply"
    REMEMBER = "remember"
    FINDING = "finding"
    DUPLICATE = "duplicate"
    FOREIGN = "foreign"


def written_down(service: str) -> dict[str, dict[str, Word]]:
    """By event type: the states of its receiver, each with its word."""
    part = TABLE.read_text().split(f"[{service}]")[1].split("[")[0]
    found: dict[str, dict[str, Word]] = {}
    for line in filter(None, (line.split("#")[0].strip() for line in part.splitlines())):
        kind, cells = line.split(": ")
        found[kind] = {state: Word(word) for state, word in (cell.split(" ") for cell in cells.split(", "))}
    return found


def cells_of(service: str, kinds: Collection[str]) -> list[tuple[str, str, Word]]:
    """The cells of some event types, one after another."""
    return [
        (kind, state, word)
        for kind, states in written_down(service).items()
        for state, word in states.items()
        if kind in kinds
    ]
