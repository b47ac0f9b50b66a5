"""Daftar kerja: what waits for me and my agency, next due first; and the list of cases."""

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.cases import access, queries
from services.casework.cases.domain import CaseState
from services.casework.directory.pages import directory_of
from services.casework.handoffs.domain import MOVES, SIDES, HandoffState, Side
from services.casework.handoffs.queries import next_handoffs
from services.casework.handoffs.tables import Handoff
from services.casework.tasks.access import PERMISSIONS as TASK_PERMISSIONS
from services.casework.tasks.queries import next_tasks
from services.chassis.pages import page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 50
WORK_ROWS = 100

CASE_TYPES = {"ODGJ_TERLANTAR": "ODGJ terlantar", "GEPENG": "Gepeng"}
STATES = {"open": "dalam pelayanan", "aftercare": "pascalayanan", "closed": "ditutup"}
STAGES = {
    "RECEIVED": "Laporan diterima",
    "RESPONSE": "Respons pertama",
    "EMERGENCY": "Gawat darurat",
    "CUSTODY": "Penerimaan",
    "SCREENING": "Penyaringan kesehatan",
    "TREATMENT": "Perawatan",
    "DISCHARGE": "Persiapan pulang",
    "ASSESSMENT": "Asesmen",
    "RETURN": "Pemulangan",
    "AFTERCARE": "Pascalayanan",
}
OUTCOMES = {
    "REUNIFIED": "Kembali kepada keluarga",
    "TRANSFERRED_HOME_DISTRICT": "Dipulangkan ke daerah asal",
    "PLACED_PANTI": "Ditempatkan di panti",
    "ABSCONDED": "Meninggalkan layanan",
    "DECEASED": "Meninggal dunia",
    "NOT_ODGJ": "Bukan ODGJ",
    "NOT_MET": "Tidak dijumpai",
    "RETURNED_FAMILY": "Kembali kepada keluarga",
    "GUIDED_BY_VILLAGE": "Dibina desa",
    "DUPLICATE": "Ganda",
}
AID = {
    "requested": "dimintakan",
    "entitled": "hak ditetapkan",
    "credited": "sudah masuk rekening",
    "refused": "ditolak",
    "failed": "gagal dibayar",
}
WORDS = {**CASE_TYPES, **STAGES, **OUTCOMES}

router = page_router()


@dataclass(frozen=True, slots=True)
class Work:
    """One line of the list: a hand-off or a task."""

    address: str
    name: str
    about: str
    state: str
    due_at: datetime | None
    clock: str
    is_claimed: bool = False


def waits_for(agency: str, handoff: Handoff) -> bool:
    """Whether the next regular move of a hand-off is this agency's."""
    state = HandoffState(handoff.state)
    wanted = Side.SENDER if state in (HandoffState.COMPLETED, HandoffState.FAILED) else Side.RECEIVER
    party = handoff.from_agency if wanted is Side.SENDER else handoff.to_agency
    return agency == party and any(source == state and wanted in SIDES[move] for source, move in MOVES)


@router.get("/")
async def work_list(
    request: Request, caller: Annotated[Principal, page_requires("handoff:read")], reading: Reading
) -> Response:
    """Daftar kerja."""
    handoffs = await next_handoffs(reading, caller.agency, WORK_ROWS)
    may_tasks = bool(caller.roles & TASK_PERMISSIONS["task:read"])
    tasks = await next_tasks(reading, caller.agency, WORK_ROWS) if may_tasks else []
    may_cases = bool(caller.roles & access.PERMISSIONS["case:read"])
    cases = await queries.list_cases(reading, CaseState.OPEN.value, None, PAGE_ROWS) if may_cases else []
    about = {handoff.case_id for handoff in handoffs} | {task.case_id for task in tasks}
    numbers = await queries.case_numbers(reading, sorted(about))
    directory = await directory_of(reading, {row.district for row in (*handoffs, *tasks, *cases)} | set(caller.offices))
    root = request.app.state.root_path

    def line(handoff: Handoff) -> Work:
        is_sent = handoff.from_agency == caller.agency
        other = handoff.to_agency if is_sent else handoff.from_agency
        about = f"{'kepada' if is_sent else 'dari'} {directory.names.get(other, other)}"
        number = numbers.get(handoff.case_id, "")
        return Work(
            f"{root}/serah-terima/{handoff.id}", handoff.purpose, f"{number} · {about}", handoff.state,
            handoff.due_at, handoff.clock or "", handoff.claimed_by is not None,
        )  # fmt: skip

    mine = [line(handoff) for handoff in handoffs if waits_for(caller.agency, handoff)]
    mine += [
        Work(f"{root}/tugas/{task.id}", task.kind, numbers.get(task.case_id, ""), "task", task.due_at, "TASK_BY")
        for task in tasks
    ]
    mine.sort(key=lambda work: work.due_at.timestamp() if work.due_at else math.inf)
    context: dict[str, Any] = {
        "mine": mine,
        "others": [line(handoff) for handoff in handoffs if not waits_for(caller.agency, handoff)],
        "cases": cases,
        "may_cases": may_cases,
        "case_states": STATES,
        "agency": directory.names.get(caller.agency, caller.agency),
        **directory.context(),
    }
    rendered: Response = request.app.state.pages.render(request, "work-list.html", **context)
    return rendered


@router.get("/perkara")
async def case_list(
    request: Request,
    caller: Annotated[Principal, page_requires("case:read")],
    reading: Reading,
    keadaan: CaseState | None = None,
    setelah: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The cases of the caller's districts, in order of their opening."""
    rows = await queries.list_cases(reading, keadaan.value if keadaan else None, setelah, PAGE_ROWS)
    directory = await directory_of(reading, {row.district for row in rows} | set(caller.offices))
    rendered: Response = request.app.state.pages.render(
        request,
        "cases.html",
        cases=rows,
        chosen=keadaan.value if keadaan else "",
        following=rows[-1].id if len(rows) == PAGE_ROWS else None,
        case_states=STATES,
        **directory.context(),
    )
    return rendered
