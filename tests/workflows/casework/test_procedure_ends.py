"""How the case procedures start anew, end early, wait and close, with time skipping."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle

from services.casework.case.cases.messages import CaseRef, CloseResult
from services.casework.office.procedure_messages.messages import CaseChanged, StepResult
from tests.support.busy_server import delivered
from tests.support.eventually import eventually
from tests.support.procedure_stories import told
from tests.support.procedures import ANSWERS, Rows, skipping, start_procedure, until_called, working
from tests.support.stories import BLOCKED


async def timers_of(handle: WorkflowHandle[Any, Any], that: str = "started") -> list[timedelta]:
    """How long each timer of a run was to wait, in order; or of those alone that ``fired``."""
    history = await handle.fetch_history()
    fired = {event.timer_fired_event_attributes.timer_id for event in history.events}
    begun = [e.timer_started_event_attributes for e in history.events if e.HasField("timer_started_event_attributes")]
    chosen = [timer for timer in begun if that == "started" or timer.timer_id in fired]
    return [timer.start_to_fire_timeout.ToTimedelta() for timer in chosen]


@pytest.mark.parametrize("known", range(len(ANSWERS)))
async def test_a_procedure_started_anew_at_any_stage_goes_on_from_the_rows(known: int) -> None:
    order = [
        "custody", "screening", "identification", "guarantee", "pbi", "bed", "tracing", "fetch", "placement",
    ]  # fmt: skip
    done = order[:known]
    answers = {**ANSWERS, "tracing": ("COMPLETED", "FAMILY_NOT_FOUND")}
    already = {
        step: StepResult(step=step, ended=True, outcome=answers[step][0], result_code=answers[step][1], agency="a")
        for step in done
    }
    rows = await told(answers=answers, already=already, has_shelter=True)
    assert not set(done) & set(rows.calls), "a step that had ended was asked for again"
    assert "outcome PLACED_PANTI" in rows.calls


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


@pytest.mark.parametrize(
    ("silent", "waiting_for"),
    [(step, step) for step in ("custody", "screening", "reunification", "visit-2")] + [("tracing", "stage DISCHARGE")],
)
async def test_a_service_that_ends_in_the_middle_asks_for_nothing_more_and_closes(
    silent: str, waiting_for: str
) -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, silent: None})
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
    rows = await told(has_ended=True)
    assert rows.calls == ["close"]


async def test_a_blocked_case_closes_when_the_last_thing_ended() -> None:
    rows = await told(blocked_times=2)
    assert rows.calls[-3:] == ["close refused", "close refused", "close"]


@pytest.mark.parametrize("has_ended", [False, True], ids=["at its end", "cut short"])
async def test_a_blocked_case_is_asked_about_again_after_a_day_in_which_nothing_changed(has_ended: bool) -> None:
    async with skipping() as env:
        rows = Rows(env.client, blocked_times=2, has_ended=has_ended)
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)
            await handle.result()
        assert await timers_of(handle) == [timedelta(days=1)] * 2


async def test_a_blocked_case_is_asked_about_as_soon_as_something_changes() -> None:
    class Changing(Rows):
        @activity.defn(name="close_case")
        async def close_case(self, ref: CaseRef) -> CloseResult:
            result = await super().close_case(ref)
            if not result.closed:
                handle = self.client.get_workflow_handle(f"case:{ref.case_id}")
                await delivered(lambda: handle.signal("case_changed", CaseChanged(event_id=f"e{self.blocked_times}")))
            return result

    async with skipping() as env:
        rows = Changing(env.client, blocked_times=2)
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)
            await handle.result()
        assert rows.calls[-3:] == ["close refused", "close refused", "close"]
        assert await timers_of(handle, that="fired") == []


async def changed(rows: Rows, handle: WorkflowHandle[Any, Any], **facts: Any) -> None:
    """The rows change, and the procedure is told."""
    for name, value in facts.items():
        setattr(rows, name, value)
    event_id = " ".join(facts)
    await delivered(lambda: handle.signal("case_changed", CaseChanged(event_id=event_id)))


async def test_a_service_that_was_cut_short_and_is_given_again_goes_on_where_it_was() -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "tracing": None}, blocked_times=1000)
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)
            await until_called(rows, "tracing")
            await changed(rows, handle, has_ended=True)
            await until_called(rows, BLOCKED)
            rows.answers = {**ANSWERS, "visit-3": None}
            await changed(rows, handle, has_ended=False, resumed_at=await env.get_current_time())
            await until_called(rows, "visit-3")
            rows.blocked_times = 0
            await rows.speak("visit-3")
            await handle.result()
    assert rows.calls.count("custody") == 1, "what had ended was asked for again"
    assert rows.calls.count("tracing") == 2
    assert "outcome REUNIFIED" in rows.calls


async def test_a_case_told_to_its_end_closes_though_its_service_was_given_again_on_the_way() -> None:
    async with skipping() as env:
        rows = Rows(env.client, {**ANSWERS, "visit-3": None}, blocked_times=2)
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)
            await until_called(rows, "visit-3")
            looks = rows.looks
            await changed(rows, handle, resumed_at=await env.get_current_time())

            async def looked() -> bool:
                return rows.looks > looks

            await eventually(looked, what="a look at the case")
            await rows.speak("visit-3")
            await handle.result()
        assert rows.calls[-3:] == [BLOCKED, BLOCKED, "close"]
        assert await timers_of(handle) == [timedelta(days=1)] * 2


async def test_nothing_that_a_procedure_leaves_behind_is_told_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """The watch for a child is called off with the procedure's end, and whoever waits for it is gone by then."""
    await told()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_task_left_undone_past_its_instant_is_called_overdue_once_and_still_awaited() -> None:
    async with skipping() as env:
        late = await env.get_current_time() + timedelta(days=30)
        rows = Rows(env.client, {**ANSWERS, "visit-2": None}, due={"visit-1": late, "visit-2": late})
        async with working(env.client, rows.activities()):
            await (await start_procedure(env.client)).result()
    assert [call for call in rows.calls if call.startswith("ring")] == ["ring visit-2"]
    assert rows.calls[-1] == "close"


async def test_a_server_whose_clock_runs_ahead_asks_about_a_task_once_a_second_and_not_without_pause() -> None:
    async with skipping() as env:
        passed = await env.get_current_time() - timedelta(hours=1)
        rows = Rows(env.client, {**ANSWERS, "visit-2": None}, due={"visit-2": passed})
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)
            await handle.result()
        assert await timers_of(handle) == [timedelta(seconds=1)]
