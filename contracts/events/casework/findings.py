"""What casework says of records that contradict each other or the paper."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Slug


class FindingFact(Event):
    """What every fact about a finding tells: what does not match, about what, and who must explain it."""

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    finding_id: UUID
    kind: Code
    owner_agency: Slug
    about_kind: Slug
    about_id: UUID
    person_id: UUID | None = None


class FindingOpened(FindingFact):
    """What was recorded contradicts itself or the paper; the records stand, somebody must explain the difference."""

    TYPE: ClassVar[str] = "casework.finding.opened.v1"


class FindingExplained(FindingFact):
    """Somebody explained a finding, or a later record settled it (`SETTLED`)."""

    TYPE: ClassVar[str] = "casework.finding.explained.v1"

    explanation: Code
