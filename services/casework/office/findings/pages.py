"""Temuan: what was recorded and does not match, and its explanation."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.directory.pages import directory_of
from services.casework.office.findings import access, commands, queries
from services.casework.office.findings.domain import FindingFilter, FindingState
from services.casework.office.findings.schemas import ExplanationIn
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 50

KINDS = {
    "CUSTODY_OVERLAP": "Dua penjaga pada waktu yang sama",
    "CUSTODY_GAP": "Tidak ada penjaga untuk suatu waktu",
    "GIVER_DID_NOT_HOLD": "Yang menyerahkan bukan penjaga saat itu",
    "PROOF_MISSING": "Bukti serah terima belum ada",
    "OPERATION_COUNT_DIFFERS": "Jumlah orang pada berita acara tidak sama",
    "MOTHER_AND_CHILD_APART": "Ibu dan anak terpisah",
    "CHILD_AMONG_ADULTS": "Anak berada di tempat orang dewasa",
    "CUSTODY_CLAIMED": "Pihak lain menyatakan sudah menerima orang ini",
    "ONE_PERSON_IN_TWO_PLACES": "Dua orang dengan satu NIK sama-sama dalam penguasaan",
    "CUSTODY_ON_CLOSED_CASE": "Serah terima orang pada perkara yang sudah ditutup",
    "TOLD_AFTER_CLOSING": "Kabar tentang orangnya datang sesudah perkara ditutup",
    "CUSTODY_AFTER_BURIAL": "Serah terima orang sesudah pemakamannya",
    "EMPTY_ROSTER": "Tidak ada petugas jaga pada suatu giliran",
}
EXPLANATIONS = {
    "RECORDED_LATE": "Catatan datang terlambat",
    "WRONG_TIME": "Waktu keliru",
    "WRONG_PARTY": "Pihak keliru",
    "PAPER_IS_WRONG": "Berita acara keliru",
    "PERSON_LEFT": "Orang pergi sendiri",
    "OTHER_CAUSE": "Sebab yang lain",
}
STATES = {"open": "belum dijelaskan", "explained": "sudah dijelaskan"}
WORDS = {
    "finding_kind": KINDS,
    "finding_state": STATES,
    "explanation": {**EXPLANATIONS, "SETTLED": "Selesai oleh catatan berikutnya"},
    "field": {"explanation": "Penjelasan"},
    "field.explanation": EXPLANATIONS,
    "done": {"finding-explain": "Tercatat: temuan dijelaskan."},
}

router = page_router()


def _span(details: Mapping[str, Any]) -> list[tuple[str, datetime]]:
    """The instants between which something does not match, as instants again."""
    named = (("Sejak", details.get("from")), ("Sampai", details.get("until")))
    return [(label, datetime.fromisoformat(value)) for label, value in named if value]


@router.get("/temuan")
async def finding_list(
    request: Request,
    caller: Annotated[Principal, page_requires("finding:read")],
    reading: Reading,
    keadaan: FindingState = FindingState.OPEN,
    setelah: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The findings that the caller may see, in the order in which they were found."""
    rows = await queries.list_findings(reading, FindingFilter(keadaan), setelah, PAGE_ROWS)
    directory = await directory_of(reading, {row.district for row in rows} | set(caller.offices))
    rendered: Response = request.app.state.pages.render(
        request,
        "findings.html",
        findings=rows,
        chosen=keadaan.value,
        states=STATES,
        following=rows[-1].id if len(rows) == PAGE_ROWS else None,
        **directory.context(),
    )
    return rendered


@router.get("/temuan/{finding_id}")
async def finding_page(
    finding_id: UUID, request: Request, caller: Annotated[Principal, page_requires("finding:read")], reading: Reading
) -> Response:
    """One finding, with the form that explains it."""
    finding = await queries.show_finding(reading, finding_id)
    tag_span(case_id=str(finding.correlation_id))
    directory = await directory_of(reading, [finding.district])
    is_open = finding.state == FindingState.OPEN
    rendered: Response = request.app.state.pages.render(
        request,
        "finding.html",
        finding=finding,
        spans=_span(finding.details),
        explanations=EXPLANATIONS,
        may_explain=is_open and bool(caller.roles & access.PERMISSIONS["finding:explain"]),
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        **directory.context(finding.district),
    )
    return rendered


@router.post("/temuan/{finding_id}/jelaskan")
async def post_explanation(
    finding_id: UUID, caller: Annotated[Principal, page_requires("finding:explain")], form: Form
) -> Response:
    """Say why it did not match."""
    command = form.read(ExplanationIn).command(finding_id)
    return await form.write(lambda uow: commands.explain_finding(command, uow), "finding-explain")
