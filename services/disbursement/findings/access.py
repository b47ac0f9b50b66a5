"""Who may see and resolve findings. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "finding:read": frozenset({"treasurer", "auditor", "section-head", "aid-verifier", "aid-approver"}),
    "finding:resolve": frozenset({"treasurer", "section-head"}),
}
