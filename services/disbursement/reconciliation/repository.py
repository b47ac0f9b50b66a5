"""Every query on statement lines."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import UnitOfWork
from services.disbursement.reconciliation.tables import StatementLineRow


async def known_lines(uow: UnitOfWork, identities: Sequence[UUID]) -> set[UUID]:
    """Which of these lines were imported before."""
    return set(await uow.scalars(select(StatementLineRow.id).where(col(StatementLineRow.id).in_(identities))))
