"""Reports and persons: moves, times, doubles, apparent minors."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.values import CASE_TYPE_GUESS, Kind
from services.intake.persons.domain import (
    AgeAndBirthDateDisagree,
    BornInTheFuture,
    BornTooLongAgo,
    Description,
    IdentityStatus,
    check_ages_agree,
    identity_status,
    is_apparent_minor,
    is_minor_by_registry,
)
from services.intake.reports import domain
from services.intake.reports.domain import MOVES, ReportState
from services.intake.reports.schemas import PersonIn
from tests.support import golden

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
TODAY = NOW.date()


GOLDEN = golden.moves(
    """
    received: verify→verified reject→rejected mark_duplicate→duplicate
    duplicate: undo_duplicate→received
    """
)


def test_a_report_moves_as_written_down() -> None:
    moves = {move for _, move in MOVES}
    golden.judge(
        GOLDEN, ReportState, moves, domain.next_state, refused=domain.ReportCannotMove, says=domain.legal_moves,
    )  # fmt: skip


def test_nobody_is_found_tomorrow_or_before_memory() -> None:
    domain.check_found_at(NOW + timedelta(minutes=9), NOW)
    with pytest.raises(domain.FoundInTheFuture):
        domain.check_found_at(NOW + timedelta(minutes=11), NOW)
    with pytest.raises(domain.FoundTooLongAgo):
        domain.check_found_at(NOW - timedelta(days=3651), NOW)


def test_the_same_nik_twice_in_one_operation_names_both_rows_and_not_the_nik() -> None:
    with pytest.raises(domain.SamePersonTwice) as refused:
        domain.check_no_doubles([None, "3524171209689003", None, "3524171209689003"])
    assert refused.value.facts == {"first_row": 1, "second_row": 3}
    domain.check_no_doubles([None, None])


def test_every_kind_of_need_has_its_case_type() -> None:
    assert set(CASE_TYPE_GUESS) == set(Kind)


@pytest.mark.parametrize(
    ("description", "is_minor"),
    [
        (Description(birth_date=date(2008, 3, 3)), True),
        (Description(birth_date=date(2008, 3, 2)), False),
        (Description(approximate_age_years=17), True),
        (Description(approximate_age_years=18), False),
        (Description(), False),
        (Description(nik="3524171209159003"), True),
        (Description(nik="3524171209689003"), False),
        (Description(birth_date=date(2007, 1, 1), approximate_age_years=15), True),
        (Description(birth_date=date(2010, 1, 1), approximate_age_years=25), True),
        (Description(nik="3524171209689003", approximate_age_years=16), True),
        (Description(nik="3524171209159003", birth_date=date(1990, 9, 12)), True),
    ],
)
def test_who_looks_like_a_child_is_one_until_proven_otherwise(description: Description, is_minor: bool) -> None:
    assert is_apparent_minor(description, TODAY) is is_minor


@pytest.mark.parametrize(
    ("nik", "birth", "until_now", "is_minor"),
    [
        ("3524171209689003", date(1968, 9, 12), True, False),
        ("3524171209159003", date(2015, 9, 12), False, True),
        ("3524171209689003", None, True, False),
        ("3524171209159003", None, False, True),
        ("3524171209159003", date(1968, 9, 12), True, False),
    ],
)
def test_a_registry_proves_an_age_and_no_claim_does(
    nik: str, birth: date | None, until_now: bool, is_minor: bool
) -> None:
    assert is_minor_by_registry(nik, birth, TODAY, until_now=until_now) is is_minor


@pytest.mark.parametrize(
    ("description", "refused"),
    [
        (Description(birth_date=date(2071, 1, 1)), BornInTheFuture),
        (Description(birth_date=date(1890, 1, 1)), BornTooLongAgo),
        (Description(birth_date=date(2015, 1, 1), approximate_age_years=45), AgeAndBirthDateDisagree),
        (Description(birth_date=date(1981, 1, 1), approximate_age_years=8), AgeAndBirthDateDisagree),
    ],
)
def test_a_birth_date_that_cannot_be_is_refused(description: Description, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        check_ages_agree(description, TODAY)


@pytest.mark.parametrize(
    "description",
    [
        Description(),
        Description(approximate_age_years=45),
        Description(birth_date=TODAY),
        Description(birth_date=date(2007, 1, 1), approximate_age_years=15),
    ],
)
def test_a_guess_may_miss_a_birth_date(description: Description) -> None:
    check_ages_agree(description, TODAY)


def test_a_stated_nik_is_a_claim() -> None:
    assert identity_status(Description(nik="3524171209689003")) == IdentityStatus.CLAIMED
    assert identity_status(Description(name="X")) == IdentityStatus.PROVISIONAL


@pytest.mark.parametrize("name", ["Suharti", "I", "Ni Luh", "D'Artanyan"])
def test_a_single_name_is_a_whole_name(name: str) -> None:
    assert PersonIn(name=name).to_description().name == name
    assert PersonIn.model_json_schema()["properties"]["name"]["anyOf"][0].get("minLength", 1) == 1
