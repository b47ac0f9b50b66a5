"""Who may make links, and as whom somebody acts who opened one. Pure functions."""

from services.casework.office.directory.access import WORKERS
from services.chassis.errors import Forbidden
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "link:write": WORKERS,
}


class LinkIsTheOffices(Forbidden):
    """Links are made by the office, which knows whom it calls."""

    text = "Tautan hanya dibuat oleh kantor pengelola perkara."


def check_maker(principal: Principal, office: str) -> None:
    """Raise ``LinkIsTheOffices`` to everybody who is not of the office."""
    if principal.agency != office:
        raise LinkIsTheOffices


def principal_through(agency: str, district: str) -> Principal:
    """The receiving agency, through a link: what it does says so for ever."""
    return Principal(f"link:{agency}", agency, frozenset({"agency"}), (district,))
