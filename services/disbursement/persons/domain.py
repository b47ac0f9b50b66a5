"""What is known of the real person behind a request. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RealPerson:
    """Everybody who is this person, this one included, and when the person died, if that is known."""

    members: frozenset[UUID]
    died_at: datetime | None
