"""The person: who has them in hand, whom they belong to, and the operations that found them."""

from collections.abc import Sequence

from sqlmodel import col, or_

from services.casework.person.custody import access as custody_access
from services.casework.person.custody import api as custody_api
from services.casework.person.custody import pages as custody_pages
from services.casework.person.custody.tables import Custody, CustodyClaim
from services.casework.person.operations import access as operations_access
from services.casework.person.operations import api as operations_api
from services.casework.person.operations.tables import OperationCount
from services.casework.person.profile import pages as profile_pages
from services.chassis.database import Slice
from services.chassis.pages import PageLink
from services.chassis.service import Wing


def slices(agency: str) -> Sequence[Slice]:
    """Whom an agency gave or took, and its own counts."""
    count = OperationCount
    return [
        Slice(Custody, or_(col(Custody.agency) == agency, col(Custody.giver) == agency)),
        Slice(CustodyClaim, or_(col(CustodyClaim.told_by) == agency, col(CustodyClaim.against) == agency)),
        Slice(count, or_(col(count.giver) == agency, col(count.taker) == agency)),
    ]


WING = Wing(
    permissions={**custody_access.PERMISSIONS, **operations_access.PERMISSIONS},
    routers=[custody_api.router, operations_api.router],
    pages=[custody_pages, profile_pages],
    links=[PageLink("/bermalam", "Bermalam", "custody:read", rank=30)],
    slices=slices,
)
