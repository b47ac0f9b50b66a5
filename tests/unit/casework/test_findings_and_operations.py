"""Findings: one cause is one finding. Operations: the paper's number beside the persons who were taken."""

import json
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.casework.case.timeline.domain import TEXTS, tell
from services.casework.office.findings import access
from services.casework.office.findings.domain import BY_PEOPLE, Explanation, FindingKind, Found, Standing, next_step
from services.casework.office.findings.schemas import ByPeople, ExplanationIn
from services.casework.office.matters.domain import case
from services.casework.person.custody import access as custody_access
from services.casework.person.custody import facts
from services.casework.person.custody.domain import (
    ClaimCannotMove,
    ClaimMove,
    ClaimSide,
    ClaimState,
    CustodianKind,
    PartyIsUnknown,
    next_claim_state,
)
from services.casework.person.custody.schemas import CustodyIn
from services.casework.person.custody.tables import Custody
from services.casework.person.operations import access as operations_access
from services.casework.person.operations.domain import Difference, PaperCount, Side, differences
from services.chassis.errors import Forbidden, NotFound
from services.chassis.principal import Principal, system_principal

OFFICE = "office"
PEOPLE = {
    "peksos": Principal("staff:1", OFFICE, frozenset({"caseworker"}), ("35.24",)),
    "operator": Principal("staff:2", OFFICE, frozenset({"operator"}), ("35.24",)),
    "desk": Principal("staff:3", "hospital", frozenset({"desk-officer"}), ("35.24",)),
    "program": Principal("agency:post", "post", frozenset({"agency"}), ("35.24",)),
}
KEYS = st.tuples(st.sampled_from([kind.value for kind in FindingKind]), st.sampled_from("abc"))
STANDINGS = st.sampled_from(
    [Standing("open", None), Standing("explained", "SETTLED"), Standing("explained", "WRONG_TIME")]
)


def test_a_cause_is_opened_once_settled_when_it_is_gone_and_opened_again_when_it_is_back() -> None:
    key = ("CUSTODY_GAP", "a")
    assert next_step({}, [key, key]).opened == (key,)
    assert next_step({key: Standing("open", None)}, [key]) == next_step({}, [])
    assert next_step({key: Standing("open", None)}, []).settled == (key,)
    assert next_step({key: Standing("explained", "SETTLED")}, [key]).reopened == (key,)
    assert next_step({key: Standing("explained", "SETTLED")}, []) == next_step({}, [])


def test_what_people_explained_stays_explained() -> None:
    key = ("CUSTODY_GAP", "a")
    explained = {key: Standing("explained", "RECORDED_LATE")}
    assert next_step(explained, [key]) == next_step(explained, []) == next_step({}, [])


@given(st.dictionaries(KEYS, STANDINGS), st.lists(KEYS))
def test_after_a_step_exactly_what_is_found_and_unexplained_is_open(
    known: dict[tuple[str, str], Standing], found: list[tuple[str, str]]
) -> None:
    step = next_step(known, found)
    was_open = {key for key, standing in known.items() if standing.state == "open"}
    now_open = (was_open | set(step.opened) | set(step.reopened)) - set(step.settled)
    explained = {key for key, standing in known.items() if standing.explanation == "WRONG_TIME"}
    assert now_open == set(found) - explained
    assert not set(step.opened) & set(known)


def test_the_same_kind_and_cause_are_the_same_finding() -> None:
    def found(owner: str) -> Found:
        return Found(FindingKind.CUSTODY_GAP, "a", owner, uuid4(), case(uuid4()))

    assert found("post").key == found("office").key == ("CUSTODY_GAP", "a")


def test_settled_is_said_by_the_rule_alone() -> None:
    assert set(get_args(ByPeople)) == set(BY_PEOPLE) == set(Explanation) - {Explanation.SETTLED}
    with pytest.raises(ValidationError):
        ExplanationIn.model_validate({"explanation": "SETTLED", "reason": "sudah cocok"})


def test_a_reason_takes_no_number_of_a_person() -> None:
    taken = ExplanationIn.model_validate({"explanation": "WRONG_TIME", "reason": "jam 02.10, BA/12/2026"})
    assert taken.reason == "jam 02.10, BA/12/2026"
    with pytest.raises(ValidationError):
        ExplanationIn.model_validate({"explanation": "WRONG_TIME", "reason": "NIK 3524011508900001"})


