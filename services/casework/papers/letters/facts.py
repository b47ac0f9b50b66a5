"""What is said about letters: numbers and kinds, nothing that stands in them."""

from typing import Any

from contracts.events import casework as events
from services.casework.papers.letters.tables import Letter


def _which(letter: Letter) -> dict[str, Any]:
    return {
        "letter_id": letter.id,
        "handoff_id": letter.handoff_id,
        "about_kind": letter.about_kind,
        "about_id": letter.about_id,
        "kind": letter.kind,
        "number": letter.number,
    }


def letter_issued(letter: Letter) -> events.LetterIssued:
    """A letter was made."""
    return events.LetterIssued(
        **_which(letter),
        office=letter.office,
        to_agency=letter.to_agency,
        document_digest=letter.digest,
        replaces=letter.replaces,
    )


def letter_signed(letter: Letter, document_digest: str) -> events.LetterSigned:
    """The copy signed by hand came in."""
    return events.LetterSigned(**_which(letter), document_digest=document_digest)


def letter_voided(letter: Letter) -> events.LetterVoided:
    """A letter holds no longer."""
    return events.LetterVoided(
        **_which(letter), reason_code=letter.reason_code or "UNSPECIFIED", replaced_by=letter.replaced_by
    )
