"""Who may do what with batches. Pure data; that proposer and approvers differ is the domain's rule."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "batch:propose": frozenset({"aid-proposer"}),
    "batch:approve": frozenset({"aid-verifier", "aid-approver"}),
    "batch:read": frozenset({"aid-proposer", "aid-verifier", "aid-approver", "treasurer", "auditor", "section-head"}),
}
