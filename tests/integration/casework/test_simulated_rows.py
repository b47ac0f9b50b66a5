"""What the queries of hand-offs answer on PostgreSQL, step by step: the same as on the rows of the simulation."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from services.casework.wiring import SERVICE
from services.chassis.database import UnitOfWork, Units
from services.chassis.principal import Principal
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.packs.in_force import load
from tests.support.services import bench_for
from tests.support.simulation.office import simulated_pack
from tests.support.simulation.scenarios import ids_in_order, played, written_down
from tests.support.simulation.story import every_stand_in


@dataclass(slots=True)
class InPostgres:
    """The rows of a service; the instant of a unit of work is the story's."""

    units: Units

    async def perform(self, who: Principal, at: datetime, command: Callable[[Any], Awaitable[Any]]) -> Any:
        async def now(uow: UnitOfWork) -> datetime:
            return at

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(UnitOfWork, "now", now)
            return await self.units.perform(command, principal=who)


async def test_the_queries_answer_as_the_rows_in_memory_do(stack: Stack, issuer: Issuer) -> None:
    pack = simulated_pack()
    async with bench_for(SERVICE, stack, issuer) as bench:
        await load(bench, pack)
        with ids_in_order():
            story = await played(InPostgres(bench.units), pack)
    assert every_stand_in() - story.asked == set(), "nobody asked them"
    assert story.told == written_down()
