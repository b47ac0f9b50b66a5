"""An operator's commands, the same for every service: `dead-letters`, `replay`, `drop`, `release`, `unsent`, `resend`.

They do what the API and the pages do, for whoever sits at the machine while sign-in or the pages are away. ``restored``
follows a restore.
"""

import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from services.chassis.database import UnitOfWork
from services.chassis.dead_letters import ClaimDeadLetter, DecideDeadLetter, claim_dead_letter, decide_dead_letter
from services.chassis.errors import SigapError
from services.chassis.inbox import OPEN
from services.chassis.service import Running
from services.chassis.telemetry import log

Command = Callable[[Running, Sequence[str]], Awaitable[int]]

_PARKED = """
SELECT id, state, topic, event_type, coalesce(error_code, '') AS error_code, tries, set_aside_at
FROM dead_letters WHERE state = ANY($1::text[]) ORDER BY id LIMIT 200
"""
_UNSENT = """
SELECT id, transport, target, error, recorded_at,
       (SELECT count(*) FROM outbox w
        WHERE w.transport = o.transport AND w.key = o.key AND w.sent_at IS NULL AND w.id > o.id) AS waiting
FROM outbox o WHERE sent_at IS NULL AND unsendable_at IS NOT NULL ORDER BY id LIMIT 200
"""


async def show_dead_letters(running: Running, arguments: Sequence[str]) -> int:
    """``dead-letters``: messages set aside and not yet resolved; exit code 1 when there are some, for watchers."""
    rows = await running.units.pool.fetch(_PARKED, [state.value for state in OPEN])
    _print(
        ("id", "state", "topic", "event_type", "error_code", "tries", "set_aside_at"), rows, "tidak ada pesan tersisih"
    )
    return 1 if rows else 0


async def replay_dead_letter(running: Running, arguments: Sequence[str]) -> int:
    """``replay <id> <reason>``: try a message again; later ones of its key follow."""
    return await _decide(running, arguments, "replay")


async def drop_dead_letter(running: Running, arguments: Sequence[str]) -> int:
    """``drop <id> <reason>``: give a message up."""
    return await _decide(running, arguments, "dropped")


async def release_dead_letter(running: Running, arguments: Sequence[str]) -> int:
    """``release <id>``: let a message go that somebody took on, so that others can decide it."""
    if len(arguments) != 1 or not _is_number(arguments[0]):
        return _usage("release <id>")
    dead_letter_id = int(arguments[0])
    command = ClaimDeadLetter(dead_letter_id, await _version(running, dead_letter_id), is_taken=False)
    return await _perform(running, lambda uow: claim_dead_letter(command, uow), f"pesan {dead_letter_id} dilepas")


async def show_unsent(running: Running, arguments: Sequence[str]) -> int:
    """``unsent``: outbox rows refused for good, and how many wait behind each; exit code 1 when there are some."""
    rows = await running.units.pool.fetch(_UNSENT)
    _print(("id", "transport", "target", "error", "waiting", "recorded_at"), rows, "tidak ada baris yang tertahan")
    return 1 if rows else 0


async def resend_unsent(running: Running, arguments: Sequence[str]) -> int:
    """``resend <id>``: let the relay try a refused row again, after its cause was mended."""
    if len(arguments) != 1 or not _is_number(arguments[0]):
        return _usage("resend <id>")
    freed = await running.units.pool.fetchval(
        "UPDATE outbox SET unsendable_at = NULL, error = NULL"
        " WHERE id = $1 AND sent_at IS NULL AND unsendable_at IS NOT NULL RETURNING id",
        int(arguments[0]),
    )
    if freed is None:
        sys.stderr.write(f"baris {arguments[0]} tidak tertahan; lihat perintah unsent\n")
        return 1
    log().info("outbox_row_freed", outbox_id=freed, by=_who())
    sys.stdout.write(f"baris {freed} akan dikirim lagi\n")
    return 0


async def go_on_restored(series: Sequence[str], running: Running, arguments: Sequence[str]) -> int:
    """``restored <instant> [<file of numbers>]``: go on from a backup whose events were copied at that instant.

    What was sent since is sent again, for those who did not hear it; receivers know what they heard by its id. No
    number is given twice: each series goes on from the number in the file, which the system had that came after, or
    leaves out as many as the settings say.
    """
    if len(arguments) not in (1, 2):
        return _usage("restored <saat> [<berkas nomor>]")
    since = datetime.fromisoformat(arguments[0])
    numbers = json.loads(Path(arguments[1]).read_text()) if len(arguments) == 2 else None
    async with running.units.pool.acquire() as connection, connection.transaction():
        again = await connection.fetchval(_SEND_AGAIN, since)
        for table in series:
            if numbers is None:
                await connection.execute(_LEAVE_OUT.format(table=table), running.settings.numbers_left_out_by_restore)
            else:
                await connection.execute(_GO_ON.format(table=table), json.dumps(numbers.get(table) or []))
    log().info("restored", sent_again=again, by=_who())
    sys.stdout.write(f"{again} fakta dikirim lagi\n")
    return 0


_SEND_AGAIN = """
WITH again AS (
    UPDATE outbox SET sent_at = NULL WHERE transport = 'kafka' AND sent_at >= $1 RETURNING 1
) SELECT count(*) FROM again
"""
_LEAVE_OUT = "UPDATE {table} SET last = last + $1"
_GO_ON = """
INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)
ON CONFLICT ON CONSTRAINT {table}_pkey DO UPDATE SET last = greatest({table}.last, excluded.last)
"""


COMMANDS: Mapping[str, Command] = {
    "dead-letters": show_dead_letters,
    "replay": replay_dead_letter,
    "drop": drop_dead_letter,
    "release": release_dead_letter,
    "unsent": show_unsent,
    "resend": resend_unsent,
}


async def _decide(running: Running, arguments: Sequence[str], state: str) -> int:
    name = "replay" if state == "replay" else "drop"
    if len(arguments) < 2 or not _is_number(arguments[0]):
        return _usage(f"{name} <id> <alasan>")
    dead_letter_id, reason = int(arguments[0]), " ".join(arguments[1:])
    command = DecideDeadLetter(dead_letter_id, await _version(running, dead_letter_id), state, f"{reason} ({_who()})")
    done = "akan dicoba lagi" if state == "replay" else "dibuang"
    return await _perform(running, lambda uow: decide_dead_letter(command, uow), f"pesan {dead_letter_id} {done}")


async def _perform(running: Running, work: Callable[[UnitOfWork], Awaitable[Any]], done: str) -> int:
    try:
        await running.units.perform(work, principal=running.principal)
    except SigapError as refusal:
        sys.stderr.write(f"{refusal.text} {refusal.advice}\n")
        return 1
    sys.stdout.write(done + "\n")
    return 0


async def _version(running: Running, dead_letter_id: int) -> int:
    return await running.units.pool.fetchval("SELECT version FROM dead_letters WHERE id = $1", dead_letter_id) or 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _usage(line: str) -> int:
    sys.stderr.write(f"pemakaian: {line}\n")
    return 2


def _print(columns: Sequence[str], rows: Sequence[asyncpg.Record], nothing: str) -> None:
    if not rows:
        sys.stdout.write(nothing + "\n")
        return
    lines = [columns, *([str(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    for line in lines:
        sys.stdout.write("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n")
