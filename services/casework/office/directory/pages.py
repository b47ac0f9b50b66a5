"""What pages take from the pack: the names of agencies and desks, the district's zone, and the places around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from services.casework.office.directory.queries import pack_in_force
from services.chassis import clock
from services.chassis.database import ReadSession
from services.chassis.errors import PackIsMissing


@dataclass(frozen=True, slots=True)
class Directory:
    """Names and duty telephones by code, and on which wall clock times are shown; empty where no pack is loaded."""

    names: dict[str, str]
    desks: dict[tuple[str, str], str]
    zones: dict[str, str]
    phones: dict[tuple[str, str], tuple[str, ...]]

    def zone(self, district: str = "") -> str:
        """The wall clock of a district, or of the first that has a pack; UTC where none has."""
        return self.zones.get(district) or next(iter(self.zones.values()), "UTC")

    def today(self, district: str) -> date:
        """The calendar day of a district."""
        return clock.utc_now().astimezone(ZoneInfo(self.zone(district))).date()

    def context(self, district: str = "") -> dict[str, object]:
        """What every casework template gets."""
        found: dict[str, object] = {"names": self.names, "desks": self.desks}
        return found | ({"zone": self.zone(district)} if self.zones else {})


async def directory_of(reading: ReadSession, districts: Iterable[str]) -> Directory:
    """The directory of some districts."""
    names: dict[str, str] = {}
    desks: dict[tuple[str, str], str] = {}
    zones: dict[str, str] = {}
    phones: dict[tuple[str, str], tuple[str, ...]] = {}
    for district in sorted({district for district in districts if "." in district}):
        try:
            pack = await pack_in_force(reading, district)
        except PackIsMissing:
            continue
        zones[district] = pack.zone
        for agency in pack.agencies:
            names[agency.code] = agency.name
            desks.update({(agency.code, desk.code): desk.name for desk in agency.desks})
            phones.update({(agency.code, desk.code): desk.duty_phones for desk in agency.desks})
    return Directory(names, desks, zones, phones)
