"""The page of one hand-off: what was asked, what the receiver may know, whose turn it is, and the answers."""

from services.casework.handoff.handoffs.pages.routes import TEMPLATES, router
from services.casework.handoff.handoffs.pages.words import (
    ANY_RESULT,
    CONDITIONS,
    OWNERS,
    PERIODS,
    REASONS,
    RESULTS,
    WORDS,
)

__all__ = [
    "ANY_RESULT",
    "CONDITIONS",
    "OWNERS",
    "PERIODS",
    "REASONS",
    "RESULTS",
    "TEMPLATES",
    "WORDS",
    "router",
]
