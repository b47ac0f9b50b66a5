"""One real person cannot be in two hands: two persons of one NIK in custody are a finding on both cases, at once."""

from uuid import UUID, uuid4

import pytest

from tests.support.casework.agencies import POST
from tests.support.casework.custody import hours_ago, record, told
from tests.support.casework.persons import tell_of
from tests.support.casework.street import Street
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

KIND = "ONE_PERSON_IN_TWO_PLACES"
WORDS = "Dua orang dengan satu NIK sama-sama dalam penguasaan"


@pytest.fixture
def nik() -> str:
    return f"3524{uuid4().int % 10**12:012d}"


@pytest.fixture
async def two(casework: Bench, issuer: Issuer) -> list[Street]:
    return [await Street(casework, issuer).found() for _ in range(2)]


async def person_of(street: Street) -> UUID:
    return UUID((await street.case())["person_id"])


async def is_known_as(street: Street, nik: str | None, merged_into: UUID | None = None) -> None:
    """Intake tells of the case's person, and the key to it."""
    tell_key = await tell_of(street.bench, await person_of(street), nik, merged_into=merged_into)
    await tell_key()


async def states(street: Street) -> list[str]:
    return [found["state"] for found in (await street.case())["findings"] if found["kind"] == KIND]


async def become(two: list[Street], *wanted: str) -> None:
    async def so() -> bool:
        return [await states(street) for street in two] == [list(wanted)] * 2

    await eventually(so, what=f"{KIND} {wanted} on both cases")


async def test_a_number_known_later_shows_one_person_in_two_hands_on_both_cases(
    casework: Bench, two: list[Street], nik: str
) -> None:
    await is_known_as(two[0], nik)
    tell_key = await tell_of(casework, await person_of(two[1]), nik)
    assert await states(two[0]) == [], "not before the key that opens the number"
    await tell_key()
    await become(two, "open")
    found = next(one for one in (await two[0].case())["findings"] if one["kind"] == KIND)
    whole = await two[0].office.get(f"/findings/{found['finding_id']}")
    assert (whole["owner"], whole["details"]["other_about_id"]) == ("dinsos-lamongan", str(await two[1].case_id()))
    assert nik not in str(whole)
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    for street in two:
        assert WORDS in await sri.read(f"/perkara/{await street.case_id()}")
    page = await sri.see(f"/temuan/{found['finding_id']}")
    assert page.find("a", href=f"/casework/perkara/{await two[1].case_id()}", string="Buka perkara lain itu")


async def test_a_custody_that_opens_later_shows_it_too_and_its_end_settles_it(
    casework: Bench, issuer: Issuer, nik: str
) -> None:
    held = await Street(casework, issuer).found()
    free = await Street(casework, issuer).found(is_with_reporter=False, operation_id=None)
    two = [held, free]
    for street in two:
        await is_known_as(street, nik)
    await record(casework, issuer, told(await free.case_id(), POST, 0.1))
    await become(two, "open")
    gone = await free.office.send(
        f"/cases/{await free.case_id()}/occurrences", kind="ABSCONDED", happened_at=hours_ago(0)
    )
    assert gone.status_code == 200, gone.text
    await become(two, "explained")


async def test_a_double_settles_it_and_an_undone_one_brings_it_back(two: list[Street], nik: str) -> None:
    for street in two:
        await is_known_as(street, nik)
    await become(two, "open")
    double = f"/cases/{await two[1].case_id()}/duplicate"
    marked = await two[0].office.send(double, parent_case_id=str(await two[0].case_id()))
    assert marked.status_code == 200, marked.text
    await become(two, "explained")
    assert (await two[0].office.send(f"{double}/undo")).status_code == 200
    await become(two, "open")


async def test_whom_people_say_to_be_one_or_another_contradicts_no_more(two: list[Street], nik: str) -> None:
    for street in two:
        await is_known_as(street, nik)
    await become(two, "open")
    await is_known_as(two[1], nik, merged_into=await person_of(two[0]))
    await become(two, "explained")
    await is_known_as(two[1], nik)
    await become(two, "open")
    await is_known_as(two[1], f"3515{nik[4:]}")
    await become(two, "explained")


async def test_a_number_goes_with_the_key_of_its_person(casework: Bench, two: list[Street], nik: str) -> None:
    await is_known_as(two[0], nik)
    person_id = await person_of(two[1])
    tell_key = await tell_of(casework, person_id, nik)
    await tell_key()
    await become(two, "open")
    await tell_key(gone=True)
    await become(two, "explained")
    assert await casework.value("SELECT digest FROM person_digests WHERE person_id = $1", person_id) is None
