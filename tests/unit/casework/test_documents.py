"""What may be kept as a document, who opens it, and what lies in the store."""

import asyncio
import base64
import stat
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from services.casework.papers.documents import access, domain
from services.casework.papers.documents.adapter import DirectoryStore, recognise
from services.chassis import clock, sealing
from services.chassis.errors import NotFound
from services.chassis.principal import Principal
from services.chassis.sealing import CannotUnseal
from tests.support.casework.scans import JPEG, PDF, PHONE_PHOTO, PNG


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg"), (PHONE_PHOTO, "image/jpeg")],
)
def test_a_scan_is_recognised_by_its_content(body: bytes, media_type: str) -> None:
    content = domain.check_content(body, recognise(body))
    assert content.media_type == media_type
    assert len(content.digest) == 64


@pytest.mark.parametrize(
    "body", [b"<html><script>alert(1)</script></html>", b"MZ" + bytes(64), b"PK\x03\x04" + bytes(64), b"halo"]
)
def test_what_is_no_scan_is_refused_with_what_is_allowed(body: bytes) -> None:
    with pytest.raises(domain.DocumentTypeIsNotTaken) as refused:
        domain.check_content(body, recognise(body))
    assert refused.value.facts["allowed"] == list(domain.MEDIA_TYPES)


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(domain.DocumentIsEmpty):
        domain.check_content(b"", recognise(b""))
    largest = PDF + bytes(domain.LIMIT_BYTES - len(PDF))
    assert domain.check_content(largest, recognise(largest)).media_type == "application/pdf"
    with pytest.raises(domain.DocumentIsTooLarge):
        domain.check_content(largest + b"x", recognise(largest))


def test_the_store_keeps_sealed_bytes_whole_and_for_this_service_alone(tmp_path: Path) -> None:
    store, name, key = DirectoryStore(tmp_path / "documents"), domain.name_of(clock.new_id()), sealing.new_person_key()
    asyncio.run(store.put(name, sealing.seal_bytes(PDF, key)))
    asyncio.run(store.put(name, sealing.seal_bytes(PDF, key)))
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.name == name
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"PDF" not in file.read_bytes()
    assert sealing.unseal_bytes(asyncio.run(store.get(name)), key) == PDF
    sealed = file.read_bytes()
    with pytest.raises(CannotUnseal):
        sealing.unseal_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]), key)
    with pytest.raises(domain.StoreIsAway):
        asyncio.run(store.get(domain.name_of(clock.new_id())))


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    blocked = tmp_path / "documents"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(domain.StoreIsAway):
        asyncio.run(DirectoryStore(blocked).put("abcd", b"sealed"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [blocked]


def test_a_documents_key_opens_with_the_services_private_key_only() -> None:
    mine, other = (base64.b64encode(bytes(PrivateKey.generate())).decode() for _ in range(2))
    key = sealing.new_person_key()
    wrapped = sealing.wrap_for_owner(key, mine)
    assert sealing.unwrap(wrapped, mine) == key
    with pytest.raises(CannotUnseal):
        sealing.unwrap(wrapped, other)


def test_only_parties_who_work_with_the_person_open_a_document() -> None:
    nurse = Principal("staff:a", "puskesmas-x", frozenset({"desk-officer"}))
    auditor = Principal("staff:b", "dinsos-x", frozenset({"auditor"}))
    access.check_party(nurse, "dinsos-x", "puskesmas-x")
    with pytest.raises(NotFound):
        access.check_party(nurse, "dinsos-x", "rsud-x")
    access.check_reader(nurse, named_child_was_apprehended=False)
    for reader, child in ((auditor, False), (nurse, True)):
        with pytest.raises(access.DocumentIsNotForYou):
            access.check_reader(reader, named_child_was_apprehended=child)
