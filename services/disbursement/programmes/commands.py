"""Loading a pack."""

from services.chassis.database import UnitOfWork
from services.chassis.packs import put_in_force
from services.disbursement.programmes.domain import DisbursementPack
from services.disbursement.programmes.tables import Pack


async def load_pack(pack: DisbursementPack, uow: UnitOfWork) -> bool:
    """Put a pack in force; False when exactly this one is already loaded. Raises ``PackVersionIsTaken``."""
    return await put_in_force(Pack, pack, uow)
