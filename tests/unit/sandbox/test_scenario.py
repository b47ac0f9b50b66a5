"""A story that is told again on the same system has other people: nobody is paid a grant of the year twice."""

from itertools import combinations

import pytest

from contracts.values import Nik
from contracts.values.references import check_reference
from deploy.sandbox.scenario import FIRST_SERIAL, SCENARIOS, load_scenario

STORIES = sorted(folder.name for folder in SCENARIOS.iterdir())


def niks(story: str, times: int) -> set[str]:
    return {person.nik for person in load_scenario(story).again(times).everybody if person.nik}


@pytest.mark.parametrize("story", STORIES)
def test_each_telling_has_people_of_its_own(story: str) -> None:
    for one, other in combinations(range(49), 2):
        assert niks(story, one).isdisjoint(niks(story, other))
    assert load_scenario(story).again(0) == load_scenario(story)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("times", [0, 1, 48])
def test_their_numbers_are_reserved_and_known_to_the_registry(story: str, times: int) -> None:
    told = load_scenario(story)
    for person in told.again(times).everybody:
        if person.nik and person.name:
            assert Nik.parse(person.nik).digits == person.nik
            assert FIRST_SERIAL <= int(person.nik[-4:]) <= 9999
            known = told.citizen(person.nik)
            assert known is not None
            assert (known["nik"], known["name"], known["sex"]) == (person.nik, person.name, person.sex)


def test_a_number_of_nobodys_is_not_known() -> None:
    assert load_scenario().citizen("3524050104809003") is None


@pytest.mark.parametrize("story", STORIES)
def test_the_number_of_the_order_is_one_that_intake_takes(story: str) -> None:
    assert check_reference(load_scenario(story).order_number)
