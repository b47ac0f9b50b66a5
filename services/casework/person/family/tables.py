"""Ties between mother and child."""

from uuid import UUID

from services.chassis.database import Aggregate


class FamilyTie(Aggregate, table=True):
    """A mother and her child, each with a case: neither is moved without the other (`handoff.md` §6).

    ``is_ended``: it was a mistake, or holds no longer.
    """

    __tablename__ = "family_ties"

    matter_id: UUID
    person_id: UUID
    child_matter_id: UUID
    child_id: UUID
    is_ended: bool = False
