"""What is shown before something is recorded is what is done: row by row, for each cell of the table."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.sandbox.invariants import SHOWN_IS_DONE
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.commands import CreateTask, create_task
from services.casework.office.matters.domain import case
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from tests.support.casework.agencies import MENUR, OFFICE, POST, SOEGIRI, TOWN_PUSKESMAS, VILLAGE
from tests.support.casework.asking import ask, later
from tests.support.casework.desk import Desk
from tests.support.casework.reports import case_of, report_verified
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.services import Bench

SYSTEM = system_principal("casework")
TABLES = {
    "handoffs": "state, held_state, reason_code, cancel_asked_at",
    "tasks": "state, result_code, paused_at, kind",
    "custodies": "until, ended_reason",
    "cases": "state, outcome",
    "conditions": "state",
}
OWNER = {"cases": "id", "conditions": "matter_id"}
Rows = dict[tuple[str, UUID], dict[str, Any]]


class Everything:
    """A case that people lead, with something open of every kind."""

    def __init__(self, bench: Bench, issuer: Issuer) -> None:
        self.bench, self.issuer = bench, issuer
        self.office = self.desk(OFFICE, "caseworker", "section-head")

    def desk(self, agency: str, *roles: str) -> Desk:
        return Desk(self.bench, self.issuer, agency, *roles)

    async def opened(self) -> "Everything":
        guess = {"case_type_guess": "ORANG_TERLANTAR", "kind": "ORANG_TERLANTAR"}
        self.case_id = await case_of(self.bench, await report_verified(self.bench, **guess))
        await ask(self.office, self.case_id, TOWN_PUSKESMAS, purpose="HEALTH_SCREENING")
        await ask(self.office, self.case_id, "desa-sukodadi", purpose="FAMILY_TRACING")
        firm = await ask(self.office, self.case_id, SOEGIRI)
        await self.desk(SOEGIRI).move(firm["handoff_id"], "acceptance")
        maybe = await ask(self.office, self.case_id, MENUR)
        bed = {"code": "BED_AVAILABLE", "owner": "RECEIVER", "due_at": later(days=1)}
        await self.desk(MENUR).move(maybe["handoff_id"], "conditional-acceptance", conditions=[bed])
        await self._letter_outlives_its_request()
        begun = await ask(self.office, self.case_id, "dukcapil-lamongan", purpose="IDENTIFICATION")
        await self.desk("dukcapil-lamongan").move(begun["handoff_id"], "acceptance")
        await self.desk("dukcapil-lamongan").move(begun["handoff_id"], "start")
        await self.bench.units.perform(self._tasks_and_aid, principal=SYSTEM)
        return self

    async def _letter_outlives_its_request(self) -> None:
        beaten = await ask(self.office, self.case_id, POST, VILLAGE, purpose="INFORMATION", mode="parallel")
        letter = {"code": "GUARANTEE_LETTER", "owner": "SENDER", "due_at": later(days=1), "about": "CASE"}
        await self.desk(POST).move(beaten["handoff_id"], "conditional-acceptance", conditions=[letter])
        won = next(c["handoff_id"] for c in beaten["candidates"] if c["agency"] == VILLAGE)
        await self.desk(VILLAGE).move(won, "acceptance")
        await self.desk(VILLAGE).move(won, "start")
        await self.desk(VILLAGE).move(won, "completion", result_code="DONE")

    async def _tasks_and_aid(self, uow: UnitOfWork) -> None:
        row = await uow.locked(Case, self.case_id)
        uow.change(row, "ask_for_aid", aid_request_id=uuid4(), aid_state="entitled")
        for kind in ("AFTERCARE_VISIT", "CASE_CONFERENCE"):
            asked = CreateTask(
                about=case(self.case_id), correlation_id=row.correlation_id, district=row.district, step=kind,
                occurrence=1, kind=kind, agency=OFFICE, due_at=clock.utc_now() + timedelta(days=3), reply_to="",
                reply_workflow="",
            )  # fmt: skip
            await create_task(asked, uow)

    async def rows(self) -> Rows:
        found = {}
        for table, columns in TABLES.items():
            owner = OWNER.get(table, "about_id")
            for row in await self.bench.rows(f"SELECT id, {columns} FROM {table} WHERE {owner} = $1", self.case_id):
                found[table, row["id"]] = dict(row)
        return found

    async def said_of_aid(self) -> list[str]:
        said = await self.bench.rows(
            "SELECT headers->>'ce_type' AS type FROM outbox WHERE headers->>'ce_subject' = $1 AND transport = 'kafka'"
            " AND headers->>'ce_type' LIKE 'casework.case.aid_%' ORDER BY id", str(self.case_id),
        )  # fmt: skip
        return [row["type"] for row in said]

    async def happens(self, kind: str) -> Any:
        return await self.office.post(f"/cases/{self.case_id}/occurrences", kind=kind, happened_at=later(minutes=-1))


TABLE_OF = {"VISIT": "tasks", "TASK": "tasks", "CUSTODY": "custodies", "SERVICE": "cases", "CONDITION": "conditions"}
BECOMES: Mapping[tuple[str, str], dict[str, Any]] = {
    ("handoffs", "EXPIRES"): {"state": "expired"},
    ("handoffs", "EXPIRES_AND_NOTIFIED"): {"state": "expired"},
    ("handoffs", "FAILS"): {"state": "failed"},
    ("handoffs", "RECEIVER_ASKED"): {"cancel_asked_at": "SET"},
    ("tasks", "ENDS"): {"state": "cancelled"},
    ("tasks", "REPLACED"): {"state": "cancelled"},
    ("tasks", "HANDED_ON"): {"state": "cancelled"},
    ("tasks", "PAUSED"): {"state": "paused"},
    ("tasks", "RESUMED"): {"state": "open"},
    ("conditions", "ENDS"): {"state": "void"},
    ("custodies", "CLOSES_AS_UNKNOWN"): {"ended_reason": "ABSCONDED"},
    ("cases", "ENDS"): {"outcome": "SET", "state": "aftercare"},
    ("cases", "PAUSED"): {"outcome": "ABSCONDED", "state": "aftercare"},
    ("cases", "RESUMED"): {"outcome": None, "state": "open"},
}
"""Written by hand: what a row becomes; where nothing is written it stays as it was."""
AID = {"HELD": ["casework.case.aid_held.v1"], "RECHECKED": ["casework.case.aid_held.v1"],
       "RELEASED": ["casework.case.aid_released.v1"]}  # fmt: skip
CELLS = {
    "DIED": {"EXPIRES", "EXPIRES_AND_NOTIFIED", "FAILS", "HELD", "ENDS", "STAYS_UNTIL_BURIAL", "OPENED"},
    "ABSCONDED": {
        "EXPIRES", "GOES_ON", "EXPIRES_AND_NOTIFIED", "FAILS", "HELD", "PAUSED", "CLOSES_AS_UNKNOWN", "OPENED", "ENDS",
    },
    "FOUND_AGAIN": {"NEW_REQUEST_PROPOSED", "MAY_REOPEN", "RELEASED", "RESUMED", "NEW_ROW", "ENDS", "GOES_ON"},
    "NOT_THIS_TYPE": {
        "EXPIRES", "RECEIVER_ASKED", "EXPIRES_AND_NOTIFIED", "GOES_ON", "RECHECKED", "REPLACED", "UNCHANGED", "ENDS",
        "OPENED",
    },
    "SENT_ON": {
        "EXPIRES", "RECEIVER_ASKED", "EXPIRES_AND_NOTIFIED", "GOES_ON", "GOES_ALONG", "HANDED_ON",
        "MOVES_BY_SIGNATURE", "ASKED", "ENDS",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", CELLS)
async def test_what_is_shown_is_what_the_rows_do(casework: Bench, issuer: Issuer, kind: str) -> None:
    everything = await Everything(casework, issuer).opened()
    if kind == "FOUND_AGAIN":
        await everything.happens("ABSCONDED")
    foreseen = await everything.office.get(f"/cases/{everything.case_id}/occurrences/preview?kind={kind}")
    before, aid_before = await everything.rows(), await everything.said_of_aid()
    answered = await everything.happens(kind)
    assert answered == foreseen
    told = (await everything.office.get(f"/cases/{everything.case_id}/occurrences"))["items"][-1]
    assert told["consequences"] == foreseen["items"], "it is kept as it was shown"
    assert {line["disposition"] for line in answered["items"]} == CELLS[kind]
    after, aid_after = await everything.rows(), (await everything.said_of_aid())[len(aid_before) :]
    expected, new = dict(before), []
    for line in answered["items"]:
        if line["id"] is None:
            new.append((line["name"], line["party"]))
        elif line["item"] == "AID":
            assert aid_after == AID.get(line["disposition"], [])
        else:
            table = TABLE_OF.get(line["item"], "handoffs")
            changes = BECOMES.get((table, line["disposition"]), {})
            if line["name"] == "SEARCH_PERSON" and line["disposition"] == "ENDS":
                changes = {"state": "done", "result_code": "FOUND"}
            _follows(expected[table, UUID(line["id"])], after[table, UUID(line["id"])], changes)
    named = {UUID(line["id"]) for line in answered["items"] if line["id"]}
    for key in before.keys() - {(table, row) for table, row in before if row in named}:
        assert after[key] == before[key], f"{key} is not named and stays as it was"
    made = await casework.rows(
        "SELECT kind AS name, agency AS party FROM tasks WHERE id = ANY($1) UNION ALL"
        " SELECT purpose, to_agency FROM handoffs WHERE id = ANY($1)", [row for _, row in after.keys() - before.keys()],
    )  # fmt: skip
    assert [(row["name"], row["party"]) for row in made] == new
    assert not await is_breached(casework, everything.case_id)


async def is_breached(bench: Bench, case_id: UUID) -> bool:
    """What the demo asks at its end, of one case."""
    return any(row["id"] == case_id for row in await bench.rows(SHOWN_IS_DONE))


async def test_whoever_kept_other_consequences_than_were_carried_out_would_be_seen(
    casework: Bench, issuer: Issuer
) -> None:
    everything = await Everything(casework, issuer).opened()
    await everything.happens("DIED")
    keep = "UPDATE occurrences SET consequences = $2 WHERE case_id = $1"
    (row,) = await casework.rows("SELECT consequences FROM occurrences WHERE case_id = $1", everything.case_id)
    lines = json.loads(row["consequences"])
    told_and_not_done = [
        {**line, "disposition": "CLOSES_AS_UNKNOWN"} if line["item"] == "CUSTODY" else line for line in lines
    ]
    for faulty in (told_and_not_done, [line for line in lines if line["disposition"] != "FAILS"]):
        await casework.rows(keep, everything.case_id, json.dumps(faulty))
        assert await is_breached(casework, everything.case_id)
    await casework.rows(keep, everything.case_id, json.dumps(lines))
    assert not await is_breached(casework, everything.case_id)


async def test_what_has_changed_since_it_was_shown_is_shown_again_before_it_is_recorded(
    casework: Bench, issuer: Issuer
) -> None:
    everything = await Everything(casework, issuer).opened()
    preview = f"/cases/{everything.case_id}/occurrences/preview?kind=DIED"
    seen = (await everything.office.get(preview))["fingerprint"]
    await ask(everything.office, everything.case_id, "dukcapil-lamongan", purpose="FAMILY_TRACING")
    told = {"kind": "DIED", "happened_at": later(minutes=-1)}
    path = f"/cases/{everything.case_id}/occurrences"
    refused = await everything.office.send(path, **told, expected_fingerprint=seen)
    assert (refused.status_code, refused.json()["code"]) == (409, "consequences_have_changed")
    assert (await everything.office.get(path))["items"] == [], "nothing is recorded"
    now = await everything.office.get(preview)
    assert await everything.office.post(path, **told, expected_fingerprint=now["fingerprint"]) == now


def _follows(before: dict[str, Any], after: dict[str, Any], changes: dict[str, Any]) -> None:
    for column, value in changes.items():
        assert after[column] is not None if value == "SET" else after[column] == value, (column, after)
    if not changes:
        assert after == before


async def test_whoever_is_found_has_back_what_stood_still_and_the_outcome_of_before(
    casework: Bench, issuer: Issuer
) -> None:
    everything = await Everything(casework, issuer).opened()
    visit = "SELECT due_at, state FROM tasks WHERE about_id = $1 AND kind = 'AFTERCARE_VISIT'"
    (planned,) = await casework.rows(visit, everything.case_id)
    for _ in range(2):
        await everything.happens("ABSCONDED")
        await everything.happens("FOUND_AGAIN")
    (again,) = await casework.rows(visit, everything.case_id)
    assert again["state"] == "open"
    assert again["due_at"] > planned["due_at"], "as much later as it stood still"
    searches = "SELECT state, result_code FROM tasks WHERE about_id = $1 AND kind = 'SEARCH_PERSON'"
    found = [tuple(row.values()) for row in await casework.rows(searches, everything.case_id)]
    assert found == [("done", "FOUND")] * 2, "each time is a search of its own"
    assert (await everything.rows())["cases", everything.case_id]["outcome"] is None


async def test_whoever_is_not_found_leaves_nothing_standing_still(casework: Bench, issuer: Issuer) -> None:
    everything = await Everything(casework, issuer).opened()
    await everything.happens("ABSCONDED")
    (search,) = await casework.rows(
        "SELECT id FROM tasks WHERE about_id = $1 AND kind = 'SEARCH_PERSON'", everything.case_id
    )
    await everything.office.post(f"/tasks/{search['id']}/completion", result_code="NOT_FOUND")
    states = {row["state"] for (table, _), row in (await everything.rows()).items() if table == "tasks"}
    assert states == {"cancelled", "done"}


async def test_the_procedure_asks_anew_for_what_ended_with_the_leaving(casework: Bench, issuer: Issuer) -> None:
    office = Desk(casework, issuer, OFFICE, "caseworker", "section-head")
    report_id = await report_verified(casework)
    case_id = await case_of(casework, report_id)
    await office.carry_out(report_id, "CUSTODY_TRANSFER", "IN_CARE")
    puskesmas = Desk(casework, issuer, TOWN_PUSKESMAS)
    await puskesmas.open_handoff(report_id, "HEALTH_SCREENING")
    told = f"/cases/{case_id}/occurrences"
    await office.post(told, kind="ABSCONDED", happened_at=later(minutes=-2))
    await puskesmas.open_handoff(report_id, "HEALTH_SCREENING", "expired")
    await office.post(told, kind="FOUND_AGAIN", happened_at=later(minutes=-1))
    asked = await puskesmas.open_handoff(report_id, "HEALTH_SCREENING")
    await puskesmas.move(asked, "acceptance")
    await puskesmas.move(asked, "arrival", ba_number="BA/77")
    await puskesmas.move(asked, "start")
    await puskesmas.move(asked, "completion", result_code="OUTPATIENT")

    async def goes_on() -> Any:
        return await casework.value("SELECT stage = 'DISCHARGE' AND outcome IS NULL FROM cases WHERE id = $1", case_id)

    await eventually(goes_on, what="the procedure behind the screening")
    transfers = (
        "SELECT count(*) FROM handoffs WHERE about_id = $1 AND purpose = 'CUSTODY_TRANSFER' AND from_agency = $2"
    )
    assert await casework.value(transfers, case_id, POST) == 1, "what was done is not asked again"
