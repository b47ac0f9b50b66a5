"""National days and joint leave from the `holidays` library: a draft of a pack's days off, never the decree."""

from collections.abc import Iterator

import yaml
from holidays import country_holidays
from holidays.constants import GOVERNMENT, PUBLIC
from holidays.version import __version__ as edition

from services.casework.office.directory.domain import DayOff, DayOffKind

YEARS = range(2003, 2101)
"""Since joint leave exists, until the library's tables end."""

_CATEGORIES = {DayOffKind.NATIONAL: PUBLIC, DayOffKind.JOINT_LEAVE: GOVERNMENT}
_ESTIMATED = " (perkiraan)"


def drafted_days_off(year: int) -> list[DayOff]:
    """What the library holds of a year, in order; a day whose date it only reckons is a forecast."""
    return sorted(_days_off(year), key=lambda off: (off.day, off.kind))


def _days_off(year: int) -> Iterator[DayOff]:
    for kind, category in _CATEGORIES.items():
        for day, name in country_holidays("ID", years=year, language="id", categories=category).items():
            yield DayOff(
                day=day,
                kind=kind,
                name=name.replace(_ESTIMATED, ""),
                source=f"draf holidays {edition}, cocokkan dengan SKB 3 Menteri {year}",
                is_forecast=_ESTIMATED in name,
            )


def draft_of_year(year: int) -> str:
    """The YAML of a year's days off for a pack, with what must be checked written above it."""
    days = drafted_days_off(year)
    lines = [
        f"# DRAF hari libur nasional dan cuti bersama {year} dari pustaka holidays {edition}.",
        f"# Cocokkan setiap baris dengan SKB 3 Menteri tentang hari libur nasional dan cuti bersama {year},",
        "# lalu ganti isi source. is_forecast: tanggal hasil hisab, menunggu keputusan (sidang isbat).",
    ]
    if all(off.kind != DayOffKind.JOINT_LEAVE for off in days):
        lines.append(f"# Pustaka belum memuat cuti bersama {year}: tambahkan dari SKB setelah terbit.")
    return "\n".join([*lines, "days_off:", *map(_line, days)]) + "\n"


def _line(off: DayOff) -> str:
    entry = off.model_dump(exclude_defaults=True) | {"kind": off.kind.value}
    return (
        f"  - {yaml.safe_dump(entry, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000).strip()}"
    )
