"""HTTP routes of cases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.case.cases import commands, queries
from services.casework.case.cases.domain import CaseState, Whose
from services.casework.case.cases.schemas import (
    CaseDetail,
    CaseDuplicateIn,
    CaseOut,
    CasePage,
    HandoffIn,
    TieIn,
    UndoDuplicateIn,
    UntieIn,
)
from services.casework.handoff.handoffs.api import receipt
from services.casework.handoff.handoffs.schemas import HandoffReceipt
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import PageLimit, Reading, Write, problems

router = APIRouter(tags=["cases"])


@router.get("/cases", response_model=CasePage, responses=problems())
async def get_cases(
    caller: Annotated[Principal, requires("case:read")],
    reading: Reading,
    state: CaseState | None = None,
    whose: Whose | None = None,
    after: UUID | None = None,
    limit: PageLimit = 50,
) -> CasePage:
    """Daftar perkara dalam wilayah Anda."""
    rows = await queries.list_cases(reading, state.value if state else None, after, limit, whose)
    return CasePage(items=[CaseOut.of(row) for row in rows], next_after=rows[-1].id if len(rows) == limit else None)


@router.get("/cases/{case_id}", response_model=CaseDetail, responses=problems())
async def get_case(case_id: UUID, caller: Annotated[Principal, requires("case:read")], reading: Reading) -> CaseDetail:
    """Satu perkara dengan serah terima, tugas dan rantai penguasaannya."""
    view = await queries.show_case(case_id, reading)
    tag_span(case_id=str(view.case.correlation_id))
    return CaseDetail.of_view(view)


@router.post("/cases/{case_id}/tie", response_model=CaseOut, responses=problems(409))
async def post_tie(
    case_id: UUID, body: TieIn, caller: Annotated[Principal, requires("case:act")], write: Write
) -> Response:
    """Kaitkan perkara ibu dengan perkara anaknya: permintaan pindah bagi yang satu berlaku bagi keduanya."""
    return await write(lambda uow: commands.tie_mother_and_child(case_id, body.child_case_id, uow), CaseOut.of, 200)


@router.post("/cases/{case_id}/untie", response_model=CaseOut, responses=problems(409))
async def post_untie(
    case_id: UUID, body: UntieIn, caller: Annotated[Principal, requires("case:act")], write: Write
) -> Response:
    """Lepas kaitan ibu dan anak yang keliru atau tidak berlaku lagi."""
    return await write(lambda uow: commands.untie(case_id, body.other_case_id, uow), CaseOut.of, 200)


@router.post("/cases/{case_id}/duplicate", response_model=CaseOut, responses=problems(409))
async def post_duplicate(
    case_id: UUID, body: CaseDuplicateIn, caller: Annotated[Principal, requires("case:act")], write: Write
) -> Response:
    """Tandai perkara ini ganda: penguasaan ikut ke perkara induk; yang masih bergantung disebut satu per satu."""
    return await write(lambda uow: commands.mark_duplicate(body.command(case_id), uow), CaseOut.of, 200)


@router.post("/cases/{case_id}/duplicate/undo", response_model=CaseOut, responses=problems(409))
async def post_undo_duplicate(
    case_id: UUID, body: UndoDuplicateIn, caller: Annotated[Principal, requires("case:act")], write: Write
) -> Response:
    """Cabut tanda ganda: perkara berjalan lagi dengan semua yang berakhir bersamanya."""
    return await write(lambda uow: commands.undo_duplicate(case_id, body.expected_version, uow), CaseOut.of, 200)


@router.post("/cases/{case_id}/handoffs", response_model=HandoffReceipt, status_code=201, responses=problems(409))
async def post_handoff(
    case_id: UUID, body: HandoffIn, caller: Annotated[Principal, requires("handoff:open")], write: Write
) -> Response:
    """Minta satu pekerjaan kepada instansi lain, atau catatkan permintaan instansi yang tidak punya aplikasi.

    Permintaan pindah bagi ibu atau anak yang dikaitkan dibuat bagi keduanya; jawabannya serah terima perkara ini.
    """
    return await write(lambda uow: commands.open_handoff(body.command(case_id), uow), receipt, 201)
