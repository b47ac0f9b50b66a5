"""One running system: the folder of its state, its ports, its keys."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.keys import Keys, open_keys
from deploy.local.ports import choose_ports


@dataclass(frozen=True, slots=True)
class Site:
    """One running system: the folder with its state, its ports, its keys."""

    state: Path
    ports: dict[str, int]
    keys: Keys

    def database_url(self, database: str, role: str, password: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.ports['postgres']}/{database}"


def open_site(state: Path, *, usual_ports: bool = True, clients: tuple[str, ...] = ()) -> Site:
    """The site in a state folder; ports and keys are made when they are not there yet."""
    state.mkdir(parents=True, exist_ok=True)
    return Site(state, choose_ports(state, usual=usual_ports), open_keys(state, clients))
