"""Who may sign in to the demo: agencies as machine accounts, staff as people. Reads their secrets for programs."""

import sys
from dataclasses import dataclass

from deploy.local.engines import Site, open_site
from deploy.local.places import CHECKOUT, state_folder
from deploy.local.ports import SERVICES

REALM = "sigap"
AUDIENCE = "sigap"
PAGES_CLIENT = "sigap-pages"
DISTRICT = "35.24"
OFFICE = "dinsos-lamongan"


@dataclass(frozen=True, slots=True)
class MachineAccount:
    """A program; its client id is its agency's code unless it works ``for_agency``."""

    client: str
    roles: tuple[str, ...] = ("agency",)
    offices: tuple[str, ...] = (DISTRICT,)
    for_agency: str = ""

    @property
    def agency(self) -> str:
        """For whom it speaks."""
        return self.for_agency or self.client


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A person who signs in on pages."""

    username: str
    name: str
    roles: tuple[str, ...]
    agency: str = OFFICE
    offices: tuple[str, ...] = (DISTRICT,)


MACHINES = (
    MachineAccount(OFFICE),
    MachineAccount("satpolpp-lamongan", ("agency", "reporter-agency")),
    MachineAccount("puskesmas-lamongan"),
    MachineAccount("puskesmas-babat"),
    MachineAccount("puskesmas-paciran"),
    MachineAccount("dinkes-lamongan"),
    MachineAccount("rsud-soegiri"),
    MachineAccount("rsj-menur"),
    MachineAccount("rsj-lawang"),
    MachineAccount("dukcapil-lamongan"),
    MachineAccount("bpjs-lamongan"),
    MachineAccount("desa-sukodadi"),
    MachineAccount("upt-bina-laras"),
    MachineAccount("uptd-ppa-lamongan"),
    MachineAccount("dinsos-jatim"),
    MachineAccount("sandbox", ("operator",), for_agency=OFFICE),
)

STAFF = (
    StaffAccount("sri.peksos", "Sri Wahyuni", ("caseworker",)),
    StaffAccount("budi.kabid", "Budi Santoso", ("section-head", "aid-proposer")),
    StaffAccount("wati.verifikator", "Wati Rahayu", ("aid-verifier",)),
    StaffAccount("hadi.kadis", "Hadi Purnomo", ("aid-approver",)),
    StaffAccount("joko.operator", "Joko Susilo", ("operator",)),
    StaffAccount("nur.auditor", "Nur Aini", ("auditor",)),
    StaffAccount("dewi.puskesmas", "Dewi Lestari", ("desk-officer",), agency="puskesmas-babat"),
    StaffAccount("rini.rsj", "Rini Astuti", ("desk-officer",), agency="rsj-lawang"),
)

CLIENTS = tuple(account.client for account in MACHINES)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What a program of the demo needs to sign in. `staff_password` serves every person of the demo.

    `redirect`: an address of ours to which the provider sends a browser back.
    """

    issuer: str
    redirect: str
    client_secrets: dict[str, str]
    staff_password: str

    @property
    def token_url(self) -> str:
        return f"{self.issuer}/protocol/openid-connect/token"


def open_demo_site() -> Site:
    """The site this command is about, with a secret for every machine account.

    A system in the usual folder gets the usual ports; one beside it leaves them alone.
    """
    state = state_folder()
    return open_site(state, usual_ports=state == CHECKOUT / "var", clients=CLIENTS)


def issuer(site: Site) -> str:
    """Who signs the tokens of this site."""
    return f"http://127.0.0.1:{site.ports['keycloak']}/realms/{REALM}"


def accounts(site: Site | None = None) -> Accounts:
    """The accounts of a site; by default of the one this command is about."""
    site = site or open_demo_site()
    redirect = f"http://127.0.0.1:{site.ports['intake']}/intake/signed-in"
    return Accounts(issuer(site), redirect, {name: site.keys.clients[name] for name in CLIENTS}, site.keys.staff)


def main() -> int:
    """Print every login with the pages where it is of use."""
    site = open_demo_site()
    ports = site.ports
    for person in STAFF:
        print(f"{person.username:<18} {site.keys.staff:<16} {person.agency:<18} {', '.join(person.roles)}")
    for service in SERVICES:
        print(f"http://127.0.0.1:{ports[service]}/{service}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
