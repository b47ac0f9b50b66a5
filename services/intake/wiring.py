"""The one place where intake is put together."""

import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlmodel import col

import contracts.reference
from services.chassis.database import Scope, Slice, district_scope
from services.chassis.offices import Offices
from services.chassis.pages import PageLink, Pages
from services.chassis.pages.words import joined
from services.chassis.principal import Principal
from services.chassis.processes import build_app
from services.chassis.sealing import recipients_from
from services.chassis.service import Running, Service
from services.intake.counter import pages as counter_pages
from services.intake.persons.commands import Sealer
from services.intake.public import access as public_access
from services.intake.public import pages as public_pages
from services.intake.registries.activities import RegistryActivities
from services.intake.registries.adapter import HttpRegistries
from services.intake.registries.commands import rearm_checks
from services.intake.registries.workflow import RegistryCheckWorkflow
from services.intake.reports import access as reports_access
from services.intake.reports import api as reports_api
from services.intake.reports import pages as reports_pages
from services.intake.reports.commands import Places
from services.intake.reports.tables import Operation, Report
from services.intake.settings import IntakeSettings
from services.intake.subscriptions import SUBSCRIPTIONS


def scope(principal: Principal) -> Scope:
    """What a caller may see: its offices' districts; an agency's program only its own reports and operations."""
    return district_scope(principal, _slices_of(principal.agency) if principal.is_machine else ())


@lru_cache(maxsize=1024)
def _slices_of(agency: str) -> Sequence[Slice]:
    return [Slice(Report, col(Report.reporter_agency) == agency), Slice(Operation, col(Operation.agency) == agency)]


async def prepare(running: Running, app: Any) -> None:
    """What intake's routes need at hand."""
    app.state.sealer = sealer(running.settings)
    app.state.places = places(running.settings.time_zone, app.state.offices)


def sealer(settings: IntakeSettings) -> Sealer:
    """Intake's keys."""
    return Sealer(settings.sealing_private_key, recipients_from(settings.sealing_recipients))


def places(zone: str, offices: Offices) -> Places:
    """The regions in force, the office's zone, and whose emergency is believed where."""
    regions = contracts.reference.regions()
    return Places(
        is_known_region=regions.is_known,
        zone=zone,
        believes_emergency=offices.believes_emergency,
    )


def activities(running: Running) -> Sequence[Callable[..., Any]]:
    """Every step that intake's workflows may ask for."""
    settings: IntakeSettings = running.settings
    registry = HttpRegistries(settings.dukcapil_url, settings.bpjs_url, settings.registry_timeout_seconds)
    return [RegistryActivities(running, sealer(settings), registry).ask_registry]


async def reconcile(running: Running, arguments: Sequence[str]) -> int:
    """``reconcile``: signal the workflow of every unanswered check, so that a lost one is started again."""
    checks = await running.units.perform(rearm_checks, principal=running.principal)
    sys.stdout.write(f"{checks} pemeriksaan registri ditengok kembali\n")
    return 0


SERVICE = Service(
    name="intake",
    title="Sigap – Penerimaan laporan",
    settings=IntakeSettings,
    policy={**reports_access.PERMISSIONS, **public_access.PERMISSIONS},
    routers=[reports_api.router],
    page_routers=[counter_pages.router, reports_pages.router, public_pages.router],
    pages=Pages(
        folders=[counter_pages.TEMPLATES, reports_pages.TEMPLATES, public_pages.TEMPLATES],
        links=[
            PageLink("/loket", "Catat laporan", "report:create", 1),
            PageLink("/laporan", "Laporan", "report:decide"),
            PageLink("/keberatan", "Keberatan", "objection:decide"),
        ],
        words=joined([counter_pages.WORDS, reports_pages.WORDS, public_pages.WORDS]),
    ),
    subscriptions=SUBSCRIPTIONS,
    workflows=[RegistryCheckWorkflow],
    activities=activities,
    scope=scope,
    prepare=prepare,
    commands={"reconcile": reconcile},
)


def openapi_document() -> dict[str, Any]:
    """The service's OpenAPI document, built without any engine."""
    settings = IntakeSettings.model_construct(database_url="", root_path="/intake")
    document: dict[str, Any] = build_app(SERVICE, settings, None).openapi()
    return document
