"""Who acted, by name: rows, events and logs hold pseudonyms; on pages whoever signed in here is called by name.

Names stand in one table of each service, written at sign-in as the identity provider tells them, and go no further.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from services.chassis.offices import Offices
from services.chassis.principal import Principal

LOOKED_AGAIN_AFTER_SECONDS = 30.0
SOMEBODY = "petugas"
"""Who acted and never signed in on this service's pages."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who signed in here."""

    actor: str
    agency: str
    district: str
    name: str


def district_of(principal: Principal) -> str:
    """The first of a person's offices; nothing for somebody without one."""
    return principal.offices[0][:5] if principal.offices else ""


class Colleagues:
    """All who signed in at one service, as its table had them half a minute ago at most."""

    def __init__(self) -> None:
        self._known: dict[str, Colleague] = {}
        self._looked_at = float(-LOOKED_AGAIN_AFTER_SECONDS)

    async def look(self, pool: asyncpg.Pool) -> None:
        """Read the table again when that was long ago."""
        now = time.monotonic()
        if now - self._looked_at < LOOKED_AGAIN_AFTER_SECONDS:
            return
        self._looked_at = now
        rows = await pool.fetch("SELECT actor, agency, district, name FROM colleagues")
        self._known = {row["actor"]: Colleague(**row) for row in rows}

    async def meet(self, pool: asyncpg.Pool, principal: Principal) -> None:
        """Note what somebody who signed in is called."""
        met = Colleague(principal.actor, principal.agency, district_of(principal), principal.display_name)
        await pool.execute(
            "INSERT INTO colleagues (actor, agency, district, name, seen_at) VALUES ($1, $2, $3, $4, now())"
            " ON CONFLICT (actor) DO UPDATE SET agency = excluded.agency, district = excluded.district,"
            " name = excluded.name, seen_at = excluded.seen_at",
            met.actor, met.agency, met.district, met.name,
        )  # fmt: skip
        self._known[met.actor] = met

    def called(self, actor: str, viewer: Principal | None, offices: Offices, agencies: Mapping[str, str]) -> str:
        """What a page calls whoever acted: their name, with their agency's where it is not the viewer's.

        People are named to their own agency and to the office of their district; to others they are their agency's
        people. A program is called by its agency.
        """
        kind, _, code = actor.partition(":")
        if kind == "agency":
            return agencies.get(code, "instansi lain")
        if kind == "system":
            return "Sigap"
        found = self._known.get(actor)
        if found is None or viewer is None:
            return SOMEBODY
        agency = agencies.get(found.agency, "instansi lain")
        section = offices.sections.get(found.district)
        is_office = section is not None and section.office == viewer.agency
        if viewer.agency == found.agency:
            return found.name or SOMEBODY
        return f"{found.name or SOMEBODY} ({agency})" if is_office else f"{SOMEBODY} {agency}"

    def of_agency(self, agency: str) -> list[Colleague]:
        """The people of an agency who signed in here, by name."""
        return sorted((one for one in self._known.values() if one.agency == agency), key=lambda one: one.name)
