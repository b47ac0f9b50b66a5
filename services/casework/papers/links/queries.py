"""Read models of links."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.casework.handoff.handoffs.tables import Handoff
from services.casework.papers.links import domain, repository
from services.casework.papers.links.tables import Link, LinkVisit
from services.chassis.database import ReadSession, Units
from services.chassis.errors import NotFound
from services.chassis.principal import system_principal


class LinkIsUnknown(NotFound):
    """No link has this token."""

    text = "Tautan ini tidak dikenal."
    advice = "Periksa apakah alamatnya lengkap, atau minta tautan baru kepada petugas yang mengirimnya."


@dataclass(frozen=True, slots=True)
class LinksView:
    """A hand-off's links, and what happened at them without opening them."""

    links: Sequence[Link]
    visits: Sequence[LinkVisit]


async def find_link(token: str, units: Units) -> Link:
    """The link of a token, for whoever holds it. Raises ``LinkIsUnknown``."""
    async with units.reading(system_principal("casework")) as reading:
        link = await repository.by_token(reading, domain.digest_of(token))
    if link is None:
        raise LinkIsUnknown
    return link


async def links_of(handoff: Handoff, reading: ReadSession) -> LinksView:
    """The links of a hand-off."""
    return LinksView(
        await repository.of_handoff(reading, handoff.id), await repository.visits_of_handoff(reading, handoff.id)
    )
