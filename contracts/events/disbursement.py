"""What disbursement says: who is entitled to what, batches of payments, and each payment's disposition."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.envelope import Event, Sensitivity
from contracts.events.closing import ServiceAnswer
from contracts.fields import Amount, Code, Count, Digest, Ordinal, Reference, Slug


class EntitlementEstablished(Event):
    """A request for aid was found to be due, by a stated version of the programme's rule."""

    TYPE: ClassVar[str] = "disbursement.entitlement.established.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    entitlement_id: UUID
    aid_request_id: UUID
    case_id: UUID
    programme_code: Code
    rule_version: Slug
    amount_rupiah: Amount
    person_id: UUID


class EntitlementRefused(Event):
    """A request for aid was refused for a stated reason."""

    TYPE: ClassVar[str] = "disbursement.entitlement.refused.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    aid_request_id: UUID
    case_id: UUID
    reason_code: Code


class EntitlementEnded(Event):
    """Aid that was due will not be paid any more: ended by the office, or returned by the bank and given up."""

    TYPE: ClassVar[str] = "disbursement.entitlement.ended.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    entitlement_id: UUID
    aid_request_id: UUID
    case_id: UUID
    reason_code: Code


class BatchProposed(Event):
    """A list of entitlements was frozen for payment; its digest is what approvers approve."""

    TYPE: ClassVar[str] = "disbursement.batch.proposed.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    batch_id: UUID
    programme_code: Code
    items: Count
    total_rupiah: Amount
    digest: Digest


class BatchApproved(Event):
    """One approver said yes to the frozen list; two different people are needed."""

    TYPE: ClassVar[str] = "disbursement.batch.approved.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    batch_id: UUID
    approval_no: Ordinal
    digest: Digest


class BatchRejected(Event):
    """An approver refused the list; its entitlements are free for another batch."""

    TYPE: ClassVar[str] = "disbursement.batch.rejected.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    batch_id: UUID
    reason_code: Code


class BatchRevised(Event):
    """Lines left a list before the bank had it: every approval lapsed, and this digest is to be approved."""

    TYPE: ClassVar[str] = "disbursement.batch.revised.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    batch_id: UUID
    revision: Count
    items: Count
    total_rupiah: Amount
    digest: Digest
    reason_code: Code


class BatchSent(Event):
    """The payment file of a batch was handed to the bank."""

    TYPE: ClassVar[str] = "disbursement.batch.sent.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    batch_id: UUID
    file_digest: Digest
    rail: Code


class BatchReconciled(Event):
    """Every line of a batch was matched with the bank's statement, as paid or as returned."""

    TYPE: ClassVar[str] = "disbursement.batch.reconciled.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    batch_id: UUID
    matched: Count
    returned: Count


class PaymentFact(Event):
    """What every fact about a payment tells: which payment of which batch, for which entitlement, how much."""

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.PERSONAL

    payment_id: UUID
    batch_id: UUID
    entitlement_id: UUID
    case_id: UUID
    amount_rupiah: Amount


class PaymentInstructed(PaymentFact):
    """The bank was told to pay."""

    TYPE: ClassVar[str] = "disbursement.payment.instructed.v1"


class PaymentCredited(PaymentFact):
    """The bank's statement shows the payment as credited."""

    TYPE: ClassVar[str] = "disbursement.payment.credited.v1"

    bank_reference: Reference


class PaymentFailed(PaymentFact):
    """The bank returned the payment."""

    TYPE: ClassVar[str] = "disbursement.payment.failed.v1"

    reason_code: Code


class ClosingAnswered(ServiceAnswer):
    """What of a case is still open in disbursement."""

    TYPE: ClassVar[str] = "disbursement.closing.answered.v1"
