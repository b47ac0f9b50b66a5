"""What is said about custody."""

from typing import Any

from contracts.events.casework import CustodyEnded, CustodyProofAdded, CustodyTransferred
from contracts.values import RegionCode
from services.casework.person.custody.tables import Custody, CustodyClaim


def custody_transferred(custody: Custody, from_agency: str | None) -> CustodyTransferred:
    """A person went from hand to hand; of the belongings only kinds and number, of the proof only what it is."""
    kinds = tuple(sorted({str(thing["kind"]) for thing in custody.belongings}))
    return CustodyTransferred.model_validate(
        {
            "custody_id": custody.id,
            "about_kind": custody.about_kind,
            "about_id": custody.about_id,
            "person_id": custody.person_id,
            "from_agency": from_agency,
            "to_agency": custody.agency,
            "place_code": RegionCode(custody.place_code),
            "observed_state": custody.observed_state,
            "ba_number": custody.ba_number,
            "custodian_kind": custody.custodian_kind,
            "until": custody.until,
            "proof": custody.proof,
            "belongings": kinds or None,
            "belongings_count": sum(int(thing["count"]) for thing in custody.belongings) or None,
        }
    )


def custody_proof_added(custody: Custody) -> CustodyProofAdded:
    """The paper came in."""
    return CustodyProofAdded.model_validate(
        {
            "custody_id": custody.id,
            "about_kind": custody.about_kind,
            "about_id": custody.about_id,
            "person_id": custody.person_id,
            "proof": custody.proof,
            "ba_number": custody.ba_number,
        }
    )


def custody_ended(custody: Custody, reason_code: str) -> CustodyEnded:
    """Nobody of ours has the person any more."""
    return CustodyEnded(
        custody_id=custody.id,
        about_kind=custody.about_kind,
        about_id=custody.about_id,
        person_id=custody.person_id,
        from_agency=custody.agency,
        place_code=RegionCode(custody.place_code),
        observed_state=custody.observed_state,
        ba_number=custody.ba_number,
        reason_code=reason_code,
    )


def claim_answered(claim: CustodyClaim, state: str) -> dict[str, Any]:
    """One line of the feed of whoever said that it took a person: what the other side, or the office, says."""
    return {
        "kind": f"custody-claim.{state}",
        "claim_id": str(claim.id),
        "about_kind": claim.about_kind,
        "about_id": str(claim.about_id),
        "state": state,
    }
