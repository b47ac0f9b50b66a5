"""Who it is about: each thing that is known says who told it, and one sign of an age stands for another."""

from datetime import date

import pytest

from services.casework.person.profile.domain import Age, Source, age_of, facts_of

TODAY = date(2026, 11, 30)
NIK = "3524226201099001"
SAID, TOLD, DIGITS = Source.REPORTER, Source.REGISTRY, Source.DIGITS


@pytest.mark.parametrize(
    ("fields", "is_matched", "age"),
    [
        ({}, False, None),
        ({"approximate_age_years": "70"}, False, Age(70, None, SAID)),
        ({"birth_date": "1990-12-01", "approximate_age_years": "40"}, False, Age(35, date(1990, 12, 1), SAID)),
        ({"birth_date": "1990-11-30"}, True, Age(36, date(1990, 11, 30), TOLD)),
        ({"nik": NIK}, False, Age(17, date(2009, 1, 22), DIGITS)),
        ({"nik": NIK, "approximate_age_years": "20"}, False, Age(20, None, SAID)),
        ({"nik": "3524223111909001"}, False, None),
    ],
    ids=["nothing", "looks", "stated before looks", "registry", "digits", "looks before digits", "no such day"],
)
def test_an_age_says_what_it_rests_on(fields: dict[str, str], is_matched: bool, age: Age | None) -> None:
    assert age_of(fields, is_matched, TODAY) == age


def test_what_a_reporter_saw_stays_the_reporters_word_once_the_registry_has_spoken() -> None:
    fields = {
        "name": "SITI UJI", "said_name": "Bu Siti", "nik": NIK, "features": "tongkat", "circumstances": "di pasar",
        "said_sex": "FEMALE",
    }  # fmt: skip
    assert [(fact.name, fact.value, fact.source) for fact in facts_of(fields, is_matched=True)] == [
        ("sex", "FEMALE", SAID), ("nik", "3524**********01", TOLD), ("features", "tongkat", SAID),
        ("circumstances", "di pasar", SAID), ("said_name", "Bu Siti", SAID),
    ]  # fmt: skip


def test_a_sex_that_nobody_stated_is_read_from_the_number() -> None:
    assert [(fact.name, fact.value, fact.source) for fact in facts_of({"nik": NIK}, is_matched=False)] == [
        ("sex", "FEMALE", DIGITS), ("nik", "3524**********01", SAID),
    ]  # fmt: skip
