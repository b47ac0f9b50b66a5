"""Casework with types of case from another package beside its own, as if their folders stood in `procedures`."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace

from services.casework.office.case_types.domain import CASE_TYPES
from services.casework.wiring import SERVICE
from services.chassis.service import Service

OURS = "services.casework.case.procedures"


@contextmanager
def also_types_of(package: str) -> Iterator[Service]:
    """The service with them; afterwards there are none but its own again."""
    before = CASE_TYPES.look_in(OURS, package)
    try:
        added = {kind.workflow: CASE_TYPES.workflow_of(kind.code) for kind in CASE_TYPES}
        others = [known for known in SERVICE.workflows if known.__name__ not in added]
        pages = copy(SERVICE.pages)
        theirs = CASE_TYPES.known.words().items()
        pages.words = SERVICE.pages.words | {kind: named | SERVICE.pages.words[kind] for kind, named in theirs}
        yield replace(SERVICE, workflows=[*others, *added.values()], pages=pages)
    finally:
        CASE_TYPES.look_in(*before)
