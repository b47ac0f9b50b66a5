"""What leads each type's procedure to its waits and to its ends: histories, restarts and releases are told by them.

A module for each type, by the name of its folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeAlias

from services.casework.office.case_types.domain import CASE_TYPES

Answer: TypeAlias = tuple[str, str]
Script: TypeAlias = dict[str, Any]
BLOCKED = "close refused"


@dataclass(frozen=True)
class Stories:
    """``answers``: how its own steps end unless a script says otherwise; ``case``: what is so in each of its cases.

    ``waits``: by the silent step, what leads to it; every wait point has one. ``ends``: by name, what leads to an end.
    A script's ``due_after`` and ``stay_ends_after`` are counted from the beginning of the story.
    """

    waits: Mapping[str, Script]
    ends: Mapping[str, Script]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    case: Script = field(default_factory=dict)


REACHED: dict[str, Script] = {
    "custody": {},
    "first-response": {"found_in_custody": False},
    "emergency": {"urgency": "EMERGENCY"},
    "child-protection": {"apparent_minor": True},
}
"""The waits of the way from the street, and of a child: the same for every type."""


def _stories_of(package: str) -> Stories:
    found: Stories = import_module(f"{__name__}.{package.rsplit('.', 1)[1]}").STORIES
    return found


STORIES: dict[str, Stories] = {kind.workflow: _stories_of(CASE_TYPES.known.packages[kind.code]) for kind in CASE_TYPES}
"""By procedure."""
