"""What the API says about links; token and PIN are shown once, in the answer that made them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from services.casework.papers.links import domain
from services.casework.papers.links.queries import LinksView
from services.casework.papers.links.tables import Link
from services.chassis.web import RequestBody


class LinkFormIn(RequestBody):
    """Which link a page's button is about."""

    link_id: UUID


class PinIn(RequestBody):
    """The PIN as it was told."""

    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$", strip_whitespace=True)]


class LinkOut(BaseModel):
    """A link without what opens it."""

    link_id: UUID
    handoff_id: UUID
    agency: str
    desk: str
    state: str
    expires_at: datetime
    pin_number: int
    attempts: int
    opened_at: datetime | None
    answer: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, row: Link) -> "LinkOut":
        """From the row."""
        return cls(link_id=row.id, **row.model_dump(include=set(cls.model_fields)))


class LinkMade(LinkOut):
    """A link with what opens it: the address goes to the desk, the PIN to its number, never along with it."""

    url: str
    pin: str

    @classmethod
    def from_answer(cls, body: bytes, private_key: str, public_url: str) -> "LinkMade":
        """From the stored answer, which holds neither: both follow from the id."""
        made, secret = LinkOut.model_validate_json(body), domain.secret_of(private_key)
        return cls(
            **made.model_dump(),
            url=f"{public_url.rstrip('/')}/pintu/{domain.token_of(secret, made.link_id)}",
            pin=domain.pin_of(secret, made.link_id, made.pin_number),
        )


class VisitOut(BaseModel):
    """What happened at a link without opening it."""

    link_id: UUID
    what: str
    times: int
    first_at: datetime
    last_at: datetime


class LinksOut(BaseModel):
    """A hand-off's links, oldest first, and what happened at them without opening them."""

    items: list[LinkOut]
    visits: list[VisitOut]

    @classmethod
    def of(cls, view: LinksView) -> "LinksOut":
        """From the read model."""
        return cls(
            items=[LinkOut.of(link) for link in view.links],
            visits=[VisitOut(**visit.model_dump(include=set(VisitOut.model_fields))) for visit in view.visits],
        )
