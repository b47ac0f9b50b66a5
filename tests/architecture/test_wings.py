"""Each wing says in one place all that its subjects bring to the service."""

import importlib
from collections.abc import Iterator
from types import ModuleType

import pytest

from services.casework.wiring import SERVICE, WINGS
from services.chassis.service import Wing
from tests.support.checkout import ROOT

CASEWORK = ROOT / "services" / "casework"
NAMES = sorted(file.parent.name for file in CASEWORK.glob("*/wing.py"))


def wing_of(name: str) -> Wing:
    found: Wing = importlib.import_module(f"services.casework.{name}.wing").WING
    return found


def parts(wing: str, role: str) -> Iterator[ModuleType]:
    """The modules of one role in a wing's subjects."""
    for place in sorted([*CASEWORK.glob(f"{wing}/*/{role}.py"), *CASEWORK.glob(f"{wing}/*/{role}/__init__.py")]):
        subject = place.relative_to(CASEWORK / wing).parts[0]
        yield importlib.import_module(f"services.casework.{wing}.{subject}.{role}")


def test_every_wing_is_listed() -> None:
    assert [id(wing) for wing in WINGS if wing not in [wing_of(name) for name in NAMES]] == []
    assert len(WINGS) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_wing_brings_all_that_its_subjects_have(name: str) -> None:
    """A router, a page or a gauge that is written and left out here is missed by nobody until somebody asks for it."""
    wing = wing_of(name)
    assert [api for api in parts(name, "api") if api.router not in wing.routers] == []
    assert [page for page in parts(name, "pages") if hasattr(page, "router") and page not in wing.pages] == []
    assert [row for row in parts(name, "repository") if getattr(row, "gauges", None) not in [None, *wing.gauges]] == []
    permissions = {
        permission: roles
        for access in parts(name, "access")
        for permission, roles in getattr(access, "PERMISSIONS", {}).items()
    }
    assert dict(wing.permissions) == permissions


def test_no_two_wings_bring_the_same() -> None:
    """The second of two commands, figures or permissions of one name would hide the first."""
    for brought, listed in (
        (SERVICE.policy, [wing.permissions for wing in WINGS]),
        (SERVICE.figures, [wing.figures for wing in WINGS]),
        (SERVICE.commands, [wing.commands for wing in WINGS]),
        (SERVICE.papers, [wing.papers for wing in WINGS]),
    ):
        assert len(brought) == sum(len(one) for one in listed)


def test_links_stand_in_one_order() -> None:
    ranks = [link.rank for wing in WINGS for link in wing.links]
    assert len(set(ranks)) == len(ranks)
    assert [link.path for link in SERVICE.pages._links] == [
        "/", "/perkara", "/cari", "/petugas", "/bermalam", "/temuan", "/jaga", "/bila-diam", "/penutupan",
        "/pengawasan", "/pemeriksaan", "/tersisih",
    ]  # fmt: skip
