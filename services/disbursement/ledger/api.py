"""HTTP routes of the ledger: reading only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, problems
from services.disbursement.ledger import queries
from services.disbursement.ledger.schemas import EntriesOut, EntryOut, TrialBalanceOut

router = APIRouter(tags=["ledger"])


@router.get("/ledger/trial-balance", response_model=TrialBalanceOut, responses=problems())
async def get_trial_balance(caller: Annotated[Principal, requires("ledger:read")], reading: Reading) -> TrialBalanceOut:
    """Neraca saldo: setiap rekening dengan debit, kredit dan saldonya."""
    return TrialBalanceOut.of(await queries.trial_balance(reading))


@router.get("/batches/{batch_id}/entries", response_model=EntriesOut, responses=problems())
async def get_entries(
    batch_id: UUID, caller: Annotated[Principal, requires("ledger:read")], reading: Reading
) -> EntriesOut:
    """Jurnal yang timbul dari satu daftar bayar."""
    return EntriesOut(items=[EntryOut.of(made) for made in await queries.entries_of_batch(batch_id, reading)])
