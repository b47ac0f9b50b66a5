"""What is said about batches and payments."""

from contracts.events.disbursement import (
    BatchApproved,
    BatchProposed,
    BatchReconciled,
    BatchRejected,
    BatchRevised,
    BatchSent,
    PaymentCredited,
    PaymentFailed,
    PaymentInstructed,
)
from contracts.values import Money
from services.disbursement.batches.tables import Approval, Batch, Payment


def batch_proposed(batch: Batch) -> BatchProposed:
    """A list was frozen."""
    return BatchProposed(
        batch_id=batch.id,
        programme_code=batch.programme_code,
        items=batch.items,
        total_rupiah=Money(batch.total_rupiah),
        digest=batch.digest,
    )


def batch_approved(approval: Approval) -> BatchApproved:
    """One approver said yes."""
    return BatchApproved(batch_id=approval.batch_id, approval_no=approval.approval_no, digest=approval.digest)


def batch_rejected(batch: Batch, reason_code: str) -> BatchRejected:
    """An approver said no."""
    return BatchRejected(batch_id=batch.id, reason_code=reason_code)


def batch_revised(batch: Batch, reason_code: str) -> BatchRevised:
    """Lines left the list: what was approved was another one."""
    return BatchRevised(
        batch_id=batch.id,
        revision=batch.revision,
        items=batch.items,
        total_rupiah=Money(batch.total_rupiah),
        digest=batch.digest,
        reason_code=reason_code,
    )


def batch_sent(batch: Batch, file_digest: str) -> BatchSent:
    """The file is with the bank."""
    return BatchSent(batch_id=batch.id, file_digest=file_digest, rail=batch.rail)


def batch_reconciled(batch: Batch) -> BatchReconciled:
    """Every line is matched."""
    return BatchReconciled(batch_id=batch.id, matched=batch.matched, returned=batch.returned)


def payment_instructed(payment: Payment) -> PaymentInstructed:
    """The bank was told to pay."""
    return PaymentInstructed(
        payment_id=payment.id,
        batch_id=payment.batch_id,
        entitlement_id=payment.entitlement_id,
        case_id=payment.case_id,
        amount_rupiah=Money(payment.amount_rupiah),
    )


def payment_credited(payment: Payment, bank_reference: str) -> PaymentCredited:
    """The bank paid."""
    return PaymentCredited(
        payment_id=payment.id,
        batch_id=payment.batch_id,
        entitlement_id=payment.entitlement_id,
        case_id=payment.case_id,
        amount_rupiah=Money(payment.amount_rupiah),
        bank_reference=bank_reference,
    )


def payment_failed(payment: Payment, reason_code: str) -> PaymentFailed:
    """The bank returned the payment."""
    return PaymentFailed(
        payment_id=payment.id,
        batch_id=payment.batch_id,
        entitlement_id=payment.entitlement_id,
        case_id=payment.case_id,
        amount_rupiah=Money(payment.amount_rupiah),
        reason_code=reason_code,
    )
