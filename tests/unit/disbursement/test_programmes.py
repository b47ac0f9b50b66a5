"""A pack of disbursement hangs together, or is refused when it is read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from services.disbursement.programmes.domain import DisbursementPack, Period, Programme, period_key

PACKS = Path(__file__).parents[3] / "deploy" / "districts"


def programme(**changes: Any) -> dict[str, Any]:
    """A programme as a pack writes it."""
    return {
        "code": "BANTUAN",
        "name": "Bantuan",
        "rail": "BANK_TRANSFER",
        "expense_account": "5.1.01",
        "payable_account": "2.1.01",
        "cash_account": "1.1.01",
        "suspense_account": "1.1.09",
        "rules": [{"version": "1", "from_on": "2026-01-01", "amount_rupiah": 100, "period": "MONTH"}],
        "approvals": [{"up_to_rupiah": 1000, "roles": ["aid-verifier", "aid-approver"]}],
        **changes,
    }


def pack(**changes: Any) -> dict[str, Any]:
    """A whole pack."""
    return {
        "district": "35.24",
        "version": "1",
        "zone": "Asia/Jakarta",
        "accounts": [
            {"code": "1.1.01", "name": "Kas", "kind": "CASH"},
            {"code": "2.1.01", "name": "Utang", "kind": "PAYABLE"},
            {"code": "5.1.01", "name": "Belanja", "kind": "EXPENSE"},
            {"code": "1.1.09", "name": "Sementara", "kind": "SUSPENSE"},
        ],
        "programmes": [programme()],
        "statement_waits": {
            "first": "PT1S",
            "longest": "PT1M",
            "missing_after": "P3D",
            "watch_every": "PT6H",
            "watch_for": "P14D",
        },
        "exceptions": {"desk": "keuangan", "resolve_within": "P3D"},
        **changes,
    }


@pytest.mark.parametrize("file", sorted(PACKS.glob("*/disbursement.yaml")), ids=lambda file: file.parent.name)
def test_every_districts_pack_holds_and_survives_storage(file: Path) -> None:
    found = DisbursementPack.model_validate(yaml.safe_load(file.read_text()))
    assert file.parent.name.startswith(found.district)
    assert DisbursementPack.model_validate_json(found.model_dump_json()) == found


RULE = {"version": "1", "from_on": "2026-01-01", "amount_rupiah": 100, "period": "MONTH"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"expense_account": "1.1.01"},
        {"cash_account": "9.9.99"},
        {"suspense_account": "1.1.01"},
        {"approvals": [{"up_to_rupiah": 1000, "roles": ["aid-approver"]}]},
        {"approvals": []},
        {"rules": [{**RULE, "amount_rupiah": 100.5}]},
        {"rules": [{**RULE, "amount_rupiah": "100"}]},
        {"rules": [{**RULE, "amount_rupiah": 0}]},
        {"rules": [RULE, {**RULE, "version": "2", "from_on": "2026-06-01"}]},
        {"surprise": 1},
    ],
)
def test_a_programme_that_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    DisbursementPack.model_validate(pack())
    with pytest.raises(ValidationError):
        DisbursementPack.model_validate(pack(programmes=[programme(**wrong)]))


def test_the_rule_of_the_day_is_in_force_until_the_day_of_the_next() -> None:
    rules = [{**RULE, "until_on": "2026-06-01"}, {**RULE, "version": "2", "from_on": "2026-06-01"}]
    found = Programme.model_validate(programme(rules=rules))
    versions = [
        rule.version if (rule := found.rule_on(day)) else None
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1))
    ]
    assert versions == [None, "1", "1", "2"]


def test_who_must_approve_follows_from_the_total() -> None:
    limits = [
        {"up_to_rupiah": 5000, "roles": ["aid-verifier", "aid-approver", "regent"]},
        {"up_to_rupiah": 1000, "roles": ["aid-verifier", "aid-approver"]},
    ]
    found = Programme.model_validate(programme(approvals=limits))
    assert [len(found.approval_roles(total) or ()) for total in (1, 1000, 1001, 5000, 5001)] == [2, 2, 3, 3, 0]


def test_a_period_is_a_key_of_its_own() -> None:
    day = date(2026, 11, 30)
    assert [period_key(period, day) for period in Period] == ["ONCE", "2026", "2026-Q4", "2026-11"]
