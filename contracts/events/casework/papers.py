"""What casework says of official letters, and of links for agencies without software."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Digest, Instant, Ordinal, Reference, Sealed, Slug


class LetterFact(Event):
    """What every fact about an official letter tells: which one it is, never what stands in it."""

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    letter_id: UUID
    handoff_id: UUID
    about_kind: Slug
    about_id: UUID
    kind: Code
    number: Reference


class LetterIssued(LetterFact):
    """An office made a letter that goes along with a hand-off, perhaps in the place of one that holds no longer."""

    TYPE: ClassVar[str] = "casework.letter.issued.v1"

    office: Slug
    to_agency: Slug
    document_digest: Digest
    replaces: UUID | None = None


class LetterSigned(LetterFact):
    """The scan of the copy signed by hand came in; that copy is the valid one."""

    TYPE: ClassVar[str] = "casework.letter.signed.v1"

    document_digest: Digest


class LetterVoided(LetterFact):
    """A letter holds no longer; ``replaced_by`` names the one made in its place."""

    TYPE: ClassVar[str] = "casework.letter.voided.v1"

    reason_code: Code
    replaced_by: UUID | None = None


class LinkPinIssued(Event):
    """A link for an agency without software has a new PIN; the former one holds no longer.

    `sealed_pin` opens for notifications alone, which tells it to the desk's registered number, or to `on_duty`.
    """

    TYPE: ClassVar[str] = "casework.link.pin_issued.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.SPECIAL

    link_id: UUID
    handoff_id: UUID
    about_kind: Slug
    about_id: UUID
    purpose: Code
    from_agency: Slug
    to_agency: Slug
    to_desk: Slug
    pin_number: Ordinal
    expires_at: Instant
    sealed_pin: Sealed
    on_duty: tuple[Slug, ...] = ()
