"""HTTP routes of the ledger: reading only."""

from typing import Annotated

from fastapi import APIRouter

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, problems
from services.disbursement.ledger import queries
from services.disbursement.ledger.schemas import TrialBalanceOut

router = APIRouter(tags=["ledger"])


@router.get("/ledger/trial-balance", response_model=TrialBalanceOut, responses=problems())
async def get_trial_balance(caller: Annotated[Principal, requires("ledger:read")], reading: Reading) -> TrialBalanceOut:
    """Neraca saldo: setiap rekening dengan debit, kredit dan saldonya."""
    return TrialBalanceOut.of(await queries.trial_balance(reading))
