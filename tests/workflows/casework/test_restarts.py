"""A procedure whose run was lost with the workflow store, at each of its wait points."""

import pytest

from tests.support.procedures import WAITS, scripted, silent_at, skipping, start_procedure, until_called, working

EVERY_WAIT = [(workflow, silent) for workflow, waits in WAITS.items() for silent in waits]


@pytest.mark.parametrize(("workflow", "silent"), EVERY_WAIT, ids=lambda name: name.replace(" ", "-"))
async def test_a_procedure_whose_run_was_lost_at_any_wait_is_told_to_its_end_from_the_rows(
    workflow: str, silent: str
) -> None:
    script = WAITS[workflow][silent]
    async with skipping() as lost:
        rows = silent_at(silent, lost.client, script)
        async with working(lost.client, rows.activities()):
            await start_procedure(lost.client, workflow)
            await until_called(rows, silent)
        over = {step for step, result in rows.already.items() if result.ended}
    async with skipping() as env:
        rows.client, rows.answers = env.client, scripted(env.client, script).answers
        rows.calls.clear()
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client, workflow)).result()
    assert over.isdisjoint(rows.calls), "a step that had ended was asked for again"
    assert silent in {*rows.calls, "close refused"}
    assert rows.calls[-1] == "close"
