"""Pages tell a code in the words of its own kind, and ask for no kind that nobody worded."""

import ast
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from jinja2 import Environment, nodes
from pydantic import BaseModel

from services.casework.case.closing import pages as closing_pages
from services.casework.case.closing.domain import Blocker, Kind
from services.casework.case.occurrences.domain import Consequence, Disposition, Item, fingerprint
from services.casework.case.timeline.domain import TEXTS, fields_of, tell
from services.casework.wiring import SERVICE as CASEWORK
from services.chassis.errors import Conflict
from services.chassis.pages import words
from services.chassis.principal import system_principal
from services.chassis.service import Service
from tests.support.checkout import ROOT, modules
from tests.support.classes import own
from tests.support.every_service import SERVICES


def templates(service: Service) -> Iterator[Path]:
    yield from sorted((ROOT / "services" / service.name).rglob("templates/*.html"))
    yield from sorted((ROOT / "services" / "chassis").rglob("templates/*.html"))


def kinds_asked(template: Path) -> Iterator[str]:
    """The kinds that a template asks words of; fails when one is not written there."""
    environment = Environment(autoescape=True)
    for called in environment.parse(template.read_text()).find_all(nodes.Filter):
        if called.name == "kata":
            (kind,) = called.args
            if isinstance(kind, nodes.Const):
                yield kind.value
            else:
                assert template.name == "refusal.html", f"{template}: a kind of words that nobody can check"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_kind_that_a_template_asks_for_is_known(service: Service) -> None:
    for template in templates(service):
        assert set(kinds_asked(template)) <= service.pages.words.keys(), template


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_is_legal_is_told_in_words_of_a_known_kind(service: Service) -> None:
    """A refusal said «akan dicoba lagi» where it offered to try again: an action had the letters of a state."""
    for refused in own(Conflict):
        kind = typing.cast("type[Conflict]", refused).legal_kind
        if kind and refused.__module__.split(".")[1] in ("chassis", service.name):
            assert kind in service.pages.words, refused


PLAIN = {"case_number", "number", "round", "pin_number"}
"""Fields of the timeline that are no codes."""


def test_every_field_of_the_timeline_has_a_kind() -> None:
    for event_type, text in TEXTS.items():
        for name, kind in fields_of(text):
            assert (kind in CASEWORK.pages.words) != (name in PLAIN and not kind), f"{event_type}: {name}"


def test_a_code_of_a_kind_is_worded_once() -> None:
    with pytest.raises(ValueError, match="worded twice: stage CUSTODY"):
        words.joined([{"stage": {"CUSTODY": "Penerimaan"}}, {"stage": {"CUSTODY": "Penguasaan"}}])
    shared = words.joined([{"stage": {"CUSTODY": "Penerimaan"}}, {"blocker": {"CUSTODY": "Penguasaan"}}])
    assert words.word(shared, "stage", "CUSTODY") == "Penerimaan"
    assert words.word(shared, "blocker", "CUSTODY") == "Penguasaan"


def test_a_code_that_nobody_worded_is_shown_as_it_is() -> None:
    assert words.word({"stage": {}}, "stage", "NEW_STAGE") == "NEW_STAGE"


# Forms


