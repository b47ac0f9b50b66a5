"""The checkout as tests read it: its services, its modules, who imports what."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "casework", "disbursement", "notifications")


def modules(folder: Path) -> Iterator[Path]:
    """Every Python file below a folder, in order."""
    return (file for file in sorted(folder.rglob("*.py")) if "__pycache__" not in file.parts)


def imports_of(file: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
