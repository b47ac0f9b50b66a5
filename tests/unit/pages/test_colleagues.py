"""Who is called by name, and to whom."""

from unittest.mock import AsyncMock

import pytest

from services.chassis.offices import AccessSection, Offices
from services.chassis.pages.colleagues import Colleagues
from services.chassis.principal import Principal

OFFICE, HOSPITAL, POST = "dinsos-lamongan", "rsj-menur", "puskesmas-babat"
OFFICES = Offices({"35.24": AccessSection(district="35.24", office=OFFICE)})
AGENCIES = {OFFICE: "Dinas Sosial", HOSPITAL: "RSJ Menur"}


def person(actor: str, agency: str, name: str = "", offices: tuple[str, ...] = ("35.24",)) -> Principal:
    return Principal(actor, agency, frozenset(), offices, name)


@pytest.fixture
async def colleagues() -> Colleagues:
    found = Colleagues()
    for who in (
        person("staff:sri", OFFICE, "Sri Wahyuni"),
        person("staff:rini", HOSPITAL, "Rini Astuti"),
        person("staff:dewi", POST, "Dewi Lestari"),
        person("staff:bisu", OFFICE),
        person("staff:luar", HOSPITAL, "Luar Daerah", ()),
    ):
        await found.meet(AsyncMock(), who)
    return found


@pytest.mark.parametrize(
    ("actor", "viewer", "called"),
    [
        ("staff:sri", OFFICE, "Sri Wahyuni"),
        ("staff:bisu", OFFICE, "petugas"),
        ("staff:rini", OFFICE, "Rini Astuti (RSJ Menur)"),
        ("staff:dewi", OFFICE, "Dewi Lestari (instansi lain)"),
        ("staff:rini", HOSPITAL, "Rini Astuti"),
        ("staff:sri", HOSPITAL, "petugas Dinas Sosial"),
        ("staff:rini", POST, "petugas RSJ Menur"),
        ("staff:luar", OFFICE, "petugas RSJ Menur"),
        ("staff:siapa", OFFICE, "petugas"),
        ("agency:rsj-menur", POST, "RSJ Menur"),
        ("agency:entah", POST, "instansi lain"),
        ("system:casework", POST, "Sigap"),
    ],
)
async def test_people_are_named_to_their_own_agency_and_to_the_office(
    colleagues: Colleagues, actor: str, viewer: str, called: str
) -> None:
    assert colleagues.called(actor, person("staff:me", viewer), OFFICES, AGENCIES) == called


async def test_without_a_sign_in_nobody_is_named(colleagues: Colleagues) -> None:
    assert colleagues.called("staff:sri", None, OFFICES, AGENCIES) == "petugas"


async def test_the_people_of_an_agency_are_listed_by_name(colleagues: Colleagues) -> None:
    assert [one.name for one in colleagues.of_agency(HOSPITAL)] == ["Luar Daerah", "Rini Astuti"]


async def test_the_table_is_read_again_after_a_while_and_not_for_each_page() -> None:
    pool = AsyncMock()
    row = {"actor": "staff:sri", "agency": OFFICE, "district": "35.24", "name": "Sri Wahyuni"}
    pool.fetch.return_value = [row]
    found = Colleagues()
    await found.look(pool)
    await found.look(pool)
    assert pool.fetch.await_count == 1
    assert found.called("staff:sri", person("staff:me", OFFICE), OFFICES, AGENCIES) == "Sri Wahyuni"
