"""Money in whole rupiah."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of rupiah that fits a `bigint`; never a float, never a fraction.

    Raises `TypeError` for anything but an `int`, `ValueError` outside 64 bits.
    """

    rupiah: int

    def __post_init__(self) -> None:
        if type(self.rupiah) is not int:
            raise TypeError("money is a whole number of rupiah")
        if not INT64_MIN <= self.rupiah <= INT64_MAX:
            raise ValueError("money does not fit 64 bits")

    @classmethod
    def zero(cls) -> Self:
        """No rupiah."""
        return cls(0)

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        """The sum of amounts; zero for none."""
        return Money(sum(amount.rupiah for amount in amounts))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str()` writes («Rp1.000.000», «-Rp500»), also without the sign of the currency.

        Raises `ValueError` for anything else, decimals included.
        """
        match = _MONEY_TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError("not an amount in whole rupiah")
        amount = int(match["digits"].replace(".", ""))
        return cls(-amount if match["minus"] else amount)

    def split(self, parts: int) -> tuple[Money, ...]:
        """This amount in `parts` shares that differ by one rupiah at most and sum to it exactly, larger shares first.

        Raises `ValueError` when `parts` is below one.
        """
        if parts < 1:
            raise ValueError("an amount is split in at least one part")
        share, rest = divmod(self.rupiah, parts)
        return tuple(Money(share + (1 if number < rest else 0)) for number in range(parts))

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.rupiah + other.rupiah)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.rupiah - other.rupiah)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            return NotImplemented
        return Money(self.rupiah * times)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.rupiah)

    def __abs__(self) -> Money:
        return Money(abs(self.rupiah))

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.rupiah < other.rupiah

    def __bool__(self) -> bool:
        return self.rupiah != 0

    def __int__(self) -> int:
        return self.rupiah

    def __str__(self) -> str:
        sign = "-" if self.rupiah < 0 else ""
        return f"{sign}Rp{abs(self.rupiah):,}".replace(",", ".")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        whole = core_schema.int_schema(strict=True, ge=INT64_MIN, le=INT64_MAX)
        from_int = core_schema.no_info_after_validator_function(cls, whole)
        return core_schema.json_or_python_schema(
            json_schema=from_int,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_int]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                int, return_schema=core_schema.int_schema(), when_used="json"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "integer", "minimum": INT64_MIN, "maximum": INT64_MAX}


_MONEY_TEXT = re.compile(r"(?P<minus>-)?(?:Rp\s?)?(?P<digits>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,19})", re.ASCII)
