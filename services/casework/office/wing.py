"""The office: who is in it and on duty, its pack, and what it found to contradict itself."""

import sys
from collections.abc import Sequence

from sqlmodel import col

from services.casework.office.directory import repository as directory_repository
from services.casework.office.findings import access as findings_access
from services.casework.office.findings import api as findings_api
from services.casework.office.findings import pages as findings_pages
from services.casework.office.findings import repository as findings_repository
from services.casework.office.findings.tables import Finding
from services.casework.office.rosters.tables import Shift
from services.chassis.database import Slice
from services.chassis.pages import PageLink
from services.chassis.service import Wing


def slices(agency: str) -> Sequence[Slice]:
    """An agency's own turns, and the findings that it has to explain."""
    return [
        Slice(Shift, col(Shift.agency) == agency),
        Slice(Finding, col(Finding.owner) == agency),
    ]


def draft_calendar(arguments: Sequence[str]) -> int:
    """``draft-calendar <year>``: the national days and joint leave of a year, to be checked and put into the pack."""
    # The library weighs forty megabytes; no process that serves should carry them.
    from services.casework.office.directory.adapter import YEARS, draft_of_year

    if len(arguments) != 1 or not arguments[0].isdecimal() or int(arguments[0]) not in YEARS:
        sys.stderr.write(f"usage: python -m services.casework draft-calendar <{YEARS.start}…{YEARS.stop - 1}>\n")
        return 2
    sys.stdout.write(draft_of_year(int(arguments[0])))
    return 0


WING = Wing(
    permissions=findings_access.PERMISSIONS,
    routers=[findings_api.router],
    pages=[findings_pages],
    links=[PageLink("/temuan", "Temuan", "finding:read", rank=40)],
    slices=slices,
    gauges=[findings_repository.gauges, directory_repository.gauges],
    figures={
        "sigap_case_findings_open": "records-contradict-each-other",
        "sigap_calendar_decree_missing": "a-years-decree-is-missing",
    },
    papers={"draft-calendar": draft_calendar},
)
