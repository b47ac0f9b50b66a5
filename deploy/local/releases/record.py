"""What is written down of an upgrade, so that one that was cut short goes on and one that was wrong is taken back."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.places import write_whole

RECORD = "upgrade.json"


class CannotUpgrade(Exception):
    """Nothing was changed; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """An upgrade that was begun: service -> revision of its tables, before and after, and the way back."""

    began_at: str
    tables_before: dict[str, str]
    tables_after: dict[str, str]
    backup: str


def write_upgrade(state: Path, upgrade: Upgrade) -> None:
    """From here on the tables may be changed."""
    write_whole(state / RECORD, json.dumps(asdict(upgrade), indent=1) + "\n", mode=0o600)


def forget_upgrade(state: Path) -> None:
    """It was taken back."""
    (state / RECORD).unlink(missing_ok=True)


def read_upgrade(state: Path) -> Upgrade | None:
    """The last upgrade of a state folder that nobody went back from."""
    file = state / RECORD
    return Upgrade(**json.loads(file.read_text())) if file.exists() else None
