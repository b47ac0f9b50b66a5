"""Whether aid is due, and what an entitlement may become."""

from datetime import date
from uuid import uuid4

from services.disbursement.entitlements import domain
from services.disbursement.entitlements.domain import Due, EntitlementState, Move, RefusalReason
from services.disbursement.programmes.domain import Programme
from tests.support import golden

PROGRAMME = Programme.model_validate(
    {
        "code": "BANTUAN",
        "name": "Bantuan",
        "rail": "BANK_TRANSFER",
        "expense_account": "5.1.01",
        "payable_account": "2.1.01",
        "cash_account": "1.1.01",
        "suspense_account": "1.1.09",
        "rules": [
            {
                "version": "1",
                "from_on": "2026-01-01",
                "amount_rupiah": 100,
                "period": "YEAR",
                "reason_codes": ["RETURNED_TO_FAMILY"],
            }
        ],
        "approvals": [{"up_to_rupiah": 1000, "roles": ["aid-verifier", "aid-approver"]}],
    }
)


def test_aid_is_due_or_refused_with_a_reason() -> None:
    due = domain.decide(PROGRAMME, "RETURNED_TO_FAMILY", date(2026, 3, 1))
    assert isinstance(due, Due)
    assert (due.rule.version, due.period) == ("1", "2026")
    assert domain.decide(None, "RETURNED_TO_FAMILY", date(2026, 3, 1)) is RefusalReason.PROGRAMME_UNKNOWN
    assert domain.decide(PROGRAMME, "RETURNED_TO_FAMILY", date(2025, 3, 1)) is RefusalReason.NO_RULE_IN_FORCE
    assert domain.decide(PROGRAMME, "MOVED_AWAY", date(2026, 3, 1)) is RefusalReason.REASON_NOT_COVERED


GOLDEN = golden.moves(
    """
    refused: reconsider→established
    established: hold→held take→batched end→ended
    held: let-go→established end→ended
    batched: release→established hold→held end→ended pay→paid return→returned
    paid: return→returned
    returned: renew→established end→ended pay→paid
    ended: revive→established
    """
)


def test_an_entitlement_moves_as_written_down() -> None:
    golden.judge(
        GOLDEN, EntitlementState, Move, domain.next_state, refused=domain.EntitlementCannotMove,
        says=domain.legal_moves,
    )  # fmt: skip


REACHES = {
    "hold": "unknown:remember refused:remember waiting:apply held:remember listed:apply at-the-bank:finding"
    " returned:remember paid:finding ended:remember",
    "end": "unknown:remember refused:remember waiting:apply held:apply listed:apply at-the-bank:finding"
    " returned:remember paid:finding ended:remember",
    "let-go": "unknown:remember refused:remember waiting:remember held:apply listed:remember at-the-bank:remember"
    " returned:remember paid:remember ended:apply",
}


def test_no_fact_about_aid_is_dropped_wherever_the_aid_has_come_to() -> None:
    told = {
        (fact, place): reach
        for fact, cells in REACHES.items()
        for place, reach in (cell.split(":") for cell in cells.split())
    }
    assert told == {(f.value, p.value): domain.reach_of(f, p).value for f in domain.Fact for p in domain.Place}


def test_what_people_ended_stays_ended_and_a_double_that_was_none_does_not() -> None:
    golden_holds = {
        ("held", "CASE"): ("held", "ended", "let-go"),
        ("ended", "CASE"): ("ended", "ended", "ended"),
        ("let-go", "CASE"): ("held", "ended", "let-go"),
        ("ended", "DOUBLE"): ("held", "ended", "let-go"),
    }
    for (state, source), after in golden_holds.items():
        told = tuple(domain.next_hold_state(state, domain.HoldSource(source), fact).value for fact in domain.Fact)
        assert told == after


def test_one_request_has_one_entitlement() -> None:
    request = uuid4()
    assert domain.entitlement_id(request) == domain.entitlement_id(request)
    assert domain.entitlement_id(request) != domain.entitlement_id(uuid4())
