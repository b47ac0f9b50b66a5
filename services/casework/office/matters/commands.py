"""The only code that changes matters."""

from uuid import UUID

from services.casework.office.matters.tables import Matter, Party
from services.chassis.database import UnitOfWork


def keep_matter(matter: Matter, uow: UnitOfWork) -> None:
    """Whoever owns a matter says what the other wings may know of it."""
    uow.put(matter)


def keep_parties(matter_id: UUID, district: str, agencies: tuple[str, ...], uow: UnitOfWork) -> None:
    """Agencies have a part in a matter from now on."""
    uow.put(*(Party(matter_id=matter_id, agency=agency, district=district) for agency in agencies))
