"""Who may do what: operation by role."""

from services.disbursement.wiring import SERVICE

READERS = {"aid-proposer", "aid-verifier", "aid-approver", "treasurer", "auditor", "section-head"}


def test_each_operation_is_open_to_these_roles_and_to_no_other() -> None:
    own = {name: set(roles) for name, roles in SERVICE.policy.items() if not name.startswith("dead-letter:")}
    assert own == {
        "entitlement:read": READERS,
        "batch:read": READERS,
        "ledger:read": READERS,
        "batch:propose": {"aid-proposer"},
        "batch:approve": {"aid-verifier", "aid-approver"},
        "finding:read": {"treasurer", "auditor", "section-head", "aid-verifier", "aid-approver"},
        "finding:resolve": {"treasurer", "section-head"},
    }


def test_no_role_both_proposes_and_approves() -> None:
    assert not SERVICE.policy["batch:propose"] & SERVICE.policy["batch:approve"]
    assert "agency" not in set().union(*(set(roles) for roles in SERVICE.policy.values()))
