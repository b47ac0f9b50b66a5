"""HTTP routes of oversight."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from contracts.fields import Instant
from services.casework.oversight.audit import queries
from services.casework.oversight.audit.domain import COLUMNS, AuditList
from services.casework.oversight.audit.schemas import (
    AGENCY,
    AuditPage,
    CasesWithoutNextStep,
    DeadlinesWithoutTimer,
    csv_answer,
)
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, problems

router = APIRouter(tags=["oversight"])
Since = Annotated[Instant, Query(description="Dicatat sejak")]
Until = Annotated[Instant, Query(description="Dicatat sebelum; paling lama satu tahun sesudah since")]
Agency = Annotated[str, Query(pattern=AGENCY, description="Kosong: semua instansi")]


@router.get("/oversight/cases-without-next-step", response_model=CasesWithoutNextStep, responses=problems())
async def get_cases_without_next_step(
    caller: Annotated[Principal, requires("oversight:read")], reading: Reading
) -> CasesWithoutNextStep:
    """Perkara terbuka yang tidak menunggu apa pun: kosong, atau terjelaskan."""
    return CasesWithoutNextStep.of(await queries.cases_without_next_step(reading))


@router.get("/oversight/deadlines-without-timer", response_model=DeadlinesWithoutTimer, responses=problems())
async def get_deadlines_without_timer(
    caller: Annotated[Principal, requires("oversight:read")], reading: Reading
) -> DeadlinesWithoutTimer:
    """Tenggat yang berjalan tetapi penjaganya berbeda atau tidak ada: kosong, atau terjelaskan."""
    return DeadlinesWithoutTimer.of(await queries.deadlines_without_timer(reading))


@router.get("/audit", response_model=AuditPage, responses=problems())
async def get_audit(
    caller: Annotated[Principal, requires("audit:read")],
    reading: Reading,
    wanted: Annotated[AuditList, Query(alias="list", description="Daftar yang diminta")],
    since: Since,
    until: Until,
    agency: Agency = "",
) -> AuditPage:
    """Daftar untuk auditor: jawaban atas nama, pencatatan terlambat, penghentian sementara, penutupan paksa."""
    return AuditPage.of(await queries.show_audit_list(reading, wanted, since, until, agency))


@router.get("/audit/download", responses={200: {"content": {"text/csv": {}}}, **problems()}, response_class=Response)
async def get_audit_download(
    caller: Annotated[Principal, requires("audit:read")],
    reading: Reading,
    wanted: Annotated[AuditList, Query(alias="list", description="Daftar yang diminta")],
    since: Since,
    until: Until,
    agency: Agency = "",
) -> Response:
    """Daftar yang sama sebagai CSV, tanpa data pribadi."""
    rows = await queries.show_audit_list(reading, wanted, since, until, agency)
    columns = COLUMNS[wanted]
    return csv_answer(wanted.value.lower(), columns, ([row[column] for column in columns] for row in rows))
