"""Disbursement under test, with a bank."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio
import yaml

from services.chassis.principal import system_principal
from services.disbursement.programmes.commands import load_pack
from services.disbursement.programmes.domain import DisbursementPack, StatementWaits
from services.disbursement.wiring import SERVICE
from tests.support.disbursement.bank import Bank, running_bank
from tests.support.disbursement.office import Office
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.packs import LAMONGAN_DISBURSEMENT_PACK
from tests.support.services import Bench, bench_for


@pytest.fixture(scope="session")
def bank() -> Iterator[Bank]:
    """The bank of the tests."""
    with running_bank() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def disbursement(stack: Stack, issuer: Issuer, bank: Bank) -> AsyncIterator[Bench]:
    """One disbursement for the session, with the district's own pack and a short patience."""
    async with bench_for(SERVICE, stack, issuer, bank_url=bank.url) as bench:
        pack = DisbursementPack.model_validate(yaml.safe_load(LAMONGAN_DISBURSEMENT_PACK.read_text()))
        waits = StatementWaits(
            first=timedelta(milliseconds=50), longest=timedelta(milliseconds=200), missing_after=timedelta(days=3),
            watch_every=timedelta(hours=6), watch_for=timedelta(0),
        )  # fmt: skip
        quick = pack.model_copy(update={"statement_waits": waits})
        await bench.units.perform(lambda uow: load_pack(quick, uow), principal=system_principal("disbursement"))
        yield bench


@pytest.fixture
def office(disbursement: Bench, issuer: Issuer) -> Office:
    """The people and cases around it."""
    return Office(disbursement, issuer)
