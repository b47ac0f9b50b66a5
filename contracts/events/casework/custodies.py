"""What casework says of who has the person."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Count, Instant, Reference, Slug
from contracts.values import RegionCode


class CustodyTransferred(Event):
    """The person passed into other hands, by the signature of the taker; without `from_agency` taken from no one.

    `until` is there when it was told late and lies before what is known of a later time: somebody else has the person
    by now. Of the belongings only the kinds and their number are told.
    """

    TYPE: ClassVar[str] = "casework.custody.transferred.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    custody_id: UUID
    about_kind: Slug
    about_id: UUID
    person_id: UUID
    from_agency: Slug | None = None
    to_agency: Slug
    place_code: RegionCode
    observed_state: Code
    ba_number: Reference | None = None
    custodian_kind: Literal["AGENCY", "CARRIER", "FAMILY", "OTHER"] | None = None
    until: Instant | None = None
    proof: Literal["SIGNED", "PHOTO", "NONE"] | None = None
    belongings: Annotated[tuple[Code, ...] | None, Field(max_length=50)] = None
    belongings_count: Count | None = None


class CustodyProofAdded(Event):
    """The signed paper, or a photo of it, came in for a hand-over that had been recorded without."""

    TYPE: ClassVar[str] = "casework.custody.proof_added.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    custody_id: UUID
    about_kind: Slug
    about_id: UUID
    person_id: UUID
    proof: Literal["SIGNED", "PHOTO"]
    ba_number: Reference | None = None


class CustodyEnded(Event):
    """Nobody has the person in hand any more: returned home, absconded or died."""

    TYPE: ClassVar[str] = "casework.custody.ended.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    custody_id: UUID
    about_kind: Slug
    about_id: UUID
    person_id: UUID
    from_agency: Slug
    place_code: RegionCode
    observed_state: Code
    ba_number: Reference | None = None
    reason_code: Code
