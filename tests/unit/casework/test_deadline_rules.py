"""Deadlines: each escalation step once and in order, spread deadlines, what silence brings, remarks on late news;
conditions.
"""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.desks.desks.domain import empty_since
from services.casework.handoff.conditions import domain as conditions
from services.casework.handoff.conditions.domain import ConditionState, Verdict, verdict_on
from services.casework.handoff.deadlines.domain import (
    SPREAD,
    DeadlineKind,
    Notice,
    escalate,
    escalates_at_of,
    look_at,
    notice_after,
    policy_of,
    remark_on,
    silence,
)
from services.casework.office.directory.domain import (
    NOTIFIED_ESCALATIONS,
    EscalationKind,
    PolicyStep,
    PurposeHasNoSlaRule,
    SlaRule,
)
from tests.support.packs import LAMONGAN_PACK, casework_pack

DUE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ESCALATION_POLICY = [
    PolicyStep(after=timedelta(0), kind=EscalationKind.REMIND_DESK),
    PolicyStep(after=timedelta(hours=2), kind=EscalationKind.SECTION_HEAD),
    PolicyStep(after=timedelta(hours=8), kind=EscalationKind.NEXT_CANDIDATE),
]


@given(st.lists(st.integers(min_value=-60, max_value=24 * 60), max_size=30))
def test_a_escalation_is_written_once_and_in_order_whenever_the_timer_looks(minutes: list[int]) -> None:
    written = 0
    for minute in minutes:
        now = DUE + timedelta(minutes=minute)
        due_step = escalate(now, DUE, written, ESCALATION_POLICY)
        if due_step.kind is None:
            assert due_step.step_no == written
            assert written == len(ESCALATION_POLICY) or now < DUE + ESCALATION_POLICY[written].after
        else:
            assert due_step.step_no == written + 1
            assert due_step.kind == ESCALATION_POLICY[written].kind
            assert now >= DUE + ESCALATION_POLICY[written].after
            written += 1


def test_an_escalation_policy_at_its_end_escalates_no_more() -> None:
    assert escalate(DUE + timedelta(days=9), DUE, len(ESCALATION_POLICY), ESCALATION_POLICY).next_check_at is None
    assert escalates_at_of(DUE, len(ESCALATION_POLICY), ESCALATION_POLICY) is None
    assert escalates_at_of(DUE, 1, ESCALATION_POLICY) == DUE + timedelta(hours=2)


def test_silence_is_told_before_it_happens() -> None:
    assert silence(DUE, 1, ESCALATION_POLICY) == [
        (EscalationKind.SECTION_HEAD, DUE + timedelta(hours=2)),
        (EscalationKind.NEXT_CANDIDATE, DUE + timedelta(hours=8)),
    ]


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_the_same_deadline_is_looked_at_at_the_same_instant_within_the_spread(number: int) -> None:
    subject, now = UUID(int=number), DUE - timedelta(hours=1)
    found = look_at([(DUE, False)], subject, now)
    assert found == look_at([(DUE, False)], subject, now + timedelta(minutes=30))
    assert found is not None
    assert DUE <= found < DUE + SPREAD


def test_emergencies_and_what_is_overdue_are_not_spread() -> None:
    subject = UUID(int=999)
    assert look_at([(DUE, True)], subject, DUE - timedelta(hours=1)) == DUE
    assert look_at([(DUE, False)], subject, DUE) == DUE
    assert look_at([], subject, DUE) is None


def test_many_deadlines_of_one_instant_do_not_ring_together() -> None:
    seen = {look_at([(DUE, False)], uuid4(), DUE - timedelta(hours=1)) for _ in range(200)}
    assert len(seen) > 100


@pytest.mark.parametrize(
    ("minutes", "remark"), [(-1, "ANSWERED_IN_TIME_RECORDED_LATE"), (0, "ANSWERED_IN_TIME_RECORDED_LATE"), (1, None)]
)
def test_news_told_late_is_remarked_on_where_it_had_come_in_time(minutes: int, remark: str | None) -> None:
    assert remark_on(DUE, DUE + timedelta(minutes=minutes)) == remark


@pytest.mark.parametrize(("state", "verb"), list(product(ConditionState, ["meet", "waive", "break", "void"])))
def test_a_condition_is_decided_once(state: ConditionState, verb: str) -> None:
    if state == ConditionState.OPEN:
        assert (
            conditions.next_state(state, verb)
            == {"meet": "met", "waive": "waived", "break": "broken", "void": "void"}[verb]
        )
    else:
        with pytest.raises(conditions.ConditionIsDecided):
            conditions.next_state(state, verb)


@given(st.lists(st.sampled_from(sorted(ConditionState)), min_size=1, max_size=6))
def test_a_yes_is_firm_with_the_last_condition_and_ends_with_the_first_broken_one(states: list[ConditionState]) -> None:
    verdict = verdict_on(states)
    assert (verdict == Verdict.BROKEN) == (ConditionState.BROKEN in states)
    assert (verdict == Verdict.WAITING) == (ConditionState.OPEN in states and ConditionState.BROKEN not in states)


