"""AsyncAPI 3.0 documents made from `topics.py` and what each service consumes: one per service, one for the house.

Every event type is a message of its own with its own send and receive operation, although inside a service one
subscriber per topic dispatches them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from contracts.compatibility import Schema, event_breaks
from contracts.envelope import CONTENT_TYPE, TRACEPARENT_PATTERN, URGENT, Envelope, Event
from contracts.topics import TOPICS_BY_OWNER, Topic, all_topics, event_class, parse_type, topic_of

Document = dict[str, Any]
Consumes = Mapping[str, Mapping[str, str]]
"""Service -> event type -> name of the handler."""

BINDING_VERSION = "0.5.0"
EXAMPLES = Path(__file__).parent / "examples"
_PARTS = ("headers", "payload")
_VERSION = "1.0.0"
_ABOUT = (
    "Events of Sigap: CloudEvents 1.0 in binary mode, attributes in Kafka headers, data as JSON. "
    "Each event type carries its own version; within a version only optional fields are added. "
    "Readers ignore fields, types and versions they do not know."
)


def house_document(consumes: Consumes, schemas: Mapping[str, Schema]) -> Document:
    """The whole house: every topic, who sends on it and who listens.

    `schemas` gives the JSON Schema of each event type. Raises `KeyError` when a service hears an unknown type.
    """
    operations: Document = {}
    for owner in TOPICS_BY_OWNER:
        operations |= _sends(owner, f"{owner}.")
    for service, handlers in consumes.items():
        operations |= _receives(handlers, f"{service}.")
    return _document("Sigap", "urn:sigap", all_topics(), {event.TYPE for event in _events()}, operations, schemas)


def service_document(service: str, consumes: Consumes, schemas: Mapping[str, Schema]) -> Document:
    """What one service says and consumes. Raises `KeyError` when it hears an unknown type."""
    handlers = consumes.get(service, {})
    own = {event.TYPE for topic in TOPICS_BY_OWNER[service] for event in topic.events}
    shown = own | set(handlers)
    topics = tuple(topic for topic in all_topics() if any(event.TYPE in shown for event in topic.events))
    operations = _sends(service, "") | _receives(handlers, "")
    return _document(f"Sigap {service}", f"urn:sigap:{service}", topics, shown, operations, schemas)


def message_breaks(old: Document, new: Document) -> dict[str, list[str]]:
    """Per event type, why listeners that rely on `old` would be cut off or misled by `new`; empty when none is."""
    breaks: dict[str, list[str]] = {}
    for channel_name, channel in old["channels"].items():
        new_channel = new["channels"].get(channel_name)
        for type_name in channel["messages"]:
            reasons = _channel_breaks(channel, new_channel, type_name)
            if not reasons:
                before, after = (document["components"]["messages"][type_name] for document in (old, new))
                for part in _PARTS:
                    reasons += [f"{part}: {reason}" for reason in event_breaks(before[part], after[part])]
                if before["bindings"]["kafka"]["key"] != after["bindings"]["kafka"]["key"]:
                    reasons.append("the key changed, so order would be lost")
            if reasons:
                breaks[type_name] = reasons
    return breaks


class MessageCheck:
    """Checks real Kafka messages against a document: how a test run proves that the document tells the truth."""

    def __init__(self, document: Document) -> None:
        checker = jsonschema.FormatChecker()
        self._validators = {
            type_name: tuple(jsonschema.Draft202012Validator(message[part], format_checker=checker) for part in _PARTS)
            for type_name, message in document["components"]["messages"].items()
        }

    def faults(self, headers: Iterable[tuple[str, bytes]], body: bytes | None) -> list[str]:
        """Where a message differs from the document, by place and rule, without its values.

        A tombstone (no body) is checked by its headers alone.
        """
        texts = {name: value.decode() for name, value in headers}
        validators = self._validators.get(texts.get("ce_type", ""))
        if validators is None:
            return ["the type is not in the document"]
        data = [texts] if body is None else [texts, json.loads(body)]
        return [
            f"{part} {error.json_path}: {error.validator}"
            for part, validator, value in zip(_PARTS, validators, data, strict=False)
            for error in validator.iter_errors(value)
        ]


def _channel_breaks(old: Document, new: Document | None, type_name: str) -> list[str]:
    if new is None or type_name not in new["messages"]:
        return ["it is no longer sent on its topic"]
    reasons = []
    if old["address"] != new["address"]:
        reasons.append("its topic has another name")
    if old["bindings"]["kafka"]["partitions"] != new["bindings"]["kafka"]["partitions"]:
        reasons.append("the number of partitions changed, so keys would move and order would be lost")
    return reasons


def _document(
    title: str,
    identity: str,
    topics: tuple[Topic, ...],
    shown: set[str],
    operations: Document,
    schemas: Mapping[str, Schema],
) -> Document:
    types = [event.TYPE for topic in topics for event in topic.events if event.TYPE in shown]
    return {
        "asyncapi": "3.0.0",
        "id": identity,
        "info": {"title": title, "version": _VERSION, "description": _ABOUT, "license": {"name": "Apache-2.0"}},
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic, shown) for topic in topics},
        "operations": operations,
        "components": {"messages": {type_name: _message(type_name, schemas[type_name]) for type_name in types}},
    }


def _channel(topic: Topic, shown: set[str]) -> Document:
    return {
        "address": topic.name,
        "messages": {
            event.TYPE: {"$ref": f"#/components/messages/{event.TYPE}"} for event in topic.events if event.TYPE in shown
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {"cleanup.policy": [topic.cleanup], "retention.ms": topic.retention_ms},
                "bindingVersion": BINDING_VERSION,
            }
        },
        "x-sensitivity": topic.sensitivity.value,
    }


def _message(type_name: str, schema: Schema) -> Document:
    event = _known(type_name)
    topic = topic_of(type_name)
    key = "The subject: the aggregate's id." if topic.key == "subject" else "The correlation id of the story."
    return {
        "name": type_name,
        "title": event.__name__,
        "description": str(schema.get("description", "")),
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "headers": headers_schema(event),
        "payload": _payload(schema),
        "bindings": {
            "kafka": {
                "key": {"type": "string", "format": "uuid", "description": key},
                "bindingVersion": BINDING_VERSION,
            }
        },
        "examples": _examples(type_name),
        "x-sensitivity": event.SENSITIVITY.value,
    }


def headers_schema(event: type[Event]) -> Document:
    """The Kafka headers of an event as JSON Schema; on the wire each value is text in UTF-8."""
    attributes = Envelope.model_json_schema()
    definitions = attributes.get("$defs", {})
    properties = {f"ce_{name}": _header(node, definitions) for name, node in attributes["properties"].items()}
    properties |= {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_type": {"type": "string", "const": event.TYPE},
        "ce_source": {"type": "string", "const": f"/sigap/{parse_type(event.TYPE).owner}"},
        "ce_sensitivity": {"type": "string", "const": event.SENSITIVITY.value},
        "ce_sequence": {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"},
        "ce_urgent": {"type": "string", "const": URGENT, "description": "Passes ahead of other keys; else left out."},
        "content-type": {"type": "string", "const": CONTENT_TYPE},
        "traceparent": {"type": "string", "pattern": TRACEPARENT_PATTERN},
    }
    del properties["ce_traceparent"]
    required = ["ce_specversion", *(f"ce_{name}" for name in attributes["required"])]
    return {"type": "object", "properties": properties, "required": required}


def _header(node: Document, definitions: Document) -> Document:
    choices = [choice for choice in node.get("anyOf", [node]) if choice.get("type") != "null"]
    header: Document = _without_references(choices[0], definitions)
    return {key: value for key, value in header.items() if key not in ("title", "description", "default")}


def _payload(schema: Schema) -> Document:
    # References inside a payload would be read from the root of the AsyncAPI document.
    payload: Document = _without_references(dict(schema), schema.get("$defs", {}))
    return {key: value for key, value in payload.items() if key not in ("$schema", "$defs", "x-topic")}


def _without_references(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            name = str(node["$ref"]).removeprefix("#/$defs/")
            return _without_references(
                {**definitions[name], **{k: v for k, v in node.items() if k != "$ref"}}, definitions
            )
        return {key: _without_references(value, definitions) for key, value in node.items() if key != "$defs"}
    if isinstance(node, list):
        return [_without_references(item, definitions) for item in node]
    return node


def _examples(type_name: str) -> list[Document]:
    path = EXAMPLES / parse_type(type_name).owner / f"{type_name}.json"
    if not path.exists():
        return []
    example = json.loads(path.read_text())
    return [{"name": "golden", "headers": example["headers"], "payload": example["data"]}]


def _sends(owner: str, prefix: str) -> Document:
    return {
        f"{prefix}send.{event.TYPE}": _operation("send", topic.name, event.TYPE)
        for topic in TOPICS_BY_OWNER[owner]
        for event in topic.events
    }


def _receives(handlers: Mapping[str, str], prefix: str) -> Document:
    return {
        f"{prefix}receive.{type_name}": {
            "title": handler,
            **_operation("receive", topic_of(type_name).name, type_name),
        }
        for type_name, handler in handlers.items()
    }


def _operation(action: str, topic_name: str, type_name: str) -> Document:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic_name}"},
        "messages": [{"$ref": f"#/channels/{topic_name}/messages/{type_name}"}],
    }


def _events() -> tuple[type[Event], ...]:
    return tuple(event for topic in all_topics() for event in topic.events)


def _known(type_name: str) -> type[Event]:
    event = event_class(type_name)
    if event is None:
        raise KeyError(type_name)
    return event
