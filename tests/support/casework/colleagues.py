"""People who have signed in at casework, so that they can be picked."""

from services.chassis.principal import Principal
from tests.support.services import Bench


async def met(bench: Bench, agency: str, **names: str) -> None:
    """Accounts ``staff:<word>`` of an agency, each with its name."""
    for word, name in names.items():
        who = Principal(f"staff:{word}", agency, frozenset(), ("35.24",), name)
        await bench.app.state.pages.colleagues.meet(bench.units.pool, who)