def test_an_agency_sees_what_it_owns_and_the_office_sees_all() -> None:
    assert access.may_see(PEOPLE["program"], "post", OFFICE)
    assert not access.may_see(PEOPLE["desk"], "post", OFFICE)
    assert access.may_see(PEOPLE["peksos"], "post", OFFICE)
    assert access.may_see(system_principal("casework"), "post", OFFICE)


def test_a_hand_over_is_recorded_by_its_parties_and_the_office() -> None:
    check = custody_access.check_recorder
    check(PEOPLE["program"], OFFICE, "post", "hospital", knows_the_case=True)
    check(PEOPLE["desk"], OFFICE, "post", "hospital", knows_the_case=True)
    check(PEOPLE["peksos"], OFFICE, "post", "hospital", knows_the_case=False)
    with pytest.raises(custody_access.NotYourCustody):
        check(PEOPLE["desk"], OFFICE, "post", "shelter", knows_the_case=True)
    with pytest.raises(NotFound) as unknown:
        check(PEOPLE["desk"], OFFICE, "post", "hospital", knows_the_case=False)
    assert unknown.value.facts == {"kind": "cases"}


def test_whoever_contradicts_the_custodian_needs_the_custodian_or_the_office() -> None:
    alone = custody_access.speaks_against_custodian
    assert alone(PEOPLE["desk"], OFFICE, "post", "hospital")
    assert alone(PEOPLE["desk"], OFFICE, "post", "shelter")
    assert not alone(PEOPLE["program"], OFFICE, "post", "hospital")
    assert not alone(PEOPLE["desk"], OFFICE, None, "hospital")
    assert not alone(PEOPLE["desk"], OFFICE, "hospital", "hospital")
    assert not alone(PEOPLE["peksos"], OFFICE, "post", "hospital")
    assert not alone(system_principal("casework"), OFFICE, "post", "hospital")


GOLDEN_CLAIMS = {
    ("claimed", "custodian"): "confirm contest",
    ("claimed", "office"): "confirm refuse",
    ("contested", "custodian"): "",
    ("contested", "office"): "confirm refuse",
    ("confirmed", "custodian"): "",
    ("confirmed", "office"): "",
    ("refused", "custodian"): "",
    ("refused", "office"): "",
}
LEADS_TO = {"confirm": "confirmed", "contest": "contested", "refuse": "refused"}


@pytest.mark.parametrize("state", ClaimState)
@pytest.mark.parametrize("side", ClaimSide)
@pytest.mark.parametrize("move", ClaimMove)
def test_every_answer_to_a_claim_is_legal_or_refused_with_what_is(
    state: ClaimState, side: ClaimSide, move: ClaimMove
) -> None:
    legal = tuple(GOLDEN_CLAIMS[state.value, side.value].split())
    if move.value in legal:
        assert next_claim_state(state, move, side) == LEADS_TO[move.value]
    else:
        with pytest.raises(ClaimCannotMove) as refused:
            next_claim_state(state, move, side)
        assert refused.value.legal_now == legal


def test_another_agencys_night_is_for_the_office() -> None:
    custody_access.check_night(PEOPLE["desk"], "hospital")
    custody_access.check_night(PEOPLE["peksos"], "hospital")
    with pytest.raises(custody_access.OtherAgencysNight):
        custody_access.check_night(PEOPLE["desk"], "shelter")
    with pytest.raises(custody_access.OtherAgencysNight):
        custody_access.check_night(PEOPLE["program"], "hospital")


@pytest.mark.parametrize(
    ("who", "custodian", "may"),
    [("peksos", "post", True), ("desk", "hospital", True), ("desk", "post", False), ("operator", OFFICE, False),
     ("program", "post", False)],
)  # fmt: skip
def test_a_name_is_for_whoever_has_the_person_and_leads_the_case(who: str, custodian: str, may: bool) -> None:
    assert custody_access.may_read_name(PEOPLE[who], custodian) is may


def test_a_count_is_said_by_the_party_whose_paper_it_is() -> None:
    operations_access.check_counter(PEOPLE["program"], OFFICE, "post")
    operations_access.check_counter(PEOPLE["peksos"], OFFICE, "post")
    with pytest.raises(operations_access.NotYourCount) as refused:
        operations_access.check_counter(PEOPLE["desk"], OFFICE, "post")
    assert isinstance(refused.value, Forbidden)


