"""The one place where casework is put together."""

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import with_loader_criteria
from sqlmodel import col, or_

from services.casework.case.cases import access as cases_access
from services.casework.case.cases import api as cases_api
from services.casework.case.cases import pages as cases_pages
from services.casework.case.cases import repository as cases_repository
from services.casework.case.cases.activities import CaseActivities
from services.casework.case.cases.commands import REACH, rearm_procedures
from services.casework.case.closing import access as closing_access
from services.casework.case.closing import api as closing_api
from services.casework.case.closing import pages as closing_pages
from services.casework.case.closing.activities import ClosingActivities
from services.casework.case.occurrences import api as occurrences_api
from services.casework.case.occurrences import pages as occurrences_pages
from services.casework.case.occurrences.activities import OccurrenceActivities
from services.casework.case.procedures.gepeng.workflow import GepengProcedure
from services.casework.case.procedures.odgj.workflow import OdgjProcedure
from services.casework.case.timeline import api as timeline_api
from services.casework.case.timeline import pages as timeline_pages
from services.casework.desks.closures import access as closures_access
from services.casework.desks.closures import api as closures_api
from services.casework.desks.closures import pages as closures_pages
from services.casework.desks.desks import api as desks_api
from services.casework.desks.desks import pages as desks_pages
from services.casework.desks.oversight import access as oversight_access
from services.casework.desks.oversight import api as oversight_api
from services.casework.desks.oversight import pages as oversight_pages
from services.casework.desks.tasks import access as tasks_access
from services.casework.desks.tasks import api as tasks_api
from services.casework.desks.tasks import pages as tasks_pages
from services.casework.desks.tasks.tables import Task
from services.casework.handoff.deadlines import repository as deadlines_repository
from services.casework.handoff.disclosures import access as disclosures_access
from services.casework.handoff.handoffs import access as handoffs_access
from services.casework.handoff.handoffs import api as handoffs_api
from services.casework.handoff.handoffs import pages as handoffs_pages
from services.casework.handoff.handoffs import repository as handoffs_repository
from services.casework.handoff.handoffs.activities import HandoffActivities
from services.casework.handoff.handoffs.commands import rearm_deadlines, recompute_deadlines
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.handoff.handoffs.workflow import HandoffWorkflow
from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.directory.commands import load_pack
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.findings import access as findings_access
from services.casework.office.findings import api as findings_api
from services.casework.office.findings import pages as findings_pages
from services.casework.office.findings import repository as findings_repository
from services.casework.office.findings.tables import Finding
from services.casework.office.rosters.tables import Shift
from services.casework.papers.documents import access as documents_access
from services.casework.papers.documents import api as documents_api
from services.casework.papers.documents.adapter import DirectoryStore
from services.casework.papers.letters import access as letters_access
from services.casework.papers.letters import api as letters_api
from services.casework.papers.letters import pages as letters_pages
from services.casework.papers.links import access as doors_access
from services.casework.papers.links import api as doors_api
from services.casework.papers.links import pages as doors_pages
from services.casework.person.custody import access as custody_access
from services.casework.person.custody import api as custody_api
from services.casework.person.custody import pages as custody_pages
from services.casework.person.custody.tables import Custody
from services.casework.person.operations import access as operations_access
from services.casework.person.operations import api as operations_api
from services.casework.person.operations.tables import OperationCount
from services.casework.settings import CaseworkSettings
from services.casework.subscriptions import SUBSCRIPTIONS
from services.chassis import packs
from services.chassis.clock import Pace
from services.chassis.database import UnitOfWork, district_scope
from services.chassis.pages import PageLink, Pages
from services.chassis.pages.words import joined
from services.chassis.principal import Principal
from services.chassis.processes import build_app
from services.chassis.service import Running, Service, together


def scope(principal: Principal) -> Sequence[Any]:
    """What a caller may see: its offices' districts; whoever is not of the office only their agency's slice."""
    criteria = district_scope(principal, "services.casework")
    if not principal.is_system and (principal.is_machine or not principal.roles & OFFICE_ROLES):
        agency = principal.agency
        criteria += [
            with_loader_criteria(Handoff, or_(col(Handoff.to_agency) == agency, col(Handoff.from_agency) == agency)),
            with_loader_criteria(Task, col(Task.agency) == agency),
            with_loader_criteria(Shift, col(Shift.agency) == agency),
            with_loader_criteria(Custody, or_(col(Custody.agency) == agency, col(Custody.giver) == agency)),
            with_loader_criteria(Finding, col(Finding.owner) == agency),
            with_loader_criteria(
                OperationCount, or_(col(OperationCount.giver) == agency, col(OperationCount.taker) == agency)
            ),
        ]
    return criteria


def activities(running: Running) -> Sequence[Callable[..., Any]]:
    """Every step that casework's workflows may ask for."""
    handoffs, cases = (
        HandoffActivities(running, REACH, Pace(timedelta(seconds=running.settings.clock_may_jump_seconds))),
        CaseActivities(running),
    )
    return [
        handoffs.read_deadlines,
        handoffs.escalate_if_due,
        cases.read_case,
        cases.enter_stage,
        cases.request_handoff,
        cases.create_task,
        cases.check_task_due,
        cases.check_stay,
        cases.record_outcome,
        cases.request_aid,
        cases.read_aid,
        ClosingActivities(running).close_case,
        OccurrenceActivities(running).record_step_occurrence,
    ]


