"""Who may: operation × role × agency, generated from the routes. A new route without a rule fails here."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from services.casework.wiring import SERVICE as CASEWORK
from services.chassis.auth import Requires, check
from services.chassis.errors import Forbidden
from services.chassis.offices import ROLES as ROLES_HELD
from services.chassis.offices import HeldBy
from services.chassis.principal import Principal
from services.chassis.processes import build_app
from services.chassis.service import Service
from services.disbursement.wiring import SERVICE as DISBURSEMENT
from services.intake.wiring import SERVICE as INTAKE
from services.notifications.wiring import SERVICE as NOTIFICATIONS
from tests.support.checkout import ROOT
from tests.support.row_routes import routes_of

SERVICES = (INTAKE, CASEWORK, DISBURSEMENT, NOTIFICATIONS)
OPEN_TO_ALL = (
    "/health/live", "/health/ready", "/metrics", "/openapi.json", "/asyncapi.yaml", "/docs", "/masuk", "/keluar",
    "/static", "/gateway/reports", "/surat/{token}", "/pintu/{token}", "/lapor/",
)  # fmt: skip
SIGNED_IN = ""
"""Pages about the session itself ask only that somebody is signed in."""
ROLES = (
    "agency", "reporter-agency", "caseworker", "duty-officer", "section-head", "desk-officer", "operator", "auditor",
    "aid-proposer", "aid-verifier", "aid-approver", "treasurer", "nobody",
)  # fmt: skip
WRITES_OF_MACHINES = {
    "report:create", "operation:create", "handoff:answer", "handoff:send", "task:complete", "custody:record",
    "operation:count", "finding:explain", "document:write", "occurrence:record",
}  # fmt: skip
APPROVES = {"batch:approve": {"aid-verifier", "aid-approver"}}


APPS: dict[str, Any] = {}


def app_of(service: Service) -> Any:
    if service.name not in APPS:
        APPS[service.name] = _built(service)
    return APPS[service.name]


def _built(service: Service) -> Any:
    settings = service.settings.model_construct(database_url="", root_path=f"/{service.name}")
    return build_app(service, settings, None)


def permissions_of(route: APIRoute) -> set[str]:
    """The permissions a route asks for, anywhere among its dependencies."""
    found: set[str] = set()
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        permission = getattr(dependant.call, "permission", None)
        if isinstance(permission, str):
            found.add(permission)
        waiting += dependant.dependencies
    return found


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_route_asks_for_a_permission_that_somebody_has(service: Service) -> None:
    app = app_of(service)
    routes = routes_of(app)
    assert len(routes) > 4
    for route in routes:
        path = route.path.removeprefix(f"/{service.name}")
        if f"{path}/".startswith(OPEN_TO_ALL):
            continue
        permissions = permissions_of(route)
        assert permissions, f"{route.methods} {route.path} lets everybody in"
        for permission in permissions - {SIGNED_IN}:
            assert app.state.policy.get(permission), f"nobody has {permission}"


def written_down(service: Service) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By hand: the roles of each permission, and what each operation asks for."""
    text = (Path(__file__).parent / "who_may.txt").read_text()
    part = text.split(f"[{service.name}]")[1].split("[")[0].strip().splitlines()
    roles = {line.split(": ")[0]: set(line.split(": ")[1].split()) for line in part if ": " in line}
    asked = {line.split(" = ")[0]: set(line.split(" = ")[1].split()) for line in part if " = " in line}
    return roles, asked


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_an_operation_asks_for_what_is_written_down(service: Service) -> None:
    found: dict[str, set[str]] = {}
    for route in routes_of(app_of(service)):
        asked = {permission or "signed-in" for permission in permissions_of(route)} or {"everybody"}
        path = route.path.removeprefix(f"/{service.name}")
        found |= {f"{method} {path}": asked for method in (route.methods or set()) - {"HEAD"}}
    assert found == written_down(service)[1]


