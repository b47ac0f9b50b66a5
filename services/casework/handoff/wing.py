"""Hand-offs: the promises between agencies, with their deadlines, conditions and disclosures."""

from collections.abc import Sequence

from sqlmodel import col, or_

from services.casework.handoff.deadlines import repository as deadlines_repository
from services.casework.handoff.disclosures import access as disclosures_access
from services.casework.handoff.handoffs import access as handoffs_access
from services.casework.handoff.handoffs import api as handoffs_api
from services.casework.handoff.handoffs import pages as handoffs_pages
from services.casework.handoff.handoffs import repository as handoffs_repository
from services.casework.handoff.handoffs.commands import recompute_deadlines
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.handoff.handoffs.workflow import HandoffWorkflow
from services.casework.office.directory.commands import load_pack
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import newest_pack
from services.chassis import packs
from services.chassis.database import Slice, UnitOfWork
from services.chassis.service import Running, Wing


def slices(agency: str) -> Sequence[Slice]:
    """What an agency asked for or was asked for."""
    return [Slice(Handoff, or_(col(Handoff.to_agency) == agency, col(Handoff.from_agency) == agency))]


async def put_in_force(pack: CaseworkPack, uow: UnitOfWork) -> int | None:
    """Load a pack and move the open deadlines that its calendar moves; answers how many, nothing when exactly this one
    is already loaded."""
    before = await newest_pack(uow, pack.district)
    return await recompute_deadlines(pack, before, uow) if await load_pack(pack, uow) else None


def say_loaded(moved: int | None) -> str:
    """What the operator is told of a pack."""
    return "sudah berlaku" if moved is None else f"dimuat; {moved} tenggat berjalan digeser"


async def load_packs(running: Running, arguments: Sequence[str]) -> int:
    """``load-pack [folder]``: put every district's casework section in force; 1 when one is wrong."""
    return await packs.load_packs(running, arguments, "casework.yaml", CaseworkPack, put_in_force, say_loaded)


WING = Wing(
    permissions={**handoffs_access.PERMISSIONS, **disclosures_access.PERMISSIONS},
    routers=[handoffs_api.router],
    pages=[handoffs_pages],
    workflows=[HandoffWorkflow],
    slices=slices,
    gauges=[handoffs_repository.gauges, deadlines_repository.gauges],
    figures={
        "sigap_handoffs_open": "hand-offs-grow-old-deadlines-come-near",
        "sigap_handoffs_oldest_seconds": "hand-offs-grow-old-deadlines-come-near",
        "sigap_deadlines_near_breach": "hand-offs-grow-old-deadlines-come-near",
        "sigap_deadlines_silent": "a-deadline-should-have-escalated",
        "sigap_database_clock_away_seconds": "the-databases-clock-jumped",
    },
    commands={"load-pack": load_packs},
)
