"""The rules with one promise taken away each, to see that the checker notices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.casework.handoff.deadlines import domain as deadlines_domain
from services.casework.handoff.deadlines.commands import Deadlines, IsEmpty
from services.casework.handoff.deadlines.tables import Deadline
from services.casework.handoff.handoffs import domain as handoffs_domain
from services.casework.handoff.handoffs import repository as handoffs_repository


def escalate_whatever_the_state(patch: pytest.MonkeyPatch) -> None:
    """A timer that fires without looking whether its deadline still runs."""

    def all_of_them(deadlines: Deadlines) -> list[Deadline]:
        return sorted(deadlines._deadlines, key=lambda c: (c.due_at, c.id))

    ring = Deadlines.escalate

    async def escalate_all(deadlines: Deadlines, is_empty: IsEmpty) -> Any:
        with pytest.MonkeyPatch.context() as blind:
            blind.setattr(Deadlines, "running", all_of_them)
            return await ring(deadlines, is_empty)

    patch.setattr(Deadlines, "escalate", escalate_all)


def forget_the_group(patch: pytest.MonkeyPatch) -> None:
    """A yes is taken without looking at who else was asked."""
    circumstances = handoffs_domain.circumstances

    async def nobody(uow: Any, group_id: Any) -> list[Any]:
        return []

    def alone(handoff: Any, beside: Any, actor: str, now: datetime) -> Any:
        return circumstances(handoff, replace(beside, won_by=None), actor, now)

    patch.setattr(handoffs_repository, "undecided_of_group", nobody)
    patch.setattr(handoffs_domain, "circumstances", alone)


def forget_what_was_left(patch: pytest.MonkeyPatch) -> None:
    """A pause starts the whole time again."""
    patch.setattr(Deadlines, "_left", lambda deadlines, running: timedelta(seconds=running.promised_seconds))


def forget_the_escalations(patch: pytest.MonkeyPatch) -> None:
    """A timer that does not know which escalation steps it wrote."""
    ring = deadlines_domain.escalate
    patch.setattr(
        deadlines_domain,
        "escalate",
        lambda now, due_at, written, escalation_policy: ring(now, due_at, 0, escalation_policy),
    )


def escalate_early(patch: pytest.MonkeyPatch) -> None:
    """A timer that believes whoever woke it, instead of looking at the clock."""
    ring = deadlines_domain.escalate
    ahead = timedelta(minutes=10)
    patch.setattr(
        deadlines_domain,
        "escalate",
        lambda now, due_at, written, escalation_policy: ring(now + ahead, due_at, written, escalation_policy),
    )


def forget_to_look_again(patch: pytest.MonkeyPatch) -> None:
    """The deadline that a hand-off shows is never told to its timer: nobody escalates."""
    patch.setattr(Deadlines, "look_at", lambda deadlines: None)


FAULTY_VARIANTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "escalate-whatever-the-state": (escalate_whatever_the_state, "of a deadline that is"),
    "forget-the-group": (forget_the_group, "firm yeses"),
    "forget-what-was-left": (forget_what_was_left, "what was left ends"),
    "forget-the-escalations": (forget_the_escalations, "twice"),
    "escalate-early": (escalate_early, "its instant is"),
    "forget-to-look-again": (forget_to_look_again, "should have escalated"),
}
"""Each with the words in which the checker tells of it."""


@contextmanager
def without(name: str) -> Iterator[str]:
    """Take a promise away until the block ends; answers in which words its loss is told."""
    with pytest.MonkeyPatch.context() as patch:
        take_away, words = FAULTY_VARIANTS[name]
        take_away(patch)
        yield words
