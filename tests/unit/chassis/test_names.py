"""A sealed name is found as somebody spells it, and what is kept names nobody without the secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.names import WORDS_LIMIT, asked_keys, kept_keys, words_of

SECRET = b"a secret of ours"


def fits(asked: str, *names: str) -> bool:
    kept = set(kept_keys(list(names), SECRET))
    wanted = asked_keys(asked, SECRET)
    return bool(wanted) and all(kept & set(of_word) for of_word in wanted)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Suharti", "SOEHARTI"),
        ("suhati", "Suharti"),
        ("Suhrti Kasiyan", "Kasijan Soeharti"),
        ("suhar", "Suharti Kasiyan"),
        ("Aisah", "Siti 'Aisyah"),
        ("Yogi Djoko", "Jogi Joko Suseno"),
        ("pak Karto", "Mbah Karto"),
        ("Nur", "Nur"),
        ("José", "Jose"),
        ("Mohammad", "Muhamad"),
    ],
    ids=lambda text: text,
)
def test_a_name_is_found_as_it_sounds_in_part_and_with_a_letter_wrong(asked: str, name: str) -> None:
    assert fits(asked, name)


@pytest.mark.parametrize(
    ("asked", "name"),
    [("Karmin", "Kasiyan"), ("Suharti Karmin", "Suharti Kasiyan"), ("Nur", "Nar"), ("su", "Suharti")],
)
def test_another_name_is_not_found(asked: str, name: str) -> None:
    assert not fits(asked, name)


def test_a_word_of_four_letters_with_another_one_is_taken_for_miswritten() -> None:
    assert fits("Budi", "Rudi Hartono")


def test_whoever_is_known_by_two_names_is_found_by_both() -> None:
    assert fits("Siti", "SITI AMINAH", "Bu Sum")
    assert fits("Sum", "SITI AMINAH", "Bu Sum")


def test_titles_tell_nobody_apart_but_a_name_of_titles_alone_is_one() -> None:
    assert words_of("Bpk. H. Karto bin Karmin") == ["karto", "karmin"]
    assert words_of("Mbah") == ["mbah"]


@given(st.text(max_size=200))
def test_whatever_is_typed_makes_few_keys_and_never_fails(text: str) -> None:
    assert len(words_of(text)) <= WORDS_LIMIT
    for of_word in asked_keys(text, SECRET):
        assert all(-(2**63) <= key < 2**63 for key in of_word)


@given(st.text(alphabet="abcdefghijklmnopqrstuwx", min_size=4, max_size=12), st.data())
def test_any_one_letter_less_is_still_found(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    (sound,) = words_of(word)
    if len(sound) >= 5 and (shorter := words_of(sound[:at] + sound[at + 1 :])):
        assert fits(shorter[0], sound) or len(shorter[0]) < 4 or shorter[0] != sound[:at] + sound[at + 1 :]


def test_another_secret_finds_nothing() -> None:
    assert not set(kept_keys(["Suharti"], SECRET)) & set(kept_keys(["Suharti"], b"another secret"))
