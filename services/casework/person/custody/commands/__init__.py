"""The only code that changes custody."""

from services.casework.person.custody.commands.chain import (
    TransferCustody,
    carry_over,
    end_custody,
    end_custody_of_matter,
    pass_on_custody,
    take_back,
    take_into_custody,
    transfer_custody,
)
from services.casework.person.custody.commands.comparing import compare_families, learn_who_it_is
from services.casework.person.custody.commands.proving import AddProof, add_proof, check_proofs
from services.casework.person.custody.commands.recording import (
    AnswerClaim,
    RecordCustody,
    Recorded,
    answer_claim,
    record_custody,
)

__all__ = [
    "AddProof",
    "AnswerClaim",
    "RecordCustody",
    "Recorded",
    "TransferCustody",
    "add_proof",
    "answer_claim",
    "carry_over",
    "check_proofs",
    "compare_families",
    "end_custody",
    "end_custody_of_matter",
    "learn_who_it_is",
    "pass_on_custody",
    "record_custody",
    "take_back",
    "take_into_custody",
    "transfer_custody",
]
