"""The one place where intake is put together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import with_loader_criteria
from sqlmodel import col

import contracts.reference
from services.chassis.database import district_scope
from services.chassis.principal import Principal
from services.chassis.processes import Running, Service
from services.chassis.sealing import recipients_from
from services.intake.persons.commands import Sealer
from services.intake.reports import access as reports_access
from services.intake.reports import api as reports_api
from services.intake.reports.commands import Places
from services.intake.reports.tables import Operation, Report
from services.intake.settings import IntakeSettings
from services.intake.subscriptions import SUBSCRIPTIONS


def scope(principal: Principal) -> Sequence[Any]:
    """What a caller may see: its offices' districts; an agency's program only its own reports and operations."""
    criteria = district_scope(principal, "services.intake")
    if principal.is_machine:
        criteria += [
            with_loader_criteria(Report, col(Report.reporter_agency) == principal.agency),
            with_loader_criteria(Operation, col(Operation.agency) == principal.agency),
        ]
    return criteria


async def prepare(running: Running, app: Any) -> None:
    """What intake's routes need at hand."""
    app.state.sealer = sealer(running.settings)
    app.state.places = places()


def sealer(settings: IntakeSettings) -> Sealer:
    """Intake's keys."""
    return Sealer(settings.sealing_private_key, recipients_from(settings.sealing_recipients))


def places() -> Places:
    """The regions in force."""
    regions = contracts.reference.regions()
    return Places(is_known_village=regions.is_known, is_known_region=regions.is_known)


SERVICE = Service(
    name="intake",
    title="Sigap – Penerimaan laporan",
    settings=IntakeSettings,
    policy=reports_access.PERMISSIONS,
    routers=[reports_api.router],
    subscriptions=SUBSCRIPTIONS,
    scope=scope,
    prepare=prepare,
)
