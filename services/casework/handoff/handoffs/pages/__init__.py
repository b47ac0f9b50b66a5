"""The page of one hand-off: what was asked, what the receiver may know, whose turn it is, and the answers."""

from services.casework.handoff.handoffs.pages.routes import TEMPLATES, router
from services.casework.handoff.handoffs.pages.words import CONDITIONS, OWNERS, PERIODS, REASONS, WORDS, results_for

__all__ = [
    "CONDITIONS",
    "OWNERS",
    "PERIODS",
    "REASONS",
    "TEMPLATES",
    "WORDS",
    "results_for",
    "router",
]
