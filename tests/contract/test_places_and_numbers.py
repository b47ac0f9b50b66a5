"""What a request takes an event can carry: numbers of papers as offices write them, and places that are there."""

import re
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.fields import Reference
from contracts.reference import regions
from contracts.values import RegionCode
from services.chassis.service import Service
from services.chassis.web import ReferenceText
from tests.support.every_service import SERVICES
from tests.support.request_models import models_of, takes

NUMBERS = (
    "7", "BA/12/2026", "BA. 12/SATPOLPP/2026", "440 / 12 / PUSKESMAS / XI / 2026", "B-12.3/SATPOLPP/26", "BA  7 / XI",
    "331.1/245/413.210/2026", "300/ 12 - XI",
)  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_a_request_takes_fits_into_the_event(number: str) -> None:
    assert TypeAdapter(ReferenceText).validate_python(number) == number
    assert TypeAdapter(Reference).validate_python(number) == number


@pytest.mark.parametrize("number", ["BA/", "/12", "BA 12\n", "x" * 65, ""])
def test_what_is_no_number_fits_into_no_event(number: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Reference).validate_python(number)


PLACE = re.compile(r"(place|village)_code$")
NOWHERE = ("35.24.99", "35.24.17.2999", "35.99", "35.78.99.1001")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_request_takes_a_place_that_is_not_there(service: Service) -> None:
    found: dict[str, Any] = {
        f"{model.__name__}.{name}": field
        for model in models_of(service)
        for name, field in model.model_fields.items()
        if PLACE.search(name)
    }
    assert found or service.name in ("disbursement", "notifications"), "no place is taken there"
    for name, field in found.items():
        for place in NOWHERE:
            assert not takes(field.annotation, field.metadata, place), f"{name} takes {place}"
        assert takes(field.annotation, field.metadata, "35.24.17.2007"), name


@pytest.mark.parametrize(
    ("code", "there"),
    [
        ("35.24.17.2007", True),
        ("35.24.17.2999", False),
        ("35.24.17", True),
        ("35.24.99", False),
        ("35.24", True),
        ("35", True),
        ("36.99", False),
        ("35.78.01.1001", True),
        ("35.78.99.1001", False),
    ],
)
def test_of_a_village_elsewhere_the_kecamatan_is_known(code: str, there: bool) -> None:
    assert regions().may_be(RegionCode(code)) is there
