"""HTTP routes of reports and operations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import PageLimit, Reading, Write, problems
from services.intake.reports import access, commands, queries
from services.intake.reports.commands import DecideReport
from services.intake.reports.domain import ReportState
from services.intake.reports.schemas import (
    DuplicateIn,
    OperationIn,
    OperationOut,
    RejectionIn,
    ReportIn,
    ReportOut,
    ReportPage,
    ReportReceipt,
    VerificationIn,
)
from services.intake.reports.tables import Report

router = APIRouter(tags=["reports"])


def receipt(report: Report) -> ReportReceipt:
    """What the reporter gets, with its ids on the trace."""
    tag_span(case_id=str(report.correlation_id), report_id=str(report.id))
    return ReportReceipt.of(report)


@router.post("/reports", status_code=201, response_model=ReportReceipt, responses=problems(409))
async def post_report(
    body: ReportIn, request: Request, caller: Annotated[Principal, requires("report:create")], write: Write
) -> Response:
    """Terima satu laporan tentang satu orang."""
    state = request.app.state
    return await write(lambda uow: commands.receive_report(body.to_command(), uow, state.sealer, state.places), receipt)


@router.get("/reports", response_model=ReportPage, responses=problems())
async def get_reports(
    caller: Annotated[Principal, requires("report:read")],
    reading: Reading,
    after: Annotated[UUID | None, Query(description="Kursor: report_id terakhir dari halaman sebelumnya")] = None,
    limit: PageLimit = 50,
    state: ReportState | None = None,
) -> ReportPage:
    """Daftar laporan menurut waktu masuk."""
    rows = await queries.list_reports(reading, after, limit, state.value if state else None)
    is_office = access.is_office(caller)
    items = [ReportOut.of(view, is_office=is_office) for view in await queries.view_reports(rows, reading)]
    return ReportPage(items=items, next_after=rows[-1].id if len(rows) == limit else None)


@router.get("/reports/{report_id}", response_model=ReportOut, responses=problems())
async def get_report(
    report_id: UUID, caller: Annotated[Principal, requires("report:read")], reading: Reading
) -> ReportOut:
    """Satu laporan tanpa data pribadi."""
    return ReportOut.of(await queries.view_report(report_id, reading), is_office=access.is_office(caller))


@router.post("/reports/{report_id}/verification", response_model=ReportReceipt, responses=problems(409))
async def post_verification(
    report_id: UUID,
    body: VerificationIn,
    request: Request,
    caller: Annotated[Principal, requires("report:decide")],
    write: Write,
) -> Response:
    """Nyatakan laporan benar; perkara dibuka sesudahnya."""
    state = request.app.state
    command = DecideReport(report_id, body.expected_version)
    return await write(lambda uow: commands.verify_report(command, uow, state.sealer, state.places), receipt, 200)


@router.post("/reports/{report_id}/rejection", response_model=ReportReceipt, responses=problems(409))
async def post_rejection(
    report_id: UUID,
    body: RejectionIn,
    caller: Annotated[Principal, requires("report:decide")],
    write: Write,
) -> Response:
    """Tolak laporan dengan alasan."""
    command = DecideReport(report_id, body.expected_version, reason_code=body.reason_code)
    return await write(lambda uow: commands.reject_report(command, uow), receipt, 200)


@router.post("/reports/{report_id}/duplicate", response_model=ReportReceipt, responses=problems(409))
async def post_duplicate(
    report_id: UUID,
    body: DuplicateIn,
    caller: Annotated[Principal, requires("report:decide")],
    write: Write,
) -> Response:
    """Tandai laporan sebagai ganda dari laporan lain."""
    command = DecideReport(report_id, body.expected_version, parent_report_id=body.parent_report_id)
    return await write(lambda uow: commands.mark_report_duplicate(command, uow), receipt, 200)


@router.post("/reports/{report_id}/duplicate/undo", response_model=ReportReceipt, responses=problems(409))
async def post_undo_duplicate(
    report_id: UUID,
    body: VerificationIn,
    caller: Annotated[Principal, requires("report:decide")],
    write: Write,
) -> Response:
    """Cabut tanda ganda: laporan menunggu keputusan lagi."""
    command = DecideReport(report_id, body.expected_version)
    return await write(lambda uow: commands.undo_report_duplicate(command, uow), receipt, 200)


@router.post("/operations", status_code=201, response_model=OperationOut, responses=problems(409))
async def post_operation(
    body: OperationIn, request: Request, caller: Annotated[Principal, requires("operation:create")], write: Write
) -> Response:
    """Terima satu operasi lapangan beserta orang-orangnya, seluruhnya atau tidak sama sekali."""
    state = request.app.state
    return await write(
        lambda uow: commands.conduct_operation(body.to_command(), uow, state.sealer, state.places), OperationOut.of
    )


@router.get("/operations/{operation_id}", response_model=OperationOut, responses=problems())
async def get_operation(
    operation_id: UUID, caller: Annotated[Principal, requires("operation:read")], reading: Reading
) -> OperationOut:
    """Satu operasi dengan laporan-laporannya."""
    return OperationOut.of(await queries.show_operation(operation_id, reading))
