"""The national identity number and what its digits tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, assert_never

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class Sex(StrEnum):
    """Sex as the civil registry records it."""

    MALE = "MALE"
    FEMALE = "FEMALE"


SEX_TEXTS: Mapping[Sex, str] = {Sex.MALE: "laki-laki", Sex.FEMALE: "perempuan"}
"""What pages and letters call it."""


class NikLevel(StrEnum):
    """How far a NIK has been checked, in this order; only Dukcapil proves that it exists (domain rule 3.1)."""

    FORMAT_OK = "FORMAT_OK"
    REGION_KNOWN = "REGION_KNOWN"
    DATE_CONSISTENT = "DATE_CONSISTENT"
    DUKCAPIL_MATCHED = "DUKCAPIL_MATCHED"
    DUKCAPIL_INACTIVE = "DUKCAPIL_INACTIVE"
    DUKCAPIL_DECEASED = "DUKCAPIL_DECEASED"


class NikWarning(StrEnum):
    """A doubt about a NIK that asks for a Dukcapil check; never a reason to refuse the person."""

    DISTRICT_UNKNOWN = "DISTRICT_UNKNOWN"
    KECAMATAN_UNKNOWN = "KECAMATAN_UNKNOWN"
    DATE_NOT_IN_CALENDAR = "DATE_NOT_IN_CALENDAR"
    CENTURY_AMBIGUOUS = "CENTURY_AMBIGUOUS"
    BIRTH_DATE_DIFFERS = "BIRTH_DATE_DIFFERS"
    SEX_DIFFERS = "SEX_DIFFERS"


class NikErrorCode(StrEnum):
    """Why a text cannot be a NIK at all."""

    NOT_DIGITS = "NOT_DIGITS"
    NOT_SIXTEEN_DIGITS = "NOT_SIXTEEN_DIGITS"
    PROVINCE_UNKNOWN = "PROVINCE_UNKNOWN"
    DAY_IMPOSSIBLE = "DAY_IMPOSSIBLE"
    MONTH_IMPOSSIBLE = "MONTH_IMPOSSIBLE"
    SERIAL_ZERO = "SERIAL_ZERO"


NIK_ERROR_TEXTS: Mapping[NikErrorCode, str] = {
    NikErrorCode.NOT_DIGITS: "NIK hanya berisi angka.",
    NikErrorCode.NOT_SIXTEEN_DIGITS: "NIK terdiri dari 16 angka.",
    NikErrorCode.PROVINCE_UNKNOWN: "Dua angka pertama NIK bukan kode provinsi.",
    NikErrorCode.DAY_IMPOSSIBLE: "Angka ketujuh dan kedelapan NIK bukan tanggal: 01 sampai 31, perempuan 41 sampai 71.",
    NikErrorCode.MONTH_IMPOSSIBLE: "Angka kesembilan dan kesepuluh NIK bukan bulan: 01 sampai 12.",
    NikErrorCode.SERIAL_ZERO: "Empat angka terakhir NIK dimulai dari 0001.",
}
"""What pages and refusals say of it."""

NIK_WARNING_TEXTS: Mapping[NikWarning, str] = {
    NikWarning.DISTRICT_UNKNOWN: "Kode kabupaten atau kota pada NIK tidak ada dalam daftar wilayah.",
    NikWarning.KECAMATAN_UNKNOWN: "Kode kecamatan pada NIK tidak ada dalam daftar wilayah.",
    NikWarning.DATE_NOT_IN_CALENDAR: "Tanggal lahir pada NIK tidak ada dalam kalender.",
    NikWarning.CENTURY_AMBIGUOUS: "Tahun lahir pada NIK dapat dibaca dalam dua abad; isi tanggal lahir bila diketahui.",
    NikWarning.BIRTH_DATE_DIFFERS: "Tanggal lahir pada NIK berbeda dari yang diisi.",
    NikWarning.SEX_DIFFERS: "Jenis kelamin pada NIK berbeda dari yang diisi.",
}
"""What pages say of it: a doubt never holds up the person."""


class NikIsInvalid(ValueError):
    """A text that cannot be a NIK. Carries the reason as `code`; never repeats the text."""

    def __init__(self, code: NikErrorCode) -> None:
        self.code = code
        super().__init__(_error_text(code))


def _error_text(code: NikErrorCode) -> str:
    match code:
        case NikErrorCode.NOT_DIGITS:
            return "a NIK has digits only"
        case NikErrorCode.NOT_SIXTEEN_DIGITS:
            return "a NIK has 16 digits"
        case NikErrorCode.PROVINCE_UNKNOWN:
            return "a NIK starts with the code of a province"
        case NikErrorCode.DAY_IMPOSSIBLE:
            return "the day in a NIK is 01-31, or 41-71 for women"
        case NikErrorCode.MONTH_IMPOSSIBLE:
            return "the month in a NIK is 01-12"
        case NikErrorCode.SERIAL_ZERO:
            return "the serial of a NIK starts at 0001"
        case _ as unreachable:
            assert_never(unreachable)


_PROVINCE_RANGES = ((11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76), (81, 82), (91, 96))
PROVINCE_CODES = frozenset(str(code) for first, last in _PROVINCE_RANGES for code in range(first, last + 1))
"""The 38 provinces of Kepmendagri 300.2.2-2138/2025; a test compares them with `contracts/reference`."""

RESERVED_TEST_SERIALS = range(9000, 10000)
"""Serials kept for fictional people in demos, examples and tests. The civil registry numbers each birth date of a
kecamatan from 0001, so these are never reached there; production refuses them."""


@dataclass(frozen=True, slots=True)
class NikCheck:
    """What the digits of a NIK tell by themselves: the level reached and the doubts left."""

    level: NikLevel
    warnings: tuple[NikWarning, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A well-formed national identity number, `PP KK CC DD MM YY SSSS`; structure never proves existence.

    The region is where the person was first registered, not where they live: never decide eligibility by it.
    `str()` and `repr()` are masked so that no log or error shows a whole number; `digits` is the number itself.
    """

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        error = _first_error(self.digits)
        if error is not None:
            raise NikIsInvalid(error)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a NIK as people write it, with spaces, dots and dashes. Raises `NikIsInvalid`."""
        return cls(re.sub(r"[ .\-]", "", text))

    @property
    def region_text(self) -> str:
        """`PP.KK.CC` of the first registration; may be retired, so it is text and not a `RegionCode`."""
        return f"{self.digits[:2]}.{self.digits[2:4]}.{self.digits[4:6]}"

    @property
    def sex(self) -> Sex:
        """Sex by the day of birth: women's days are raised by 40."""
        return Sex.FEMALE if int(self.digits[6:8]) > 40 else Sex.MALE

    @property
    def serial(self) -> int:
        """The running number within kecamatan and birth date, from 1."""
        return int(self.digits[12:])

    @property
    def day_month_year(self) -> tuple[int, int, int]:
        """Day (without the 40 of women), month and two-digit year of birth."""
        day = int(self.digits[6:8])
        return (day - 40 if day > 40 else day), int(self.digits[8:10]), int(self.digits[10:12])

    def birth_date(self, today: date) -> date | None:
        """The birth date the digits suggest: 20YY unless that lies after `today`, else 19YY.

        Nothing when no such day exists in the calendar. Wrong for people of 100 and over: prefer the registry's date.
        """
        day, month, year = self.day_month_year
        recent, earlier = _date_or_none(2000 + year, month, day), _date_or_none(1900 + year, month, day)
        if 2000 + year < today.year or (recent is not None and recent <= today):
            return recent
        return earlier

    def check(
        self,
        today: date,
        is_known_region: Callable[[str], bool],
        sex: Sex | None = None,
        born_on: date | None = None,
    ) -> NikCheck:
        """Examine the digits against known places and, where given, the person's own sex and birth date.

        `is_known_region` answers for `PP.KK` and `PP.KK.CC`. Levels build on each other: DATE_CONSISTENT needs a known
        region and both `sex` and `born_on` agreeing. A difference is a warning only: a NIK stays for life even when
        the birth date is corrected.
        """
        places = self._place_warnings(is_known_region)
        persons = self._person_warnings(today, sex, born_on)
        level = NikLevel.FORMAT_OK
        if not places:
            level = NikLevel.REGION_KNOWN
            if sex is not None and born_on is not None and not persons:
                level = NikLevel.DATE_CONSISTENT
        return NikCheck(level, places + persons)

    def masked(self) -> str:
        """The number as lists and logs may show it: the district and the last two digits."""
        return f"{self.digits[:4]}{'*' * 10}{self.digits[14:]}"

    def is_reserved_test(self) -> bool:
        """Whether the number belongs to a fictional person (`RESERVED_TEST_SERIALS`)."""
        return self.serial in RESERVED_TEST_SERIALS

    def _place_warnings(self, is_known_region: Callable[[str], bool]) -> tuple[NikWarning, ...]:
        if not is_known_region(self.region_text[:5]):
            return (NikWarning.DISTRICT_UNKNOWN,)
        if not is_known_region(self.region_text):
            return (NikWarning.KECAMATAN_UNKNOWN,)
        return ()

    def _person_warnings(self, today: date, sex: Sex | None, born_on: date | None) -> tuple[NikWarning, ...]:
        warnings: list[NikWarning] = []
        inferred = self.birth_date(today)
        if inferred is None:
            warnings.append(NikWarning.DATE_NOT_IN_CALENDAR)
        elif born_on is None and inferred.year >= 2000:
            warnings.append(NikWarning.CENTURY_AMBIGUOUS)
        if born_on is not None and (born_on.day, born_on.month, born_on.year % 100) != self.day_month_year:
            warnings.append(NikWarning.BIRTH_DATE_DIFFERS)
        if sex is not None and sex is not self.sex:
            warnings.append(NikWarning.SEX_DIFFERS)
        return tuple(warnings)

    def __str__(self) -> str:
        return self.masked()

    def __repr__(self) -> str:
        return f"Nik({self.masked()!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        from_text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema(max_length=40))
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda nik: nik.digits, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": NIK_PATTERN}


_NIK_DAY = "(0[1-9]|[1256][0-9]|3[01]|4[1-9]|7[01])"
_SERIAL = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
NIK_PATTERN = f"^({'|'.join(sorted(PROVINCE_CODES))})[0-9]{{4}}{_NIK_DAY}(0[1-9]|1[0-2])[0-9]{{2}}{_SERIAL}$"
"""The canonical written form; input may also hold spaces, dots and dashes."""


def _first_error(digits: str) -> NikErrorCode | None:
    if re.fullmatch(r"[0-9]*", digits) is None:
        return NikErrorCode.NOT_DIGITS
    if len(digits) != 16:
        return NikErrorCode.NOT_SIXTEEN_DIGITS
    if digits[:2] not in PROVINCE_CODES:
        return NikErrorCode.PROVINCE_UNKNOWN
    if not (1 <= int(digits[6:8]) <= 31 or 41 <= int(digits[6:8]) <= 71):
        return NikErrorCode.DAY_IMPOSSIBLE
    if not 1 <= int(digits[8:10]) <= 12:
        return NikErrorCode.MONTH_IMPOSSIBLE
    if digits[12:] == "0000":
        return NikErrorCode.SERIAL_ZERO
    return None


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
