"""Messages set aside: people see them, mend, replay or drop them. The API marks; the consumer drains.

The same routes for every service: the one exception that the chassis makes to «no business here», since setting aside
is the spine's own business.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.fields import Instant
from services.chassis.auth import requires
from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.errors import Conflict, Invalid, NotFound
from services.chassis.inbox import OPEN, DeadLetterState
from services.chassis.principal import Principal
from services.chassis.records import headers_from_json
from services.chassis.web import PageLimit, Reading, ReasonText, RequestBody, Text, Version, Write, problems

PERMISSIONS: dict[str, frozenset[str]] = {
    "dead-letter:read": frozenset({"operator", "auditor"}),
    "dead-letter:decide": frozenset({"operator"}),
}


class DeadLetterIsResolved(Conflict):
    """Replayed or dropped already."""

    text = "Pesan ini sudah diselesaikan."
    legal_kind = "dead_letter_move"


class DeadLetterIsClaimed(Conflict):
    """Somebody else looks after it."""

    text = "Pesan ini sedang diurus petugas lain."
    advice = "Hubungi petugas itu, atau lepaskan pesannya lebih dahulu."
    legal_kind = "dead_letter_move"


@dataclass(frozen=True, slots=True)
class ClaimDeadLetter:
    """An operator takes a dead letter on, or lets it go."""

    dead_letter_id: int
    expected_version: int
    is_taken: bool


async def claim_dead_letter(command: ClaimDeadLetter, uow: UnitOfWork) -> dict[str, Any]:
    """Take a message on, so that others see who looks after it, or let it go, whoever had it.

    Raises ``NotFound``, ``DeadLetterIsResolved``, ``DeadLetterIsClaimed``.
    """
    row = await _open_row(command.dead_letter_id, command.expected_version, uow)
    if command.is_taken and row["claimed_by"] not in (None, uow.principal.actor):
        raise DeadLetterIsClaimed(("release",), claimed_by=row["claimed_by"])
    await uow.execute(
        "UPDATE dead_letters SET claimed_by = :actor, claimed_at = CASE WHEN :taken THEN now() END, version "
        "= version + 1"
        " WHERE id = :id",
        id=command.dead_letter_id,
        actor=uow.principal.actor if command.is_taken else None,
        taken=command.is_taken,
    )
    return {"id": command.dead_letter_id, "state": row["state"], "version": command.expected_version + 1}


@dataclass(frozen=True, slots=True)
class DecideDeadLetter:
    """An operator's word on a dead letter."""

    dead_letter_id: int
    expected_version: int
    state: str
    reason: str
    body: bytes | None = None


async def decide_dead_letter(command: DecideDeadLetter, uow: UnitOfWork) -> dict[str, Any]:
    """Mark for replay (mended or as it is), or drop with a reason.

    Raises ``NotFound``, ``DeadLetterIsClaimed``, ``DeadLetterIsResolved`` or, when it changed meanwhile, the same
    naming both versions.
    """
    row = await _open_row(command.dead_letter_id, command.expected_version, uow)
    if row["claimed_by"] not in (None, uow.principal.actor):
        raise DeadLetterIsClaimed(("release",), claimed_by=row["claimed_by"])
    await uow.execute(
        "UPDATE dead_letters SET state = :state, reason = :reason, decided_by = :actor, decided_at = now(),"
        " body = coalesce(:body, body), version = version + 1 WHERE id = :id",
        id=command.dead_letter_id,
        state=command.state,
        reason=command.reason,
        actor=uow.principal.actor,
        body=command.body,
    )
    return {"id": command.dead_letter_id, "state": command.state, "version": command.expected_version + 1}


async def _open_row(dead_letter_id: int, expected_version: int, uow: UnitOfWork) -> Any:
    found = await uow.execute("SELECT * FROM dead_letters WHERE id = :id FOR UPDATE", id=dead_letter_id)
    row = found.mappings().first()
    if row is None or (row["district"] and not uow.principal.covers(row["district"])):
        raise NotFound(kind="dead_letters")
    if row["state"] not in OPEN or row["version"] != expected_version:
        raise DeadLetterIsResolved(
            ("replay", "mend", "drop", "claim", "release") if row["state"] in OPEN else (),
            state=row["state"],
            your_version=expected_version,
            current_version=row["version"],
        )
    return row