PLACES = {
    "office": ("dinsos-lamongan", ("35.24",)),
    "office-by-province": ("dinsos-lamongan", ("35",)),
    "other-agency": ("rsud-soegiri", ("35.24",)),
    "office-of-another-district": ("dinsos-sidoarjo", ("35.24",)),
    "office-sent-elsewhere": ("dinsos-lamongan", ("35.15",)),
    "office-of-nowhere": ("dinsos-lamongan", ()),
}
"""Whose account it is, and for which offices it may act."""
OF_THE_OFFICE = ("office", "office-by-province")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_an_operation_to_the_agency_that_may_hold_it_and_to_no_other(
    service: Service, place: str, role: str
) -> None:
    app = app_of(service)
    agency, offices = PLACES[place]
    principal = app.state.offices.confine(Principal("staff:x", agency, frozenset({role}), offices))
    golden, asked = written_down(service)
    of_any_agency, of_the_office = held_by()
    counts = role in of_any_agency or (role in of_the_office and place in OF_THE_OFFICE)
    for operation, permissions in asked.items():
        if permissions & {"signed-in", "everybody"}:
            continue
        (permission,) = permissions
        if counts and role in golden[permission]:
            check(principal, permission, app.state.policy)
        else:
            with pytest.raises(Forbidden):
                check(principal, permission, app.state.policy)
            assert not principal.roles & app.state.policy[permission], operation
    if role in of_the_office and counts:
        assert principal.offices == ("35.24",)


def held_by() -> tuple[set[str], set[str]]:
    """By hand: the roles that any agency's account may have, and those of the office's people alone."""
    of_any, of_office = (Path(__file__).parent / "held_by.txt").read_text().strip().splitlines()
    return set(of_any.split(": ")[1].split()), set(of_office.split(": ")[1].split())


def test_every_role_is_held_by_whom_is_written_down_and_told_on_the_page_of_roles() -> None:
    of_any, of_office = held_by()
    assert {role for role, held in ROLES_HELD.items() if held is HeldBy.ANY_AGENCY} == of_any
    assert {role for role, held in ROLES_HELD.items() if held is HeldBy.OFFICE} == of_office
    assert of_any | of_office == set(ROLES) - {"nobody"}
    page = (ROOT / "docs" / "roles.md").read_text()
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (any agency|the office) \|", page, re.MULTILINE))
    assert told == {role: "any agency" if role in of_any else "the office" for role in of_any | of_office}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_let_in_exactly_where_it_is_written_down(service: Service, role: str) -> None:
    policy = app_of(service).state.policy
    golden, _ = written_down(service)
    assert set(policy) == set(golden)
    principal = Principal("staff:x", "an-agency", frozenset({role}), ("35.24",))
    for permission, roles in golden.items():
        if role in roles:
            check(principal, permission, policy)
        else:
            with pytest.raises(Forbidden):
                check(principal, permission, policy)
    if role == "agency":
        writes = {p for p, roles in policy.items() if role in roles and not p.endswith(":read")}
        assert writes <= WRITES_OF_MACHINES, f"a program may do what only people may: {writes - WRITES_OF_MACHINES}"


def test_every_role_that_is_written_down_is_tried() -> None:
    assert {role for service in SERVICES for roles in written_down(service)[0].values() for role in roles} <= set(ROLES)


def test_an_unknown_permission_lets_nobody_in() -> None:
    with pytest.raises(Forbidden):
        check(Principal("staff:x", "a", frozenset(ROLES), ("35.24",)), "nothing:at-all", {})


def test_whoever_proposes_aid_cannot_approve_by_role() -> None:
    policy = app_of(DISBURSEMENT).state.policy
    for permission, roles in APPROVES.items():
        assert policy[permission] <= roles | {"section-head"}
        assert "aid-proposer" not in policy[permission]


def test_requires_is_what_the_matrix_reads() -> None:
    assert Requires("a:b").permission == "a:b"
