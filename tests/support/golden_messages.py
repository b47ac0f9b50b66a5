"""The hand-written golden messages, one for each event type."""

import json
from pathlib import Path
from typing import Any

from contracts.topics import parse_type

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"


def example_of(type_name: str) -> dict[str, Any]:
    """The golden message of an event type: its headers as text and its data."""
    path = EXAMPLES / parse_type(type_name).owner / f"{type_name}.json"
    example: dict[str, Any] = json.loads(path.read_text())
    return example
