"""A bank on loopback: takes files once per key, says what it was told to say in its statement."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.loopback import Answers, serving

Line = dict[str, Any]


def credited(payment_id: str, amount: int) -> Line:
    """A line of a payment that went through."""
    return {
        "payment_id": payment_id,
        "amount": amount,
        "status": "CREDITED",
        "bank_reference": f"BJT-{payment_id[:8]}",
        "reason": "",
    }


def rejected(payment_id: str, amount: int) -> Line:
    """A line of a payment that came back."""
    return {
        "payment_id": payment_id,
        "amount": amount,
        "status": "REJECTED",
        "bank_reference": "",
        "reason": "ACCOUNT_CLOSED",
    }


@dataclass(slots=True)
class Bank:
    """What the bank has and how it behaves."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Callable[[list[tuple[str, int]]], Sequence[Line]]] = field(default_factory=dict)
    posts: Counter[str] = field(default_factory=Counter)
    forget_answer_once: set[str] = field(default_factory=set)
    refuse: set[str] = field(default_factory=set)
    as_csv: bool = False
    instead: bytes = b""
    """A file that is given instead of every statement."""

    def orders(self, batch_id: str) -> list[tuple[str, int]]:
        """The payments of a file."""
        rows = csv.DictReader(io.StringIO(self.files[batch_id].decode()))
        return [(row["payment_id"], int(row["amount_rupiah"])) for row in rows]

    def statement(self, batch_id: str) -> Sequence[Line] | None:
        """The lines told for a file, once there are some."""
        answer = self.answers.get(batch_id) or self.answers.get("*")
        return answer(self.orders(batch_id)) if answer and batch_id in self.files else None


@contextmanager
def running_bank() -> Iterator[Bank]:
    """Serve on a free loopback port."""
    bank = Bank()

    class Handler(Answers):
        def do_POST(self) -> None:
            body = self.body()
            key = self.headers["Idempotency-Key"]
            bank.posts[key] += 1
            if key in bank.refuse:
                self._say(422, {})
                return
            bank.files[key] = body
            if key in bank.forget_answer_once or "*" in bank.forget_answer_once:
                bank.forget_answer_once.discard(key)
                bank.forget_answer_once.discard("*")
                self._say(504, {})
                return
            self._say(201, {})

        def do_GET(self) -> None:
            _, _, batch_id, *rest = self.path.split("/")
            if not rest:
                self._say(200 if batch_id in bank.files else 404, {})
                return
            lines = bank.statement(batch_id)
            if lines is None:
                self._say(404, {})
            elif bank.instead:
                self._say(200, bank.instead, "text/csv")
            elif bank.as_csv:
                text = io.StringIO()
                writer = csv.DictWriter(text, ["payment_id", "amount", "status", "bank_reference", "reason"])
                writer.writeheader()
                writer.writerows(lines)
                self._say(200, text.getvalue().encode(), "text/csv")
            else:
                self._say(200, {"lines": list(lines)})

        def _say(self, status: int, body: Any, media_type: str = "application/json") -> None:
            self.say(status, body if isinstance(body, bytes) else json.dumps(body).encode(), media_type)

    with serving(Handler) as bank.url:
        yield bank
