"""A procedure's story, told to its end or as far as it goes."""

from typing import Any

from tests.support.eventually import eventually
from tests.support.procedures import ANSWERS, Rows, skipping, start_procedure, working

LONG_WAY = [
    "stage CUSTODY", "custody", "stage SCREENING", "screening", "stage TREATMENT", "bed", "identification",
    "guarantee", "pbi", "tracing", "stage DISCHARGE", "reunification", "outcome REUNIFIED", "stage AFTERCARE",
    "medicine", "request aid", "aid", "visit-1", "visit-2", "visit-3", "close",
]  # fmt: skip


async def told(procedure: str = "OdgjProcedure", /, **script: Any) -> Rows:
    """The story to its end, with what the script changes."""
    changes = script.pop("answers", {})
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, **changes}, **script)
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client, procedure)).result()
    assert rows.calls[-1] == "close"
    return rows


async def waiting(answers: dict[str, tuple[str, str] | None], until: str, **script: Any) -> Rows:
    """The story as far as it goes while somebody stays silent."""
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, **answers}, **script)
        async with working(env.client, rows.activities()):
            await start_procedure(env.client)

            async def reached() -> bool:
                return until in rows.calls

            await eventually(reached, what=until)
    return rows


def stages(rows: Rows) -> list[str]:
    """The stages it went through, in order."""
    return [call.removeprefix("stage ") for call in rows.calls if call.startswith("stage ")]
