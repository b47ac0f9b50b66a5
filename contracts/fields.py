"""Field types of events: ids and codes with a closed form, so that no free text fits into an event."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from contracts.values import INT64_MAX, Money, RegionCode, RegionLevel


def _require_level(level: RegionLevel) -> Any:
    def check(code: RegionCode) -> RegionCode:
        if code.level is not level:
            raise ValueError(f"the place must be a {level.value.lower()}")
        return code

    return AfterValidator(check)


INSTANT_IS_MALFORMED = "instant_is_malformed"
"""The kind of fault of what is no instant; its text says in Indonesian what to write."""
NIK_IS_MALFORMED = "nik_is_malformed"
"""The kind of fault of what cannot be a NIK; its text says in Indonesian why."""
WORDED_FAULTS = frozenset({INSTANT_IS_MALFORMED, NIK_IS_MALFORMED})
"""Kinds of faults whose text is said to people."""
_WRITTEN_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:([0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)

_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(hours=12)
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(hours=14)
"""What lies between can be shown in every zone, from 12 hours behind UTC to 14 before it."""


def _to_utc(value: Any) -> datetime:
    try:
        if isinstance(value, str):
            return _read_instant(value)
        if isinstance(value, datetime) and value.utcoffset() is not None:
            return _in_utc(value)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError(
        INSTANT_IS_MALFORMED,
        "Tulis tanggal, jam sampai detik, dan zona waktu, misalnya 2026-03-01T08:30:00+07:00.",
    )


def _in_utc(instant: datetime) -> datetime:
    in_utc = instant.astimezone(UTC)
    if not _EARLIEST <= in_utc <= _LATEST:
        raise ValueError
    return in_utc


def _read_instant(text: str) -> datetime:
    written = _WRITTEN_INSTANT.fullmatch(text)
    if written is None:
        raise ValueError
    if written[1] != "60":
        return _in_utc(datetime.fromisoformat(text.upper()))
    place = written.start(1)
    leap = _in_utc(datetime.fromisoformat(f"{text[:place]}59{text[place + 2 :]}".upper())) + timedelta(seconds=1)
    if (leap.hour, leap.minute, leap.second, leap.day) != (0, 0, 0, 1):
        raise ValueError
    return leap


def _not_negative(amount: Money) -> Money:
    if amount < Money.zero():
        raise ValueError("the amount must not be negative")
    return amount


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=64)]
"""A short upper-case code, such as a reason, a kind, a purpose."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
"""A lower-case name given by us: an agency, a desk, a service, a message template."""

Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ./:_-]*[A-Za-z0-9])?$", max_length=64)]
"""A number as an office or a bank writes it: a case number, a berita acara («BA. 12/SATPOLPP/2026»), a reference."""

Pseudonym = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._@-]*$", max_length=128)]
"""Who acted, without a name: a subject of the identity provider, an agency's code, a part of the system."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hexadecimal."""

Sealed = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=65536)]
"""Sealed bytes in base64."""

DistrictCode = Annotated[
    RegionCode,
    _require_level(RegionLevel.DISTRICT),
    WithJsonSchema({"type": "string", "pattern": RegionCode.DISTRICT_PATTERN}),
]
"""A kabupaten or kota, `PP.KK`."""

VillageCode = Annotated[
    RegionCode,
    _require_level(RegionLevel.VILLAGE),
    WithJsonSchema({"type": "string", "pattern": RegionCode.VILLAGE_PATTERN}),
]
"""A kelurahan or desa, `PP.KK.CC.DDDD`."""

Instant = Annotated[
    datetime,
    BeforeValidator(_to_utc),
    PlainSerializer(lambda instant: instant.isoformat().replace("+00:00", "Z"), when_used="json"),
]
"""A moment as RFC 3339 writes it, kept in UTC and written with «Z».

Text has date, time to the second and zone (`2026-03-01T08:30:00+07:00`), «T» and «Z» in either case; never a number, a
date alone, a space for «T», an hour 24, or an instant that no calendar of the years 1 to 9999 has in every zone. A leap
second, which only the end of a month in UTC can have, is read as the second after it. In Python a `datetime` with its
zone is taken too.
"""

Amount = Annotated[
    Money, AfterValidator(_not_negative), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": INT64_MAX})
]
"""Whole rupiah, zero or more."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false, never a word or a number that resembles them."""

Count = Annotated[int, Field(strict=True, ge=0, le=INT64_MAX)]
"""A whole number from zero that fits 64 bits."""

Ordinal = Annotated[int, Field(strict=True, ge=1, le=INT64_MAX)]
"""A whole number from one that fits 64 bits."""
