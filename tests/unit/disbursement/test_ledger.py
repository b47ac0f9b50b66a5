"""Whatever happens, in whatever order, the books balance."""

from collections import Counter
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Money
from services.disbursement.ledger import domain
from services.disbursement.ledger.domain import EntryKind, Line, moved

EXPENSE, PAYABLE, CASH = "5.1.01", "2.1.01", "1.1.01"
CHART = {EXPENSE, PAYABLE, CASH}
amounts = st.integers(1, 10**12)


@given(st.lists(st.tuples(amounts, st.sampled_from(["paid", "waiting", "reversed"])), max_size=50))
def test_any_sequence_of_batches_payments_and_reversals_balances_to_zero(dispositions: list[tuple[int, str]]) -> None:
    balances: Counter[str] = Counter()

    def post(lines: tuple[Line, ...]) -> None:
        domain.check_entry(lines, CHART)
        for line in lines:
            balances[line.account] += int(line.amount)

    for rupiah, disposition in dispositions:
        amount = Money(rupiah)
        post(moved(amount, debit=EXPENSE, credit=PAYABLE))
        if disposition == "paid":
            post(moved(amount, debit=PAYABLE, credit=CASH))
        if disposition == "reversed":
            post(moved(amount, debit=PAYABLE, credit=EXPENSE))
        assert sum(balances.values()) == 0
    owed = {
        disposition: sum(rupiah for rupiah, f in dispositions if f == disposition)
        for disposition in ("paid", "waiting", "reversed")
    }
    assert balances[CASH] == -owed["paid"]
    assert balances[PAYABLE] == -owed["waiting"]
    assert balances[EXPENSE] == owed["paid"] + owed["waiting"]


@given(st.lists(st.tuples(st.sampled_from(sorted(CHART)), st.integers(-(10**12), 10**12)), max_size=6))
def test_an_entry_stands_exactly_when_it_balances(lines: list[tuple[str, int]]) -> None:
    entry = [Line(account, Money(amount)) for account, amount in lines]
    may_stand = len(lines) >= 2 and all(amount for _, amount in lines) and sum(amount for _, amount in lines) == 0
    if may_stand:
        domain.check_entry(entry, CHART)
    else:
        with pytest.raises((domain.EntryIsEmpty, domain.EntryDoesNotBalance)):
            domain.check_entry(entry, CHART)


def test_an_account_outside_the_chart_is_refused() -> None:
    with pytest.raises(domain.AccountIsUnknown):
        domain.check_entry(moved(Money(1), debit="9.9.99", credit=CASH), CHART)


def test_one_event_has_one_entry() -> None:
    about = uuid4()
    assert domain.entry_id(EntryKind.PAYMENT, about) == domain.entry_id(EntryKind.PAYMENT, about)
    assert len({domain.entry_id(kind, about) for kind in EntryKind}) == len(EntryKind)
