"""The district's own pack with another patience."""

from datetime import timedelta
from pathlib import Path

import yaml

from services.chassis.principal import system_principal
from services.notifications.templates.commands import load_pack
from services.notifications.templates.domain import Delivery, NotificationsPack
from tests.support.services import Bench

PACK = Path(__file__).parents[3] / "deploy" / "districts" / "35.24-lamongan" / "notifications.yaml"
MINUTE = timedelta(minutes=1)


async def patient_as(bench: Bench, first: timedelta, longest: timedelta) -> None:
    """Load it: waits begin with the first and grow to the longest; facts and reports are awaited for a minute."""
    pack = NotificationsPack.model_validate(yaml.safe_load(PACK.read_text()))
    delivery = Delivery(first_wait=first, longest_wait=longest, facts_within=MINUTE, report_within=MINUTE)
    await bench.units.perform(
        lambda uow: load_pack(pack.model_copy(update={"delivery": delivery}), uow),
        principal=system_principal("notifications"),
    )
