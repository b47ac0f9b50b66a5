"""Broken twins: the product with one promise taken away, to see that the checkers catch it.

``python -m tests.support.twins answer-before-commit|deaf-inbox <part>`` runs intake so.
"""

import asyncio
import sys
from typing import Any

from services.chassis import inbox
from services.chassis.database import Guard, UnitOfWork, Units
from services.chassis.processes import main
from services.intake.wiring import SERVICE

LATE_SECONDS = 1.5


def answer_before_commit() -> None:
    """A write is answered at once and committed a little later, if the process lives so long."""
    commit = UnitOfWork.commit
    release = UnitOfWork.release
    pending: set[asyncio.Task[None]] = set()

    async def later(uow: UnitOfWork, answer: Any) -> None:
        await asyncio.sleep(LATE_SECONDS)
        await commit(uow, answer)
        await release(uow)

    async def at_once(uow: UnitOfWork, answer: tuple[int, Any] | None) -> None:
        task = asyncio.create_task(later(uow, answer))
        pending.add(task)
        task.add_done_callback(pending.discard)

    async def kept(uow: UnitOfWork) -> None:
        """The late commit releases."""

    UnitOfWork.commit = at_once  # type: ignore[method-assign,assignment]
    UnitOfWork.release = kept  # type: ignore[method-assign,assignment]


def forget_request_keys() -> None:
    """A write forgets its idempotency key: the same request made again counts again."""
    perform = Units.perform

    async def without_guard(units: Units, work: Any, *, guard: Guard | None = None, **kept: Any) -> Any:
        kept.pop("answer", None)
        return await perform(units, work, **kept)

    Units.perform = without_guard  # type: ignore[method-assign,assignment]


def deaf_inbox() -> None:
    """The inbox remembers nothing: a redelivered fact has its effect again."""
    inbox.guard_of = lambda envelope, record, *, behind_parked: Guard("SELECT 1", [])


TWINS = {
    "answer-before-commit": answer_before_commit,
    "forget-request-keys": forget_request_keys,
    "deaf-inbox": deaf_inbox,
}

if __name__ == "__main__":
    TWINS[sys.argv[1]]()
    sys.exit(main(SERVICE, sys.argv[2:]))
