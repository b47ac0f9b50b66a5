"""Who may read the ledger. Nobody may write to it: entries follow from what happens. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "ledger:read": frozenset({"aid-proposer", "aid-verifier", "aid-approver", "treasurer", "auditor", "section-head"}),
}