@pytest.mark.parametrize(
    ("notice", "news", "after"),
    [
        (Notice.AWAITED, Notice.DELIVERED, Notice.DELIVERED),
        (Notice.AWAITED, Notice.UNDELIVERED, Notice.UNDELIVERED),
        (Notice.DELIVERED, Notice.UNDELIVERED, Notice.UNDELIVERED),
        (Notice.UNDELIVERED, Notice.DELIVERED, Notice.UNDELIVERED),
    ],
)
def test_a_message_that_did_not_arrive_is_not_made_good_by_another_that_did(
    notice: Notice, news: Notice, after: Notice
) -> None:
    assert notice_after(notice, news) is after


def sla_rule_for(**about: str) -> SlaRule:
    """An entry of the pack, its escalation policy named after what it is about."""
    return SlaRule(
        purpose="TRANSFER",
        answer_within=timedelta(hours=1),
        escalation_policy="+".join(about.values()) or "any",
        **about,
    )


def test_the_most_specific_deadline_of_the_pack_wins() -> None:
    entries = (
        sla_rule_for(),
        sla_rule_for(urgency="URGENT"),
        sla_rule_for(agency_kind="HOSPITAL"),
        sla_rule_for(agency_kind="HOSPITAL", urgency="URGENT"),
        sla_rule_for(agency="rsud-soegiri"),
    )
    pack = casework_pack(LAMONGAN_PACK).model_copy(update={"sla_rules": entries})
    assert pack.sla_rule("TRANSFER", "desa-sukodadi").escalation_policy == "any"
    assert pack.sla_rule("TRANSFER", "desa-sukodadi", "URGENT").escalation_policy == "URGENT"
    assert pack.sla_rule("TRANSFER", "rsud-soegiri", "URGENT").escalation_policy == "rsud-soegiri"
    hospitals = pack.model_copy(update={"sla_rules": entries[:-1]})
    assert hospitals.sla_rule("TRANSFER", "rsud-soegiri", "NORMAL").escalation_policy == "HOSPITAL"
    assert hospitals.sla_rule("TRANSFER", "rsud-soegiri", "URGENT").escalation_policy == "HOSPITAL+URGENT"
    with pytest.raises(PurposeHasNoSlaRule):
        hospitals.sla_rule("TRAINING", "rsud-soegiri")


def test_above_the_heads_of_a_district_office_stand_the_sekda_and_the_inspectorate() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    kinds = [
        escalation.kind
        for escalation in pack.escalation_policies[
            pack.sla_rule("IDENTIFICATION", "dukcapil-lamongan").escalation_policy
        ]
    ]
    assert (
        kinds.index(EscalationKind.BOTH_HEADS)
        < kinds.index(EscalationKind.SECRETARIAT)
        < kinds.index(EscalationKind.INSPECTORATE)
    )
    of_a_provinces_hospital = pack.escalation_policies[pack.sla_rule("INPATIENT_BED", "rsj-menur").escalation_policy]
    assert not {escalation.kind for escalation in of_a_provinces_hospital} & {
        EscalationKind.SECRETARIAT,
        EscalationKind.INSPECTORATE,
    }
    assert {EscalationKind.SECRETARIAT, EscalationKind.INSPECTORATE} <= NOTIFIED_ESCALATIONS


@pytest.mark.parametrize(
    ("last_ended", "since"),
    [
        (None, datetime(2026, 3, 1, 17, 0, tzinfo=UTC)),
        (datetime(2026, 2, 20, 0, 0, tzinfo=UTC), datetime(2026, 3, 1, 17, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 7, 0, tzinfo=UTC), datetime(2026, 3, 2, 7, 0, tzinfo=UTC)),
    ],
    ids=["no turn ever", "a turn days ago", "a turn that ended today"],
)
def test_a_desk_is_empty_since_its_last_turn_or_since_midnight_of_its_own_zone(
    last_ended: datetime | None, since: datetime
) -> None:
    assert empty_since(DUE, last_ended, "Asia/Jakarta") == since


@pytest.mark.parametrize("kind", list(DeadlineKind))
def test_nobody_else_is_asked_but_for_a_request_that_stays_unanswered(kind: DeadlineKind) -> None:
    kinds = [escalation.kind for escalation in policy_of(kind, ESCALATION_POLICY)]
    assert (EscalationKind.NEXT_CANDIDATE in kinds) == (kind in (DeadlineKind.RECEIVED_BY, DeadlineKind.ANSWER_BY))
    assert [k for k in kinds if k != EscalationKind.NEXT_CANDIDATE] == [
        escalation.kind for escalation in ESCALATION_POLICY if escalation.kind != EscalationKind.NEXT_CANDIDATE
    ]
