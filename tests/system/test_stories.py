"""Larger stories, asserted small: `make demo S=<name>` plays them whole."""

import asyncio

import pytest

from deploy.sandbox.scenario import FIRST, SCENARIOS, load_scenario
from tests.support.whole_system import System, start_demo

OTHERS = sorted(folder.name for folder in SCENARIOS.iterdir() if folder.name != FIRST)
FEW = 3


@pytest.mark.parametrize("name", OTHERS)
async def test_a_larger_story_runs_to_its_end_with_a_few_of_its_people(system: System, name: str) -> None:
    played = await start_demo(system, name, str(FEW))
    said, _ = await asyncio.wait_for(played.communicate(), 300)
    text = said.decode(errors="replace")
    print(text[-4000:])
    assert played.returncode == 0, text[-3000:]
    assert f"{FEW} dari {FEW} perkara ditutup" in text
    assert "Semua invarian terjaga." in text


@pytest.mark.parametrize("name", OTHERS)
def test_a_larger_story_has_people_of_its_own(name: str) -> None:
    niks = {person.nik for person in load_scenario(name).everybody if person.nik}
    assert niks.isdisjoint(person.nik for person in load_scenario().everybody)
    assert {nik[-4] for nik in niks} == {"9"}, "serials from 9001 on are reserved for people who do not exist"
