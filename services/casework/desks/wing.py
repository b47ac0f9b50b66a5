"""Desks: their duty rosters and tasks, and agencies that close."""

from collections.abc import Sequence

from sqlmodel import col

from services.casework.desks.closures import access as closures_access
from services.casework.desks.closures import api as closures_api
from services.casework.desks.closures import pages as closures_pages
from services.casework.desks.desks import api as desks_api
from services.casework.desks.desks import pages as desks_pages
from services.casework.desks.tasks import access as tasks_access
from services.casework.desks.tasks import api as tasks_api
from services.casework.desks.tasks import pages as tasks_pages
from services.casework.desks.tasks.tables import Task
from services.chassis.database import Slice
from services.chassis.pages import PageLink
from services.chassis.service import Wing


def slices(agency: str) -> Sequence[Slice]:
    """An agency's own tasks."""
    return [Slice(Task, col(Task.agency) == agency)]


WING = Wing(
    permissions={**tasks_access.PERMISSIONS, **closures_access.PERMISSIONS},
    routers=[desks_api.router, closures_api.router, tasks_api.router],
    pages=[tasks_pages, closures_pages, desks_pages],
    links=[
        PageLink("/jaga", "Jadwal jaga", "roster:read", rank=50),
        PageLink("/bila-diam", "Bila mereka diam", "roster:read", rank=60),
        PageLink("/penutupan", "Instansi tutup", "closure:write", rank=70),
    ],
    slices=slices,
)
