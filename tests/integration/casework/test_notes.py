"""Notes: in words, by whom and of when; corrections keep the old wording, kinds decide who reads, nothing leaves."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.casework.case.notes.access import READERS
from services.casework.case.notes.domain import NoteKind
from tests.support.casework.agencies import OFFICE
from tests.support.casework.asking import later
from tests.support.casework.desk import Desk
from tests.support.casework.persons import know
from tests.support.identity import Issuer
from tests.support.services import Bench
from tests.support.visitor import Visitor

WORDS = "Menangis di teras, menyebut nama adiknya."


def note(**changes: Any) -> dict[str, Any]:
    return {"kind": "VISIT", "happened_at": later(hours=-2), "text": WORDS, **changes}


@pytest.fixture
async def office(casework: Bench, issuer: Issuer, case_id: UUID) -> Desk:
    if not await casework.value(
        "SELECT count(*) FROM person_keys k JOIN cases c USING (person_id) WHERE c.id = $1", case_id
    ):
        await know(casework, case_id)
    return Desk(casework, issuer, OFFICE, "caseworker")


async def shown(desk: Desk, case_id: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await desk.get(f"/cases/{case_id}/notes"))["items"]
    return items


async def test_a_note_is_read_as_written_with_its_author_and_its_time(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    written = await office.post(f"/cases/{case_id}/notes", **note())
    found = next(one for one in await shown(office, case_id) if one["now"]["note_id"] == written["note_id"])
    assert (found["kind"], found["now"]["text"], found["before"]) == ("VISIT", WORDS, [])
    assert found["now"]["author"] == f"staff:desk-{OFFICE}"
    for table in ("notes", "actions", "outbox", "timeline_lines"):
        kept = [row["line"] for row in await casework.rows(f"SELECT t::text AS line FROM {table} t")]
        assert not any("Menangis" in line for line in kept), table
        is_kept = any(written["note_id"] in line for line in kept)
        assert is_kept == (table in ("notes", "actions")), "no event tells of a note"
    reads = await casework.rows("SELECT fields FROM special_reads WHERE aggregate = 'notes'")
    assert reads
    assert {row["fields"] for row in reads} == {"note"}


async def test_a_correction_keeps_the_old_wording_and_the_newest_alone_is_corrected(
    office: Desk, case_id: UUID
) -> None:
    first = await office.post(f"/cases/{case_id}/notes", **note())
    second = await office.post(f"/notes/{first['note_id']}/correction", text="Tertawa di teras.")
    refused = await office.send(f"/notes/{first['note_id']}/correction", text="Lagi.")
    assert (refused.status_code, refused.json()["code"]) == (409, "note_was_corrected")
    third = await office.post(f"/notes/{second['note_id']}/correction", text="Duduk di teras.")
    found = next(one for one in await shown(office, case_id) if one["now"]["note_id"] == third["note_id"])
    assert [found["now"]["text"], *(old["text"] for old in found["before"])] == [
        "Duduk di teras.", "Tertawa di teras.", WORDS
    ]  # fmt: skip
    assert first["happened_at"] == third["happened_at"]


async def test_of_corrections_at_once_one_stands(office: Desk, case_id: UUID) -> None:
    first = await office.post(f"/cases/{case_id}/notes", **note())
    path = f"/notes/{first['note_id']}/correction"
    answers = await asyncio.gather(*(office.send(path, text=f"Bunyi {number}") for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize("kind", NoteKind)
@pytest.mark.parametrize("role", ["caseworker", "duty-officer", "section-head", "auditor", "operator", "desk-officer"])
async def test_a_kind_decides_who_reads_and_writes(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID, role: str, kind: NoteKind
) -> None:
    head = Desk(casework, issuer, OFFICE, "section-head")
    written = await head.post(f"/cases/{case_id}/notes", **note(kind=kind.value))
    somebody = Desk(casework, issuer, OFFICE, role)
    may = role in READERS[kind]
    is_worker = role in ("caseworker", "duty-officer", "section-head")
    if is_worker:
        assert (written["note_id"] in {one["now"]["note_id"] for one in await shown(somebody, case_id)}) == may
    else:
        await somebody.get(f"/cases/{case_id}/notes", expect=403)
    added = await somebody.send(f"/cases/{case_id}/notes", **note(kind=kind.value))
    corrected = await somebody.send(f"/notes/{written['note_id']}/correction", text="Bunyi baru.")
    refused = (403, 404 if is_worker else 403)
    assert (added.status_code, corrected.status_code) == ((201, 201) if may else refused)
    if is_worker and not may:
        assert added.json()["code"] == "kind_is_not_yours"


async def test_what_cannot_be_a_note_is_refused_and_nothing_is_kept(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    before = await casework.value("SELECT count(*) FROM notes")
    future = await office.send(f"/cases/{case_id}/notes", **note(happened_at=later(hours=1)))
    assert (future.status_code, future.json()["code"]) == (422, "not_yet_happened")
    for wrong in ({"text": " "}, {"text": "x" * 8001}, {"kind": "GOSSIP"}):
        assert (await office.send(f"/cases/{case_id}/notes", **note(**wrong))).status_code == 422
    assert (await office.send(f"/cases/{uuid4()}/notes", **note())).status_code == 404
    assert (await office.send(f"/notes/{uuid4()}/correction", text="Bunyi.")).status_code == 404
    assert await casework.value("SELECT count(*) FROM notes") == before


async def test_without_the_persons_key_nothing_is_written_and_what_was_is_unreadable(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    written = await office.post(f"/cases/{case_id}/notes", **note())
    person_id = await casework.value("SELECT person_id FROM cases WHERE id = $1", case_id)
    kept = await casework.value("SELECT wrapped_key FROM person_keys WHERE person_id = $1", person_id)
    await casework.units.pool.execute("UPDATE person_keys SET wrapped_key = NULL WHERE person_id = $1", person_id)
    try:
        found = next(one for one in await shown(office, case_id) if one["now"]["note_id"] == written["note_id"])
        assert found["now"]["text"] is None
        refused = await office.send(f"/cases/{case_id}/notes", **note())
        assert (refused.status_code, refused.json()["code"]) == (409, "person_has_no_key")
    finally:
        await casework.units.pool.execute(
            "UPDATE person_keys SET wrapped_key = $2 WHERE person_id = $1", person_id, kept
        )


async def test_notes_are_written_and_corrected_on_the_cases_page(casework: Bench, office: Desk, case_id: UUID) -> None:
    sri = await Visitor(casework, "sri.peksos", ["caseworker"]).sit_down()
    path = f"/perkara/{case_id}/catatan"
    assert path in str(await sri.see(f"/perkara/{case_id}"))
    assert "Catatan pimpinan" not in await sri.read(path)
    assert await sri.do(f"{path}/tulis", kind="CALL", text="Adiknya ditelepon: akan datang Senin.") == "note-written"
    page = await sri.see(path)
    assert "akan datang Senin" in page.text
    item = next(one for one in page.select("li.item") if "akan datang Senin" in one.text)
    note_id = item.select_one("input[name=note_id]")["value"]  # type: ignore[index]
    assert await sri.do(f"{path}/perbaiki", note_id=note_id, text="Adiknya akan datang Selasa.") == "note-corrected"
    read = await sri.read(path)
    assert "akan datang Selasa" in read
    assert "Bunyi sebelumnya (1)" in read
    refused = await sri.post(f"{path}/tulis", kind="CALL", text="x")
    assert refused.status_code == 422
    assert "Paling sedikit 3 huruf." in refused.text
