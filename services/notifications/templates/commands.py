"""Loading a pack."""

import hashlib

import phonenumbers

from services.chassis.database import UnitOfWork
from services.chassis.errors import Conflict
from services.notifications.subscribers.domain import PhoneIsNotValid
from services.notifications.templates import repository
from services.notifications.templates.domain import NotificationsPack
from services.notifications.templates.tables import Pack


class PackVersionIsTaken(Conflict):
    """This version was loaded before with another content."""

    text = "Versi paket ini sudah dimuat dengan isi lain."
    advice = "Naikkan nomor versi paket, lalu muat kembali."


def check_phones(pack: NotificationsPack) -> None:
    """Raise ``PhoneIsNotValid`` naming the subscribers whose number cannot exist in the numbering plan."""
    wrong = [f"{s.kind.value} {s.code}" for s in pack.subscribers if not _can_exist(s.phone)]
    if wrong:
        raise PhoneIsNotValid(subscribers=wrong)


def _can_exist(phone: str) -> bool:
    try:
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return phonenumbers.is_valid_number(parsed) and written == phone


async def load_pack(pack: NotificationsPack, uow: UnitOfWork) -> bool:
    """Put a pack in force; False when exactly this one is already loaded.

    Raises ``PackVersionIsTaken``, ``PhoneIsNotValid``.
    """
    check_phones(pack)
    digest = hashlib.sha256(pack.model_dump_json().encode()).hexdigest()
    known = await repository.pack_version(uow, pack.district, pack.version)
    if known is not None:
        if known.digest != digest:
            raise PackVersionIsTaken(version=pack.version)
        return False
    uow.insert(Pack(district=pack.district, version=pack.version, body=pack.model_dump(mode="json"), digest=digest))
    return True
