"""Tracking codes: readable, the same however they are typed, and hard to guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.public.domain import OBJECTIONABLE, NothingToObjectTo, Progress, check_objectionable, progress_of
from services.intake.reports.domain import (
    CODE_ALPHABET,
    CODE_CHARACTERS,
    ReportState,
    canonical_code,
    code_in_groups,
    code_of,
    digest_of_code,
)


@given(st.binary(min_size=7, max_size=32))
def test_a_code_is_read_as_it_was_shown(secret: bytes) -> None:
    code = code_of(secret)
    assert len(code) == CODE_CHARACTERS
    assert set(code) <= set(CODE_ALPHABET)
    assert canonical_code(code_in_groups(code)) == code
    assert canonical_code(f" {code.lower()[:3]} {code[3:]}\n") == code


def test_letters_that_are_taken_for_digits_are_read_as_these() -> None:
    assert canonical_code("oOiIlL-abcd") == "001111ABCD"
    assert not set("ILOU") & set(CODE_ALPHABET)


@given(st.binary(min_size=7, max_size=7), st.binary(min_size=7, max_size=7))
def test_secrets_that_differ_in_their_last_fifty_bits_have_different_codes(one: bytes, other: bytes) -> None:
    differ = int.from_bytes(one, "big") % 2**50 != int.from_bytes(other, "big") % 2**50
    assert (code_of(one) != code_of(other)) == differ
    assert (digest_of_code(code_of(one)) != digest_of_code(code_of(other))) == differ


@pytest.mark.parametrize("state", ReportState)
@pytest.mark.parametrize("is_closed", [False, True])
def test_how_far_a_report_is(state: ReportState, is_closed: bool) -> None:
    expected = {
        ReportState.VERIFIED: Progress.ENDED if is_closed else Progress.TAKEN_UP,
        ReportState.REJECTED: Progress.REFUSED,
    }.get(state, Progress.WAITING)
    assert progress_of(state, is_closed=is_closed) is expected


@pytest.mark.parametrize("progress", Progress)
def test_only_a_refusal_and_an_end_are_objected_to(progress: Progress) -> None:
    if progress in OBJECTIONABLE:
        check_objectionable(progress)
        return
    with pytest.raises(NothingToObjectTo):
        check_objectionable(progress)
