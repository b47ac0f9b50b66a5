"""What may be kept as a document, who opens it, and what lies in the store."""

import asyncio
import base64
import io
import stat
import zlib
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from PIL import Image

from services.casework.papers.documents import access, domain
from services.casework.papers.documents.adapter import DirectoryStore, taken, without_metadata
from services.chassis import clock, sealing
from services.chassis.errors import NotFound
from services.chassis.principal import Principal
from services.chassis.sealing import CannotUnseal
from tests.support.casework.scans import JPEG, MAKER, PDF, PHONE_PHOTO, PNG


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg"), (PHONE_PHOTO, "image/jpeg")],
)
def test_a_scan_is_recognised_by_its_content(body: bytes, media_type: str) -> None:
    content = asyncio.run(taken(body))
    assert content.media_type == media_type
    assert len(content.digest) == 64


@pytest.mark.parametrize(
    "body", [b"<html><script>alert(1)</script></html>", b"MZ" + bytes(64), b"PK\x03\x04" + bytes(64), b"halo"]
)
def test_what_is_no_scan_is_refused_with_what_is_allowed(body: bytes) -> None:
    with pytest.raises(domain.DocumentTypeIsNotTaken) as refused:
        asyncio.run(taken(body))
    assert refused.value.facts["allowed"] == list(domain.MEDIA_TYPES)


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(domain.DocumentIsEmpty):
        asyncio.run(taken(b""))
    largest = PDF + bytes(domain.LIMIT_BYTES - len(PDF))
    assert asyncio.run(taken(largest)).media_type == "application/pdf"
    with pytest.raises(domain.DocumentIsTooLarge):
        asyncio.run(taken(largest + b"x"))


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


def test_a_receiver_reads_while_the_purpose_lasts_and_the_sender_keeps_its_file() -> None:
    sender, receiver = (Principal("agency:x", name, frozenset({"agency"}), ("35.24",)) for name in ("office", "rsj"))
    for is_open, is_draft in ((True, False), (False, False), (True, True)):
        access.check_purpose(sender, "office", is_open=is_open, is_draft=is_draft)
    access.check_purpose(receiver, "office", is_open=True, is_draft=False)
    with pytest.raises(access.PurposeHasEnded):
        access.check_purpose(receiver, "office", is_open=False, is_draft=False)
    with pytest.raises(NotFound):
        access.check_purpose(receiver, "office", is_open=True, is_draft=True)


@pytest.mark.parametrize("body", [PDF, PNG, JPEG, PHONE_PHOTO], ids=["pdf", "png", "jpeg", "photo"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_what_was_cut_off_is_no_scan(body: bytes, part: float) -> None:
    with pytest.raises((domain.DocumentIsUnreadable, domain.DocumentTypeIsNotTaken)):
        asyncio.run(taken(body[: int(len(body) * part)]))


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(32),
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", b"%PDF-1.7\n%%EOF",
    ],
    ids=["jpeg", "png", "pdf", "pdf-of-nothing"],
)  # fmt: skip
def test_a_beginning_alone_is_no_scan(body: bytes) -> None:
    with pytest.raises(domain.DocumentIsUnreadable):
        asyncio.run(taken(body))


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    huge = bytearray(PNG)
    huge[16:24] = (40_000).to_bytes(4, "big") * 2
    huge[29:33] = zlib.crc32(bytes(huge[12:29])).to_bytes(4, "big")
    with pytest.raises(domain.DocumentIsUnreadable):
        asyncio.run(taken(bytes(huge)))


def test_the_other_party_learns_nothing_of_place_time_and_device() -> None:
    content = asyncio.run(taken(PHONE_PHOTO))
    with Image.open(io.BytesIO(PHONE_PHOTO)) as before:
        assert before.getexif().get_ifd(0x8825), "the photo tells its place"
    bare = asyncio.run(without_metadata(content))
    with Image.open(io.BytesIO(bare)) as after:
        assert (dict(after.getexif()), after.info.get("comment")) == ({}, None)
        assert after.size == (48, 64), "it stands upright without its mark"
    assert MAKER.encode() not in bare and b"Exif" not in bare
    for media_type, body in (("application/pdf", PDF), ("image/png", PNG)):
        assert asyncio.run(without_metadata(domain.Content(media_type, body)))
    assert asyncio.run(without_metadata(domain.Content("application/pdf", PDF))) == PDF
