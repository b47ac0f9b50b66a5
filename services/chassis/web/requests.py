"""What comes in: texts and bodies, repeat-safe writes, reads within the caller's scope."""

import hashlib
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts.reference import regions
from contracts.values import REFERENCE_PATTERN, RegionCode, check_reference
from services.chassis.database import Cause, Guard, GuardIsSpent, ReadSession, UnitOfWork, Units
from services.chassis.errors import KeyUsedForOtherRequest, StillInFlight
from services.chassis.principal import Principal

T = TypeVar("T")
Readings = Callable[[], AbstractAsyncContextManager[ReadSession]]
"""Opens sessions that read, one after the other."""

_LINES = frozenset("\n\r\t")
_TURNS_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOT_PRINTED = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control characters, halves of a pair, private use, unassigned, separators that no keyboard has."""


def printable(value: str) -> str:
    """A text that a person wrote. Raises ``ValueError`` for what cannot be printed or turns the writing around."""
    if value.isascii() and value.isprintable():
        return value
    for character in value:
        if character in _TURNS_DIRECTION or (
            character not in _LINES and unicodedata.category(character) in _NOT_PRINTED
        ):
            raise ValueError("text holds a character that cannot be printed")
    return value


Text = Annotated[str, AfterValidator(printable)]
"""Text without what cannot be printed and without marks that turn its direction; always give it a limit."""

ShortText = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(printable)]
LongText = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True), AfterValidator(printable)]
WordsText = Annotated[
    str, StringConstraints(min_length=3, max_length=8000, strip_whitespace=True), AfterValidator(printable)
]
"""What somebody writes down in words; at least a word of it."""
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""The version of a row that the caller saw."""
ReasonText = Annotated[
    str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True), AfterValidator(printable)
]
ReferenceText = Annotated[
    str,
    StringConstraints(pattern=REFERENCE_PATTERN, strip_whitespace=True),
    AfterValidator(check_reference),
    Field(
        description="Nomor surat seperti tertulis: memuat angka, tanpa nama orang, NIK atau nomor telepon",
        examples=["BA. 12/SATPOLPP/2026"],
    ),
]
"""The number of somebody's paper; it travels in events, so that it may hold nothing of a person."""


def _known(code: str) -> str:
    if not regions().may_be(RegionCode(code)):
        raise ValueError("tempat ini tidak ada dalam daftar wilayah")
    return code


PlaceText = Annotated[
    str,
    StringConstraints(pattern=RegionCode.PATTERN),
    AfterValidator(_known),
    Field(description="Tempat yang ada dalam daftar wilayah, dengan kode Kemendagri"),
]
"""A place that is there, on any level."""
VillageText = Annotated[
    str,
    StringConstraints(pattern=RegionCode.VILLAGE_PATTERN),
    AfterValidator(_known),
    Field(description="Desa atau kelurahan yang ada dalam daftar wilayah, dengan kode Kemendagri PP.KK.CC.DDDD"),
]
"""A village that is there."""
CodeText = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]


class RequestBody(BaseModel):
    """The strict base of every request body: unknown fields refused, values never repeated in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def write_guard(principal: str, operation: str, key: UUID, digest: bytes, district: str) -> Guard:
    """Makes a write repeat-safe; its last two values are filled with the answer at the commit."""
    return Guard(
        "INSERT INTO request_keys (principal, operation, key, digest, district, status, answer)"
        " VALUES ($1, $2, $3, $4, $5, $6::smallint, $7::json) ON CONFLICT DO NOTHING RETURNING 1",
        [principal, operation, key, digest, district, None, None],
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of a write: the first one, or the same given again."""

    status: int
    body: bytes
    is_replayed: bool = False


class IdempotentWrite:
    """Performs one write for one HTTP request: once per ``Idempotency-Key``, committed before the answer leaves."""

    def __init__(self, request: Request, key: UUID, body: bytes) -> None:
        self._request = request
        self._key = key
        self._body = body

    async def __call__(
        self, work: Callable[[UnitOfWork], Awaitable[T]], answer: Callable[[T], BaseModel], status: int = 201
    ) -> Response:
        """Run the command, or give the first answer again when this key was used with the same body before.

        Raises ``KeyUsedForOtherRequest`` when it was used with another body, and ``StillInFlight`` when the same
        request is being worked on at this moment.
        """
        given = await self.perform(work, answer, status)
        headers = {"Idempotency-Replayed": "true"} if given.is_replayed else {}
        return Response(given.body, status_code=given.status, media_type="application/json", headers=headers)

    async def perform(
        self, work: Callable[[UnitOfWork], Awaitable[T]], answer: Callable[[T], BaseModel], status: int
    ) -> Answered:
        """The same for a caller that shows the answer in a way of its own, as pages do."""
        request = self._request
        units: Units = request.app.state.units
        principal: Principal = request.state.principal
        route = request.scope["route"]
        operation = f"{request.method} {route.path}"
        district = principal.offices[0][:5] if principal.offices else ""
        asked = (request.method.encode(), request.scope["path"].encode(), request.scope["query_string"], self._body)
        digest = hashlib.sha256(b"\n".join(asked)).digest()
        guard = write_guard(principal.actor, operation, self._key, digest, district)
        told = ""

        def tell(made: T) -> tuple[int, str]:
            nonlocal told
            told = answer(made).model_dump_json()
            return status, told

        try:
            await units.perform(
                work, principal=principal, guard=guard, cause=Cause(causation_id=self._key), answer=tell
            )
        except GuardIsSpent:
            return await self._first_answer(units, principal.actor, operation, digest)
        return Answered(status, told.encode())

    async def _first_answer(self, units: Units, actor: str, operation: str, digest: bytes) -> Answered:
        row = await units.pool.fetchrow(
            "SELECT digest, status, answer FROM request_keys WHERE principal = $1 AND operation = $2 AND key = $3",
            actor,
            operation,
            self._key,
        )
        if row is None or row["status"] is None:
            raise StillInFlight
        if row["digest"] != digest:
            raise KeyUsedForOtherRequest
        return Answered(row["status"], row["answer"].encode(), is_replayed=True)


async def _idempotent_write(
    request: Request,
    idempotency_key: Annotated[
        UUID, Header(description="UUID buatan pemanggil; kunci dan isi yang sama memberi jawaban pertama kembali")
    ],
) -> IdempotentWrite:
    return IdempotentWrite(request, idempotency_key, await request.body())


Write = Annotated[IdempotentWrite, Depends(_idempotent_write)]
"""How a route writes. Never open a unit of work in any other way from HTTP."""


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    async with request.app.state.units.reading(request.state.principal) as reading:
        yield reading


Reading = Annotated[ReadSession, Depends(_reading)]
"""How a route reads: within the scope of the caller, whom ``requires`` must have let in before."""


async def _readings(request: Request) -> Readings:
    return partial(request.app.state.units.reading, request.state.principal)


ReadingAnew = Annotated[Readings, Depends(_readings)]
"""How a route reads more than once, holding no connection in between."""


async def hung_up(request: Request) -> None:
    """Returns when the caller of a request without a body has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


PageLimit = Annotated[int, Query(ge=1, le=200, description="Banyaknya baris, paling banyak 200")]
