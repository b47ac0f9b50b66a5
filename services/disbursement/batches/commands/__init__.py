"""The only code that changes batches and payments."""

from services.disbursement.batches.commands.approving import ApproveBatch, RejectBatch, approve_batch, reject_batch
from services.disbursement.batches.commands.lists import take_off_list
from services.disbursement.batches.commands.proposing import ProposeBatch, district_of, propose_batch
from services.disbursement.batches.commands.sending import (
    hand_in,
    read_batch,
    rearm_batches,
    record_sent,
    send_again,
    take_back,
)
from services.disbursement.batches.commands.settling import (
    BookMovement,
    Settlement,
    book_movement,
    close_settlement,
    credit_payment,
    fail_payment,
    open_settlement,
    owe,
    recover,
    reverse_obligation,
)

__all__ = [
    "ApproveBatch",
    "BookMovement",
    "ProposeBatch",
    "RejectBatch",
    "Settlement",
    "approve_batch",
    "book_movement",
    "close_settlement",
    "credit_payment",
    "district_of",
    "fail_payment",
    "hand_in",
    "open_settlement",
    "owe",
    "propose_batch",
    "read_batch",
    "rearm_batches",
    "record_sent",
    "recover",
    "reject_batch",
    "reverse_obligation",
    "send_again",
    "take_back",
    "take_off_list",
]
