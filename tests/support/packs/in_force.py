"""Casework packs in force in a service under test."""

from datetime import timedelta

from services.casework.office.directory.commands import load_pack
from services.casework.office.directory.domain import CaseworkPack
from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from tests.support.packs import LAMONGAN_PACK, casework_pack
from tests.support.services import Bench


def quick_pack() -> CaseworkPack:
    """The district's pack; only the silent hospital's deadline and escalation policy are short."""
    pack = casework_pack(LAMONGAN_PACK)
    seconds = timedelta(seconds=1)
    sla_rules = tuple(
        rule.model_copy(update={"answer_within": seconds}) if rule.agency == "rsj-menur" else rule
        for rule in pack.sla_rules
    )
    silent = tuple(
        escalation.model_copy(update={"after": n * seconds}) if n < 3 else escalation
        for n, escalation in enumerate(pack.escalation_policies["silent"])
    )
    return pack.model_copy(
        update={"sla_rules": sla_rules, "escalation_policies": {**pack.escalation_policies, "silent": silent}}
    )


async def load(bench: Bench, pack: CaseworkPack) -> None:
    """Put a pack in force."""

    async def work(uow: UnitOfWork) -> bool:
        return await load_pack(pack, uow)

    await bench.units.perform(work, principal=system_principal("test"))
