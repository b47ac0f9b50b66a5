"""Migrations make what a release found, for ever the same."""

from pathlib import Path

import pytest

from tests.support.checkout import ROOT, SERVICES, imports_of
from tests.support.spine import spine_of

VERSIONS = {service: ROOT / "services" / service / "migrations" / "versions" for service in SERVICES}
MIGRATIONS = sorted(file for folder in VERSIONS.values() for file in folder.glob("*.py"))


@pytest.mark.parametrize("file", MIGRATIONS, ids=lambda file: f"{file.parts[-4]}-{file.stem}")
def test_a_migration_imports_no_live_code(file: Path) -> None:
    """What a migration makes would change with the code it imports, behind the back of every database it has made."""
    assert not {name for name in imports_of(file) if name.split(".")[0] in ("contracts", "services", "deploy")}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_spine(service: str) -> None:
    """The chassis speaks to outbox, inbox and the like of every service in the same words."""
    spine = spine_of(service).replace(service, "intake")
    assert spine == spine_of("intake")
