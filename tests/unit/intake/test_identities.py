"""Whether a registry's person is ours: number, name, sex and date are compared; an answer we do not know is kept."""

from datetime import date

import pytest

from services.intake.persons.domain import Description, differences
from services.intake.registries.domain import CheckResult, read_date

TODAY = date(2026, 11, 29)
NIK = "3524171209689003"
SAID = Description(name="Suharti", nik=NIK, birth_date=date(1968, 9, 12), sex="FEMALE", approximate_age_years=55)
TOLD = Description(name="SUHARTI BINTI KASIMAN", nik=NIK, birth_date=date(1968, 9, 12), sex="FEMALE")


def told(**changes: object) -> Description:
    return Description(**({name: getattr(TOLD, name) for name in TOLD.__slots__} | changes))


@pytest.mark.parametrize(
    ("said", "of_registry", "differs"),
    [
        (SAID, TOLD, ()),
        (Description(), TOLD, ()),
        (Description(name="Soeharti"), TOLD, ()),
        (Description(name="Suharti K."), TOLD, ()),
        (Description(name="Moh. Karmin"), told(name="Mohammad Karmin"), ()),
        (Description(name="Karmin"), TOLD, ("name",)),
        (Description(name="Karmin"), told(name="Kasiyan"), ("name",)),
        (SAID, told(nik="3524171209689004"), ("nik",)),
        (SAID, told(sex="MALE"), ("sex",)),
        (SAID, told(birth_date=date(1969, 9, 12)), ("birth_date",)),
        (Description(approximate_age_years=30), TOLD, ("age",)),
        (Description(approximate_age_years=50), TOLD, ()),
        (SAID, told(name="Budi", birth_date=date(1999, 1, 1), sex="MALE"), ("name", "sex", "birth_date", "age")),
    ],
)  # fmt: skip
def test_what_was_said_is_compared_with_what_the_registry_says(
    said: Description, of_registry: Description, differs: tuple[str, ...]
) -> None:
    assert differences(said, of_registry, TODAY) == differs


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("MATCHED", CheckResult.MATCHED),
        ("DECEASED", CheckResult.DECEASED),
        ("INAKTIF", CheckResult.UNKNOWN),
        ("MISMATCHED", CheckResult.UNKNOWN),
        ("UNKNOWN", CheckResult.UNKNOWN),
        (None, CheckResult.UNKNOWN),
        (7, CheckResult.UNKNOWN),
    ],
)
def test_an_answer_that_we_do_not_know_is_one_of_its_own(text: object, result: CheckResult) -> None:
    assert CheckResult.read(text) is result


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1968-09-12", date(1968, 9, 12)),
        ("12-09-1968", date(1968, 9, 12)),
        ("12 Sept 1968", None),
        ("31-02-1968", None),
    ],
)
def test_a_date_is_read_as_registries_write_it(text: str, day: date | None) -> None:
    assert read_date(text) == day
