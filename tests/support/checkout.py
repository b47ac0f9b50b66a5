"""The checkout as tests read it: its services, its modules, who imports what."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "casework", "disbursement", "notifications")


def modules(folder: Path) -> Iterator[Path]:
    """Every Python file below a folder, in order."""
    return (file for file in sorted(folder.rglob("*.py")) if "__pycache__" not in file.parts)


def imports_of(file: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    return _imported(ast.walk(ast.parse(file.read_text())))


def passed_through(file: Path) -> set[str]:
    """What a workflow's module imports past the sandbox: read as it stands outside, and never run by the workflow."""
    blocks = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.With)]
    return _imported(node for block in blocks for node in ast.walk(block))


def _imported(nodes: Iterable[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
