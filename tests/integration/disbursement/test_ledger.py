"""The books balance, and what stands in them stands."""

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from contracts.values import Money
from services.chassis.principal import system_principal
from services.disbursement.ledger.commands import PostEntry, post_entry
from services.disbursement.ledger.domain import EntryIsOther, EntryKind, moved
from tests.support.disbursement.office import AMOUNT, Office
from tests.support.services import Bench

EXPENSE, PAYABLE, CASH = "5.1.06.01", "2.1.06.01", "1.1.01.03"


async def test_an_approved_batch_is_an_obligation_in_the_books(disbursement: Bench, office: Office) -> None:
    batch = await office.approved(2)
    answer = await disbursement.client.get(f"/batches/{batch['batch_id']}/entries", headers=office.as_("nur"))
    (entry,) = answer.json()["items"]
    assert entry["kind"] == "OBLIGATION"
    assert entry["postings"] == [
        {"account": EXPENSE, "amount_rupiah": 2 * AMOUNT},
        {"account": PAYABLE, "amount_rupiah": -2 * AMOUNT},
    ]
    balance = (await disbursement.client.get("/ledger/trial-balance", headers=office.as_("nur"))).json()
    assert balance["sum_rupiah"] == 0
    assert all(a["balance_rupiah"] == a["debit_rupiah"] - a["credit_rupiah"] for a in balance["accounts"])
    assert (await disbursement.client.get("/ledger/trial-balance", headers=office.as_("sri"))).status_code == 403
    stranger = {"Authorization": f"Bearer {office.issuer.token(roles=['auditor'], offices=['18.72'])}"}
    assert (await disbursement.client.get("/ledger/trial-balance", headers=stranger)).json()["accounts"] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE postings SET amount = amount * 2",
        "DELETE FROM postings",
        "TRUNCATE postings",
        "UPDATE journal_entries SET actor = 'somebody'",
        "DELETE FROM journal_entries",
    ],
)
async def test_the_app_may_add_to_the_ledger_and_nothing_else(
    disbursement: Bench, office: Office, statement: str
) -> None:
    await office.approved()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await disbursement.units.pool.execute(statement)
    owner = await asyncpg.connect(disbursement.settings.migrator_database_url)
    try:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)):
            await owner.execute(statement)
    finally:
        await owner.close()


@pytest.mark.parametrize("amounts", [[100, -99], [100], []])
async def test_the_database_itself_refuses_an_entry_that_does_not_balance(
    disbursement: Bench, amounts: list[int]
) -> None:
    entry = uuid4()

    async def post() -> None:
        async with disbursement.units.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO journal_entries (id, kind, batch_id, happened_at, actor, district)"
                " VALUES ($1, 'PAYMENT', $1, now(), 'test', '35.24')",
                entry,
            )
            for number, amount in enumerate(amounts, 1):
                await connection.execute(
                    "INSERT INTO postings VALUES ($1, $2, '1.1.01.03', $3, '35.24')", entry, number, amount
                )

    with pytest.raises(asyncpg.CheckViolationError):
        await post()
    assert await disbursement.value("SELECT count(*) FROM journal_entries WHERE id = $1", entry) == 0


async def test_an_entry_is_posted_once_and_never_otherwise(disbursement: Bench) -> None:
    about, principal = uuid4(), system_principal("disbursement")

    def entry(amount: int) -> PostEntry:
        return PostEntry(
            kind=EntryKind.REVERSAL,
            about=about,
            district="35.24",
            batch_id=about,
            payment_id=None,
            lines=moved(Money(amount), debit=PAYABLE, credit=CASH),
            chart={PAYABLE, CASH},
            happened_at=datetime.now(UTC),
        )

    first = await disbursement.units.perform(lambda uow: post_entry(entry(5), uow), principal=principal)
    second = await disbursement.units.perform(lambda uow: post_entry(entry(5), uow), principal=principal)
    assert first == second
    assert await disbursement.value("SELECT count(*) FROM postings WHERE entry_id = $1", first) == 2
    with pytest.raises(EntryIsOther):
        await disbursement.units.perform(lambda uow: post_entry(entry(6), uow), principal=principal)
