"""Who is told who somebody is. Pure functions."""

from services.casework.office.directory.access import WORKERS
from services.chassis.principal import Principal


def may_know_who(principal: Principal) -> bool:
    """Whether name, number and other cases of a person are told; roles of the office hold at the office alone.

    Others who have a task are told what was seen, which names nobody.
    """
    return bool(principal.roles & WORKERS)
