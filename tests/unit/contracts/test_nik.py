import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts.values import (
    NIK_PATTERN,
    PROVINCE_CODES,
    Nik,
    NikCheck,
    NikErrorCode,
    NikIsInvalid,
    NikLevel,
    NikWarning,
    Sex,
)

TODAY = date(2026, 11, 22)
KNOWN = {"35.24", "35.24.22"}


class Holder(BaseModel, hide_input_in_errors=True):
    nik: Nik


@st.composite
def niks(draw: st.DrawFn) -> tuple[Nik, Sex, date]:
    """A NIK of a person who exists in the calendar, with that person's sex and birth date."""
    born_on = draw(st.dates(min_value=date(1930, 1, 1), max_value=TODAY))
    sex = draw(st.sampled_from(Sex))
    region = draw(st.sampled_from(sorted(PROVINCE_CODES))) + f"{draw(st.integers(0, 9999)):04}"
    day = born_on.day + (40 if sex is Sex.FEMALE else 0)
    serial = draw(st.integers(1, 9999))
    return Nik(f"{region}{day:02}{born_on:%m%y}{serial:04}"), sex, born_on


def nik_of(birth: str = "010190", serial: str = "9001", region: str = "352422") -> Nik:
    return Nik(f"{region}{birth}{serial}")


def check(nik: Nik, sex: Sex | None = None, born_on: date | None = None) -> NikCheck:
    return nik.check(TODAY, KNOWN.__contains__, sex, born_on)


@given(niks())
def test_sex_and_birth_date_are_read_as_they_were_written(person: tuple[Nik, Sex, date]) -> None:
    nik, sex, born_on = person
    assert nik.sex is sex
    assert nik.birth_date(TODAY) == born_on


@given(niks())
def test_a_persons_own_data_never_raises_a_doubt(person: tuple[Nik, Sex, date]) -> None:
    nik, sex, born_on = person
    result = nik.check(TODAY, lambda code: True, sex, born_on)
    assert result == NikCheck(NikLevel.DATE_CONSISTENT, ())


@given(niks(), st.lists(st.sampled_from(" .-"), min_size=16, max_size=16))
def test_spaces_dots_and_dashes_do_not_matter(person: tuple[Nik, Sex, date], marks: list[str]) -> None:
    nik = person[0]
    written = "".join(digit + mark for digit, mark in zip(nik.digits, marks, strict=True))
    assert Nik.parse(written) == nik
    assert Holder.model_validate({"nik": written}).nik == nik


@given(niks())
def test_no_text_made_of_a_nik_shows_it_whole(person: tuple[Nik, Sex, date]) -> None:
    nik = person[0]
    for text in (str(nik), repr(nik), f"{nik}", nik.masked(), repr(Holder(nik=nik))):
        assert nik.digits not in text
        assert nik.digits[4:14] not in text


@given(niks())
def test_a_nik_is_whole_in_json_only(person: tuple[Nik, Sex, date]) -> None:
    holder = Holder(nik=person[0])
    assert person[0].digits in holder.model_dump_json()
    assert Holder.model_validate_json(holder.model_dump_json()) == holder


@given(st.from_regex(NIK_PATTERN.replace("$", r"\Z")))
def test_whatever_the_published_pattern_allows_is_accepted(text: str) -> None:
    assert Nik.parse(text).digits == text


@given(st.text(alphabet="0123456789", min_size=16, max_size=16))
def test_whatever_the_published_pattern_forbids_is_refused(text: str) -> None:
    if re.fullmatch(NIK_PATTERN, text):
        assert Nik(text).digits == text
    else:
        with pytest.raises(NikIsInvalid):
            Nik(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("35242201019O9001", NikErrorCode.NOT_DIGITS),
        ("３５２４２２０１０１９０９００１", NikErrorCode.NOT_DIGITS),
        ("352422010190901", NikErrorCode.NOT_SIXTEEN_DIGITS),
        ("35242201019090011", NikErrorCode.NOT_SIXTEEN_DIGITS),
        ("", NikErrorCode.NOT_SIXTEEN_DIGITS),
        ("9924220101909001", NikErrorCode.PROVINCE_UNKNOWN),
        ("3524220001909001", NikErrorCode.DAY_IMPOSSIBLE),
        ("3524223201909001", NikErrorCode.DAY_IMPOSSIBLE),
        ("3524224001909001", NikErrorCode.DAY_IMPOSSIBLE),
        ("3524227201909001", NikErrorCode.DAY_IMPOSSIBLE),
        ("3524220100909001", NikErrorCode.MONTH_IMPOSSIBLE),
        ("3524220113909001", NikErrorCode.MONTH_IMPOSSIBLE),
        ("3524220101900000", NikErrorCode.SERIAL_ZERO),
    ],
)
def test_a_text_that_cannot_be_a_nik_is_refused_with_its_reason(text: str, code: NikErrorCode) -> None:
    with pytest.raises(NikIsInvalid) as caught:
        Nik.parse(text)
    assert caught.value.code is code
    assert not text or text not in str(caught.value)
    with pytest.raises(ValidationError) as refused:
        Holder.model_validate({"nik": text})
    assert not text or text not in str(refused.value)


def test_a_retired_region_is_a_doubt_and_keeps_the_format_level() -> None:
    assert check(nik_of(region="352477")) == NikCheck(NikLevel.FORMAT_OK, (NikWarning.KECAMATAN_UNKNOWN,))
    assert check(nik_of(region="359922")) == NikCheck(NikLevel.FORMAT_OK, (NikWarning.DISTRICT_UNKNOWN,))


def test_a_known_region_without_the_persons_data_reaches_region_known() -> None:
    assert check(nik_of()) == NikCheck(NikLevel.REGION_KNOWN, ())


def test_a_corrected_birth_date_is_a_doubt_and_not_an_error() -> None:
    found = check(nik_of(), Sex.MALE, date(1990, 1, 2))
    assert found == NikCheck(NikLevel.REGION_KNOWN, (NikWarning.BIRTH_DATE_DIFFERS,))


def test_another_sex_is_a_doubt_and_not_an_error() -> None:
    found = check(nik_of(), Sex.FEMALE, date(1990, 1, 1))
    assert found == NikCheck(NikLevel.REGION_KNOWN, (NikWarning.SEX_DIFFERS,))


def test_a_day_outside_the_calendar_is_a_doubt_and_not_an_error() -> None:
    nik = nik_of("310290")
    assert nik.birth_date(TODAY) is None
    assert NikWarning.DATE_NOT_IN_CALENDAR in check(nik).warnings


def test_the_century_is_the_last_one_in_which_the_day_has_passed() -> None:
    assert nik_of("221126").birth_date(TODAY) == date(2026, 11, 22)
    assert nik_of("231126").birth_date(TODAY) == date(1926, 11, 23)
    assert nik_of("010127").birth_date(TODAY) == date(1927, 1, 1)
    assert nik_of("290200").birth_date(TODAY) == date(2000, 2, 29)


def test_a_child_or_a_person_of_a_hundred_is_ambiguous_until_the_registry_tells() -> None:
    assert check(nik_of("010120")).warnings == (NikWarning.CENTURY_AMBIGUOUS,)
    assert check(nik_of("010120"), Sex.MALE, date(1920, 1, 1)) == NikCheck(NikLevel.DATE_CONSISTENT, ())


def test_fictional_people_have_serials_from_9000() -> None:
    assert nik_of(serial="9000").is_reserved_test()
    assert nik_of(serial="9999").is_reserved_test()
    assert not nik_of(serial="8999").is_reserved_test()
