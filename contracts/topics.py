"""Which service says what on which topic: the one page from which topics, schemas and AsyncAPI are made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from contracts.envelope import TYPE_PATTERN, Event, Sensitivity
from contracts.events import casework, disbursement, intake, notifications

PARTITIONS = 12
THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, its events and how long it keeps them.

    `key` is what orders its messages: the correlation id, or the subject on a compacted topic, which keeps the last
    message of each key for ever.
    """

    name: str
    events: tuple[type[Event], ...]
    key: Literal["correlation", "subject"] = "correlation"
    cleanup: Literal["delete", "compact"] = "delete"
    retention_ms: int = THIRTY_DAYS_MS
    partitions: int = PARTITIONS

    @property
    def sensitivity(self) -> Sensitivity:
        """The highest sensitivity among its events."""
        order = list(Sensitivity)
        return max((event.SENSITIVITY for event in self.events), key=order.index)


TOPICS_BY_OWNER: dict[str, tuple[Topic, ...]] = {
    "intake": (
        Topic(
            "intake.reports",
            (
                intake.ReportReceived,
                intake.ReportVerified,
                intake.ReportRejected,
                intake.ReportMarkedDuplicate,
                intake.ReportDuplicateUndone,
                intake.OperationConducted,
            ),
        ),
        Topic("intake.registry-checks", (intake.RegistryCheckCompleted,)),
        Topic("intake.closings", (intake.ClosingAnswered,)),
        Topic("intake.persons", (intake.PersonRecorded,), key="subject", cleanup="compact", retention_ms=-1),
        Topic("intake.person-keys", (intake.PersonKeyIssued,), key="subject", cleanup="compact", retention_ms=-1),
    ),
    "casework": (
        Topic(
            "casework.cases",
            (
                casework.CaseOpened,
                casework.CaseStageEntered,
                casework.CaseAidRequested,
                casework.CaseOutcomeRecorded,
                casework.CaseClosed,
                casework.CaseMarkedDuplicate,
                casework.CaseDuplicateUndone,
                casework.CaseTied,
                casework.CaseUntied,
                casework.CaseOccurrenceRecorded,
                casework.CaseOccurrenceRevoked,
                casework.CaseAdulthoodDecided,
                casework.CaseAdulthoodTakenBack,
                casework.CaseAssigned,
                casework.CaseAssessed,
                casework.CasePlanProposed,
                casework.CasePlanApproved,
                casework.CasePlanReturned,
                casework.CaseAidHeld,
                casework.CaseAidReleased,
                casework.CaseAidEnded,
                casework.CaseClosingAsked,
            ),
        ),
        Topic(
            "casework.handoffs",
            (
                casework.HandoffRequested,
                casework.HandoffReceived,
                casework.HandoffAccepted,
                casework.HandoffRejected,
                casework.HandoffArrived,
                casework.HandoffStarted,
                casework.HandoffCompleted,
                casework.HandoffFailed,
                casework.HandoffClosed,
                casework.HandoffCancelled,
                casework.HandoffExpired,
                casework.HandoffSuperseded,
                casework.HandoffConditionallyAccepted,
                casework.HandoffConditionDecided,
                casework.HandoffConditionPassedOn,
                casework.HandoffHeld,
                casework.HandoffResumed,
                casework.HandoffResent,
                casework.HandoffQuestioned,
                casework.HandoffReplied,
                casework.HandoffContested,
                casework.HandoffAnswerUndone,
                casework.HandoffEnteredInError,
                casework.HandoffCancellationAsked,
                casework.HandoffReopened,
                casework.HandoffStatusReported,
                casework.HandoffDeadlineMoved,
                casework.HandoffEscalated,
            ),
        ),
        Topic("casework.custodies", (casework.CustodyTransferred, casework.CustodyProofAdded, casework.CustodyEnded)),
        Topic("casework.letters", (casework.LetterIssued, casework.LetterSigned, casework.LetterVoided)),
        Topic("casework.links", (casework.LinkPinIssued,)),
        Topic("casework.findings", (casework.FindingOpened, casework.FindingExplained)),
        Topic("casework.tasks", (casework.TaskCreated, casework.TaskCompleted, casework.TaskOverdue)),
    ),
    "disbursement": (
        Topic(
            "disbursement.entitlements",
            (disbursement.EntitlementEstablished, disbursement.EntitlementRefused, disbursement.EntitlementEnded),
        ),
        Topic("disbursement.closings", (disbursement.ClosingAnswered,)),
        Topic(
            "disbursement.batches",
            (
                disbursement.BatchProposed,
                disbursement.BatchApproved,
                disbursement.BatchRejected,
                disbursement.BatchRevised,
                disbursement.BatchSent,
                disbursement.BatchReconciled,
            ),
        ),
        Topic(
            "disbursement.payments",
            (disbursement.PaymentInstructed, disbursement.PaymentCredited, disbursement.PaymentFailed),
        ),
    ),
    "notifications": (
        Topic("notifications.closings", (notifications.ClosingAnswered,)),
        Topic(
            "notifications.messages",
            (notifications.MessageSent, notifications.MessageDelivered, notifications.MessageFailed),
        ),
    ),
}


class EventType(NamedTuple):
    """The parts of `<owner>.<aggregate>.<fact>.v<version>`."""

    owner: str
    aggregate: str
    fact: str
    version: int


_TOPIC_BY_TYPE = {
    event.TYPE: topic for topics in TOPICS_BY_OWNER.values() for topic in topics for event in topic.events
}
_CLASS_BY_TYPE = {
    event.TYPE: event for topics in TOPICS_BY_OWNER.values() for topic in topics for event in topic.events
}


def all_topics() -> tuple[Topic, ...]:
    """Every topic of the house, owner by owner."""
    return tuple(topic for topics in TOPICS_BY_OWNER.values() for topic in topics)


def event_types() -> tuple[str, ...]:
    """Every event type of the house, in the order of the page above."""
    return tuple(_CLASS_BY_TYPE)


def event_class(type_name: str) -> type[Event] | None:
    """The class of an event type; nothing for a type or a version that this code does not know."""
    return _CLASS_BY_TYPE.get(type_name)


def topic_of(type_name: str) -> Topic:
    """The topic an event type travels on. Raises `KeyError` for an unknown type."""
    return _TOPIC_BY_TYPE[type_name]


def parse_type(type_name: str) -> EventType:
    """Take an event type apart, also one this code does not know. Raises `ValueError` for any other text."""
    if re.fullmatch(TYPE_PATTERN, type_name) is None:
        raise ValueError("an event type is <owner>.<aggregate>.<fact>.v<N>")
    owner, aggregate, fact, version = type_name.split(".")
    return EventType(owner, aggregate, fact, int(version.removeprefix("v")))
