"""What really travelled during the journey agrees with the documents, message by message."""

from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import yaml

from contracts.asyncapi import MessageCheck
from contracts.envelope import Envelope
from contracts.generate import house_document
from contracts.topics import TOPICS_BY_OWNER, Topic, all_topics, topic_of
from deploy.local.records import every_record
from tests.support.whole_system import System

DOCUMENTS = Path(__file__).parents[2] / "contracts" / "asyncapi"
SAID_BY_A_JOURNEY = {
    "intake": {
        "report.received",
        "report.verified",
        "operation.conducted",
        "person.recorded",
        "person_key.issued",
        "closing.answered",
    },
    "casework": {
        "case.opened",
        "case.closed",
        "case.closing_asked",
        "handoff.requested",
        "handoff.completed",
        "custody.transferred",
        "task.completed",
    },
    "disbursement": {
        "entitlement.established",
        "batch.approved",
        "payment.instructed",
        "payment.credited",
        "closing.answered",
    },
    "notifications": {"message.sent", "message.delivered", "closing.answered"},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def records(system: System, cases: list[dict[str, Any]]) -> list[tuple[Topic, Any]]:
    """Every message of every topic."""
    topics = {topic.name: topic for topic in all_topics()}
    bootstrap = f"127.0.0.1:{system.site.ports['kafka']}"
    return [(topics[record.topic], record) async for record in every_record(bootstrap, topics.__contains__)]


def check_of(name: str) -> MessageCheck:
    return MessageCheck(yaml.safe_load((DOCUMENTS / f"{name}.yaml").read_text()))


async def test_every_message_agrees_with_the_houses_document(records: list[tuple[Topic, Any]]) -> None:
    house = MessageCheck(house_document())
    faults: dict[str, set[str]] = defaultdict(set)
    for topic, record in records:
        for fault in house.faults(record.headers, record.value):
            faults[topic.name].add(fault)
    assert dict(faults) == {}
    print(f"{len(records)} messages")
    assert len(records) > 500


@pytest.mark.parametrize("owner", TOPICS_BY_OWNER)
async def test_a_producer_keeps_the_envelope(records: list[tuple[Topic, Any]], owner: str) -> None:
    own = check_of(owner)
    every_id = {Envelope.from_headers(record.headers).id for _, record in records}
    said: set[str] = set()
    causes: set[UUID | None] = set()
    facts: dict[UUID, UUID] = {}
    sequences: dict[tuple[str, UUID], list[tuple[int, UUID]]] = defaultdict(list)
    for topic, record in records:
        if topic not in TOPICS_BY_OWNER[owner]:
            continue
        envelope = Envelope.from_headers(record.headers)
        assert own.faults(record.headers, record.value) == [], envelope.type
        assert topic_of(envelope.type) == topic
        assert (envelope.specversion, envelope.source) == ("1.0", f"/sigap/{owner}")
        key = envelope.subject if topic.key == "subject" else envelope.correlationid
        assert record.key == str(key).encode(), f"{envelope.type} would lose its order"
        assert envelope.traceparent, f"{envelope.type} has no trace"
        causes.add(envelope.causationid)
        assert envelope.time <= envelope.recordedtime
        assert facts.setdefault(envelope.factid, envelope.id) == envelope.id
        sequences[topic.name, envelope.subject].append((envelope.sequence, envelope.id))
        said.add(envelope.type.removeprefix(f"{owner}.").rpartition(".v")[0])
    for said_about in sequences.values():
        first_consumed = list(dict.fromkeys(said_about))
        assert [number for number, _ in first_consumed] == sorted(number for number, _ in first_consumed)
    assert causes & every_id, "an answer to a fact names the fact"
    assert said >= SAID_BY_A_JOURNEY[owner], SAID_BY_A_JOURNEY[owner] - said
