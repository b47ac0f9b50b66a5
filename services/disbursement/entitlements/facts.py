"""What is said about entitlements."""

from contracts.events.disbursement import EntitlementEnded, EntitlementEstablished, EntitlementRefused
from contracts.values import Money
from services.disbursement.entitlements.tables import Entitlement


def entitlement_established(entitlement: Entitlement) -> EntitlementEstablished:
    """Aid is due."""
    return EntitlementEstablished(
        entitlement_id=entitlement.id,
        aid_request_id=entitlement.aid_request_id,
        case_id=entitlement.case_id,
        programme_code=entitlement.programme_code,
        rule_version=entitlement.rule_version,
        amount_rupiah=Money(entitlement.amount_rupiah),
        person_id=entitlement.person_id,
    )


def entitlement_refused(entitlement: Entitlement) -> EntitlementRefused:
    """Aid is not due, and why."""
    assert entitlement.reason_code is not None
    return EntitlementRefused(
        aid_request_id=entitlement.aid_request_id,
        case_id=entitlement.case_id,
        reason_code=entitlement.reason_code,
    )


def entitlement_ended(entitlement: Entitlement) -> EntitlementEnded:
    """Aid that was due will not be paid."""
    return EntitlementEnded(
        entitlement_id=entitlement.id,
        aid_request_id=entitlement.aid_request_id,
        case_id=entitlement.case_id,
        reason_code=entitlement.reason_code or "UNKNOWN",
    )
