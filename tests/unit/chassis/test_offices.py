"""What a token says of its holder is worth what the agency in it may have."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.chassis.auth import TokenIsNotValid, principal_of
from services.chassis.offices import AccessSection, Offices
from services.chassis.principal import Principal
from tests.support.checkout import ROOT
from tests.support.packs import LAMONGAN_PACK, casework_pack

OFFICES = Offices({"35.24": AccessSection(district="35.24", office="dinsos-lamongan")})


def confined(agency: str, offices: tuple[str, ...], *roles: str) -> tuple[set[str], tuple[str, ...]]:
    found = OFFICES.confine(Principal("staff:x", agency, frozenset(roles), offices))
    return set(found.roles), found.offices


def test_an_offices_role_counts_for_the_office_in_its_district() -> None:
    assert confined("dinsos-lamongan", ("35.24",), "section-head") == ({"section-head"}, ("35.24",))
    assert confined("dinsos-lamongan", ("35",), "section-head") == ({"section-head"}, ("35.24",))


@pytest.mark.parametrize(
    ("agency", "offices"), [("rsud-soegiri", ("35.24",)), ("dinsos-lamongan", ("35.15",)), ("dinsos-sidoarjo", ("35",))]
)
def test_elsewhere_an_offices_role_counts_for_nothing(agency: str, offices: tuple[str, ...]) -> None:
    roles = ("section-head", "duty-officer", "auditor", "desk-officer", "agency")
    assert confined(agency, offices, *roles) == ({"desk-officer", "agency"}, offices)


def test_a_role_that_is_not_listed_counts_for_nobody() -> None:
    assert confined("dinsos-lamongan", ("35.24",), "administrator", "auditor") == ({"auditor"}, ("35.24",))
    assert confined("rsud-soegiri", ("35.24",), "administrator") == (set(), ("35.24",))


def test_a_district_without_a_pack_has_no_office(tmp_path: Path) -> None:
    nobody = Offices.read(tmp_path).confine(Principal("staff:x", "dinsos", frozenset({"auditor"}), ("35.24",)))
    assert nobody.roles == frozenset()


def test_the_office_is_the_same_in_every_section_of_a_shipped_pack() -> None:
    sections = Offices.read(ROOT / "deploy" / "districts").sections
    assert sections["35.24"].office == casework_pack(LAMONGAN_PACK).office


@pytest.mark.parametrize("section", [{"district": "3524"}, {"office": "Dinsos Lamongan"}, {"head": "x"}])
def test_a_section_that_is_wrong_stops_the_service(tmp_path: Path, section: dict[str, str]) -> None:
    (tmp_path / "x").mkdir()
    said = {"district": "'35.24'", "office": "dinsos-lamongan", **section}
    (tmp_path / "x" / "access.yaml").write_text("".join(f"{key}: {value}\n" for key, value in said.items()))
    with pytest.raises(ValidationError):
        Offices.read(tmp_path)


GOOD = {"sub": "1", "agency": "rsud-soegiri", "roles": ["agency"], "offices": ["35.24"]}


def test_offices_are_read_as_a_list_or_as_words() -> None:
    assert principal_of({**GOOD, "offices": "35.24, 35.15"}).offices == ("35.24", "35.15")
    assert principal_of({**GOOD, "offices": ["35"]}).covers("35.24")
    assert principal_of({**GOOD, "offices": None}).offices == ()


@pytest.mark.parametrize(
    "office",
    ["35.24.17", "35.24.17.2001", "35.245", "3524", "3", "35.", "35.2", "35.24\n", "٣٥.٢٤", "*", "35.%", ""],
)
def test_an_office_that_is_no_code_of_a_province_or_district_spoils_the_token(office: str) -> None:
    with pytest.raises(TokenIsNotValid):
        principal_of({**GOOD, "offices": ["35.24", office]})


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": 7}, {"roles": [7]}, {"roles": {"a": 1}}, {"roles": [["agency"]]}, {"agency": 5}, {"agency": ["a"]},
        {"agency": "dinsos lamongan"}, {"agency": "a" * 65}, {"agency": ""}, {"sub": None}, {"sub": 5}, {"sub": ""},
        {"sub": "a b"}, {"sub": "x" * 121}, {"offices": 35.24}, {"offices": [35.24]}, {"offices": {"35.24": 1}},
        {"name": 5}, {"name": ["x"]}, {"preferred_username": {}},
    ],
)  # fmt: skip
def test_a_claim_of_another_shape_spoils_the_token(claims: dict[str, object]) -> None:
    with pytest.raises(TokenIsNotValid):
        principal_of({**GOOD, **claims})
