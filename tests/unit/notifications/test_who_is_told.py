"""What ends or changes what an agency must do is told to it: fact × receiver × text, by the demo district's pack."""

from pathlib import Path

import pytest
import yaml

from contracts.events import casework as events
from contracts.events.casework import HandoffFact
from services.notifications.messages.handlers import TOLD
from services.notifications.subscriptions import SUBSCRIPTIONS
from services.notifications.templates.domain import NotificationsPack, Occasion, Recipient

PACK = Path(__file__).parents[3] / "deploy" / "districts" / "35.24-lamongan" / "notifications.yaml"

TABLE: dict[type[HandoffFact], tuple[tuple[str, str], ...]] = {
    events.HandoffRejected: (("SENDER", "sender.handoff-rejected"),),
    events.HandoffSuperseded: (("RECEIVER", "receiver.handoff-superseded"),),
    events.HandoffExpired: (("RECEIVER", "receiver.handoff-over"),),
    events.HandoffCancelled: (("RECEIVER", "receiver.handoff-cancelled"),),
    events.HandoffEnteredInError: (("RECEIVER", "receiver.handoff-cancelled"),),
    events.HandoffCancellationAsked: (("RECEIVER", "receiver.cancellation-asked"),),
    events.HandoffHeld: (("RECEIVER", "receiver.handoff-held"),),
    events.HandoffResumed: (("RECEIVER", "receiver.handoff-resumed"),),
    events.HandoffQuestioned: (("SENDER", "sender.handoff-questioned"),),
    events.HandoffReplied: (("RECEIVER", "receiver.handoff-replied"),),
    events.HandoffContested: (("SENDER", "sender.handoff-contested"),),
    events.HandoffFailed: (("SENDER", "sender.handoff-failed"),),
    events.HandoffReopened: (("SENDER", "sender.handoff-reopened"),),
    events.HandoffConditionPassedOn: (("RECEIVER", "receiver.condition-passed-on"),),
}

NOT_TOLD = {
    events.HandoffRequested: "told with its deadline, by a handler of its own",
    events.HandoffResent: "told with its deadline, by a handler of its own",
    events.HandoffEscalated: "told by its step of the escalation policy",
    events.HandoffReceived: "changes nothing that anybody must do",
    events.HandoffStarted: "changes nothing that anybody must do",
    events.HandoffAccepted: "the sender's work list shows it; silence is what rings",
    events.HandoffConditionallyAccepted: "its conditions have deadlines of their own, which ring",
    events.HandoffConditionDecided: "the last one is told as a yes or a no",
    events.HandoffArrived: "both sides stood there",
    events.HandoffCompleted: "the sender's work list shows it until it is read; that deadline rings",
    events.HandoffClosed: "changes nothing that anybody must do",
    events.HandoffAnswerUndone: "within minutes, before anybody acted on it",
    events.HandoffStatusReported: "news; that somebody may be fetched has a deadline that rings",
    events.HandoffDeadlineMoved: "the deadline's own sentence tells it",
}
"""What no message of its own goes out for, and why."""


def subclasses(kind: type[HandoffFact]) -> set[type[HandoffFact]]:
    return {kind for found in kind.__subclasses__() for kind in (found, *subclasses(found))}


@pytest.fixture(scope="module")
def pack() -> NotificationsPack:
    return NotificationsPack.model_validate(yaml.safe_load(PACK.read_text()))


def test_every_fact_about_a_hand_off_is_told_or_has_a_reason_not_to_be() -> None:
    assert TABLE.keys() | NOT_TOLD.keys() == subclasses(HandoffFact)
    assert not TABLE.keys() & NOT_TOLD.keys()
    assert TOLD.keys() == TABLE.keys()


@pytest.mark.parametrize("fact", TABLE, ids=lambda fact: fact.__name__)
def test_the_fact_is_heard_and_told_to_whom_the_table_says(fact: type[HandoffFact], pack: NotificationsPack) -> None:
    assert fact.TYPE in SUBSCRIPTIONS
    told = [(rule.to.value, rule.template) for rule in pack.rules_for(TOLD[fact], "")]
    assert tuple(told) == TABLE[fact]


def test_each_occasion_of_a_hand_off_is_used() -> None:
    used = set(TOLD.values()) | {Occasion.HANDOFF_REQUESTED, Occasion.HANDOFF_ESCALATED}
    assert used == {occasion for occasion in Occasion if occasion.name.startswith("HANDOFF_")}
    assert {to for rows in TABLE.values() for to, _ in rows} <= {recipient.value for recipient in Recipient}
