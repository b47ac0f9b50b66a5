"""The disbursement section of a district pack: accounts, programmes, dated rules, who must approve. Pure values.

Every amount, limit and period of a district stands in the pack; nothing here knows one by itself.
"""

from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self, assert_never

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
AccountCode = Annotated[str, StringConstraints(pattern=r"^[1-9](\.[0-9]{1,4}){1,7}$")]
Rupiah = Annotated[int, Field(strict=True, gt=0, le=1_000_000_000_000)]


class PackPart(BaseModel):
    """Base of all parts of a pack: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountKind(StrEnum):
    """The side of the books on which an account stands."""

    CASH = "CASH"
    PAYABLE = "PAYABLE"
    EXPENSE = "EXPENSE"
    SUSPENSE = "SUSPENSE"


class Account(PackPart):
    """One line of the chart of accounts."""

    code: AccountCode
    name: str
    kind: AccountKind


class Period(StrEnum):
    """How often one person may have a programme's aid."""

    ONCE = "ONCE"
    YEAR = "YEAR"
    QUARTER = "QUARTER"
    MONTH = "MONTH"


class Rule(PackPart):
    """A version of a programme's rule, in force from a day until (and without) another."""

    version: Slug
    from_on: date
    until_on: date | None = None
    amount_rupiah: Rupiah
    period: Period
    reason_codes: tuple[Code, ...] = ()
    """Reasons for which the aid is meant; none listed = any."""

    def is_in_force(self, on: date) -> bool:
        """Whether the rule holds on a day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


class ApprovalLimit(PackPart):
    """Who must approve a batch up to a total, one approver per role, in this order."""

    up_to_rupiah: Rupiah
    roles: tuple[Slug, ...] = Field(min_length=2)


class Programme(PackPart):
    """A programme of aid."""

    code: Code
    name: str
    kind: Literal["CASH"] = "CASH"
    rail: Code
    expense_account: AccountCode
    payable_account: AccountCode
    cash_account: AccountCode
    suspense_account: AccountCode
    """What the bank moved and nobody owed: owed back, until somebody decides."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    approvals: tuple[ApprovalLimit, ...] = Field(min_length=1)

    def rule_on(self, on: date) -> Rule | None:
        """The rule in force on a day."""
        return next((rule for rule in self.rules if rule.is_in_force(on)), None)

    @property
    def highest_limit_rupiah(self) -> int:
        """The largest total that anybody may approve at once."""
        return max(limit.up_to_rupiah for limit in self.approvals)

    def approval_roles(self, total_rupiah: int) -> tuple[str, ...] | None:
        """The roles that must approve a batch of this total, in order; nothing when it is above every limit."""
        for limit in sorted(self.approvals, key=lambda limit: limit.up_to_rupiah):
            if total_rupiah <= limit.up_to_rupiah:
                return limit.roles
        return None


class StatementWaits(PackPart):
    """How patiently the bank is asked for its statement, and when a payment without a line is missed.

    A list that is settled is asked about every ``watch_every`` for ``watch_for``: the bank may still take money back.
    """

    first: timedelta
    longest: timedelta
    missing_after: timedelta
    watch_every: timedelta
    watch_for: timedelta


class Exceptions(PackPart):
    """Who owns what does not match, and how long they have."""

    desk: Slug
    resolve_within: timedelta


class DisbursementPack(PackPart):
    """The disbursement section of a district pack."""

    district: str
    version: str
    zone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    accounts: tuple[Account, ...] = Field(min_length=1)
    programmes: tuple[Programme, ...]
    statement_waits: StatementWaits
    exceptions: Exceptions

    def programme(self, code: str) -> Programme | None:
        """A programme by its code."""
        return next((programme for programme in self.programmes if programme.code == code), None)

    @property
    def account_codes(self) -> frozenset[str]:
        """The chart of accounts, as codes."""
        return frozenset(account.code for account in self.accounts)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        kinds = {account.code: account.kind for account in self.accounts}
        for programme in self.programmes:
            wanted = (
                (programme.expense_account, AccountKind.EXPENSE),
                (programme.payable_account, AccountKind.PAYABLE),
                (programme.cash_account, AccountKind.CASH),
                (programme.suspense_account, AccountKind.SUSPENSE),
            )
            for code, kind in wanted:
                if kinds.get(code) is not kind:
                    raise ValueError(f"{programme.code}: account {code} is not a {kind.value} account of the chart")
            rules = sorted(programme.rules, key=lambda rule: rule.from_on)
            for earlier, later in pairwise(rules):
                if earlier.until_on is None or earlier.until_on > later.from_on:
                    raise ValueError(f"{programme.code}: rules {earlier.version} and {later.version} overlap")
        return self


def period_key(period: Period, on: date) -> str:
    """The period a day falls in, as the key under which a person is entitled once."""
    match period:
        case Period.ONCE:
            return "ONCE"
        case Period.YEAR:
            return f"{on.year}"
        case Period.QUARTER:
            return f"{on.year}-Q{(on.month + 2) // 3}"
        case Period.MONTH:
            return f"{on.year}-{on.month:02d}"
        case _:
            assert_never(period)
