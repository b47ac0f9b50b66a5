"""Loading a pack."""

import phonenumbers

from services.chassis.database import UnitOfWork
from services.chassis.packs import put_in_force
from services.notifications.subscribers.domain import PhoneIsNotValid
from services.notifications.templates.domain import NotificationsPack
from services.notifications.templates.tables import Pack


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
    return await put_in_force(Pack, pack, uow)
