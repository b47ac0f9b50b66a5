import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts.fields import DistrictCode, VillageCode
from contracts.values import RegionCode, RegionLevel

codes = st.from_regex(RegionCode.PATTERN.replace("$", r"\Z"), fullmatch=True).map(RegionCode)


class Placed(BaseModel):
    place: RegionCode
    district: DistrictCode = RegionCode("35.24")
    village: VillageCode = RegionCode("35.24.22.1002")


@given(codes)
def test_a_place_lies_inside_each_of_its_ancestors(code: RegionCode) -> None:
    ancestor: RegionCode | None = code
    while ancestor is not None:
        assert ancestor.contains(code)
        assert code.contains(ancestor) is (ancestor == code)
        ancestor = ancestor.parent


@given(codes, codes)
def test_two_places_contain_each_other_only_when_they_are_one(a: RegionCode, b: RegionCode) -> None:
    assert (a.contains(b) and b.contains(a)) is (a == b)


@given(codes)
def test_a_place_keeps_its_type_through_json(code: RegionCode) -> None:
    read = Placed.model_validate_json(Placed(place=code).model_dump_json()).place
    assert read == code
    assert isinstance(read, RegionCode)


@given(st.text(max_size=16))
def test_any_other_text_is_refused(text: str) -> None:
    if re.fullmatch(RegionCode.PATTERN, text):
        assert RegionCode(text) == text
    else:
        with pytest.raises(ValueError, match="Kemendagri"):
            RegionCode(text)


def test_a_village_code_tells_all_its_levels() -> None:
    village = RegionCode("18.72.03.1002")
    assert village.level is RegionLevel.VILLAGE
    assert (village.province, village.district, village.kecamatan) == ("18", "18.72", "18.72.03")
    assert village.is_city
    assert not RegionCode("35.24").is_city


def test_a_province_has_no_district() -> None:
    with pytest.raises(ValueError, match="wider"):
        _ = RegionCode("35").district


def test_a_neighbour_with_the_same_beginning_is_not_inside() -> None:
    assert not RegionCode("35.24").contains("35.240")
    assert not RegionCode("35.24").contains("35.25.01")


@pytest.mark.parametrize(
    "wrong", ["", "3524", "35.70", "35.00", "35.24.00", "35.24.22.4001", "35.24.22.0001", "35.24\n", "３５", "3524220"]
)
def test_malformed_and_statistics_office_codes_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="Kemendagri"):
        RegionCode(wrong)
    with pytest.raises(ValidationError):
        Placed.model_validate({"place": wrong})


def test_a_field_for_a_district_or_a_village_takes_no_other_level() -> None:
    with pytest.raises(ValidationError):
        Placed.model_validate({"place": "35", "district": "35"})
    with pytest.raises(ValidationError):
        Placed.model_validate({"place": "35", "village": "35.24.22"})
