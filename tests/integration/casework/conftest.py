"""Casework under test: the Lamongan pack with short clocks, all parts running in this process."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from services.casework.office.directory.commands import load_pack
from services.casework.office.directory.domain import CaseworkPack
from services.casework.wiring import SERVICE
from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.services import Bench, bench_for

PACK = Path("deploy/districts/35.24-lamongan/casework.yaml")


def quick_pack() -> CaseworkPack:
    """The district's pack; only the silent hospital's clock and ladder are short."""
    pack = CaseworkPack.model_validate(yaml.safe_load(PACK.read_text()))
    seconds = timedelta(seconds=1)
    clocks = tuple(
        clock.model_copy(update={"answer_within": seconds}) if clock.agency == "rsj-menur" else clock
        for clock in pack.clocks
    )
    silent = tuple(
        rung.model_copy(update={"after": n * seconds}) if n < 3 else rung
        for n, rung in enumerate(pack.ladders["silent"])
    )
    return pack.model_copy(update={"clocks": clocks, "ladders": {**pack.ladders, "silent": silent}})


async def load(bench: Bench, pack: CaseworkPack) -> None:
    """Put a pack in force."""

    async def work(uow: UnitOfWork) -> bool:
        return await load_pack(pack, uow)

    await bench.units.perform(work, principal=system_principal("test"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def casework(stack: Stack, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """One casework for the session, with consumer, relay and worker."""
    folder = tmp_path_factory.mktemp("documents")
    async with bench_for(SERVICE, stack, issuer, documents_folder=folder) as bench:
        await load(bench, quick_pack())
        async with bench.running("consumer", "relay", "worker"):
            yield bench
