"""Places by their Kemendagri code."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class RegionLevel(StrEnum):
    """The four levels of the Kemendagri code of places."""

    PROVINCE = "PROVINCE"
    DISTRICT = "DISTRICT"
    KECAMATAN = "KECAMATAN"
    VILLAGE = "VILLAGE"


_PROVINCE = "[1-9][0-9]"
_DISTRICT = "(0[1-9]|[1-689][0-9]|7[1-9])"
_KECAMATAN = "(0[1-9]|[1-9][0-9])"
_VILLAGE = "[123][0-9]{3}"


class RegionCode(str):
    """A Kemendagri code of a place: `PP`, `PP.KK`, `PP.KK.CC` or `PP.KK.CC.DDDD`; never a BPS code.

    Says that a code is well formed, not that the place exists: that is dated reference data
    (`contracts.reference.regions`). Kabupaten are 01-69, kota 71-99; villages 1xxx kelurahan, 2xxx desa, 3xxx desa
    adat. Raises `ValueError` for any other form. Source: Kepmendagri 300.2.2-2138/2025.
    """

    __slots__ = ()

    PATTERN = rf"^{_PROVINCE}(\.{_DISTRICT}(\.{_KECAMATAN}(\.{_VILLAGE})?)?)?$"
    DISTRICT_PATTERN = rf"^{_PROVINCE}\.{_DISTRICT}$"
    VILLAGE_PATTERN = rf"^{_PROVINCE}\.{_DISTRICT}\.{_KECAMATAN}\.{_VILLAGE}$"

    def __new__(cls, code: str) -> Self:
        if not isinstance(code, str) or _REGION_CODE.fullmatch(code) is None:
            raise ValueError("a place is a Kemendagri code: PP, PP.KK, PP.KK.CC or PP.KK.CC.DDDD")
        return super().__new__(cls, code)

    @property
    def level(self) -> RegionLevel:
        """Which of the four levels the code names."""
        return _LEVEL_BY_LENGTH[len(self)]

    @property
    def province(self) -> RegionCode:
        """The province of the place."""
        return RegionCode(self[:2])

    @property
    def district(self) -> RegionCode:
        """The kabupaten or kota of the place. Raises `ValueError` for a province."""
        return self._ancestor(5)

    @property
    def kecamatan(self) -> RegionCode:
        """The kecamatan of the place. Raises `ValueError` above that level."""
        return self._ancestor(8)

    @property
    def parent(self) -> RegionCode | None:
        """The place one level up; nothing above a province."""
        return RegionCode(self.rpartition(".")[0]) if "." in self else None

    @property
    def is_city(self) -> bool:
        """Whether the district is a kota. Raises `ValueError` for a province."""
        return self.district[3] >= "7"

    def contains(self, other: str) -> bool:
        """Whether `other` is this place or lies inside it, by code alone."""
        return other == self or other.startswith(f"{self}.")

    def _ancestor(self, length: int) -> RegionCode:
        if len(self) < length:
            raise ValueError("the place is wider than the level asked for")
        return RegionCode(self[:length])

    def __repr__(self) -> str:
        return f"RegionCode({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(pattern=cls.PATTERN), serialization=core_schema.to_string_ser_schema()
        )


_REGION_CODE = re.compile(RegionCode.PATTERN, re.ASCII)
_LEVEL_BY_LENGTH = {
    2: RegionLevel.PROVINCE,
    5: RegionLevel.DISTRICT,
    8: RegionLevel.KECAMATAN,
    13: RegionLevel.VILLAGE,
}
