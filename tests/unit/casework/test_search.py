"""One box: a case's number, a NIK, or a name."""

import pytest

from services.casework.case.search.domain import Asked, NothingToLookFor, read


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (" odgj/35.24/2026/000001 ", Asked(number="ODGJ/35.24/2026/000001")),
        ("3524 2262 0109 9001", Asked(nik="3524226201099001")),
        ("Mbah Karto", Asked(name="Mbah Karto")),
        ("352422620109", NothingToLookFor),
        ("12", NothingToLookFor),
        ("bu", NothingToLookFor),
        ("", NothingToLookFor),
    ],
)
def test_what_was_typed_is_one_of_three_or_nothing(typed: str, asked: Asked | type[NothingToLookFor]) -> None:
    if isinstance(asked, Asked):
        assert read(typed) == asked
        return
    with pytest.raises(NothingToLookFor):
        read(typed)
