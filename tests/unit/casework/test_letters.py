"""What a letter says, how it is numbered, and that nobody's name becomes an instruction to the typesetter."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typst
import yaml
from pydantic import ValidationError

from services.casework.office.directory.domain import CaseworkPack, Letter, Letterhead, LetterheadIsMissing
from services.casework.papers.letters import adapter, domain
from services.casework.papers.letters.domain import Draft, LetterMove, LetterState
from tests.support import golden

PACKS = sorted(
    [*Path("deploy/districts").glob("*/casework.yaml"), *Path("tests/support/packs").glob("*/casework.yaml")]
)
DAY = date(2026, 11, 24)
ADDRESS = "https://sigap.example/casework/surat/" + "a" * 32


def head_of(file: Path) -> Letterhead:
    head = CaseworkPack.model_validate(yaml.safe_load(file.read_text())).letterhead
    assert head is not None
    return head


def draft(kind: Letter, head: Letterhead, signer: str | None = None, **values: str | None) -> Draft:
    return Draft(
        kind=kind,
        number=domain.number_of(head, kind, 7, DAY),
        day=DAY,
        purpose="Tempat rawat inap",
        case_number="ODGJ/35.24/2026/000123",
        to_agency="RSUD Contoh",
        to_desk="IGD",
        from_agency="Dinas Sosial",
        values=values,
        basis=("UU 17/2023",),
        letterhead=head,
        signer=domain.signer_of(head, signer),
        check_url=ADDRESS,
        replaces="460/0001/2026",
    )


def data_of(made: Draft) -> dict[str, Any]:
    return domain.laid_out(made, adapter.qr(made.check_url))


def elements(kind: Letter, data: Mapping[str, Any], selector: str) -> list[Any]:
    """What the typesetter made of the data."""
    template = adapter.TEMPLATES / adapter.FILES[kind]
    found: list[Any] = json.loads(
        typst.query(str(template), selector, root=str(adapter.TEMPLATES), sys_inputs={"data": json.dumps(data)})
    )
    return found


@pytest.mark.parametrize("file", PACKS, ids=lambda file: file.parent.name)
@pytest.mark.parametrize("kind", list(Letter))
def test_every_kind_of_letter_is_printed_for_every_district(file: Path, kind: Letter) -> None:
    made = draft(kind, head_of(file), name="Warga Uji", nik=None)
    pdf = adapter.render(kind, data_of(made))
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfaid" in pdf, "PDF/A says so about itself"
    assert domain.MONTHS[10] in data_of(made)["day"]


@pytest.mark.parametrize("kind", list(Letter))
def test_markup_in_a_name_stays_text(kind: Letter) -> None:
    head = head_of(PACKS[0])
    plain, wild = (
        data_of(draft(kind, head, name=name))
        for name in ("Warga Uji", '*Warga* _Uji_ #panic("x") $x$ <a> @b `c` https://x.example \\ #image("/etc/passwd")')
    )
    for selector in ("strong", "emph", "raw", "link", "math.equation", "image", "ref"):
        assert len(elements(kind, plain, selector)) == len(elements(kind, wild, selector)), selector
    assert adapter.render(kind, wild).startswith(b"%PDF")


@pytest.mark.parametrize("kind", list(Letter))
@pytest.mark.parametrize("name", ["Siti \U0001f600", "\u4e2d\u6587", "\ua984\ua9a4", "a\x07b"])
def test_what_no_font_has_is_refused_by_the_name_of_its_field(kind: Letter, name: str) -> None:
    head = head_of(PACKS[0])
    for values in ({"name": name, "features": "rambut pendek"}, {"name": "Warga Uji", "features": name}):
        wrong = [field for field, value in values.items() if value == name]
        with pytest.raises(domain.LetterCannotBePrinted) as refused:
            adapter.render(kind, data_of(draft(kind, head, **values)))
        assert refused.value.facts["fields"] == wrong
    spelled = data_of(draft(kind, head, name="Nguyễn Thị Łucja, Ñoño, Ὀδυσσεύς, Жанна"))
    assert adapter.render(kind, spelled).startswith(b"%PDF")


def test_numbers_are_written_as_the_pack_says() -> None:
    head = head_of(Path("deploy/districts/35.24-lamongan/casework.yaml"))
    assert domain.number_of(head, Letter.COVER_LETTER, 7, DAY) == "460/0007/413.106/2026"
    assert domain.number_of(head, Letter.HANDOVER_RECORD, 12, DAY) == "BAST/0012/413.106/XI/2026"


@pytest.mark.parametrize(
    "wrong",
    ["460/{year}", "460/{serial}", "460/{serial.__class__}/{year}", "460 / {serial}/{year}", "{serial}/{year}/{name}"],
)
def test_a_number_format_that_cannot_be_meant_is_refused(wrong: str) -> None:
    head = head_of(PACKS[0]).model_dump(mode="json")
    with pytest.raises(ValidationError):
        Letterhead.model_validate(head | {"numbers": head["numbers"] | {"COVER_LETTER": wrong}})
    with pytest.raises(ValidationError):
        Letterhead.model_validate(head | {"numbers": {"COVER_LETTER": "1/{serial}/{year}"}})


def test_whoever_signs_by_delegation_signs_for_the_head() -> None:
    head = head_of(Path("deploy/districts/35.24-lamongan/casework.yaml"))
    assert data_of(draft(Letter.COVER_LETTER, head))["on_behalf_of"] == ""
    assert data_of(draft(Letter.COVER_LETTER, head, "kabid"))["on_behalf_of"] == "Kepala Dinas Sosial"
    with pytest.raises(domain.SignerIsUnknown):
        domain.signer_of(head, "nobody")


def test_the_code_on_a_letter_holds_its_address_alone() -> None:
    made = draft(Letter.COVER_LETTER, head_of(PACKS[0]), name="Warga Uji")
    assert adapter.qr(made.check_url) == data_of(made)["qr"] == adapter.qr(ADDRESS)


GOLDEN = golden.moves(
    """
    issued: sign→signed void→void reissue→replaced
    signed: void→void reissue→replaced
    void: reissue→replaced
    """
)


def test_a_letter_moves_as_written_down() -> None:
    golden.judge(
        GOLDEN, LetterState, LetterMove, domain.next_state, refused=domain.LetterCannotMove, says=domain.legal_now,
    )  # fmt: skip


def test_no_void_letter_becomes_valid_again() -> None:
    for (source, _), target in domain.MOVES.items():
        assert source in domain.VALID or target not in domain.VALID


def test_without_a_letterhead_there_are_no_letters() -> None:
    pack = CaseworkPack.model_validate(yaml.safe_load(PACKS[0].read_text()))
    assert domain.letterhead_of(pack) == pack.letterhead
    with pytest.raises(LetterheadIsMissing):
        domain.letterhead_of(pack.model_copy(update={"letterhead": None}))