class DeadLetterSearch(BaseModel):
    """What is looked for; all that is given must hold."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    topic: Annotated[Text, Field(max_length=249, description="Nama topik")] | None = None
    key: Annotated[Text, Field(max_length=200, description="Kunci pesan; untuk perkara: id laporan asalnya")] | None = (
        None
    )
    error_code: Annotated[Text, Field(max_length=100, description="Kode sebab")] | None = None
    claimed_by: Annotated[Text, Field(max_length=128, description="Petugas yang mengurus; «-»: belum ada")] | None = (
        None
    )
    set_aside_before: Annotated[Instant, Field(description="Tersisih sebelum saat ini")] | None = None
    all_states: bool = False


async def list_dead_letters(reading: ReadSession, after: int, limit: int, search: DeadLetterSearch) -> list[Any]:
    """Dead letters in order of arrival, within the caller's districts; those without one are every operator's."""
    return await reading.rows(
        """
        SELECT * FROM dead_letters WHERE id > :after AND state = ANY(:states)
          AND (district = '' OR EXISTS (SELECT 1 FROM unnest(CAST(:offices AS text[])) office
                                        WHERE district = office OR district LIKE office || '.%'))
          AND (CAST(:topic AS text) IS NULL OR topic = :topic)
          AND (CAST(:key AS text) IS NULL OR key = :key)
          AND (CAST(:error_code AS text) IS NULL OR error_code = :error_code)
          AND (CAST(:claimed_by AS text) IS NULL OR coalesce(claimed_by, '-') = :claimed_by)
          AND (CAST(:set_aside_before AS timestamptz) IS NULL OR set_aside_at < :set_aside_before)
        ORDER BY id LIMIT :limit
        """,
        after=after,
        states=[state.value for state in (DeadLetterState if search.all_states else OPEN)],
        offices=list(reading.principal.offices),
        limit=limit,
        **search.model_dump(exclude={"all_states"}),
    )


async def show_dead_letters(reading: ReadSession, dead_letter_id: int) -> Any:
    """One dead letter. Raises ``NotFound``."""
    rows = await reading.rows("SELECT * FROM dead_letters WHERE id = :id", id=dead_letter_id)
    if not rows or (rows[0]["district"] and not reading.principal.covers(rows[0]["district"])):
        raise NotFound(kind="dead_letters")
    return rows[0]


class DeadLetterOut(BaseModel):
    """A dead letter in one line."""

    id: int
    state: str
    version: int
    owner: str
    key: str
    topic: str
    partition: int
    record_offset: int
    fact_id: UUID | None
    event_type: str | None
    error_code: str | None
    error_text: str | None
    tries: int
    trace_id: str | None
    set_aside_at: datetime
    next_try_at: datetime | None
    claimed_by: str | None
    claimed_at: datetime | None
    decided_by: str | None
    reason: str | None


class DeadLetterDetail(DeadLetterOut):
    """A dead letter with what it holds; a body that is not text comes in base64."""

    headers: list[tuple[str, str]]
    body: str | None
    body_is_base64: bool


class DeadLetterPage(BaseModel):
    """Dead letters in order of arrival."""

    items: list[DeadLetterOut]
    next_after: int | None


class ClaimIn(RequestBody):
    """Which version was seen."""

    expected_version: Version


class DecisionIn(ClaimIn):
    """Why, and which version was seen."""

    reason: ReasonText


class MendIn(DecisionIn):
    """A corrected body, JSON text, to be replayed in place of the broken one."""

    body: Annotated[str, StringConstraints(min_length=2, max_length=900_000)]


class DecisionOut(BaseModel):
    """How the message stands now."""

    id: int
    state: str
    version: int


class BodyIsNotJson(Invalid):
    """A mended body must be JSON."""

    text = "Isi perbaikan bukan JSON yang sah."
    advice = "Periksa tanda kurung, kutip dan koma, lalu kirim kembali."


router = APIRouter(tags=["dead letters"])
DeadLetterId = Annotated[int, Field(ge=1, le=2**63 - 1)]


@router.get("/dead-letters", response_model=DeadLetterPage, responses=problems())
async def get_dead_letter(
    caller: Annotated[Principal, requires("dead-letter:read")],
    reading: Reading,
    search: Annotated[DeadLetterSearch, Depends()],
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: PageLimit = 50,
) -> DeadLetterPage:
    """Pesan yang tersisih, menurut waktu; dapat dicari menurut topik, kunci, sebab, petugas dan umur."""
    rows = await list_dead_letters(reading, after, limit, search)
    return DeadLetterPage(
        items=[DeadLetterOut(**{name: row[name] for name in DeadLetterOut.model_fields}) for row in rows],
        next_after=rows[-1]["id"] if len(rows) == limit else None,
    )


@router.get("/dead-letters/{dead_letter_id}", response_model=DeadLetterDetail, responses=problems())
async def get_one_dead_letter(
    dead_letter_id: DeadLetterId, caller: Annotated[Principal, requires("dead-letter:read")], reading: Reading
) -> DeadLetterDetail:
    """Satu pesan yang tersisih dengan isinya."""
    row = await show_dead_letters(reading, dead_letter_id)
    body, is_base64 = readable_body(row["body"])
    headers = row["headers"] if isinstance(row["headers"], str) else orjson.dumps(row["headers"]).decode()
    return DeadLetterDetail(
        **{name: row[name] for name in DeadLetterOut.model_fields},
        headers=[(name, value.decode(errors="replace")) for name, value in headers_from_json(headers)],
        body=body,
        body_is_base64=is_base64,
    )


def readable_body(body: bytes | None) -> tuple[str | None, bool]:
    """A body as text, or in base64 when it is none."""
    if body is None:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


@router.post("/dead-letters/{dead_letter_id}/replay", response_model=DecisionOut, responses=problems(409))
async def post_replay(
    dead_letter_id: DeadLetterId,
    body: DecisionIn,
    caller: Annotated[Principal, requires("dead-letter:decide")],
    write: Write,
) -> Response:
    """Coba lagi pesan ini; pesan berikutnya dengan kunci sama menyusul sesudahnya."""
    command = DecideDeadLetter(dead_letter_id, body.expected_version, "replay", body.reason)
    return await write(lambda uow: decide_dead_letter(command, uow), DecisionOut.model_validate, 200)


@router.post("/dead-letters/{dead_letter_id}/mend", response_model=DecisionOut, responses=problems(409))
async def post_mend(
    dead_letter_id: DeadLetterId,
    body: MendIn,
    caller: Annotated[Principal, requires("dead-letter:decide")],
    write: Write,
) -> Response:
    """Perbaiki isi pesan lalu coba lagi."""
    try:
        orjson.loads(body.body)
    except orjson.JSONDecodeError:
        raise BodyIsNotJson from None
    command = DecideDeadLetter(dead_letter_id, body.expected_version, "replay", body.reason, body.body.encode())
    return await write(lambda uow: decide_dead_letter(command, uow), DecisionOut.model_validate, 200)


@router.post("/dead-letters/{dead_letter_id}/drop", response_model=DecisionOut, responses=problems(409))
async def post_drop(
    dead_letter_id: DeadLetterId,
    body: DecisionIn,
    caller: Annotated[Principal, requires("dead-letter:decide")],
    write: Write,
) -> Response:
    """Buang pesan ini dengan alasan; pesan berikutnya dengan kunci sama dilanjutkan."""
    command = DecideDeadLetter(dead_letter_id, body.expected_version, "dropped", body.reason)
    return await write(lambda uow: decide_dead_letter(command, uow), DecisionOut.model_validate, 200)


@router.post("/dead-letters/{dead_letter_id}/claim", response_model=DecisionOut, responses=problems(409))
async def post_claim(
    dead_letter_id: DeadLetterId,
    body: ClaimIn,
    caller: Annotated[Principal, requires("dead-letter:decide")],
    write: Write,
) -> Response:
    """Urus pesan ini: petugas lain melihat siapa yang mengurusnya."""
    command = ClaimDeadLetter(dead_letter_id, body.expected_version, is_taken=True)
    return await write(lambda uow: claim_dead_letter(command, uow), DecisionOut.model_validate, 200)


@router.post("/dead-letters/{dead_letter_id}/release", response_model=DecisionOut, responses=problems(409))
async def post_release(
    dead_letter_id: DeadLetterId,
    body: ClaimIn,
    caller: Annotated[Principal, requires("dead-letter:decide")],
    write: Write,
) -> Response:
    """Lepaskan pesan ini supaya petugas lain dapat mengurusnya."""
    command = ClaimDeadLetter(dead_letter_id, body.expected_version, is_taken=False)
    return await write(lambda uow: claim_dead_letter(command, uow), DecisionOut.model_validate, 200)
