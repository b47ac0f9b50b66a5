"""Documents on real rows: kept sealed, opened by the parties alone, every opening written down."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.casework.documents import download, upload
from tests.support.casework.persons import know
from tests.support.casework.reports import case_of, report_verified
from tests.support.casework.scans import JPEG, PDF
from tests.support.identity import Issuer
from tests.support.services import Bench

STREET = "satpolpp-lamongan"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def case_id(casework: Bench) -> UUID:
    """One case to which the tests hang hand-offs of their own."""
    found = await case_of(casework, await report_verified(casework))
    await know(casework, found)
    return found


async def test_a_scan_is_kept_sealed_and_read_back_by_both_parties(
    casework: Bench, issuer: Issuer, case_id: UUID
) -> None:
    handoff = await ask(Desk(casework, issuer, OFFICE, "section-head"), case_id)
    secret = PDF + b"% Warga Uji Paket"
    key = uuid4()
    hospital, office = issuer.machine(SOEGIRI), issuer.token("o", agency=OFFICE, roles=("caseworker",))
    made = await upload(casework, hospital, handoff["handoff_id"], secret, key=key, kind="HANDOVER_PHOTO")
    assert made.status_code == 201, made.text
    again = await upload(casework, hospital, handoff["handoff_id"], secret, key=key, kind="HANDOVER_PHOTO")
    assert again.json() == made.json()
    kept = made.json()
    assert (kept["media_type"], kept["size_bytes"], kept["uploaded_by"]) == ("application/pdf", len(secret), SOEGIRI)
    for token in (hospital, office):
        answer = await download(casework, token, kept["document_id"])
        assert (answer.status_code, answer.content) == (200, secret)
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["cache-control"] == "no-store"
    listed = await Desk(casework, issuer, OFFICE, "caseworker").get(f"/handoffs/{handoff['handoff_id']}/documents")
    assert [item["document_id"] for item in listed["items"]] == [kept["document_id"]]
    folder: Path = casework.settings.documents_folder
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert UUID(kept["document_id"]).hex in {path.name for path in files}
    assert not [path for path in files if b"Warga Uji" in path.read_bytes() or b"%PDF" in path.read_bytes()]
    reads = await Desk(casework, issuer, OFFICE, "section-head").get(f"/handoffs/{handoff['handoff_id']}/readers")
    opened = [read["agency"] for read in reads["items"] if read["fields"] == ["document:HANDOVER_PHOTO"]]
    assert opened == [SOEGIRI, OFFICE]


async def test_nobody_but_the_parties_finds_a_document(casework: Bench, issuer: Issuer, case_id: UUID) -> None:
    handoff = await ask(Desk(casework, issuer, OFFICE, "section-head"), case_id)
    made = (await upload(casework, issuer.machine(SOEGIRI), handoff["handoff_id"], JPEG)).json()
    stranger = issuer.machine(LAWANG)
    assert (await upload(casework, stranger, handoff["handoff_id"], JPEG)).status_code == 404
    assert (await download(casework, stranger, made["document_id"])).status_code == 404
    auditor = issuer.token("auditor", agency=OFFICE, roles=("auditor",))
    refused = await download(casework, auditor, made["document_id"])
    assert (refused.status_code, refused.json()["code"]) == (403, "document_is_not_for_you")


async def test_a_receiver_reads_no_paper_of_a_hand_off_that_has_ended(
    casework: Bench, issuer: Issuer, case_id: UUID
) -> None:
    office, hospital = Desk(casework, issuer, OFFICE, "section-head"), Desk(casework, issuer, SOEGIRI)
    handoff_id = (await ask(office, case_id))["handoff_id"]
    made = (await upload(casework, issuer.machine(OFFICE), handoff_id, PDF)).json()
    assert (await download(casework, issuer.machine(SOEGIRI), made["document_id"])).status_code == 200
    await hospital.move(handoff_id, "rejection", reason_code="FULL")
    ended = await download(casework, issuer.machine(SOEGIRI), made["document_id"])
    assert (ended.status_code, ended.json()["code"]) == (403, "purpose_has_ended")
    assert (await download(casework, issuer.machine(OFFICE), made["document_id"])).status_code == 200


async def test_who_took_a_child_off_the_street_opens_no_paper_with_its_name(casework: Bench, issuer: Issuer) -> None:
    report_id = await report_verified(casework)
    handoff_id = await Desk(casework, issuer, OFFICE, "caseworker").open_handoff(report_id, "CUSTODY_TRANSFER")
    await know(casework, await case_of(casework, report_id), minor=True)
    street = issuer.machine(STREET)
    office = issuer.token("o", agency=OFFICE, roles=("caseworker",))
    made = (await upload(casework, office, handoff_id, PDF)).json()
    assert (await download(casework, office, made["document_id"])).status_code == 200
    assert (await download(casework, street, made["document_id"])).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "document_is_empty"),
        (b"<html></html>", 422, "document_type_is_not_taken"),
        (PDF + bytes(10 * 1024 * 1024), 422, "document_is_too_large"),
        (PDF + bytes(11 * 1024 * 1024), 413, "body_is_too_large"),
    ],
)
async def test_what_is_no_scan_of_some_pages_is_refused(
    casework: Bench, issuer: Issuer, case_id: UUID, body: bytes, status: int, code: str
) -> None:
    handoff = await ask(Desk(casework, issuer, OFFICE, "section-head"), case_id)
    refused: Any = await upload(casework, issuer.machine(SOEGIRI), handoff["handoff_id"], body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_a_lost_file_and_a_changed_one_are_told_apart(casework: Bench, issuer: Issuer, case_id: UUID) -> None:
    handoff = await ask(Desk(casework, issuer, OFFICE, "section-head"), case_id)
    hospital = issuer.machine(SOEGIRI)
    made = (await upload(casework, hospital, handoff["handoff_id"], PDF)).json()
    folder: Path = casework.settings.documents_folder
    (file,) = folder.rglob(UUID(made["document_id"]).hex)
    file.write_bytes(file.read_bytes()[:-1] + b"\x00\x00")
    damaged = await download(casework, hospital, made["document_id"])
    assert (damaged.status_code, damaged.json()["code"]) == (500, "document_is_damaged")
    file.unlink()
    away = await download(casework, hospital, made["document_id"])
    assert (away.status_code, away.json()["code"]) == (503, "store_is_away")
