"""``python -m deploy.sandbox deadlines <hand-off>``: its running deadlines fall due now, so that a program is
escalated at.

Only a sandbox can do this. It is no command, route or setting of casework, which has no way to bring a promise forward:
it reaches the database with the secrets that ``make up`` wrote into the state folder of this machine, and an
installation that was not started by ``make up`` has no such folder. What it does goes the way of every change: a unit
of work with an action that names the sandbox, lines in both feeds, and a signal to the workflow that keeps the
deadlines.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from deploy.local.accounts import open_demo_site
from deploy.local.daemon import holder
from deploy.local.environment import service_environment
from services.casework.handoff.deadlines.commands import deadlines_of
from services.casework.handoff.handoffs.commands.rows import locked, note_next_due, tell
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
from services.chassis.database import UnitOfWork, Units, open_units
from services.chassis.errors import NotFound
from services.chassis.principal import system_principal

REASON = "SANDBOX"


async def bring_forward(handoff_id: UUID, uow: UnitOfWork) -> list[str]:
    """Every running deadline with an escalation step ahead takes its next one now; answers their kinds. Raises
    ``NotFound``.

    Once more brings the escalation step after that.
    """
    _, handoff = await locked(handoff_id, uow)
    pack = await pack_in_force(uow, handoff.district)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    now: datetime = await uow.now()
    moved = [
        deadline
        for deadline in deadlines.running()
        if deadline.escalates_at is not None and deadline.escalates_at > now
    ]
    for deadline in moved:
        after = pack.escalation_policies[deadline.escalation_policy][deadline.escalations].after
        uow.change(deadline, "bring_forward", reason=REASON, due_at=now - after, escalates_at=now)
    if moved:
        uow.change(handoff, "bring_forward", reason=REASON, **note_next_due(handoff, deadlines))
        tell(handoff, "deadline-moved", now, uow)
    return [deadline.kind for deadline in moved]


async def _perform(handoff_id: UUID, units: Units) -> list[str]:
    try:
        return await units.perform(lambda uow: bring_forward(handoff_id, uow), principal=system_principal("sandbox"))
    finally:
        await units.close()


async def _on_this_machine(handoff_id: UUID) -> list[str]:
    site = open_demo_site()
    settings = service_environment("casework", site.ports, site.keys)
    units = await open_units(
        settings["CASEWORK_DATABASE_URL"], name="sandbox", queue=settings["CASEWORK_TASK_QUEUE"], pool_size=1
    )
    return await _perform(handoff_id, units)


def main(arguments: Sequence[str]) -> int:
    """0 when a deadline was brought forward, 1 when there was none or no system runs here, 2 when the id is none."""
    try:
        (handoff_id,) = (UUID(argument) for argument in arguments)
    except ValueError:
        sys.stderr.write("usage: python -m deploy.sandbox deadlines <hand-off id>\n")
        return 2
    if holder(open_demo_site().state) is None:
        sys.stderr.write("not running: `make up` starts it\n")
        return 1
    try:
        moved = asyncio.run(_on_this_machine(handoff_id))
    except NotFound:
        moved = []
    sys.stdout.write(f"due now: {', '.join(moved)}\n" if moved else "no deadline of such a hand-off runs\n")
    return 0 if moved else 1
