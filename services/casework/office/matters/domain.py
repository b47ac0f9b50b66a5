"""The kinds of matter. Pure values."""

from enum import StrEnum


class MatterKind(StrEnum):
    """What work can be about."""

    CASE = "case"
