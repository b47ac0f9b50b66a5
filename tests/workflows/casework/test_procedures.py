"""Order, parallel steps, restart and early ends of the case procedures, with time skipping."""

from datetime import timedelta

import pytest
from temporalio.client import WorkflowHandle

from services.casework.handoffs.messages import CaseChanged, StepResult
from tests.support.eventually import eventually
from tests.support.procedures import ANSWERS, Rows, skipping, start_procedure, working

LONG_WAY = [
    "stage CUSTODY", "custody", "stage SCREENING", "screening", "stage TREATMENT", "bed", "identification",
    "insurance", "tracing", "stage DISCHARGE", "reunification", "outcome REUNIFIED", "stage AFTERCARE", "medicine",
    "request aid", "aid", "visit-1", "visit-2", "visit-3", "close",
]  # fmt: skip


async def test_an_odgj_case_goes_through_every_step_and_closes() -> None:
    async with skipping() as env:
        rows = Rows(env.client)
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert sorted(rows.calls) == sorted(LONG_WAY)
    assert [c for c in rows.calls if c.startswith("stage")] == [
        "stage CUSTODY", "stage SCREENING", "stage TREATMENT", "stage DISCHARGE", "stage AFTERCARE"
    ]  # fmt: skip
    assert rows.calls.index("insurance") > rows.calls.index("identification")
    assert rows.calls[-1] == "close"


async def test_whoever_is_not_odgj_is_rerouted_and_nothing_else_is_asked() -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "screening": ("COMPLETED", "NOT_ODGJ")})
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert rows.calls == [
        "stage CUSTODY", "custody", "stage SCREENING", "screening", "outcome NOT_ODGJ", "close"
    ]  # fmt: skip


@pytest.mark.parametrize(("reason", "outcome"), [("ABSCONDED", "ABSCONDED"), ("DECEASED", "DECEASED")])
async def test_a_failed_stay_ends_the_service(reason: str, outcome: str) -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "bed": ("FAILED", reason)})
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert f"outcome {outcome}" in rows.calls
    assert "reunification" not in rows.calls
    assert rows.calls[-1] == "close"


async def test_without_family_the_panti_takes_over() -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "tracing": ("COMPLETED", "FAMILY_NOT_FOUND")})
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert "placement" in rows.calls
    assert "outcome PLACED_PANTI" in rows.calls
    assert "request aid" not in rows.calls


async def test_when_nobody_has_a_bed_a_conference_decides_and_the_search_starts_again() -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "bed": ("EXHAUSTED", ""), "bed#2": ("COMPLETED", "DISCHARGED_STABLE")})
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert [c for c in rows.calls if c.startswith("bed")] == ["bed", "bed-conference", "bed#2"]


@pytest.mark.parametrize("known", range(len(ANSWERS)))
async def test_a_procedure_started_anew_at_any_stage_goes_on_from_the_rows(known: int) -> None:
    order = ["custody", "screening", "identification", "insurance", "bed", "tracing", "reunification", "medicine"]
    done = order[:known]
    async with skipping() as env:
        already = {
            step: StepResult(step=step, ended=True, outcome=ANSWERS[step][0], result_code=ANSWERS[step][1])
            for step in done
        }
        rows = Rows(env.client, already=already)
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert not set(done) & set(rows.calls), "a step that had ended was asked for again"
    assert rows.calls[-1] == "close"


async def test_a_case_closed_from_outside_ends_its_procedure() -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "custody": None})
        async with working(env.client, rows.activities()):
            handle: WorkflowHandle[object, object] = await start_procedure(env.client)

            async def asked() -> bool:
                return "custody" in rows.calls

            await eventually(asked)
            rows.is_over = True
            await handle.signal("case_changed", CaseChanged(event_id="e1"))
            await handle.result()
    assert "screening" not in rows.calls


@pytest.mark.parametrize("waiting_for", ["custody", "screening", "tracing", "reunification", "visit-2"])
async def test_a_service_that_ends_in_the_middle_asks_for_nothing_more_and_closes(waiting_for: str) -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, waiting_for: None})
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)

            async def asked() -> bool:
                return waiting_for in rows.calls

            await eventually(asked, what=waiting_for)
            rows.has_ended = True
            before = len(rows.calls)
            await handle.signal("case_changed", CaseChanged(event_id="died"))
            await handle.result()
    steps = [call for call in rows.calls[before:] if call != "close"]
    assert [step for step in steps if step.startswith(("stage", "outcome"))] == []
    assert rows.calls[-1] == "close"


async def test_a_procedure_started_anew_after_the_service_ended_only_closes() -> None:
    async with skipping() as env:
        rows = Rows(env.client, has_ended=True)
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert rows.calls == ["close"]


async def test_a_blocked_case_closes_when_the_last_thing_ended() -> None:
    async with skipping() as env:
        rows = Rows(env.client, blocked_times=2)
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert rows.calls[-3:] == ["close refused", "close refused", "close"]


async def test_a_task_left_undone_past_its_instant_is_called_overdue_once_and_still_awaited() -> None:
    async with skipping() as env:
        late = await env.get_current_time() + timedelta(days=30)
        rows = Rows(env.client, {**ANSWERS, "visit-2": None}, due={"visit-1": late, "visit-2": late})
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert [call for call in rows.calls if call.startswith("ring")] == ["ring visit-2"]
    assert rows.calls[-1] == "close"


async def test_a_gepeng_case_is_assessed_and_guided_home() -> None:
    async with skipping() as env:
        rows = Rows(env.client, case_type="GEPENG", visits=1)
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client, "GepengProcedure")).result()
    assert rows.calls[:6] == [
        "stage CUSTODY", "custody", "stage ASSESSMENT", "assessment", "stage RETURN", "return"
    ]  # fmt: skip
    assert {"request aid", "aid", "visit-1", "outcome RETURNED_FAMILY"} < set(rows.calls)
    assert rows.calls[-1] == "close"
