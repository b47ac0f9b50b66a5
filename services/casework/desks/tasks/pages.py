"""The page of one task, and its completion."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.desks.tasks import access, commands, queries
from services.casework.desks.tasks.domain import RESULTS, UNFINISHED, TaskKind, TaskState, is_by_hand
from services.casework.desks.tasks.schemas import TaskCompletionFormIn
from services.casework.handoff.handoffs.pages.words import ALL_RESULTS
from services.casework.office.case_types.domain import CASE_TYPES, UNDECIDED
from services.casework.office.directory.access import OFFICE_ROLES, WORKERS
from services.casework.office.directory.pages import directory_of
from services.casework.person.profile.queries import profile_of
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"

KINDS = {
    "FIRST_RESPONSE": "Datangi di tempat",
    "REROUTE": "Tentukan layanan yang tepat",
    "AFTERCARE_VISIT": "Kunjungan pascalayanan",
    "MEDICINE_CONTROL": "Kendali obat bulanan",
    "STAY_OVER_LIMIT": "Melewati batas tinggal di rumah singgah",
    "CASE_CONFERENCE": "Rapat perkara",
    "SEARCH_PERSON": "Pencarian orang",
    "BURIAL": "Pemakaman",
    "AID_DECISION": "Putuskan bantuan yang ditahan",
    "PHONE_CALL": "Telepon meja",
    "IDENTITY_REVIEW": "Bandingkan identitas",
}
RESULT_WORDS = {
    "MET": "Orangnya dijumpai",
    "DANGEROUS": "Dijumpai, mengamuk atau berbahaya",
    "INJURED": "Dijumpai, terluka atau sakit",
    "NOT_MET": "Tidak dijumpai",
    "ELDERLY": "Lansia telantar",
    "DISABILITY": "Penyandang disabilitas",
    "CHILD": "Anak",
    "FOREIGNER": "Orang asing, ke imigrasi",
    "FAMILY": "Layanan keluarga",
    "OTHER_SERVICE": "Layanan lain",
    "STABLE": "Stabil",
    "NEEDS_ATTENTION": "Perlu perhatian",
    "NO_MEDICINE": "Obat tidak tersedia",
    "EXTENDED": "Diperpanjang",
    "MOVED": "Sudah pindah",
    "SEARCH_AGAIN": "Cari kembali",
    "DECIDED": "Sudah diputuskan",
    "FOUND": "Ditemukan",
    "NOT_FOUND": "Tidak ditemukan",
    "BURIED": "Sudah dimakamkan",
    "HANDED_TO_FAMILY": "Diserahkan kepada keluarga",
    "END": "Bantuan diakhiri",
    "PAY_ON": "Bantuan tetap dibayarkan",
    "SAME_PERSON": "Orang yang sama",
    "OTHER_PERSON": "Orang lain",
    "REACHED": "Tersambung, meja sudah tahu",
    "NOT_REACHED": "Tidak tersambung",
    UNDECIDED.code: UNDECIDED.text,
}
SETTLED_WORDS = {"DECEASED": "Orangnya meninggal dunia"}
"""Results with which a task ends by itself, that nobody chooses."""
COMPARED_WORDS = {
    "name": "Nama",
    "nik": "NIK",
    "birth_date": "Tanggal lahir",
    "approximate_age_years": "Perkiraan umur",
    "sex": "Jenis kelamin",
}
STATES = {"open": "terbuka", "paused": "dihentikan sementara", "done": "selesai", "cancelled": "dibatalkan"}
OF_TYPES = CASE_TYPES.known.words()
TOLD_RESULTS = {**RESULT_WORDS, **OF_TYPES["task_result"]}
WORDS = {
    "task_kind": {**KINDS, **OF_TYPES["task_kind"]},
    "task_result": {**TOLD_RESULTS, **SETTLED_WORDS},
    "task_state": STATES,
    "compared": COMPARED_WORDS,
    "field.result_code": {code: text for code, text in TOLD_RESULTS.items() if code not in ALL_RESULTS},
    "done": {"task-complete": "Tercatat: tugas selesai."},
}

router = page_router()


def results_of(kind: str) -> dict[str, str]:
    """How a task of a kind may end, in words."""
    of_a_type = CASE_TYPES.known.task_kinds.get(kind)
    if of_a_type:
        return {result.code: result.text for result in of_a_type.results}
    return {code: RESULT_WORDS[code] for code in RESULTS[TaskKind(kind)]}


@router.get("/tugas/{task_id}")
async def task_page(
    task_id: UUID, request: Request, caller: Annotated[Principal, page_requires("task:read")], reading: Reading
) -> Response:
    """One task with its completion."""
    task = await queries.show_task(reading, task_id)
    tag_span(case_id=str(task.correlation_id))
    state = request.app.state
    may_complete = task.agency == caller.agency and bool(caller.roles & access.PERMISSIONS["task:complete"])
    directory = await directory_of(reading, [task.district])
    today = directory.today(task.district)
    rendered: Response = state.pages.render(
        request,
        "task.html",
        task=task,
        may_complete=may_complete and task.state == TaskState.OPEN,
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        may_take_back=is_by_hand(task.step) and task.state in UNFINISHED and bool(caller.roles & WORKERS),
        results=results_of(task.kind),
        profile=await profile_of(reading, task.about_id, state.units, state.settings.sealing_private_key, today)
        if may_complete and task.state == TaskState.OPEN
        else None,
        sides=await queries.sides_of(reading, task, state.units, state.settings.sealing_private_key),
        **directory.context(task.district),
    )
    return rendered


@router.post("/tugas/{task_id}/selesai")
async def post_completion(
    task_id: UUID, caller: Annotated[Principal, page_requires("task:complete")], reading: Reading, form: Form
) -> Response:
    """Done, with a result."""
    body = form.read(TaskCompletionFormIn)
    zone = (await directory_of(reading, caller.offices)).zone()
    done_at = body.happened_at(zone)
    return await form.write(
        lambda uow: commands.complete_task(task_id, body.result_code, body.expected_version, uow, happened_at=done_at),
        "task-complete",
    )
