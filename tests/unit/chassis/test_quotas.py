"""How much an account may ask: evenly, with a burst, by operation, role and row; the shipped quotas let sweeps pass."""

from dataclasses import dataclass

import pytest

from services.chassis.offices import Offices
from services.chassis.principal import Principal
from services.chassis.quotas import Counter, Quota, QuotaIsSpent
from services.chassis.web import problem_of
from services.chassis.web.problems import problem_response
from tests.support.checkout import ROOT

SHIPPED = Offices.read(ROOT / "deploy" / "districts")
SWEEPS = Principal(
    "agency:satpolpp-lamongan", "satpolpp-lamongan", frozenset({"agency", "reporter-agency"}), ("35.24",)
)
INSURER = Principal("agency:bpjs-lamongan", "bpjs-lamongan", frozenset({"agency"}), ("35.24",))
DUTY = Principal("staff:1", "dinsos-lamongan", frozenset({"duty-officer"}), ("35.24",))
REPORT, RESEND = "POST /reports", "POST /handoffs/{handoff_id}/resending"


@dataclass(slots=True)
class Hand:
    """A clock that stands still until it is moved."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def spent(counter: Counter, who: Principal, operation: str, times: int, path: str = "/x") -> int:
    """How many of so many requests at once are let through."""
    for number in range(times):
        try:
            counter.spend(SHIPPED.quotas_of(who), who, operation, path)
        except QuotaIsSpent:
            return number
    return times


def test_a_sweep_and_ten_thousand_reports_an_hour_pass_with_the_shipped_quotas() -> None:
    clock = Hand()
    counter = Counter(clock)
    assert spent(counter, SWEEPS, REPORT, 200) == 200
    for _ in range(10_000):
        clock.seconds += 0.36
        assert spent(counter, SWEEPS, REPORT, 1) == 1


def test_an_agency_that_seldom_reports_is_stopped_and_told_when_there_is_room() -> None:
    clock = Hand()
    counter = Counter(clock)
    assert spent(counter, INSURER, REPORT, 60) == 30
    with pytest.raises(QuotaIsSpent) as refused:
        counter.spend(SHIPPED.quotas_of(INSURER), INSURER, REPORT, "/x")
    assert refused.value.retry_after_seconds == 30
    answer = problem_response(refused.value)
    assert (answer.status_code, answer.headers["retry-after"], problem_of(refused.value).code) == (
        429, "30", "quota_is_spent"
    )  # fmt: skip
    clock.seconds += 30
    assert spent(counter, INSURER, REPORT, 5) == 1


def test_what_is_told_again_is_counted_for_each_row_by_itself() -> None:
    counter = Counter(Hand())
    assert spent(counter, DUTY, RESEND, 15, "/handoffs/1/resending") == 2
    assert spent(counter, DUTY, RESEND, 15, "/handoffs/2/resending") == 2


def test_one_account_takes_nothing_from_another_and_reading_nothing_from_reporting() -> None:
    counter = Counter(Hand())
    spent(counter, INSURER, REPORT, 100)
    assert spent(counter, SWEEPS, REPORT, 1) == 1
    assert spent(counter, INSURER, "GET /feed", 1000) == 1000


def test_the_first_quota_that_fits_counts_and_without_one_nothing_does() -> None:
    quotas = (
        Quota(operation=REPORT, roles=frozenset({"reporter-agency"}), per_hour=1, burst=3),
        Quota(operation=REPORT, per_hour=1, burst=1),
    )
    counter = Counter(Hand())
    for who, room in ((SWEEPS, 3), (INSURER, 1)):
        for _ in range(room):
            counter.spend(quotas, who, REPORT, "")
        with pytest.raises(QuotaIsSpent):
            counter.spend(quotas, who, REPORT, "")
    for _ in range(10_000):
        counter.spend((), DUTY, REPORT, "")
        counter.spend(quotas, DUTY, "GET /reports", "")


def test_every_quota_of_a_shipped_pack_names_an_operation_that_there_is() -> None:
    written = (ROOT / "tests" / "unit" / "access" / "who_may.txt").read_text()
    known = {line.split(" = ")[0] for line in written.splitlines()}
    for section in SHIPPED.sections.values():
        assert {quota.operation for quota in section.quotas} - {""} <= known


def test_whose_emergency_is_believed_stands_in_the_pack() -> None:
    assert SHIPPED.believes_emergency("35.24", "dinsos-lamongan")
    assert SHIPPED.believes_emergency("35.24", "rsud-soegiri")
    assert not SHIPPED.believes_emergency("35.24", "bpjs-lamongan")
    assert not SHIPPED.believes_emergency("18.72", "dinsos-lamongan")
