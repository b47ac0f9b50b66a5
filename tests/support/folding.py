"""The record is the fold of its actions: what every service's tests may ask of their rows."""

from uuid import UUID

import orjson

from services.chassis.database import Aggregate
from services.chassis.database.writer import columns_of, table_of, to_json
from tests.support.services import Bench


async def unlike_their_actions(bench: Bench, kind: type[Aggregate]) -> list[UUID]:
    """The rows of an aggregate whose columns are not what folding their actions gives."""
    table = table_of(kind)
    names = [name for name in columns_of(table) if name != "recorded_at"]
    wrong = []
    for row in await bench.rows(f"SELECT * FROM {table.name}"):
        actions = await bench.rows("SELECT changes FROM actions WHERE aggregate_id = $1 ORDER BY version", row["id"])
        folded: dict[str, object] = {}
        for action in actions:
            folded |= orjson.loads(action["changes"])
        now = {name: orjson.loads(to_json(_loaded(row[name]))) for name in names}
        if any(folded.get(name) != now[name] for name in names):
            wrong.append(row["id"])
    return wrong


def _loaded(value: object) -> object:
    return orjson.loads(value) if isinstance(value, str) and value.startswith(("[", "{")) else value
