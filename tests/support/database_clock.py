"""A PostgreSQL whose clock is set while it runs, by libfaketime: all its connections see it at once.

with database_clock() as clock:
    async with running(["postgres"], postgres_under=clock.command) as stack:
        clock.set_away(timedelta(days=30))
"""

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

LIBRARY = "vendor/libfaketime/src/libfaketime.so.1"


@dataclass(frozen=True, slots=True)
class DatabaseClock:
    """How far a database's clock is from the machine's."""

    folder: Path

    @property
    def command(self) -> Sequence[str]:
        """What PostgreSQL is started through, after it has got its own user: the library's memory is that user's."""
        return (
            "env",
            f"LD_PRELOAD={self.folder / Path(LIBRARY).name}",
            f"FAKETIME_TIMESTAMP_FILE={self._file}",
            "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "NO_FAKE_STAT=1",
        )

    @property
    def _file(self) -> Path:
        return self.folder / "away"

    def set_away(self, span: timedelta) -> None:
        """Set it ahead or back of the machine's clock."""
        draft = self.folder / "draft"
        draft.write_text(f"{int(span.total_seconds()):+d}\n")
        draft.replace(self._file)

    def set_right(self) -> None:
        """As the machine's clock."""
        self.set_away(timedelta(0))


@contextmanager
def database_clock() -> Iterator[DatabaseClock]:
    """A clock that is right; its files lie where PostgreSQL's user may read them."""
    # Looked for, not imported: the package's own module is about Python's clock.
    package = importlib.util.find_spec("libfaketime")
    assert package is not None and package.origin is not None, "libfaketime is not installed: run `make install`"
    with tempfile.TemporaryDirectory(prefix="sigap-clock-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(Path(package.origin).parent / LIBRARY, folder)
        found = DatabaseClock(folder)
        found.set_right()
        yield found
