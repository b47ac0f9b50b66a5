"""Request and response shapes of batches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from contracts.values import RegionCode
from services.chassis.web import CodeText, RequestBody, Version
from services.disbursement.batches.commands import ApproveBatch, ProposeBatch, RejectBatch
from services.disbursement.batches.domain import BATCH_LIMIT, RejectionReason
from services.disbursement.batches.queries import BatchDetail
from services.disbursement.batches.tables import Batch

DigestText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class BatchIn(RequestBody):
    """Which aid to put on lists."""

    programme_code: CodeText
    entitlement_ids: Annotated[list[UUID], Field(min_length=1, max_length=BATCH_LIMIT)] | None = Field(
        default=None, description="Kosong: semua hak bantuan program ini yang menunggu"
    )
    district: Annotated[str, StringConstraints(pattern=RegionCode.DISTRICT_PATTERN)] | None = Field(
        default=None, description="Perlu diisi bila akun melayani beberapa kabupaten/kota"
    )

    def to_command(self) -> ProposeBatch:
        """As the command takes it."""
        return ProposeBatch(self.programme_code, self.entitlement_ids, self.district)


class ProposalIn(RequestBody):
    """All aid of a programme that waits, as the page proposes it."""

    programme_code: CodeText

    def to_command(self) -> ProposeBatch:
        """As the command takes it."""
        return ProposeBatch(self.programme_code)


class ApprovalIn(RequestBody):
    """A yes to the list with this digest."""

    digest: DigestText
    expected_version: Version

    def to_command(self, batch_id: UUID) -> ApproveBatch:
        """As the command takes it."""
        return ApproveBatch(batch_id, self.digest, self.expected_version)


class BatchRejectionIn(RequestBody):
    """Why the list is refused."""

    reason_code: RejectionReason
    expected_version: Version

    def to_command(self, batch_id: UUID) -> RejectBatch:
        """As the command takes it."""
        return RejectBatch(batch_id, self.expected_version, self.reason_code)


class BatchOut(BaseModel):
    """A batch without its list."""

    batch_id: UUID
    version: int
    state: str
    revision: int = Field(description="Naik setiap kali baris dikeluarkan; persetujuan hanya berlaku untuk satu revisi")
    programme_code: str
    rail: str
    items: int
    total_rupiah: int
    digest: str = Field(description="SHA-256 daftar yang dibekukan; inilah yang disetujui")
    approval_roles: list[str] = Field(description="Peran yang harus menyetujui, menurut urutan")
    proposed_by: str
    proposed_at: datetime
    approved_at: datetime | None
    file_digest: str | None
    sent_at: datetime | None
    reconciled_at: datetime | None
    matched: int
    returned: int
    reason_code: str | None

    @classmethod
    def of(cls, row: Batch) -> "BatchOut":
        """From the row."""
        return cls(
            batch_id=row.id,
            version=row.version,
            state=row.state,
            revision=row.revision,
            programme_code=row.programme_code,
            rail=row.rail,
            items=row.items,
            total_rupiah=row.total_rupiah,
            digest=row.digest,
            approval_roles=row.approval_roles,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            approved_at=row.approved_at,
            file_digest=row.file_digest,
            sent_at=row.sent_at,
            reconciled_at=row.reconciled_at,
            matched=row.matched,
            returned=row.returned,
            reason_code=row.reason_code,
        )


class ProposedOut(BatchOut):
    """The first list of a proposal, and all of them when it was too much for one."""

    lists: list[BatchOut] = Field(description="Semua daftar dari usulan ini, mulai dari yang pertama")
    note: str | None = Field(description="Mengapa menjadi beberapa daftar")

    @classmethod
    def of_all(cls, rows: Sequence[Batch]) -> "ProposedOut":
        """From the rows of one proposal."""
        note = None
        if len(rows) > 1:
            items = sum(row.items for row in rows)
            note = f"{items} hak bantuan dibagi menjadi {len(rows)} daftar agar setiap daftar dapat disetujui."
        lists = [BatchOut.of(row) for row in rows]
        return cls(**lists[0].model_dump(), lists=lists, note=note)


class BatchPage(BaseModel):
    """Batches, oldest first; ``next_after`` is the cursor of the following page, if there is one."""

    items: list[BatchOut]
    next_after: UUID | None


class LineOut(BaseModel):
    """A line of the frozen list with what became of its payment."""

    line_no: int
    entitlement_id: UUID
    payment_id: UUID
    case_id: UUID
    amount_rupiah: int
    payment_state: str | None
    bank_reference: str | None
    reason_code: str | None


class LineTakenOffOut(BaseModel):
    """A line that left the list before the bank had it."""

    line_no: int
    revision: int = Field(description="Revisi pertama tanpa baris ini")
    reason_code: str
    taken_off_at: datetime


class ApprovalOut(BaseModel):
    """An approval that was given."""

    approval_no: int
    actor: str
    role: str
    digest: str
    approved_at: datetime


class BatchDetailOut(BatchOut):
    """A batch with its list, its approvals and what the caller may do now."""

    lines: list[LineOut]
    taken_off: list[LineTakenOffOut]
    approvals: list[ApprovalOut]
    legal_now: list[str] = Field(description="Tindakan yang sah bagi Anda sekarang")

    @classmethod
    def telling(cls, story: BatchDetail) -> "BatchDetailOut":
        """From the rows."""
        payments = {payment.id: payment for payment in story.payments}
        lines = []
        for line in story.lines:
            payment = payments.get(line.payment_id)
            lines.append(
                LineOut(
                    line_no=line.line_no,
                    entitlement_id=line.entitlement_id,
                    payment_id=line.payment_id,
                    case_id=line.case_id,
                    amount_rupiah=line.amount_rupiah,
                    payment_state=payment.state if payment else None,
                    bank_reference=payment.bank_reference if payment else None,
                    reason_code=payment.reason_code if payment else None,
                )
            )
        return cls(
            **BatchOut.of(story.batch).model_dump(),
            lines=lines,
            taken_off=[
                LineTakenOffOut(
                    line_no=off.line_no,
                    revision=off.revision,
                    reason_code=off.reason_code,
                    taken_off_at=off.taken_off_at,
                )
                for off in story.taken_off
            ],
            approvals=[
                ApprovalOut(
                    approval_no=a.approval_no, actor=a.actor, role=a.role, digest=a.digest, approved_at=a.approved_at
                )
                for a in story.approvals
            ],
            legal_now=list(story.legal_now),
        )
