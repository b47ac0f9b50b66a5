"""Field types of events: ids and codes with a closed form, so that no free text fits into an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from contracts.values import INT64_MAX, Money, RegionCode, RegionLevel


def _require_level(level: RegionLevel) -> Any:
    def check(code: RegionCode) -> RegionCode:
        if code.level is not level:
            raise ValueError(f"the place must be a {level.value.lower()}")
        return code

    return AfterValidator(check)


def _refuse_number(instant: Any) -> Any:
    if isinstance(instant, (int, float)) or (isinstance(instant, str) and "T" not in instant.upper()):
        raise ValueError("an instant is written with date, time and zone")
    return instant


def _to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


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
    AwareDatetime,
    BeforeValidator(_refuse_number),
    AfterValidator(_to_utc),
    PlainSerializer(lambda instant: instant.isoformat().replace("+00:00", "Z"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment with its zone, kept in UTC and written with «Z»."""

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
