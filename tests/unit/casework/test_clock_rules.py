"""Clocks: each rung once and in order, spread deadlines, what silence brings, remarks on late news; conditions."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.desks.desks.domain import empty_since
from services.casework.handoff.conditions import domain as promises
from services.casework.handoff.conditions.domain import PromiseState, Verdict, verdict_on
from services.casework.handoff.deadlines.domain import (
    SPREAD,
    ClockKind,
    Notice,
    ladder_of,
    look_at,
    notice_after,
    remark_on,
    ring,
    rings_at_of,
    silence,
)
from services.casework.office.directory.domain import NOTIFIED_RUNGS, Clock, PurposeHasNoClock, Rung, RungKind
from tests.support.packs import LAMONGAN_PACK, casework_pack

DUE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LADDER = [
    Rung(after=timedelta(0), kind=RungKind.REMIND_DESK),
    Rung(after=timedelta(hours=2), kind=RungKind.SECTION_HEAD),
    Rung(after=timedelta(hours=8), kind=RungKind.NEXT_CANDIDATE),
]


@given(st.lists(st.integers(min_value=-60, max_value=24 * 60), max_size=30))
def test_a_rung_is_written_once_and_in_order_whenever_the_timer_looks(minutes: list[int]) -> None:
    written = 0
    for minute in minutes:
        now = DUE + timedelta(minutes=minute)
        ringing = ring(now, DUE, written, LADDER)
        if ringing.kind is None:
            assert ringing.rung_no == written
            assert written == len(LADDER) or now < DUE + LADDER[written].after
        else:
            assert ringing.rung_no == written + 1
            assert ringing.kind == LADDER[written].kind
            assert now >= DUE + LADDER[written].after
            written += 1


def test_a_ladder_at_its_end_rings_no_more() -> None:
    assert ring(DUE + timedelta(days=9), DUE, len(LADDER), LADDER).look_again_at is None
    assert rings_at_of(DUE, len(LADDER), LADDER) is None
    assert rings_at_of(DUE, 1, LADDER) == DUE + timedelta(hours=2)


def test_silence_is_told_before_it_happens() -> None:
    assert silence(DUE, 1, LADDER) == [
        (RungKind.SECTION_HEAD, DUE + timedelta(hours=2)),
        (RungKind.NEXT_CANDIDATE, DUE + timedelta(hours=8)),
    ]


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_the_same_clock_is_looked_at_at_the_same_instant_within_the_spread(number: int) -> None:
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


@pytest.mark.parametrize(("state", "verb"), list(product(PromiseState, ["meet", "waive", "break", "void"])))
def test_a_condition_is_decided_once(state: PromiseState, verb: str) -> None:
    if state == PromiseState.OPEN:
        assert promises.next_state(state, verb) == promises.MOVES[state, verb]
    else:
        with pytest.raises(promises.PromiseIsDecided):
            promises.next_state(state, verb)


@given(st.lists(st.sampled_from(sorted(PromiseState)), min_size=1, max_size=6))
def test_a_yes_is_firm_with_the_last_condition_and_ends_with_the_first_broken_one(states: list[PromiseState]) -> None:
    verdict = verdict_on(states)
    assert (verdict == Verdict.BROKEN) == (PromiseState.BROKEN in states)
    assert (verdict == Verdict.WAITING) == (PromiseState.OPEN in states and PromiseState.BROKEN not in states)


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


def clock_for(**about: str) -> Clock:
    """An entry of the pack, its ladder named after what it is about."""
    return Clock(
        purpose="TRANSFER", answer_within=timedelta(hours=1), ladder="+".join(about.values()) or "any", **about
    )


def test_the_most_specific_clock_of_the_pack_wins() -> None:
    entries = (
        clock_for(),
        clock_for(urgency="URGENT"),
        clock_for(agency_kind="HOSPITAL"),
        clock_for(agency_kind="HOSPITAL", urgency="URGENT"),
        clock_for(agency="rsud-soegiri"),
    )
    pack = casework_pack(LAMONGAN_PACK).model_copy(update={"clocks": entries})
    assert pack.clock("TRANSFER", "desa-sukodadi").ladder == "any"
    assert pack.clock("TRANSFER", "desa-sukodadi", "URGENT").ladder == "URGENT"
    assert pack.clock("TRANSFER", "rsud-soegiri", "URGENT").ladder == "rsud-soegiri"
    hospitals = pack.model_copy(update={"clocks": entries[:-1]})
    assert hospitals.clock("TRANSFER", "rsud-soegiri", "NORMAL").ladder == "HOSPITAL"
    assert hospitals.clock("TRANSFER", "rsud-soegiri", "URGENT").ladder == "HOSPITAL+URGENT"
    with pytest.raises(PurposeHasNoClock):
        hospitals.clock("TRAINING", "rsud-soegiri")


def test_above_the_heads_of_a_district_office_stand_the_sekda_and_the_inspectorate() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    kinds = [rung.kind for rung in pack.ladders[pack.clock("IDENTIFICATION", "dukcapil-lamongan").ladder]]
    assert kinds.index(RungKind.BOTH_HEADS) < kinds.index(RungKind.SECRETARIAT) < kinds.index(RungKind.INSPECTORATE)
    of_a_provinces_hospital = pack.ladders[pack.clock("INPATIENT_BED", "rsj-menur").ladder]
    assert not {rung.kind for rung in of_a_provinces_hospital} & {RungKind.SECRETARIAT, RungKind.INSPECTORATE}
    assert {RungKind.SECRETARIAT, RungKind.INSPECTORATE} <= NOTIFIED_RUNGS


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


@pytest.mark.parametrize("kind", list(ClockKind))
def test_nobody_else_is_asked_but_for_a_request_that_stays_unanswered(kind: ClockKind) -> None:
    kinds = [rung.kind for rung in ladder_of(kind, LADDER)]
    assert (RungKind.NEXT_CANDIDATE in kinds) == (kind in (ClockKind.RECEIVED_BY, ClockKind.ANSWER_BY))
    assert [k for k in kinds if k != RungKind.NEXT_CANDIDATE] == [
        rung.kind for rung in LADDER if rung.kind != RungKind.NEXT_CANDIDATE
    ]
