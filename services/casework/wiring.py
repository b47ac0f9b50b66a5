"""The one place where casework is put together: its wings, and what they bring to the service."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from services.casework.case.timeline.commands import line_of
from services.casework.case.wing import WING as CASE
from services.casework.desks.tasks.sweep import TaskSweep
from services.casework.desks.wing import WING as DESKS
from services.casework.handoff.wing import WING as HANDOFF
from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.wing import WING as OFFICE
from services.casework.oversight.wing import WING as OVERSIGHT
from services.casework.papers.wing import WING as PAPERS
from services.casework.person.wing import WING as PERSON
from services.casework.settings import CaseworkSettings
from services.casework.subscriptions import SUBSCRIPTIONS, hearing
from services.chassis.database import Scope, Slice, district_scope
from services.chassis.digests import Reader
from services.chassis.pages import Pages
from services.chassis.pages.words import joined
from services.chassis.principal import Principal
from services.chassis.processes import build_app
from services.chassis.service import Running, Service, together

WINGS = (OVERSIGHT, CASE, HANDOFF, DESKS, PERSON, OFFICE, PAPERS)
PAGES = [page for wing in WINGS for page in wing.pages]


def scope(principal: Principal) -> Scope:
    """What a caller may see: its offices' districts; whoever is not of the office only their agency's slice."""
    if principal.is_machine or not principal.roles & OFFICE_ROLES:
        return district_scope(principal, _slices_of(principal.agency))
    return district_scope(principal)


@lru_cache(maxsize=1024)
def _slices_of(agency: str) -> Sequence[Slice]:
    return [part for wing in WINGS for part in wing.slices(agency)]


def activities(running: Running) -> Sequence[Callable[..., Any]]:
    """Every step that casework's workflows may ask for."""
    return [step for wing in WINGS for step in wing.activities(running)]


async def prepare(running: Running, app: Any) -> None:
    """What the routes of each wing need at hand."""
    for wing in WINGS:
        if wing.prepare is not None:
            await wing.prepare(running, app)


SERVICE = Service(
    name="casework",
    title="Sigap – Penanganan perkara",
    settings=CaseworkSettings,
    policy={permission: roles for wing in WINGS for permission, roles in wing.permissions.items()},
    routers=[router for wing in WINGS for router in wing.routers],
    page_routers=[page.router for page in PAGES],
    pages=Pages(
        folders=[page.TEMPLATES for page in PAGES],
        links=[link for wing in WINGS for link in wing.links],
        words=joined(page.WORDS for page in PAGES),
    ),
    subscriptions=SUBSCRIPTIONS,
    hearing=lambda settings: hearing(Reader(settings.sealing_private_key, settings.identity_secret.get_secret_value())),
    workflows=[workflow for wing in WINGS for workflow in wing.workflows],
    activities=activities,
    scope=scope,
    keeps=line_of,
    sweep=TaskSweep,
    gauges=together(*chain.from_iterable(wing.gauges for wing in WINGS)),
    figures={figure: section for wing in WINGS for figure, section in wing.figures.items()},
    prepare=prepare,
    commands={name: command for wing in WINGS for name, command in wing.commands.items()},
    papers={name: paper for wing in WINGS for name, paper in wing.papers.items()},
    series=[table for wing in WINGS for table in wing.series],
)


def openapi_document() -> dict[str, Any]:
    """The service's OpenAPI document, built without any engine."""
    settings = CaseworkSettings.model_construct(database_url="", root_path="/casework")
    document: dict[str, Any] = build_app(SERVICE, settings, None).openapi()
    return document
