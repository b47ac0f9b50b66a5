"""What is said about links: never the address, and the PIN under a seal alone."""

from contracts.events import casework as events
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.papers.links.tables import Link


def link_pin_issued(link: Link, handoff: Handoff, sealed_pin: str, on_duty: tuple[str, ...]) -> events.LinkPinIssued:
    """A link has a new PIN."""
    return events.LinkPinIssued(
        link_id=link.id,
        handoff_id=link.handoff_id,
        about_kind=link.about_kind,
        about_id=link.about_id,
        purpose=handoff.purpose,
        from_agency=handoff.from_agency,
        to_agency=link.agency,
        to_desk=link.desk,
        pin_number=link.pin_number,
        expires_at=link.expires_at,
        sealed_pin=sealed_pin,
        on_duty=on_duty,
    )
