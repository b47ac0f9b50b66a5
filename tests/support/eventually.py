"""Waiting in tests: ask again until it holds, never sleep and hope."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(ask: Callable[[], Awaitable[T]], *, within_seconds: float = 15.0, what: str = "") -> T:
    """The first true answer of ``ask``. Raises ``AssertionError`` with the last answer or error when time is up."""
    ends = time.monotonic() + within_seconds
    last: object = None
    while True:
        try:
            answer = await ask()
            if answer:
                return answer
            last = answer
        except (AssertionError, OSError, LookupError) as error:
            last = error
        if time.monotonic() > ends:
            raise AssertionError(f"not within {within_seconds} s: {what or ask} (last: {last!r})")
        await asyncio.sleep(0.05)
