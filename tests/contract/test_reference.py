"""The official lists are whole, unchanged, and those of the stated edition."""

import gzip
import hashlib
import json
import re
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from contracts.reference import AppliesTo, Region, Regions, ppks_types, psks_types, regions
from contracts.values import PROVINCE_CODES, Nik, NikLevel, NikWarning, RegionCode, RegionLevel

REFERENCE = Path(__file__).parents[2] / "contracts" / "reference"
SERVED = {"35.24": (27, 474, 12), "18.72": (5, 22, 22), "13.77": (4, 71, 16), "21.04": (13, 84, 9)}


def test_every_file_is_as_it_was_reviewed() -> None:
    lines = (REFERENCE / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split() for line in lines)}
    files = [*REFERENCE.glob("*.json"), *(REFERENCE / "regions").iterdir()]
    assert {file.relative_to(REFERENCE).as_posix() for file in files} == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((REFERENCE / name).read_bytes()).hexdigest() == digest, name


def test_the_country_is_whole_down_to_the_kecamatan() -> None:
    known = [regions().get(code) for code in _all_codes()]
    levels = Counter(region.level for region in known if region is not None)
    assert levels[RegionLevel.PROVINCE] == 38
    assert levels[RegionLevel.DISTRICT] == 514
    assert levels[RegionLevel.KECAMATAN] == 7285
    assert regions().edition == "Kepmendagri 300.2.2-2138/2025"


def test_there_are_416_kabupaten_and_98_kota() -> None:
    districts = [code for code in _all_codes() if code.level is RegionLevel.DISTRICT]
    assert Counter(code.is_city for code in districts) == {False: 416, True: 98}


@pytest.mark.parametrize(("code", "counts"), SERVED.items())
def test_the_districts_we_serve_are_whole(code: str, counts: tuple[int, int, int]) -> None:
    kecamatan = regions().children_of(RegionCode(code))
    villages = [village for place in kecamatan for village in regions().children_of(place.code)]
    kelurahan = [village for village in villages if village.code[9] == "1"]
    assert (len(kecamatan), len(villages), len(kelurahan)) == counts
    assert RegionCode(code) in regions().villages_of


def test_each_place_stands_on_its_level_below_a_known_one() -> None:
    for code in _all_codes():
        region = regions().get(code)
        assert region is not None
        assert region.level is code.level
        assert region.name == region.name.strip() != ""
        assert code.parent is None or regions().is_known(code.parent)


def test_names_and_codes_are_those_of_the_package_they_came_from() -> None:
    data = resources.files("lokal") / "data"
    source = {
        **json.loads(gzip.decompress((data / "wilayah.json.gz").read_bytes())),
        **json.loads(gzip.decompress((data / "desa.json.gz").read_bytes())),
    }
    assert {code: regions().name_of(code) for code in _all_codes()} == {
        code: name for code, name in source.items() if len(code) < 13 or code[:5] in SERVED
    }


def test_known_places_are_found_by_name() -> None:
    assert regions().name_of("18.72.03.1002") == "Ganjar Agung"
    assert regions().name_of("13.77.03.2018") == "Taluk"
    assert regions().path_of(RegionCode("21.04.05")) == "Lingga Utara, Kabupaten Lingga"
    assert regions().name_of("35.24.99") == "35.24.99"
    assert regions().get("35.24.99") is None


def test_the_provinces_a_nik_may_start_with_are_the_provinces_there_are() -> None:
    assert {region.code for region in regions().children_of(None)} == PROVINCE_CODES


def test_a_nik_is_checked_against_the_places_there_are() -> None:
    today = date(2026, 11, 22)
    assert Nik("3524220101909001").check(today, regions().is_known).level is NikLevel.REGION_KNOWN
    unknown = Nik("3524990101909001").check(today, regions().is_known)
    assert unknown.warnings == (NikWarning.KECAMATAN_UNKNOWN,)


def test_a_split_place_is_still_found_for_the_days_it_had() -> None:
    split = date(2027, 1, 1)
    code, new = RegionCode("35.24.22"), RegionCode("35.24.28")
    history = Regions(
        "test",
        [],
        [
            Region(code, "Lamongan", RegionLevel.KECAMATAN, None, split, (code, new)),
            Region(code, "Lamongan Kota", RegionLevel.KECAMATAN, split, None, ()),
            Region(new, "Lamongan Timur", RegionLevel.KECAMATAN, split, None, ()),
        ],
    )
    before, after = history.get(code, date(2026, 12, 31)), history.get(code, split)
    assert before is not None
    assert after is not None
    assert (before.name, after.name, history.name_of(code)) == ("Lamongan", "Lamongan Kota", "Lamongan Kota")
    assert history.get(new, date(2026, 12, 31)) is None
    assert [region.name for region in history.children_of(RegionCode("35.24"), split)] == [
        "Lamongan Kota",
        "Lamongan Timur",
    ]


def test_there_are_26_types_of_people_in_need_in_the_annexs_order() -> None:
    types = ppks_types()
    assert types.edition == "Permensos 8/2012"
    assert [entry.number for entry in types.entries] == list(range(1, 27))
    assert (types.entries[0].code, types.entries[10].code) == ("ANAK_BALITA_TERLANTAR", "GELANDANGAN")
    groups = [entry.number for entry in types.entries if entry.applies_to is not AppliesTo.PERSON]
    assert groups == [24, 25, 26]


def test_there_are_12_kinds_of_helpers_in_the_annexs_order() -> None:
    types = psks_types()
    assert [entry.number for entry in types.entries] == list(range(1, 13))
    persons = [entry.number for entry in types.entries if entry.applies_to is AppliesTo.PERSON]
    assert persons == [1, 2, 3, 9, 10, 11]
    assert types.by_code()["TAGANA"].name == "Taruna siaga bencana"


def test_codes_of_lists_are_unique_and_of_one_form() -> None:
    for types in (ppks_types(), psks_types()):
        assert len(types.by_code()) == len(types.entries)
        assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", code) for code in types.by_code())


def _all_codes() -> list[RegionCode]:
    codes: list[RegionCode] = []
    waiting: list[RegionCode | None] = [None]
    while waiting:
        below = [region.code for region in regions().children_of(waiting.pop())]
        codes += below
        waiting += below
    return codes
