"""Whatever is sent to the address of a page's form, with or without files, is no fault of ours: 100 a service here."""

import importlib
from unittest.mock import Mock

import pytest

from deploy.local.ports import SERVICES
from services.notifications.wiring import SERVICE
from tests.support.engines import Stack
from tests.support.generated_forms import FORMS, faults_of
from tests.support.identity import Issuer
from tests.support.row_routes import ALL_STAFF_ROLES
from tests.support.services import bench_for


# The parser leaves a file whose part never ends to the collector: of half a body it is in no form.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("service", SERVICES)
async def test_no_form_however_wrong_is_a_fault_of_ours(service: str, stack: Stack, issuer: Issuer) -> None:
    async with bench_for(importlib.import_module(f"services.{service}.wiring").SERVICE, stack, issuer) as bench:
        faults, read = await faults_of(bench, ALL_STAFF_ROLES, {})
    assert not faults
    assert read > FORMS // 4, "most are read beyond their token"


async def test_a_page_that_breaks_on_a_form_would_be_seen(
    stack: Stack, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> dict[str, str]:
        raise RuntimeError

    async with bench_for(SERVICE, stack, issuer) as bench:
        monkeypatch.setattr("services.chassis.pages.forms.what_is_wrong", breaks)
        monkeypatch.setattr("services.chassis.pages.forms.log", Mock())
        faults, _ = await faults_of(bench, ALL_STAFF_ROLES, {})
    assert faults
