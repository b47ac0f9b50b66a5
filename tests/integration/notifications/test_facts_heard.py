"""No fact is dropped because its receiver moved on: the table of what notifications hear, walked on its handlers."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.topics import event_class
from contracts.values import Money
from services.notifications.subscriptions import SUBSCRIPTIONS
from tests.support.facts_heard import Word, cells_of
from tests.support.notifications.story import DUE, VILLAGE, Story

LATE = timedelta(days=30)


def everything(story: Story, state: str) -> dict[str, Any]:
    """What any of the facts may carry, of this story."""
    pin = story.link_pin_issued("123456")
    return {
        **pin.model_dump(), **story.case_opened().model_dump(), **story.report_verified().model_dump(),
        "handoff_id": uuid4(), "about_kind": "case", "about_id": story.case_id, "purpose": "INPATIENT_BED",
        "from_agency": "dinsos-lamongan", "to_agency": "rsj-lawang", "to_desk": "admisi", "answer_by": DUE,
        "due_at": DUE, "candidate_no": 1, "deadline": "ANSWER_BY", "occurrence": 1, "step_no": 1,
        "escalation": "REMIND_DESK", "reason_code": "FULL", "was_asked": state != "draft", "owed_by": "rsj-lawang",
        "question_code": "FUNDING_UNCLEAR", "reply_code": "LETTER_SENT", "condition_code": "INSURANCE_ACTIVE",
        "outcome": "REUNIFIED", "round": 1, "village_code": VILLAGE, "on_duty": (),
        **story.payment_credited().model_dump(), "amount_rupiah": Money(1_500_000),
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "state", "word"), cells_of("notifications", SUBSCRIPTIONS))
async def test_what_is_heard_is_told_kept_or_nobodys(story: Story, kind: str, state: str, word: Word) -> None:
    event = event_class(kind)
    assert event is not None
    fact = event.model_validate(everything(story, state))
    at = datetime.now(UTC) - (LATE if state == "told-late" else timedelta())
    envelope = story.envelope(fact, recordedtime=at)
    if state == "known":
        await story.give(fact, envelope)
    said = await story.give(fact, envelope.model_copy(update={"id": uuid4()}))
    assert said == ("duplicate" if word is Word.DUPLICATE else "applied")
    told = [message["state"] for message in await story.messages()]
    if state == "any":
        table = "case_numbers" if word is Word.REMEMBER else "closing_answers"
        kept = f"SELECT count(*) FROM {table} WHERE case_id = $1"
        assert await story.bench.value(kept, story.case_id) == 1
        return
    assert bool(told) == (word is not Word.FOREIGN)
    assert set(told) <= {"skipped" if word is Word.REMEMBER else "pending"}
