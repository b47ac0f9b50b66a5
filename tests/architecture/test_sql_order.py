"""SQL follows the order of the subjects, where no import shows it."""

import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

from tests.support.checkout import ROOT, modules

CASEWORK = ROOT / "services" / "casework"
NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+([a-z_]+)")
TABLE = re.compile(r'__tablename__ = "(\w+)"')


def subject_of(file: Path) -> str:
    """``wing.subject`` of a file of casework; empty for what stands at its root."""
    parts = file.relative_to(CASEWORK).parts
    return ".".join(parts[:2]) if len(parts) > 2 else ""


def owners() -> dict[str, str]:
    """By table: the subject whose ``tables.py`` declares it."""
    return {
        table: subject_of(file)
        for file in modules(CASEWORK)
        if file.stem == "tables"
        for table in TABLE.findall(file.read_text())
    }


def layers() -> Iterator[list[set[str]]]:
    """Each stated order of casework, top to bottom, as the import linter reads it."""
    stated = ConfigParser()
    stated.read(ROOT / ".importlinter")
    for section in stated.sections():
        lines = stated.get(section, "layers", fallback="").split("\n")
        rows = [set(re.findall(r"services\.casework\.([a-z_.]+)", line)) for line in lines]
        if any(rows):
            yield [row for row in rows if row]


def is_above(upper: str, lower: str) -> bool:
    """Whether a stated order puts one subject above, or beside, another."""
    for order in layers():
        place = {name: number for number, row in enumerate(order) for name in row}
        first, second = (
            next((place[name] for name in place if f"{subject}.".startswith(f"{name}.")), None)
            for subject in (upper, lower)
        )
        if first is not None and second is not None and first != second:
            return first < second
    return False


def breaches() -> set[tuple[str, str]]:
    """Which subject names whose table although that stands above it."""
    tables = owners()
    return {
        (subject, tables[table])
        for file in modules(CASEWORK)
        if (subject := subject_of(file)) and "migrations" not in file.parts
        for table in NAMED.findall(file.read_text())
        if tables.get(table, subject) != subject and is_above(tables[table], subject)
    }


def test_no_query_names_a_table_of_a_subject_above_its_own() -> None:
    """A query upwards ties a wing to what stands on it, and no linter sees it."""
    assert breaches() == set()


def test_the_order_is_read() -> None:
    assert is_above("oversight.audit", "case.cases")
    assert is_above("case.cases", "handoff.deadlines")
    assert is_above("handoff.handoffs", "handoff.conditions")
    assert not is_above("office.directory", "person.custody")
