"""Loading a pack."""

import hashlib

from services.chassis.database import UnitOfWork
from services.chassis.errors import Conflict
from services.disbursement.programmes import repository
from services.disbursement.programmes.domain import DisbursementPack
from services.disbursement.programmes.tables import Pack


class PackVersionIsTaken(Conflict):
    """This version was loaded before with another content."""

    text = "Versi paket ini sudah dimuat dengan isi lain."
    advice = "Naikkan nomor versi paket, lalu muat kembali."


async def load_pack(pack: DisbursementPack, uow: UnitOfWork) -> bool:
    """Put a pack in force; False when exactly this one is already loaded. Raises ``PackVersionIsTaken``."""
    digest = hashlib.sha256(pack.model_dump_json().encode()).hexdigest()
    known = await repository.pack_version(uow, pack.district, pack.version)
    if known is not None:
        if known.digest != digest:
            raise PackVersionIsTaken(version=pack.version)
        return False
    uow.insert(Pack(district=pack.district, version=pack.version, body=pack.model_dump(mode="json"), digest=digest))
    return True
