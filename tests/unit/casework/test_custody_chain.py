"""The chain of custody: any order of the same records gives the same chain and the same contradictions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.person.custody import domain
from services.casework.person.custody.domain import (
    Chain,
    Contradiction,
    ContradictionKind,
    CustodianKind,
    Proof,
    Stretch,
    check_giver,
    check_party,
    check_proof,
    check_times,
    holder_at,
    lay_out,
)

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
PARTIES = ("post", "ambulance", "hospital", "shelter", "family")


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def taken(number: int, custodian: str, hour: float, giver: str | None = None, until: float | None = None) -> Stretch:
    return Stretch(UUID(int=number), custodian, at(hour), giver, at(until) if until is not None else None)


def added(chain: Chain, record: Stretch) -> Chain:
    """What the command does: one record more, on rows that earlier ones laid out."""
    return lay_out([*chain.stretches, record])


def in_turn(records: Sequence[Stretch]) -> Chain:
    return reduce(added, records, Chain((), ()))


def told(chain: Chain) -> list[tuple[str, float, float | None]]:
    """The chain in hours."""
    return [
        (s.custodian, (s.since - MIDNIGHT) / timedelta(hours=1),
         (s.until - MIDNIGHT) / timedelta(hours=1) if s.until else None)
        for s in chain.stretches
    ]  # fmt: skip


def kinds(chain: Chain) -> list[str]:
    return [one.kind.value for one in chain.contradictions]


@st.composite
def records(draw: st.DrawFn) -> list[Stretch]:
    """Up to seven records, some with a named giver, some with an end of their own, some at the same instant."""
    found = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        since = draw(st.integers(0, 12))
        lasts = draw(st.none() | st.integers(0, 6))
        found.append(
            taken(number, draw(st.sampled_from(PARTIES)), since, draw(st.none() | st.sampled_from(PARTIES)),
                  None if lasts is None else since + lasts)
        )  # fmt: skip
    return found


@given(st.data(), records())
def test_any_order_of_the_same_records_gives_the_same_chain(data: st.DataObject, told_ones: list[Stretch]) -> None:
    one_order, other_order = in_turn(told_ones), in_turn(data.draw(st.permutations(told_ones)))
    assert one_order == other_order
    assert {stretch.id for stretch in one_order.stretches} == {record.id for record in told_ones}
    assert sum(stretch.until is None for stretch in one_order.stretches) <= 1


@given(records())
def test_no_stretch_ends_before_it_began_and_each_keeps_its_own_words(told_ones: list[Stretch]) -> None:
    known = {record.id: record for record in told_ones}
    for stretch in in_turn(told_ones).stretches:
        assert stretch.until is None or stretch.until >= stretch.since
        assert replace(stretch, until=None) == known[stretch.id]


@given(st.data(), records())
def test_what_is_told_late_never_moves_the_open_stretch(data: st.DataObject, told_ones: list[Stretch]) -> None:
    before = in_turn(told_ones)
    late = taken(99, data.draw(st.sampled_from(PARTIES)), -data.draw(st.integers(1, 5)), None, None)
    after = added(before, late)
    assert after.current == before.current or (before.current is None and after.current is None)


@given(records())
def test_two_hands_at_once_or_no_hand_is_never_accepted_in_silence(told_ones: list[Stretch]) -> None:
    chain = in_turn(told_ones)
    overlapping = {
        (a.id, b.id)
        for n, a in enumerate(chain.stretches)
        for b in chain.stretches[n + 1 :]
        if a.until is not None and b.since < a.until and a.custodian != b.custodian
    }
    found = {(c.first.id, c.second.id) for c in chain.contradictions if c.kind == "CUSTODY_OVERLAP" and c.second}
    assert overlapping <= found
    covered = chain.stretches[0].since
    for stretch in chain.stretches:
        if stretch.since > covered:
            assert "CUSTODY_GAP" in kinds(chain)
        covered = max(covered, stretch.until or at(1000))


@given(st.data(), records())
def test_an_ending_stays_with_whoever_had_the_person_then(data: st.DataObject, told_ones: list[Stretch]) -> None:
    open_ones = [replace(record, stated_until=None) for record in told_ones]
    late = [taken(50 + n, data.draw(st.sampled_from(PARTIES)), n) for n in range(3)]

    def ended(chain: Chain) -> Chain:
        current = chain.current
        assert current is not None
        over = replace(current, until=at(24), ended_reason="ABSCONDED")
        return lay_out([over if stretch == current else stretch for stretch in chain.stretches])

    assert in_turn([*ended(in_turn(open_ones)).stretches, *late]) == ended(in_turn([*open_ones, *late]))


def test_hand_to_hand_with_a_carrier_between_leaves_nothing_open_but_the_last() -> None:
    chain = in_turn(
        [taken(1, "post", 0), taken(2, "ambulance", 2, giver="post"), taken(3, "hospital", 2.5, giver="ambulance")]
    )
    assert told(chain) == [("post", 0, 2), ("ambulance", 2, 2.5), ("hospital", 2.5, None)]
    assert chain.contradictions == ()


def test_taken_to_the_emergency_ward_at_two_and_told_at_eight() -> None:
    signed = [taken(1, "post", 1), taken(3, "shelter", 7.5, giver="post")]
    chain = added(in_turn(signed), taken(2, "hospital", 2, giver="post"))
    assert told(chain) == [("post", 1, 2), ("hospital", 2, 7.5), ("shelter", 7.5, None)]
    assert kinds(chain) == ["GIVER_DID_NOT_HOLD"]
    assert chain.contradictions[0].first.custodian == "shelter"


def test_a_giver_who_signed_later_is_attested_so_whoever_took_between_overlaps() -> None:
    chain = in_turn([taken(1, "post", 1), taken(2, "hospital", 2), taken(3, "shelter", 7, giver="post")])
    assert told(chain) == [("post", 1, 7), ("hospital", 2, 7), ("shelter", 7, None)]
    assert [(c.kind, c.first.custodian, c.second.custodian) for c in chain.contradictions if c.second] == [
        ("CUSTODY_OVERLAP", "post", "hospital")
    ]


def test_a_late_stretch_with_its_own_end_overlaps_what_began_before_it_ended() -> None:
    chain = in_turn([taken(1, "post", 0), taken(3, "shelter", 6), taken(2, "hospital", 2, "post", until=7)])
    assert kinds(chain) == ["CUSTODY_OVERLAP"]
    assert chain.contradictions[0].span == (at(6), at(7))


def test_an_hour_in_nobodys_hand_is_a_gap_until_a_record_fills_it() -> None:
    gap = in_turn([taken(1, "post", 0, until=5), taken(3, "shelter", 6)])
    assert kinds(gap) == ["CUSTODY_GAP"]
    assert gap.contradictions[0].span == (at(5), at(6))
    filled = added(gap, taken(2, "ambulance", 5))
    assert kinds(filled) == []


def test_whoever_let_go_without_a_taker_leaves_a_gap_of_the_same_cause() -> None:
    let_go = in_turn([taken(1, "post", 0, until=5)])
    assert kinds(let_go) == ["CUSTODY_GAP"]
    taken_later = added(let_go, taken(2, "shelter", 9))
    assert [c.cause for c in taken_later.contradictions] == [c.cause for c in let_go.contradictions]


def test_a_person_who_left_and_was_found_again_is_no_gap() -> None:
    left = replace(taken(1, "post", 0), until=at(3), ended_reason="ABSCONDED")
    assert kinds(in_turn([left, taken(2, "post", 9)])) == []
    assert kinds(in_turn([left, taken(2, "shelter", 9, giver="post")])) == ["GIVER_DID_NOT_HOLD"]


def test_an_ending_is_not_put_on_a_stretch_that_states_its_own_end() -> None:
    left = replace(taken(1, "post", 0), until=at(5), ended_reason="ABSCONDED")
    chain = in_turn([left, taken(2, "hospital", 2, until=3)])
    assert [(s.custodian, s.until, s.ended_reason) for s in chain.stretches] == [
        ("post", at(5), "ABSCONDED"), ("hospital", at(3), None)
    ]  # fmt: skip
    assert kinds(chain) == ["CUSTODY_OVERLAP"]


def test_two_takers_at_the_same_instant_are_one_open_row_and_a_contradiction() -> None:
    named = in_turn([taken(1, "post", 0), taken(2, "hospital", 2, "post"), taken(3, "shelter", 2, "post")])
    assert (sum(s.until is None for s in named.stretches), kinds(named)) == (1, ["GIVER_DID_NOT_HOLD"])
    unnamed = in_turn([taken(2, "hospital", 2), taken(3, "shelter", 2)])
    assert (sum(s.until is None for s in unnamed.stretches), kinds(unnamed)) == (1, ["CUSTODY_OVERLAP"])


def test_both_parties_may_tell_the_same_hand_over() -> None:
    chain = in_turn([taken(1, "post", 0), taken(2, "shelter", 7, "post"), taken(3, "shelter", 7.25, "post")])
    assert kinds(chain) == []
    assert len(chain.stretches) == 3


def test_a_hand_over_told_again_with_its_giver_does_not_move_its_instant() -> None:
    chain = in_turn([taken(1, "post", 0), taken(2, "shelter", 7), taken(3, "shelter", 8, "post")])
    assert (told(chain)[0], kinds(chain)) == (("post", 0, 7), [])


def test_a_giver_nobody_knew_to_hold_is_found_and_a_family_need_not_have_held() -> None:
    assert kinds(in_turn([taken(1, "shelter", 3, giver="post")])) == ["GIVER_DID_NOT_HOLD"]
    assert kinds(in_turn([taken(2, "shelter", 3, giver="post"), taken(1, "post", 0)])) == []
    assert kinds(in_turn([taken(1, "shelter", 3, giver="family")])) == []
    later = in_turn([taken(1, "shelter", 3, giver="post"), taken(2, "post", 5)])
    assert kinds(later) == ["GIVER_DID_NOT_HOLD"], "that it held the person later does not count"


def test_a_giver_who_had_given_the_person_away_is_found_with_the_stretch_it_had() -> None:
    chain = in_turn([taken(1, "post", 0), taken(2, "hospital", 2, "post"), taken(3, "shelter", 5, "post")])
    (found,) = chain.contradictions
    assert found == Contradiction(ContradictionKind.GIVER, chain.stretches[2], chain.stretches[0])


def test_the_holder_at_an_instant_is_whoever_took_last_and_did_not_let_go() -> None:
    chain = in_turn([taken(1, "post", 0), taken(2, "hospital", 2, until=4)]).stretches
    hours = (-1, 0, 1, 2, 3, 4, 5)
    assert [holder.custodian if (holder := holder_at(chain, at(hour))) else None for hour in hours] == [
        None, "post", "post", "hospital", "hospital", "hospital", None
    ]  # fmt: skip


def test_every_contradiction_has_a_cause_of_its_own() -> None:
    chain = in_turn([taken(1, "post", 0), taken(2, "hospital", 1, until=9), taken(3, "shelter", 2), taken(4, "a", 3)])
    causes = [(one.kind, one.cause) for one in chain.contradictions]
    assert len(set(causes)) == len(causes) == 2
    assert Contradiction(ContradictionKind.GIVER, chain.stretches[0]).cause == str(UUID(int=1))


def test_what_cannot_have_happened_is_wrong_by_itself() -> None:
    now = at(8)
    check_times(at(2), at(3), now)
    check_times(now + domain.CLOCK_SKEW, None, now)
    for happened_at, until in (
        (at(9), None), (at(3), at(2)), (at(2), at(9)), (datetime.min.replace(tzinfo=UTC), None),
        (datetime.max.replace(tzinfo=UTC), None),
    ):  # fmt: skip
        with pytest.raises(domain.TimesAreNotPossible):
            check_times(happened_at, until, now)


@pytest.mark.parametrize(
    ("kind", "code", "is_known"),
    [
        (CustodianKind.AGENCY, "shelter", True),
        (CustodianKind.AGENCY, "family", False),
        (CustodianKind.AGENCY, "slamet-bin-fulan", False),
        (CustodianKind.CARRIER, "ambulance", True),
        (CustodianKind.CARRIER, "shelter", True),
        (CustodianKind.FAMILY, "family", True),
        (CustodianKind.FAMILY, "ibu-siti", False),
        (CustodianKind.OTHER, "other", True),
    ],
)
def test_a_party_is_of_the_pack_or_of_a_closed_list_so_that_no_name_travels(
    kind: CustodianKind, code: str, is_known: bool
) -> None:
    if is_known:
        check_party(kind, code, ["shelter"])
        check_giver(code, ["shelter"])
    else:
        with pytest.raises(domain.PartyIsUnknown):
            check_party(kind, code, ["shelter"])


def test_a_giver_may_be_left_unsaid_but_not_made_up() -> None:
    with pytest.raises(domain.PartyIsUnknown):
        check_giver("somebody", ["shelter"])


@pytest.mark.parametrize(
    ("proof", "ba_number", "digest", "is_whole"),
    [
        (Proof.NONE, None, None, True),
        (Proof.SIGNED, "BA/1", None, True),
        (Proof.SIGNED, None, "0" * 64, False),
        (Proof.PHOTO, None, "0" * 64, True),
        (Proof.PHOTO, "BA/1", None, False),
    ],
)
def test_signatures_need_a_number_and_a_photo_its_digest(
    proof: Proof, ba_number: str | None, digest: str | None, is_whole: bool
) -> None:
    if is_whole:
        check_proof(proof, ba_number, digest)
    else:
        with pytest.raises(domain.ProofIsIncomplete):
            check_proof(proof, ba_number, digest)
