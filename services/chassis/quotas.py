"""How much one account may ask of one process: quotas of the district's pack, filled evenly, with a burst."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.errors import SigapError
from services.chassis.principal import Principal

ACCOUNTS_REMEMBERED = 50_000


class QuotaIsSpent(SigapError):
    """More than the district's pack lets this account ask; ``retry_after_seconds`` says when there is room again."""

    text = "Akun ini sudah mengirim terlalu banyak permintaan."
    advice = "Tunggu sampai waktu pada Retry-After, lalu kirim ulang dengan kunci yang sama."
    default_seconds: ClassVar[int] = 1

    @property
    def retry_after_seconds(self) -> int:
        """When to come again."""
        found = self.facts.get("retry_after_seconds", self.default_seconds)
        return int(found) if isinstance(found, int) else self.default_seconds


class Quota(BaseModel):
    """How often: evenly so many an hour, ``burst`` at once.

    ``operation``: «POST /reports»; empty is whatever has no quota of its own. ``roles``: whose accounts; empty is
    everybody's. ``per_row``: counted for each row by itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: str = Field(default="", pattern=r"^$|^(GET|POST|PUT|PATCH|DELETE) /")
    roles: frozenset[str] = frozenset()
    per_hour: int = Field(gt=0)
    burst: int = Field(gt=0)
    per_row: bool = False

    def is_for(self, principal: Principal, operation: str) -> bool:
        """Whether it counts this."""
        return self.operation == operation and (not self.roles or bool(self.roles & principal.roles))


class Counter:
    """What each account has left, in the memory of one process: a restart gives everybody a full measure."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def spend(self, quotas: Sequence[Quota], principal: Principal, operation: str, path: str) -> None:
        """Count one request by the first quota of its operation, else of all. Raises ``QuotaIsSpent``."""
        found = next((q for q in quotas if q.is_for(principal, operation)), None)
        found = found or next((q for q in quotas if q.is_for(principal, "")), None)
        if found is None:
            return
        wait = self._take((principal.actor, found.operation, path if found.per_row else ""), found)
        if wait > 0:
            raise QuotaIsSpent(retry_after_seconds=math.ceil(wait))

    def _take(self, key: Hashable, quota: Quota) -> float:
        """Seconds to wait; nothing when there was room, which is then taken."""
        now, rate = self._now(), quota.per_hour / 3600
        left, at = self._left.pop(key, (float(quota.burst), now))
        left = min(float(quota.burst), left + (now - at) * rate)
        wait = 0.0 if left >= 1 else (1 - left) / rate
        self._left[key] = (left if wait else left - 1, now)
        if len(self._left) > ACCOUNTS_REMEMBERED:
            self._left.popitem(last=False)
        return wait