def paper(side: Side, number: int, taker: str = "shelter") -> PaperCount:
    return PaperCount(side, "post", taker, number)


def test_each_party_owns_the_difference_of_its_own_paper() -> None:
    found = differences([paper(Side.GIVER, 10), paper(Side.TAKER, 9)], {"shelter": 9})
    assert found == [Difference(Side.GIVER, "post", "shelter", on_paper=10, delivered=9)]
    (takers,) = differences([paper(Side.TAKER, 8)], {"shelter": 9})
    assert differences([paper(Side.GIVER, 0)], {}) == []
    assert takers == Difference(Side.TAKER, "shelter", "shelter", on_paper=8, delivered=9)
    assert differences([paper(Side.GIVER, 9), paper(Side.TAKER, 9)], {"shelter": 9}) == []


def test_several_papers_of_one_party_are_added_up() -> None:
    assert differences([paper(Side.GIVER, 6), paper(Side.GIVER, 4)], {"shelter": 10}) == []
    found = differences([paper(Side.GIVER, 6), paper(Side.GIVER, 4, "hospital")], {"shelter": 6})
    assert [(one.taker, one.on_paper, one.delivered) for one in found] == [("hospital", 4, 0)]


@given(st.lists(st.integers(0, 20), max_size=5), st.permutations(range(5)))
def test_the_order_of_papers_makes_no_difference(numbers: list[int], order: list[int]) -> None:
    papers = [paper(Side.TAKER, number) for number in numbers]
    mixed = [papers[n] for n in order if n < len(papers)]
    assert differences(papers, {"shelter": 7}) == differences(mixed, {"shelter": 7})
    assert bool(differences(papers, {"shelter": sum(numbers)})) is False


# What is said and what comes in


def custody(**values: Any) -> Custody:
    row: dict[str, Any] = {
        "id": uuid4(), "correlation_id": uuid4(), "district": "35.24", "person_id": uuid4(),
        "about_kind": "case", "about_id": uuid4(),
        "agency": "hospital", "since": datetime(2026, 3, 2, tzinfo=UTC), "place_code": "35.24.05.1003",
        "observed_state": "ILL",
    }  # fmt: skip
    return Custody(**{**row, **values})


def test_an_event_tells_kinds_and_number_of_belongings_and_nothing_of_the_note() -> None:
    row = custody(
        belongings=[{"kind": "CLOTHES", "count": 3}, {"kind": "BAG", "count": 1}, {"kind": "CLOTHES", "count": 1}],
        note_sealed=b"sealed", photo_digest="a" * 64,
    )  # fmt: skip
    said = json.loads(facts.custody_transferred(row, "ambulance").to_body())
    assert (said["belongings"], said["belongings_count"]) == (["BAG", "CLOTHES"], 5)
    assert "note" not in json.dumps(said)
    assert "a" * 64 not in json.dumps(said)
    assert "belongings" not in json.loads(facts.custody_transferred(custody(), None).to_body())


def test_a_family_and_others_need_no_code_and_an_agency_does() -> None:
    body = {
        "about_id": str(uuid4()), "happened_at": "2026-03-02T02:10:00+07:00", "place_code": "35.24.05.1003",
        "observed_state": "STABLE",
    }  # fmt: skip
    assert CustodyIn.model_validate({**body, "to_kind": "FAMILY"}).command().taker == "family"
    assert CustodyIn.model_validate({**body, "to_kind": "CARRIER"}).command().taker == "ambulance"
    with pytest.raises(PartyIsUnknown):
        CustodyIn.model_validate(body).command()
    command = CustodyIn.model_validate({**body, "to_agency": "hospital"}).command()
    assert (command.taker, command.taker_kind, command.giver) == ("hospital", CustodianKind.AGENCY, None)


def test_findings_and_late_proof_have_their_indonesian_line() -> None:
    told = {
        "casework.finding.opened.v1": {"kind": "CUSTODY_GAP", "owner_agency": "post"},
        "casework.finding.explained.v1": {"kind": "CUSTODY_GAP", "explanation": "SETTLED"},
        "casework.custody.proof_added.v1": {"proof": "PHOTO"},
    }
    assert told.keys() <= TEXTS.keys()
    for kind, known in told.items():
        assert "–" not in tell(kind, known)
