"""Who may see entitlements. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "entitlement:read": frozenset(
        {"aid-proposer", "aid-verifier", "aid-approver", "treasurer", "auditor", "section-head"}
    ),
}
