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
    folds: dict[UUID, dict[str, object]] = {}
    by_version = "SELECT aggregate_id AS id, changes FROM actions WHERE aggregate = $1 ORDER BY version"
    for action in await bench.rows(by_version, table.name):
        folds.setdefault(action["id"], {}).update(orjson.loads(action["changes"]))
    wrong = []
    for row in await bench.rows(f"SELECT * FROM {table.name}"):
        folded = folds.get(row["id"], {})
        now = {name: orjson.loads(to_json(_loaded(row[name]))) for name in names}
        if any(folded.get(name) != now[name] for name in names):
            wrong.append(row["id"])
    return wrong


def _loaded(value: object) -> object:
    return orjson.loads(value) if isinstance(value, str) and value.startswith(("[", "{")) else value