def called(service: Service, method: str) -> Iterator[ast.Call]:
    """The calls of a form's method on a service's pages."""
    for file in [*modules(ROOT / "services" / service.name), *modules(ROOT / "services" / "chassis" / "pages")]:
        for node in ast.walk(ast.parse(file.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
            if is_call and isinstance(typing.cast("Any", node).func.value, ast.Name):
                call = typing.cast("ast.Call", node)
                if typing.cast("Any", call.func).value.id == "form":
                    yield call


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_was_done_is_told_in_words(service: Service) -> None:
    told = [call.args[1] for call in called(service, "write")]
    assert told
    for done in told:
        if isinstance(done, ast.Constant):
            assert done.value in service.pages.words["done"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_field_of_a_form_has_a_name(service: Service) -> None:
    """A field without a name is not among what a refusal shows of the form, and a wrong one could not be named."""
    shapes = {call.args[0].id for call in called(service, "read") if isinstance(call.args[0], ast.Name)} - {"shape"}
    assert shapes
    for model in own(BaseModel):
        if model.__name__ in shapes and model.__module__.split(".")[1] in ("chassis", service.name):
            fields = set(typing.cast("Any", model).model_fields)
            unnamed = fields - service.pages.words["field"].keys()
            assert {name for name in unnamed if not name.endswith("_id")} <= NOT_ON_FORMS, model


NOT_ON_FORMS = {"happened_at", "expected_end_at", "is_ready"}
"""Fields of a shape that the API has and no form posts."""


# What was told in the words of another kind


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        ("stage", "CUSTODY", "Penerimaan"),
        ("outcome", "ABSCONDED", "Meninggalkan layanan"),
        ("outcome", "DECEASED", "Meninggal dunia"),
        ("outcome", "REUNIFIED", "Kembali kepada keluarga"),
        ("task_kind", "CASE_CONFERENCE", "Rapat perkara"),
        ("task_result", "ARREARS", "Terhalang tunggakan iuran mandiri"),
        ("task_result", "FAMILY", "Layanan keluarga"),
        ("task_result", "INJURED", "Dijumpai, terluka atau sakit"),
        ("task_result", "NO_MEDICINE", "Obat tidak tersedia"),
        ("task_result", "PLACEMENT", "Ke panti"),
        ("task_result", "REFUSED", "Ditolak"),
        ("task_result", "REPATRIATION", "Pulang ke daerah asal"),
        ("task_result", "REUNIFICATION", "Kembali kepada keluarga"),
        ("task_state", "paused", "dihentikan sementara"),
        ("letter_move", "void", "Batalkan"),
        ("dead_letter_state", "blocked", "menunggu pesan sebelumnya"),
        ("dead_letter_move", "claim", "Urus pesan ini"),
        ("dead_letter_move", "replay", "Coba lagi"),
        ("aid_state", "ended", "tidak dibayarkan lagi"),
        ("field", "happened_local", "Waktu kejadian"),
    ],
)
def test_a_code_is_told_in_the_words_of_its_own_kind(kind: str, code: str, text: str) -> None:
    """Kinds shared one list of words: a task that ended REFUSED was told as a person's refusal of a hand-off."""
    assert CASEWORK.pages.words[kind][code] == text


@pytest.mark.parametrize(
    ("event_type", "facts", "text"),
    [
        ("casework.case.stage_entered.v1", {"stage": "CUSTODY"}, "Memasuki tahap Penerimaan"),
        ("casework.case.outcome_recorded.v1", {"outcome": "ABSCONDED"}, "Pelayanan berakhir: Meninggalkan layanan"),
        ("casework.task.completed.v1", {"result_code": "REFUSED"}, "Tugas selesai: Ditolak"),
        ("casework.custody.ended.v1", {"reason_code": "ABSCONDED"}, "Penguasaan berakhir: pergi tanpa pamit"),
        (
            "casework.handoff.failed.v1",
            {"purpose": "REUNIFICATION", "to_agency": "family", "reason_code": "REFUSED"},
            "Pemulangan kepada keluarga: gagal di Keluarga (Orang atau keluarga menolak)",
        ),
        ("intake.report.received.v1", {"channel": "VILLAGE_DESK"}, "Laporan diterima melalui desa"),
        ("disbursement.entitlement.refused.v1", {"reason_code": "ALREADY_ENTITLED"},
         "Bantuan ditolak: sudah mendapat bantuan pada masa ini"),
        ("casework.handoff.expired.v1", {"purpose": "BURIAL", "reason_code": None},
         "Pemakaman: tidak berlaku lagi (–)"),
    ],
)  # fmt: skip
def test_a_line_of_the_timeline_tells_each_field_by_its_kind(event_type: str, facts: dict[str, Any], text: str) -> None:
    assert tell(event_type, facts, lambda kind, code: words.word(CASEWORK.pages.words, kind, code)) == text


def page_of(template: str, **context: Any) -> str:
    """What is read on one of casework's pages."""
    base: dict[str, Any] = {
        "root": "", "path": "/x", "service": "", "trace_id": "", "done": "", "links": (), "zone": "UTC", "names": {},
        "words": CASEWORK.pages.words,
        "session": SimpleNamespace(csrf_token="", principal=system_principal("casework")),
    }  # fmt: skip
    page = CASEWORK.pages._templates.get_template(template).render({**base, **context})
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_what_keeps_a_case_open_is_told_by_its_kind() -> None:
    """Aid that waited was told as «entitled», aid that had failed as a hand-off whose failure nobody had read."""
    blockers = [
        Blocker(Kind.AID, "aid:1", "AID", "disbursement", "entitled"),
        Blocker(Kind.AID, "aid:2", "AID", "disbursement", "failed"),
        Blocker(Kind.TASK, "task:1", "CASE_CONFERENCE", "dinsos", "paused"),
        Blocker(Kind.HANDOFF, "handoff:1", "REUNIFICATION", "rsj", "failed"),
        Blocker(Kind.CUSTODY, "custody:1", "CUSTODY", "family", "open"),
        Blocker(Kind.SERVICE, "intake:SILENT", "SILENT", "intake"),
    ]
    page = page_of(
        "closing.html",
        case=SimpleNamespace(id="1", number="ODGJ/1", state="open"),
        view=SimpleNamespace(blockers=blockers, last=None, proposal=None),
        kinds=closing_pages.KINDS, reasons=closing_pages.REASONS, is_held=False, may_propose=True, may_decide=False,
        choices={blocker.id: {} for blocker in blockers},
    )  # fmt: skip
    for line in (
        "penyaluran bantuan · hak ditetapkan", "penyaluran bantuan · gagal dibayar",
        "Tugas: Rapat perkara", "dinsos · dihentikan sementara",
        "Serah terima: Pemulangan kepada keluarga", "rsj · gagal, menunggu dibaca",
        "Keluarga · terbuka", "Layanan lain: belum menjawab penerimaan laporan",
    ):  # fmt: skip
        assert line in page, page


def test_an_occurrences_lines_are_told_by_their_kind() -> None:
    lines = [
        Consequence(Item.VISIT, UUID(int=1), "AFTERCARE_VISIT", "family", Disposition.PAUSED),
        Consequence(Item.ACCEPTED, UUID(int=2), "REUNIFICATION", "family", Disposition.EXPIRES),
        Consequence(Item.CONDITION, UUID(int=3), "INSURANCE_ACTIVE", "family", Disposition.ENDS),
    ]
    page = page_of(
        "occurrence.html",
        case=SimpleNamespace(id="1", number="ODGJ/1"),
        tellable={}, chosen="ABSCONDED", consequences=lines, rows=[], proposal=None, last=None, is_of_the_office=True,
        late=set(), fingerprint=fingerprint(lines),
    )  # fmt: skip
    for line in ("Kunjungan: Kunjungan pascalayanan", "Kesanggupan yang belum tiba: Pemulangan kepada keluarga",
                 "Syarat yang masih ditunggu: Jaminan kesehatan aktif"):  # fmt: skip
        assert line in page
    assert "Pergi tanpa pamit: akibatnya" in page
