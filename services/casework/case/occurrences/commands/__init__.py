"""The only code that changes what happened to a person."""

from services.casework.case.occurrences.commands.recording import (
    RecordOccurrence,
    carry_out,
    hear_failure,
    record_occurrence,
    record_step_occurrence,
)
from services.casework.case.occurrences.commands.revoking import (
    ProposeRevocation,
    decide_revocation,
    propose_revocation,
)

__all__ = [
    "ProposeRevocation",
    "RecordOccurrence",
    "carry_out",
    "decide_revocation",
    "hear_failure",
    "propose_revocation",
    "record_occurrence",
    "record_step_occurrence",
]
