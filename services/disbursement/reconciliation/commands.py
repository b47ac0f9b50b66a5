"""The only code that imports statements and resolves findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.batches import commands as batches
from services.disbursement.batches.domain import BatchState, PaymentState
from services.disbursement.batches.messages import BatchReading, Submission
from services.disbursement.batches.tables import Batch, Payment
from services.disbursement.entitlements.domain import Move
from services.disbursement.entitlements.queries import is_held_back
from services.disbursement.findings.commands import OpenFinding, open_finding
from services.disbursement.findings.domain import FindingKind, Resolution, check_resolution
from services.disbursement.findings.tables import Finding
from services.disbursement.holds.commands import weigh
from services.disbursement.rails.domain import BANK_HAS_OTHER_FILE
from services.disbursement.reconciliation import domain, repository
from services.disbursement.reconciliation.domain import Expected, LineStatus, StatementLine, UnreadableLine
from services.disbursement.reconciliation.tables import StatementLineRow

SETTLED_AS = {PaymentState.CREDITED: LineStatus.CREDITED, PaymentState.FAILED: LineStatus.REJECTED}


async def import_statement(
    batch_id: UUID, lines: Sequence[StatementLine | UnreadableLine], uow: UnitOfWork
) -> BatchReading:
    """Match a statement with the batch's payments; lines imported before change nothing.

    A credited line pays, a rejected one returns the payment and opens a finding; whatever does not match opens a
    finding and settles nothing. When the last payment is settled the batch is reconciled.
    """
    settlement = await batches.open_settlement(batch_id, uow)
    if settlement.is_awaited:
        known = await repository.known_lines(uow, [line.identity for line in lines])
        for line in lines:
            if line.identity not in known:
                known.add(line.identity)
                await _import_line(settlement, line, uow)
    return await batches.close_settlement(settlement, uow)


async def _import_line(settlement: batches.Settlement, line: StatementLine | UnreadableLine, uow: UnitOfWork) -> None:
    batch, now = settlement.batch, await uow.now()
    row = StatementLineRow(
        id=line.identity, batch_id=batch.id, status="UNREADABLE", imported_at=now, district=batch.district
    )
    if isinstance(line, UnreadableLine):
        uow.insert(row)
        await _find(batch, FindingKind.LINE_UNREADABLE, line.digest, None, "", uow)
        return
    row.payment_id, row.amount_rupiah = line.payment_id, line.amount_rupiah
    row.status, row.bank_reference, row.reason_code = line.status.value, line.bank_reference, line.reason_code
    uow.insert(row)
    payment = settlement.payments.get(line.payment_id)
    expected = (
        Expected(payment.id, payment.amount_rupiah, SETTLED_AS.get(PaymentState(payment.state))) if payment else None
    )
    verdict = domain.judge(line, expected)
    match verdict.settles_as:
        case LineStatus.CREDITED:
            await batches.credit_payment(settlement, line.payment_id, line.bank_reference, now, uow)
        case LineStatus.REJECTED:
            await batches.fail_payment(settlement, line.payment_id, line.reason_code, now, uow)
        case None:
            pass
    if verdict.finding is not None:
        about = str(line.payment_id) if verdict.finding is FindingKind.PAYMENT_RETURNED else str(line.identity)
        await _find(batch, verdict.finding, about, payment, line.reason_code, uow)


async def _find(
    batch: Batch, kind: FindingKind, about: str, payment: Payment | None, reason_code: str, uow: UnitOfWork
) -> None:
    await open_finding(
        OpenFinding(
            kind=kind,
            about=about,
            batch_id=batch.id,
            correlation_id=batch.correlation_id,
            district=batch.district,
            reason_code=reason_code,
            payment_id=payment.id if payment else None,
            entitlement_id=payment.entitlement_id if payment else None,
        ),
        uow,
    )


async def record_refusal(submission: Submission, uow: UnitOfWork) -> None:
    """The bank refuses the file: the list can be stopped again, and somebody has to look.

    When the bank has another file under this key, nothing of it can be stopped.
    """
    batch = (await batches.open_settlement(submission.batch_id, uow)).batch
    if batch.state == BatchState.SENDING:
        about = f"{submission.file_digest}:{submission.refusal}:{batch.version}"
        await _find(batch, FindingKind.FILE_REFUSED, about, None, submission.refusal, uow)
        if submission.refusal != BANK_HAS_OTHER_FILE:
            await batches.take_back(batch, submission.refusal, uow)


@dataclass(frozen=True, slots=True)
class ResolveFinding:
    """Somebody decides about a finding; ``expected_version`` is what they saw."""

    finding_id: UUID
    expected_version: int
    resolution: Resolution
    reason_code: str


async def resolve_finding(command: ResolveFinding, uow: UnitOfWork) -> Finding:
    """Settle a finding; paying again or ending the aid takes the obligation back from the books.

    Raises ``NotFound``, ``StaleVersion``, ``FindingIsResolved``, ``ResolutionDoesNotFit``.
    """
    finding = await uow.locked(Finding, command.finding_id, command.expected_version)
    is_kept_back = finding.entitlement_id is not None and await is_held_back(finding.entitlement_id, uow)
    check_resolution(finding.kind, finding.resolution is None, command.resolution, is_kept_back=is_kept_back)
    uow.change(
        finding,
        "resolve",
        reason=command.reason_code,
        resolution=command.resolution.value,
        resolved_at=await uow.now(),
    )
    match command.resolution:
        case Resolution.PAY_AGAIN | Resolution.END_AID:
            assert finding.payment_id is not None
            move = Move.RENEW if command.resolution is Resolution.PAY_AGAIN else Move.END
            entitlement = await batches.reverse_obligation(finding.payment_id, move, command.reason_code, uow)
            await weigh([entitlement.person_id], entitlement.district, uow)
        case Resolution.SEND_AGAIN:
            await batches.send_again(finding.batch_id, command.reason_code, uow)
        case Resolution.RECOVERY_ASKED | Resolution.NOTED:
            pass
    return finding
