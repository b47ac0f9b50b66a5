"""A gateway on loopback: counts what it is given, delivers when asked a second time."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.loopback import Answers, serving


@dataclass(slots=True)
class Gateway:
    """What the gateway was given and how it behaves."""

    url: str = ""
    messages: dict[str, dict[str, str]] = field(default_factory=dict)
    posts: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    forget_answers: int = 0
    refuse_to: set[str] = field(default_factory=set)
    fail_to: set[str] = field(default_factory=set)


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    """Serve on a free loopback port."""
    gateway = Gateway()

    class Handler(Answers):
        def do_POST(self) -> None:
            message = json.loads(self.body())
            gateway.posts[message["reference"]] += 1
            if message["to"] in gateway.refuse_to:
                self._say(422, {})
                return
            gateway.messages[message["reference"]] = message
            if gateway.forget_answers > 0:
                gateway.forget_answers -= 1
                self._say(504, {})
                return
            self._say(202, {"state": "accepted"})

        def do_GET(self) -> None:
            reference = self.path.rsplit("/", 1)[-1]
            message = gateway.messages.get(reference)
            if message is None:
                self._say(404, {})
                return
            gateway.asked[reference] += 1
            final = "failed" if message["to"] in gateway.fail_to else "delivered"
            self._say(200, {"state": final if gateway.asked[reference] > 1 else "accepted"})

        def _say(self, status: int, body: dict[str, str]) -> None:
            self.say(status, json.dumps(body).encode())

    with serving(Handler) as gateway.url:
        yield gateway
