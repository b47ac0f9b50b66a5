"""The only code that changes matters."""

from services.casework.office.matters.tables import Matter
from services.chassis.database import UnitOfWork


def keep_matter(matter: Matter, uow: UnitOfWork) -> None:
    """Whoever owns a matter says what the other wings may know of it."""
    uow.put(matter)
