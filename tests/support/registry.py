"""A population registry on loopback: knows nobody, and counts how often each reference was asked about."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.loopback import Answers, serving


@dataclass(slots=True)
class CountingRegistry:
    """Where it answers and what it was asked."""

    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)


@contextmanager
def running_registry() -> Iterator[CountingRegistry]:
    """Serve on a free loopback port."""
    registry = CountingRegistry()

    class Handler(Answers):
        def do_POST(self) -> None:
            question = json.loads(self.body())
            registry.asked[question["reference"]] += 1
            self.say(200, b'{"result": "NOT_FOUND"}')

    with serving(Handler) as registry.url:
        yield registry
