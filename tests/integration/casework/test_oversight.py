"""What nobody looks after, and what an auditor asks about, on real rows."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from services.chassis import clock
from services.chassis.principal import Principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI
from tests.support.casework.asking import ask
from tests.support.casework.closing import closed_by_force
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.row_routes import office_elsewhere
from tests.support.services import Bench
from tests.support.visitor import Visitor


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "section-head")


@pytest.fixture
def auditor(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "auditor")


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(casework: Bench) -> UUID:
    return await case_of(casework, await report_verified(casework))


def period() -> str:
    """Yesterday until tomorrow, as a query."""

    def written(instant: datetime) -> str:
        return instant.isoformat().replace("+00:00", "Z")

    return f"since={written(clock.utc_now() - timedelta(days=1))}&until={written(clock.utc_now() + timedelta(days=1))}"


async def listed(auditor: Desk, wanted: str, agency: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await auditor.get(f"/audit?list={wanted}&{period()}&agency={agency}"))["items"]
    return found


async def spoken(office: Desk, handoff: dict[str, Any], ago: timedelta) -> None:
    await office.move(
        handoff["handoff_id"], "spoken-answer", move="accept", spoke_with="Petugas Uji", role="HEAD",
        phone="0322000000", happened_at=(clock.utc_now() - ago).isoformat(),
    )  # fmt: skip


async def test_answers_on_behalf_and_late_recordings_are_listed_without_who_spoke(
    office: Desk, auditor: Desk, case_id: UUID
) -> None:
    soon, late = [await ask(office, case_id, LAWANG, purpose="INFORMATION") for _ in range(2)]
    await spoken(office, soon, timedelta(minutes=1))
    await spoken(office, late, timedelta(days=2))
    on_behalf = {row["handoff_id"]: row for row in await listed(auditor, "ON_BEHALF", LAWANG)}
    assert {soon["handoff_id"], late["handoff_id"]} <= on_behalf.keys()
    row = on_behalf[late["handoff_id"]]
    assert (row["agency"], row["verb"], row["verdict"]) == (LAWANG, "accept", None)
    assert "items" in await auditor.get(row["readers"])
    is_late = {row["handoff_id"]: row["late_seconds"] for row in await listed(auditor, "LATE")}
    assert is_late[late["handoff_id"]] >= 2 * 24 * 3600 - 5
    assert soon["handoff_id"] not in is_late
    assert late["handoff_id"] not in {row["handoff_id"] for row in await listed(auditor, "ON_BEHALF", SOEGIRI)}


async def test_a_pause_is_listed_with_its_reason_and_its_end(office: Desk, auditor: Desk, case_id: UUID) -> None:
    handoff = await ask(office, case_id, SOEGIRI)
    await office.move(handoff["handoff_id"], "hold", reason_code="WAITING_FOR_DOCUMENT")
    (pause,) = [row for row in await listed(auditor, "PAUSES") if row["handoff_id"] == handoff["handoff_id"]]
    assert (pause["reason"], pause["deadline"], pause["ended_at"]) == ("WAITING_FOR_DOCUMENT", "ANSWER_BY", None)
    await office.move(handoff["handoff_id"], "resumption")
    (pause,) = [row for row in await listed(auditor, "PAUSES") if row["handoff_id"] == handoff["handoff_id"]]
    assert pause["ended_at"] is not None


async def test_a_case_that_two_people_closed_by_force_is_listed(
    casework: Bench, issuer: Issuer, auditor: Desk, case_id: UUID
) -> None:
    forced_id = await closed_by_force(casework, issuer)
    listed_now = {row["case_id"]: row for row in await listed(auditor, "FORCED")}
    forced = listed_now[str(forced_id)]
    assert (forced["reason"], forced["agency"]) == ("OPENED_BY_MISTAKE", OFFICE)
    assert str(case_id) not in listed_now, "it is open"


async def test_a_list_is_downloaded_and_only_of_ones_own_districts(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, LAWANG, purpose="INFORMATION")
    await spoken(office, handoff, timedelta(minutes=1))

    async def sheet(token: str) -> Any:
        path = f"/audit/download?list=ON_BEHALF&{period()}"
        return await casework.client.get(path, headers={"Authorization": f"Bearer {token}"})

    mine = await sheet(issuer.token("auditor", agency=OFFICE, roles=("auditor",)))
    assert mine.headers["content-type"].startswith("text/csv")
    assert handoff["handoff_id"] in mine.text
    assert "Petugas Uji" not in mine.text
    assert "0322000000" not in mine.text
    elsewhere = await sheet(office_elsewhere(issuer))
    assert len(elsewhere.text.splitlines()) == 1, "nothing but the header"
    assert (await sheet(issuer.token("head", agency=OFFICE, roles=("section-head",)))).status_code == 403


async def test_a_sheet_from_the_page_speaks_words_names_and_the_districts_clock(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, LAWANG, purpose="INFORMATION")
    await spoken(office, handoff, timedelta(minutes=1))
    actor = await casework.value(
        "SELECT recorded_by FROM spoken_answers WHERE handoff_id = $1", UUID(handoff["handoff_id"])
    )
    someone = Principal(actor, OFFICE, frozenset({"caseworker"}), ("35.24",), "Sri Wahyuni")
    await casework.app.state.pages.colleagues.meet(casework.units.pool, someone)
    auditor = await Visitor(casework, "auditor", ["auditor"]).sit_down()

    sheet = list(csv.reader(io.StringIO((await auditor.get("/pemeriksaan/unduh?daftar=ON_BEHALF")).text)))
    heads = ["Instansi", "Nomor perkara", "Untuk", "Yang dilakukan", "Terjadi (WIB)", "Dicatat (WIB)", "Oleh"]
    assert sheet[0] == [*heads, "Putusan instansi"]
    number = await casework.value("SELECT number FROM cases WHERE id = $1", case_id)
    line = next(line for line in reversed(sheet) if line[1] == number)
    assert (line[2], line[6]) == ("Pemberitahuan", "Sri Wahyuni")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", at) for at in line[4:6])
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|[A-Z]+_[A-Z]+|staff:", "\n".join(map("|".join, sheet)))
    assert "oleh Sri Wahyuni" in await auditor.read("/pemeriksaan?daftar=ON_BEHALF")


async def test_a_period_that_cannot_be_is_refused(auditor: Desk) -> None:
    turned = await auditor.get("/audit?list=LATE&since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", 422)
    assert turned["code"] == "period_is_turned_round"


async def test_a_case_for_which_nothing_is_due_is_named(casework: Bench, office: Desk, case_id: UUID) -> None:
    async def named() -> bool:
        found = (await office.get("/oversight/cases-without-next-step"))["items"]
        return str(case_id) in {row["case_id"] for row in found}

    await ask(office, case_id, SOEGIRI)
    assert not await named()

    async def named_once_everything_lost_its_date() -> bool:
        for statement in (
            "UPDATE handoffs SET due_at = NULL WHERE about_id = $1",
            "UPDATE tasks SET state = 'paused' WHERE about_id = $1 AND state = 'open'",
        ):
            await casework.units.pool.execute(statement, case_id)
        return await named()

    # The procedure may still be asking for its first steps, each with a date of its own.
    await eventually(named_once_everything_lost_its_date, what="the case among those for which nothing is due")


async def test_a_deadline_of_which_its_workflow_does_not_know_is_named_with_the_difference(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id, SOEGIRI)
    handoff_id = UUID(handoff["handoff_id"])

    async def looked() -> Any:
        return await casework.value("SELECT next_check_at FROM timer_checks WHERE handoff_id = $1", handoff_id)

    await eventually(looked, what="the workflow's first look")

    async def difference() -> str | None:
        rows = (await office.get("/oversight/deadlines-without-timer"))["items"]
        return next((row["difference"] for row in rows if row["handoff_id"] == handoff["handoff_id"]), None)

    assert await difference() is None
    await casework.units.pool.execute(
        "UPDATE timer_checks SET checked_at = now() - interval '1 hour', next_check_at = now() + interval '9 days'"
        " WHERE handoff_id = $1", handoff_id,
    )  # fmt: skip
    assert await difference() == "CHECKS_TOO_LATE"
    await casework.units.pool.execute(
        "UPDATE deadlines SET escalates_at = now() - interval '1 hour' WHERE about_id = $1", handoff_id
    )
    assert await difference() == "DID_NOT_ESCALATE"
    await casework.units.pool.execute("DELETE FROM timer_checks WHERE handoff_id = $1", handoff_id)
    assert await difference() == "NO_TIMER"
