"""Letters on real rows: numbered without gaps, printed with what the receiver may know, void and made anew."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from services.casework.office.directory.domain import Letter
from services.casework.papers.letters import access
from services.chassis.principal import Principal
from tests.support.casework.agencies import LAWANG, OFFICE, SOEGIRI, VILLAGE
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.casework.documents import download, upload
from tests.support.casework.letters import Printed
from tests.support.casework.persons import PERSON, know
from tests.support.casework.reports import case_of, report_verified
from tests.support.casework.scans import PDF
from tests.support.identity import Issuer
from tests.support.services import Bench


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def case_id(casework: Bench) -> UUID:
    """One case to which the tests hang hand-offs of their own."""
    found = await case_of(casework, await report_verified(casework))
    await know(casework, found)
    return found


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "section-head")


async def issue(office: Desk, handoff: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await office.post(f"/handoffs/{handoff['handoff_id']}/letters", **more)
    return found


async def check(bench: Bench, token: str) -> str:
    """What anybody sees who follows the QR code."""
    answer = await bench.client.get(f"/surat/{token}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    return answer.text


async def test_a_letter_is_numbered_printed_kept_and_told_without_a_word_about_the_person(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    letter = await issue(office, handoff, signer="kabid")
    assert (letter["kind"], letter["state"], letter["signer"]) == ("REFERRAL_LETTER", "issued", "kabid")
    assert letter["number"].startswith("460/")
    pdf = await download(casework, issuer.machine(SOEGIRI), letter["document_id"])
    assert pdf.content.startswith(b"%PDF")
    assert hashlib.sha256(pdf.content).hexdigest() == letter["digest"]
    said = json.loads(
        await casework.value("SELECT body::text FROM outbox WHERE body->>'letter_id' = $1", letter["letter_id"])
    )
    assert said["document_digest"] == letter["digest"]
    kept = await casework.value(
        "SELECT string_agg(changes::text, '') FROM actions WHERE aggregate IN ('letters', 'documents')"
    )
    for value in (PERSON["name"], PERSON["features"]):
        assert value not in json.dumps(said) + kept
    reads = await office.get(f"/handoffs/{handoff['handoff_id']}/readers")
    read_by = {(read["agency"], "name" in read["fields"]) for read in reads["items"]}
    assert (OFFICE, True) in read_by, "whoever prints a letter has seen what stands in it"


async def test_the_letter_holds_what_its_receiver_may_know_and_no_more(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    press = Printed(casework)
    for purpose, agency in (("INPATIENT_BED", SOEGIRI), ("FAMILY_TRACING", VILLAGE), ("REUNIFICATION", VILLAGE)):
        handoff = await ask(office, case_id, agency, purpose=purpose)
        disclosure = await office.get(f"/handoffs/{handoff['handoff_id']}/disclosure")
        await press.issue(handoff)
        told = json.dumps({k: v for k, v in press.data[-1].items() if k != "qr"}, ensure_ascii=False)
        for field in ("name", "nik", "birth_date", "features"):
            assert (PERSON[field] in told) == (field in disclosure["fields"]), (purpose, field)


async def test_numbers_have_no_gaps_whatever_fails_and_however_many_come_at_once(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    handoffs = [await ask(office, case_id, VILLAGE, purpose="REUNIFICATION") for _ in range(2)]
    press, broken = Printed(casework), Printed(casework)

    def jammed(kind: Letter, data: Mapping[str, Any]) -> bytes:
        raise RuntimeError("jammed")

    broken.press = replace(broken.press, render=jammed)

    async def fail() -> None:
        with pytest.raises(RuntimeError):
            await broken.issue(handoffs[0], is_further=True)

    await asyncio.gather(
        *(press.issue(handoffs[n % 2], is_further=True) for n in range(6)), *(fail() for _ in range(3))
    )
    serials = [
        row["serial"]
        for row in await casework.rows("SELECT serial FROM letters WHERE kind = 'HANDOVER_RECORD' ORDER BY serial")
    ]
    assert serials == list(range(1, len(serials) + 1))


async def test_the_code_tells_anybody_whether_a_letter_holds_and_nothing_about_a_person(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    press = Printed(casework)
    letter, token = await press.issue(await ask(office, case_id))
    assert f"/surat/{token}" in press.data[-1]["check_url"]
    seen = await check(casework, token)
    assert letter.number in seen
    assert "Surat ini berlaku." in seen
    for hidden in (
        PERSON["name"],
        PERSON["nik"],
        "Soegiri",
        SOEGIRI,
        str(letter.id),
        str(case_id),
        press.data[-1]["case_number"],
    ):
        assert hidden not in seen
    await office.post(f"/letters/{letter.id}/void", reason_code="NOT_SENT")
    assert "tidak berlaku lagi" in await check(casework, token)
    assert "batal" in await check(casework, token)
    unknown = await casework.client.get(f"/surat/{'x' * 32}", headers={"Accept": "text/html"})
    assert unknown.status_code == 404
    rows = await casework.rows("SELECT token_digest FROM letters")
    assert token not in {row["token_digest"] for row in rows}


async def test_a_letter_made_anew_has_its_own_number_and_names_the_old_one(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    press = Printed(casework)
    old, old_token = await press.issue(await ask(office, case_id))
    new, new_token = await press.reissue(old.id)
    assert new.number != old.number
    assert press.data[-1]["replaces"] == old.number
    listed = {item["letter_id"]: item for item in (await office.get(f"/handoffs/{old.handoff_id}/letters"))["items"]}
    assert listed[str(old.id)]["replaced_by"] == str(new.id)
    assert listed[str(new.id)]["replaces"] == str(old.id)
    assert "diganti" in await check(casework, old_token)
    assert "Surat ini berlaku." in await check(casework, new_token)
    refused = await office.send(f"/letters/{old.id}/void", reason_code="NOT_SENT")
    assert (refused.status_code, refused.json()["code"], refused.json()["legal_now"]) == (409, "letter_cannot_move", [])
    over_api = await office.post(f"/letters/{new.id}/reissue", reason_code="WRONG_CONTENT")
    assert over_api["replaces"] == str(new.id)


async def test_the_copy_signed_by_hand_makes_a_letter_signed(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff, other = await ask(office, case_id), await ask(office, case_id)
    letter = await issue(office, handoff)
    token = issuer.token("o", agency=OFFICE, roles=("caseworker",))
    elsewhere = (await upload(casework, token, other["handoff_id"], PDF, kind="SIGNED_LETTER")).json()
    photo = (await upload(casework, token, handoff["handoff_id"], PDF, kind="HANDOVER_PHOTO")).json()
    for wrong in (elsewhere["document_id"], photo["document_id"], str(uuid4())):
        refused = await office.send(f"/letters/{letter['letter_id']}/signed-copy", document_id=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "scan_is_not_of_this_letter")
    scan = (await upload(casework, token, handoff["handoff_id"], PDF, kind="SIGNED_LETTER")).json()
    signed = await office.post(f"/letters/{letter['letter_id']}/signed-copy", document_id=scan["document_id"])
    assert (signed["state"], signed["signed_document_id"]) == ("signed", scan["document_id"])
    assert signed["legal_now"] == ["void", "reissue"]


async def test_a_letter_asked_for_again_is_asked_about_however_many_press_at_once(
    casework: Bench, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    place = f"/handoffs/{handoff['handoff_id']}/letters"
    answers = await asyncio.gather(*(office.send(place) for _ in range(3)))
    (first,) = [answer.json() for answer in answers if answer.status_code == 201]
    for refused in [answer for answer in answers if answer.status_code != 201]:
        said = refused.json()
        assert (refused.status_code, said["code"], said["facts"]["letter"]) == (409, "letter_stands", first["number"])
        assert said["legal_now"] == ["sign", "void", "reissue"]
    further = await issue(office, handoff, is_further=True)
    await office.post(f"/letters/{first['letter_id']}/void", reason_code="NOT_SENT")
    await office.post(f"/letters/{further['letter_id']}/void", reason_code="NOT_SENT")
    assert (await issue(office, handoff))["number"] not in (first["number"], further["number"])


async def test_letters_are_the_offices_and_only_where_one_is_foreseen(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    hospital = Desk(casework, issuer, SOEGIRI, "caseworker")
    refused = await hospital.send(f"/handoffs/{handoff['handoff_id']}/letters")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_is_not_allowed")
    with pytest.raises(access.LetterIsTheOffices):
        access.check_writer(Principal("staff:x", SOEGIRI, frozenset({"caseworker"}), ("35.24",)), OFFICE)
    stranger = Desk(casework, issuer, LAWANG, "caseworker")
    letter = await issue(office, handoff)
    assert (await stranger.send(f"/handoffs/{handoff['handoff_id']}/letters")).status_code == 403
    assert (await stranger.send(f"/letters/{letter['letter_id']}/void", reason_code="NOT_SENT")).status_code == 403
    await Desk(casework, issuer, LAWANG).get(f"/letters/{letter['letter_id']}", expect=404)
    assert (await Desk(casework, issuer, SOEGIRI).get(f"/letters/{letter['letter_id']}"))["number"] == letter["number"]
    nobody = await office.send(f"/handoffs/{handoff['handoff_id']}/letters", signer="nobody")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "signer_is_unknown")
    plain = await ask(office, case_id, VILLAGE, purpose="INFORMATION")
    none = await office.send(f"/handoffs/{plain['handoff_id']}/letters")
    assert (none.status_code, none.json()["code"]) == (409, "letter_is_not_foreseen")
    await office.move(handoff["handoff_id"], "cancellation", reason_code="NO_LONGER_NEEDED")
    ended = await office.send(f"/handoffs/{handoff['handoff_id']}/letters")
    assert (ended.status_code, ended.json()["code"]) == (409, "handoff_is_not_open")


async def test_a_letter_asked_for_twice_with_one_key_is_one(
    casework: Bench, issuer: Issuer, office: Desk, case_id: UUID
) -> None:
    handoff = await ask(office, case_id)
    headers = {
        "Authorization": f"Bearer {issuer.token('o', agency=OFFICE, roles=('section-head',))}",
        "Idempotency-Key": str(uuid4()),
    }
    first, second = [
        await casework.client.post(f"/handoffs/{handoff['handoff_id']}/letters", json={}, headers=headers)
        for _ in range(2)
    ]
    assert first.json() == second.json()
    assert len((await office.get(f"/handoffs/{handoff['handoff_id']}/letters"))["items"]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE letters SET number = 'lain'",
        "UPDATE letters SET digest = 'lain'",
        "DELETE FROM letters",
        "UPDATE documents SET uploaded_by = 'lain'",
        "DELETE FROM documents",
    ],
)
async def test_what_was_issued_is_not_changed_by_the_services_role(casework: Bench, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await casework.units.pool.execute(statement)
