"""Loading a pack."""

import hashlib

from services.casework.directory import repository
from services.casework.directory.domain import CaseworkPack, PackIsMissing
from services.casework.directory.tables import Pack
from services.chassis.database import UnitOfWork
from services.chassis.errors import Conflict


class PackVersionIsTaken(Conflict):
    """This version was loaded before with another content."""

    text = "Versi paket ini sudah dimuat dengan isi lain."
    advice = "Naikkan nomor versi paket, lalu muat kembali."


def check_pack(pack: CaseworkPack) -> None:
    """Raise ``PackIsMissing`` or ``AgencyIsUnknown`` when the pack refers to something that it does not hold."""
    for rule in pack.candidates:
        for agency in rule.agencies:
            pack.agency(agency)
    pack.agency(pack.office)
    for clock in pack.clocks:
        for ladder in (clock.ladder, clock.receipt_ladder):
            if ladder not in pack.ladders:
                raise PackIsMissing(ladder=ladder)
    for agency_ in pack.agencies:
        for desk in agency_.desks:
            if desk.calendar not in pack.calendars:
                raise PackIsMissing(calendar=desk.calendar)


async def load_pack(pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """Put a pack in force; False when exactly this one is already loaded. Raises ``PackVersionIsTaken``."""
    check_pack(pack)
    body = pack.model_dump_json()
    digest = hashlib.sha256(body.encode()).hexdigest()
    known = await repository.pack_version(uow, pack.district, pack.version)
    if known is not None:
        if known.digest != digest:
            raise PackVersionIsTaken(version=pack.version)
        return False
    uow.insert(Pack(district=pack.district, version=pack.version, body=pack.model_dump(mode="json"), digest=digest))
    return True
