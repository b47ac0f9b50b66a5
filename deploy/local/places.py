"""Where things lie: the checkout, the state of one running system, the engines shared by all of them."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def state_folder() -> Path:
    """The state of the system this command is about: `SIGAP_STATE`, else `var/` of the checkout."""
    return Path(os.environ.get("SIGAP_STATE") or CHECKOUT / "var").resolve()


def tools_folder() -> Path:
    """Downloaded engines, shared by every state folder of this checkout and kept by a reset."""
    return CHECKOUT / "var" / "tools"


def write_whole(path: Path, text: str, mode: int = 0o644, *, durable: bool = True) -> None:
    """Replace a file at once: after a crash either the old or the new text is there, never a part.

    Not durable: true for the crash of a program only, which suits what is written often and worth little.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    draft.replace(path)


def shown(path: Path) -> str:
    """The path as a person would type it: relative to where they stand, when it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
