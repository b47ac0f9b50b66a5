"""Official lists as versioned data: types of people in need and of helpers, and the places of the Kemendagri code.

Read once, at first use, from the files beside this module.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from contracts.values import RegionCode, RegionLevel

HERE = Path(__file__).parent


class AppliesTo(StrEnum):
    """What a type is said of."""

    PERSON = "PERSON"
    FAMILY = "FAMILY"
    COMMUNITY = "COMMUNITY"
    BODY = "BODY"


@dataclass(frozen=True, slots=True)
class ListedType:
    """One entry of an official list: the regulation's number, our stable code, the Indonesian name.

    `criterion` is a shortened description for display; it decides nothing.
    """

    number: int
    code: str
    name: str
    applies_to: AppliesTo
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """An official list with its edition and source."""

    title: str
    edition: str
    source: str
    entries: tuple[ListedType, ...]

    def by_code(self) -> Mapping[str, ListedType]:
        """Code -> entry."""
        return MappingProxyType({entry.code: entry for entry in self.entries})


@dataclass(frozen=True, slots=True)
class Region:
    """A place as it was from `valid_from` (nothing: since before our history) to before `valid_to` (nothing: still)."""

    code: RegionCode
    name: str
    level: RegionLevel
    valid_from: date | None
    valid_to: date | None
    replaced_by: tuple[RegionCode, ...]

    def is_valid_on(self, day: date) -> bool:
        """Whether the place had this code and name on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


class Regions:
    """The places we know: every province, district and kecamatan, and the villages of the districts we serve."""

    def __init__(self, edition: str, villages_of: Iterable[RegionCode], rows: Iterable[Region]) -> None:
        self.edition = edition
        self.villages_of = frozenset(villages_of)
        self._rows: dict[str, list[Region]] = {}
        self._children: dict[str | None, list[RegionCode]] = {}
        for row in rows:
            if row.code not in self._rows:
                self._children.setdefault(row.code.parent, []).append(row.code)
            self._rows.setdefault(row.code, []).append(row)

    def get(self, code: str, on: date | None = None) -> Region | None:
        """The place with this code on that day; without a day its newest row. Nothing for a place we do not know."""
        rows = self._rows.get(code, [])
        if on is not None:
            rows = [row for row in rows if row.is_valid_on(on)]
        return rows[-1] if rows else None

    def is_known(self, code: str) -> bool:
        """Whether the code is, or ever was, a place in our files; villages only of `villages_of`."""
        return code in self._rows

    def may_be(self, code: RegionCode) -> bool:
        """Whether there is, or was, such a place as far as our files reach: of a village elsewhere the kecamatan."""
        is_beyond = code.level is RegionLevel.VILLAGE and code.district not in self.villages_of
        return self.is_known(code.kecamatan if is_beyond else code)

    def name_of(self, code: str) -> str:
        """The newest name of a place; the code itself for a place we do not know."""
        region = self.get(code)
        return region.name if region is not None else code

    def path_of(self, code: RegionCode) -> str:
        """The place and the wider ones, as letters write it: «Tumenggungan, Lamongan, Kabupaten Lamongan»."""
        names: list[str] = []
        place: RegionCode | None = code
        while place is not None and place.level is not RegionLevel.PROVINCE:
            names.append(self.name_of(place))
            place = place.parent
        return ", ".join(names) if names else self.name_of(code)

    def children_of(self, code: RegionCode | None, on: date | None = None) -> tuple[Region, ...]:
        """The places one level below, in the order of their codes; provinces for no code."""
        found = (self.get(child, on) for child in self._children.get(code, []))
        return tuple(region for region in found if region is not None)

    def __len__(self) -> int:
        return len(self._rows)


@cache
def ppks_types() -> CodeList:
    """The 26 types of people in need of social services (Permensos 8/2012)."""
    return _read_list("ppks-types.json")


@cache
def psks_types() -> CodeList:
    """The 12 kinds of people and bodies who help (Permensos 8/2012)."""
    return _read_list("psks-types.json")


@cache
def regions() -> Regions:
    """The places of the edition in force, with their history as far as we have it."""
    folder = HERE / "regions"
    edition = json.loads((folder / "edition.json").read_text())
    files = [folder / f"{level}.csv" for level in ("provinces", "districts", "kecamatan")]
    files += sorted(folder.glob("villages-*.csv"))
    rows = (row for file in files for row in _read_regions(file))
    return Regions(edition["edition"], map(RegionCode, edition["villages_of"]), rows)


def _read_list(name: str) -> CodeList:
    document = json.loads((HERE / name).read_text())
    entries = tuple(
        ListedType(**{**entry, "applies_to": AppliesTo(entry["applies_to"])}) for entry in document["entries"]
    )
    return CodeList(document["title"], document["edition"], document["source"], entries)


def _read_regions(file: Path) -> Iterable[Region]:
    with file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            yield Region(
                code=RegionCode(row["code"]),
                name=row["name"],
                level=RegionLevel(row["level"]),
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
                replaced_by=tuple(RegionCode(code) for code in row["replaced_by"].split()),
            )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
