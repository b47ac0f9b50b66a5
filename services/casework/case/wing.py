"""Cases: what happens to them, their closing, their timeline, and the procedures that lead them."""

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from services.casework.case.ages import access as ages_access
from services.casework.case.ages import api as ages_api
from services.casework.case.ages import pages as ages_pages
from services.casework.case.assignments import access as assignments_access
from services.casework.case.assignments import api as assignments_api
from services.casework.case.assignments import pages as assignments_pages
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
from services.casework.case.notes import access as notes_access
from services.casework.case.notes import api as notes_api
from services.casework.case.notes import pages as notes_pages
from services.casework.case.occurrences import access as occurrences_access
from services.casework.case.occurrences import api as occurrences_api
from services.casework.case.occurrences import pages as occurrences_pages
from services.casework.case.occurrences.activities import OccurrenceActivities
from services.casework.case.plans import access as plans_access
from services.casework.case.plans import api as plans_api
from services.casework.case.plans import pages as plans_pages
from services.casework.case.requests import access as requests_access
from services.casework.case.requests import api as requests_api
from services.casework.case.requests import pages as requests_pages
from services.casework.case.search import access as search_access
from services.casework.case.search import pages as search_pages
from services.casework.case.timeline import api as timeline_api
from services.casework.case.timeline import pages as timeline_pages
from services.casework.case.worklist import pages as worklist_pages
from services.casework.handoff.handoffs.activities import HandoffActivities
from services.casework.handoff.handoffs.commands import rearm_deadlines
from services.casework.office.case_types.domain import CASE_TYPES
from services.chassis.clock import Pace
from services.chassis.pages import PageLink
from services.chassis.service import Running, Wing


def activities(running: Running) -> Sequence[Callable[..., Any]]:
    """Every step of the procedures; those of a hand-off too, since a passed deadline sets something going at a case."""
    handoffs = HandoffActivities(running, REACH, Pace(timedelta(seconds=running.settings.clock_may_jump_seconds)))
    cases = CaseActivities(running)
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


async def reconcile(running: Running, arguments: Sequence[str]) -> int:
    """``reconcile``: signal the workflow of every open row, so that a lost one is started again."""
    deadlines = await running.units.perform(rearm_deadlines, principal=running.principal)
    cases = await running.units.perform(rearm_procedures, principal=running.principal)
    sys.stdout.write(f"{deadlines} jam serah terima dan {cases} perkara ditengok kembali\n")
    return 0


WING = Wing(
    permissions={
        **cases_access.PERMISSIONS,
        **ages_access.PERMISSIONS,
        **assignments_access.PERMISSIONS,
        **closing_access.PERMISSIONS,
        **occurrences_access.PERMISSIONS,
        **notes_access.PERMISSIONS,
        **plans_access.PERMISSIONS,
        **search_access.PERMISSIONS,
        **requests_access.PERMISSIONS,
    },
    routers=[
        cases_api.router,
        assignments_api.router,
        ages_api.router,
        occurrences_api.router,
        closing_api.router,
        notes_api.router,
        plans_api.router,
        requests_api.router,
        timeline_api.router,
    ],
    pages=[
        timeline_pages,
        cases_pages,
        assignments_pages,
        requests_pages,
        notes_pages,
        plans_pages,
        search_pages,
        ages_pages,
        occurrences_pages,
        closing_pages,
        worklist_pages,
    ],
    links=[
        PageLink("/", "Daftar kerja", "handoff:read", rank=10),
        PageLink("/perkara", "Perkara", "case:read", rank=20),
        PageLink("/cari", "Cari", "person:search", rank=25),
        PageLink("/petugas", "Petugas", "case:assign", rank=28),
    ],
    workflows=[CASE_TYPES.workflow_of(kind.code) for kind in CASE_TYPES],
    activities=activities,
    gauges=[cases_repository.gauges],
    figures={"sigap_cases_open": "hand-offs-grow-old-deadlines-come-near"},
    commands={"reconcile": reconcile},
    series=["case_serials"],
)
