"""What is said about custody."""

from contracts.events.casework import CustodyEnded, CustodyTransferred
from contracts.values import RegionCode
from services.casework.custody.tables import Custody


def custody_transferred(custody: Custody, from_agency: str | None) -> CustodyTransferred:
    """A person went from hand to hand."""
    return CustodyTransferred(
        custody_id=custody.id,
        case_id=custody.case_id,
        person_id=custody.person_id,
        from_agency=from_agency,
        to_agency=custody.agency,
        place_code=RegionCode(custody.place_code),
        condition_code=custody.condition_code,
        ba_number=custody.ba_number,
    )


def custody_ended(custody: Custody, reason_code: str) -> CustodyEnded:
    """Nobody of ours has the person any more."""
    return CustodyEnded(
        custody_id=custody.id,
        case_id=custody.case_id,
        person_id=custody.person_id,
        from_agency=custody.agency,
        place_code=RegionCode(custody.place_code),
        condition_code=custody.condition_code,
        ba_number=custody.ba_number,
        reason_code=reason_code,
    )