async def prepare(running: Running, app: Any) -> None:
    """Open the document store."""
    app.state.documents = DirectoryStore(running.settings.documents_folder)


async def put_in_force(pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """Load a pack and move the open deadlines that its calendar moves; False when exactly this one is already
    loaded."""
    is_new = await load_pack(pack, uow)
    if is_new:
        await recompute_deadlines(pack, uow)
    return is_new


async def load_packs(running: Running, arguments: Sequence[str]) -> int:
    """``load-pack [folder]``: put every district's casework section in force; 1 when one is wrong."""
    return await packs.load_packs(running, arguments, "casework.yaml", CaseworkPack, put_in_force)


async def reconcile(running: Running, arguments: Sequence[str]) -> int:
    """``reconcile``: signal the workflow of every open row, so that a lost one is started again."""
    deadlines = await running.units.perform(rearm_deadlines, principal=running.principal)
    cases = await running.units.perform(rearm_procedures, principal=running.principal)
    sys.stdout.write(f"{deadlines} jam serah terima dan {cases} perkara ditengok kembali\n")
    return 0


def draft_calendar(arguments: Sequence[str]) -> int:
    """``draft-calendar <year>``: the national days and joint leave of a year, to be checked and put into the pack."""
    # The library weighs forty megabytes; no process that serves should carry them.
    from services.casework.office.directory.adapter import YEARS, draft_of_year

    if len(arguments) != 1 or not arguments[0].isdecimal() or int(arguments[0]) not in YEARS:
        sys.stderr.write(f"usage: python -m services.casework draft-calendar <{YEARS.start}…{YEARS.stop - 1}>\n")
        return 2
    sys.stdout.write(draft_of_year(int(arguments[0])))
    return 0


gauges = together(
    cases_repository.gauges, handoffs_repository.gauges, deadlines_repository.gauges, findings_repository.gauges
)
"""The office's own figures: open hand-offs by age, deadlines near breach, findings nobody explained."""

FIGURES = {
    "sigap_case_findings_open": "records-contradict-each-other",
    "sigap_handoffs_open": "hand-offs-grow-old-deadlines-come-near",
    "sigap_handoffs_oldest_seconds": "hand-offs-grow-old-deadlines-come-near",
    "sigap_deadlines_near_breach": "hand-offs-grow-old-deadlines-come-near",
    "sigap_deadlines_silent": "a-deadline-should-have-escalated",
    "sigap_database_clock_away_seconds": "the-databases-clock-jumped",
    "sigap_cases_open": "hand-offs-grow-old-deadlines-come-near",
}
"""Where the runbook says what each figure of ours means."""

PAGES = (
    timeline_pages,
    tasks_pages,
    findings_pages,
    custody_pages,
    cases_pages,
    occurrences_pages,
    closing_pages,
    letters_pages,
    doors_pages,
    handoffs_pages,
    closures_pages,
    oversight_pages,
    desks_pages,
)

SERVICE = Service(
    name="casework",
    title="Sigap – Penanganan perkara",
    settings=CaseworkSettings,
    policy={
        **handoffs_access.PERMISSIONS,
        **disclosures_access.PERMISSIONS,
        **tasks_access.PERMISSIONS,
        **cases_access.PERMISSIONS,
        **closing_access.PERMISSIONS,
        **custody_access.PERMISSIONS,
        **findings_access.PERMISSIONS,
        **operations_access.PERMISSIONS,
        **closures_access.PERMISSIONS,
        **oversight_access.PERMISSIONS,
        **documents_access.PERMISSIONS,
        **letters_access.PERMISSIONS,
        **doors_access.PERMISSIONS,
    },
    routers=[
        cases_api.router,
        occurrences_api.router,
        closing_api.router,
        timeline_api.router,
        handoffs_api.router,
        desks_api.router,
        closures_api.router,
        oversight_api.router,
        tasks_api.router,
        custody_api.router,
        findings_api.router,
        operations_api.router,
        documents_api.router,
        letters_api.router,
        doors_api.router,
    ],
    page_routers=[page.router for page in PAGES],
    pages=Pages(
        folders=[page.TEMPLATES for page in PAGES],
        links=[
            PageLink("/", "Daftar kerja", "handoff:read"),
            PageLink("/perkara", "Perkara", "case:read"),
            PageLink("/bermalam", "Bermalam", "custody:read"),
            PageLink("/temuan", "Temuan", "finding:read"),
            PageLink("/jaga", "Jadwal jaga", "roster:read"),
            PageLink("/bila-diam", "Bila mereka diam", "roster:read"),
            PageLink("/penutupan", "Instansi tutup", "closure:write"),
            PageLink("/pengawasan", "Pengawasan", "oversight:read"),
            PageLink("/pemeriksaan", "Pemeriksaan", "audit:read"),
        ],
        words=joined(page.WORDS for page in PAGES),
    ),
    subscriptions=SUBSCRIPTIONS,
    workflows=[HandoffWorkflow, OdgjProcedure, GepengProcedure],
    activities=activities,
    scope=scope,
    gauges=gauges,
    figures=FIGURES,
    prepare=prepare,
    commands={"load-pack": load_packs, "reconcile": reconcile},
    papers={"draft-calendar": draft_calendar},
)


def openapi_document() -> dict[str, Any]:
    """The service's OpenAPI document, built without any engine."""
    settings = CaseworkSettings.model_construct(database_url="", root_path="/casework")
    document: dict[str, Any] = build_app(SERVICE, settings, None).openapi()
    return document
