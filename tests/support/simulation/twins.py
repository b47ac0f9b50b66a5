"""The rules with one promise taken away each, to see that the checker notices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.casework.handoff.deadlines import domain as clocks_domain
from services.casework.handoff.deadlines.commands import ClockSet, IsEmpty
from services.casework.handoff.deadlines.tables import Clock
from services.casework.handoff.handoffs import domain as handoffs_domain
from services.casework.handoff.handoffs import repository as handoffs_repository


def ring_whatever_the_state(patch: pytest.MonkeyPatch) -> None:
    """A timer that rings without looking whether its clock still runs."""

    def all_of_them(clocks: ClockSet) -> list[Clock]:
        return sorted(clocks._clocks, key=lambda c: (c.due_at, c.id))

    ring = ClockSet.ring

    async def ring_all(clocks: ClockSet, is_empty: IsEmpty) -> Any:
        with pytest.MonkeyPatch.context() as blind:
            blind.setattr(ClockSet, "running", all_of_them)
            return await ring(clocks, is_empty)

    patch.setattr(ClockSet, "ring", ring_all)


def forget_the_group(patch: pytest.MonkeyPatch) -> None:
    """A yes is taken without looking at who else was asked."""
    circumstances = handoffs_domain.circumstances

    async def nobody(uow: Any, group_id: Any) -> list[Any]:
        return []

    def alone(handoff: Any, won_by: str | None, actor: str, now: datetime, **known: Any) -> Any:
        return circumstances(handoff, None, actor, now, **known)

    patch.setattr(handoffs_repository, "undecided_of_group", nobody)
    patch.setattr(handoffs_domain, "circumstances", alone)


def forget_what_was_left(patch: pytest.MonkeyPatch) -> None:
    """A pause starts the whole time again."""
    patch.setattr(ClockSet, "_left", lambda clocks, running: timedelta(seconds=running.promised_seconds))


def forget_the_rungs(patch: pytest.MonkeyPatch) -> None:
    """A timer that does not know which rungs it wrote."""
    ring = clocks_domain.ring
    patch.setattr(clocks_domain, "ring", lambda now, due_at, written, ladder: ring(now, due_at, 0, ladder))


def ring_early(patch: pytest.MonkeyPatch) -> None:
    """A timer that believes whoever woke it, instead of looking at the clock."""
    ring = clocks_domain.ring
    ahead = timedelta(minutes=10)
    patch.setattr(
        clocks_domain, "ring", lambda now, due_at, written, ladder: ring(now + ahead, due_at, written, ladder)
    )


def forget_to_look_again(patch: pytest.MonkeyPatch) -> None:
    """The clock that a hand-off shows is never told to its timer: nobody rings."""
    patch.setattr(ClockSet, "look_at", lambda clocks: None)


TWINS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "ring-whatever-the-state": (ring_whatever_the_state, "of a clock that is"),
    "forget-the-group": (forget_the_group, "firm yeses"),
    "forget-what-was-left": (forget_what_was_left, "what was left ends"),
    "forget-the-rungs": (forget_the_rungs, "twice"),
    "ring-early": (ring_early, "its instant is"),
    "forget-to-look-again": (forget_to_look_again, "should have rung"),
}
"""Each with the words in which the checker tells of it."""


@contextmanager
def without(name: str) -> Iterator[str]:
    """Take a promise away until the block ends; answers in which words its loss is told."""
    with pytest.MonkeyPatch.context() as patch:
        take_away, words = TWINS[name]
        take_away(patch)
        yield words
