"""HTTP routes of batches."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import PageLimit, Reading, Write, problems
from services.disbursement.batches import commands, queries
from services.disbursement.batches.domain import BatchState
from services.disbursement.batches.schemas import (
    ApprovalIn,
    BatchDetailOut,
    BatchIn,
    BatchOut,
    BatchPage,
    BatchRejectionIn,
    ProposedOut,
)
from services.disbursement.batches.tables import Batch
from services.disbursement.ledger.queries import entries_of_batch
from services.disbursement.ledger.schemas import EntriesOut, EntryOut

router = APIRouter(tags=["batches"])


def _out(batch: Batch) -> BatchOut:
    tag_span(batch_id=str(batch.id))
    return BatchOut.of(batch)


@router.post("/batches", status_code=201, response_model=ProposedOut, responses=problems(409))
async def post_batch(body: BatchIn, caller: Annotated[Principal, requires("batch:propose")], write: Write) -> Response:
    """Usulkan daftar bayar: bekukan yang menunggu; yang melebihi batas kewenangan menjadi beberapa daftar."""
    return await write(lambda uow: commands.propose_batch(body.to_command(), uow), ProposedOut.of_all)


@router.get("/batches", response_model=BatchPage, responses=problems())
async def get_batches(
    caller: Annotated[Principal, requires("batch:read")],
    reading: Reading,
    after: Annotated[UUID | None, Query(description="Kursor: batch_id terakhir dari halaman sebelumnya")] = None,
    limit: PageLimit = 50,
    state: BatchState | None = None,
) -> BatchPage:
    """Daftar-daftar bayar menurut waktu usulan."""
    rows = await queries.list_batches(reading, after, limit, state.value if state else None)
    return BatchPage(items=[BatchOut.of(row) for row in rows], next_after=rows[-1].id if len(rows) == limit else None)


@router.get("/batches/{batch_id}", response_model=BatchDetailOut, responses=problems())
async def get_batch(
    batch_id: UUID, caller: Annotated[Principal, requires("batch:read")], reading: Reading
) -> BatchDetailOut:
    """Satu daftar bayar dengan isinya, persetujuannya, dan tindakan yang sah bagi Anda."""
    tag_span(batch_id=str(batch_id))
    return BatchDetailOut.telling(await queries.show_batch(batch_id, reading))


@router.post("/batches/{batch_id}/approvals", status_code=201, response_model=BatchOut, responses=problems(409))
async def post_approval(
    batch_id: UUID, body: ApprovalIn, caller: Annotated[Principal, requires("batch:approve")], write: Write
) -> Response:
    """Setujui daftar bayar dengan sidik daftarnya; persetujuan terakhir memulai pembayaran."""
    return await write(lambda uow: commands.approve_batch(body.to_command(batch_id), uow), _out)


@router.post("/batches/{batch_id}/rejection", response_model=BatchOut, responses=problems(409))
async def post_batch_rejection(
    batch_id: UUID, body: BatchRejectionIn, caller: Annotated[Principal, requires("batch:approve")], write: Write
) -> Response:
    """Tolak daftar bayar dengan alasan; hak bantuannya menunggu daftar lain."""
    return await write(lambda uow: commands.reject_batch(body.to_command(batch_id), uow), _out, 200)


@router.get("/batches/{batch_id}/entries", response_model=EntriesOut, responses=problems())
async def get_entries(
    batch_id: UUID, caller: Annotated[Principal, requires("ledger:read")], reading: Reading
) -> EntriesOut:
    """Jurnal yang timbul dari satu daftar bayar."""
    await queries.find_batch(batch_id, reading)
    return EntriesOut(items=[EntryOut.of(made) for made in await entries_of_batch(batch_id, reading)])
