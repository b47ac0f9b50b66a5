"""What a service says and consumes, for people: its committed AsyncAPI document as a page, and as it lies there."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from fastapi import Request
from fastapi.responses import Response

import contracts
from services.chassis.pages.forms import page_router
from services.chassis.web import RouteIsUnknown

DOCUMENTS = Path(contracts.__file__).parent / "asyncapi"

router = page_router()


@dataclass(frozen=True, slots=True)
class PayloadField:
    """A field of a message's body."""

    name: str
    kind: str
    rules: tuple[str, ...]
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Message:
    """An event type in one direction."""

    action: str
    type_name: str
    title: str
    description: str
    topic: str
    handler: str
    sensitivity: str
    fields: tuple[PayloadField, ...]
    examples: tuple[str, ...]


@router.get("/docs/peristiwa", tags=["public"])
async def event_page(request: Request) -> Response:
    """Every message the service sends and receives."""
    messages = await asyncio.to_thread(messages_of, request.app.state.settings.service_name())
    rendered: Response = request.app.state.pages.render(request, "events.html", messages=messages)
    return rendered


@router.get("/asyncapi.yaml", tags=["public"])
async def event_document(request: Request) -> Response:
    """The same for programs."""
    text = await asyncio.to_thread(document_of, request.app.state.settings.service_name())
    return Response(text, media_type="application/yaml")


@cache
def document_of(service: str) -> str:
    """A service's AsyncAPI document as committed. Raises ``RouteIsUnknown`` when it has none."""
    try:
        return (DOCUMENTS / f"{service}.yaml").read_text()
    except FileNotFoundError:
        raise RouteIsUnknown() from None


@cache
def messages_of(service: str) -> tuple[Message, ...]:
    """A service's messages in the order of its document, read once. Raises ``RouteIsUnknown`` when it has none."""
    document = yaml.safe_load(document_of(service))
    return tuple(
        _message(document, operation, reference["$ref"])
        for operation in document["operations"].values()
        for reference in operation["messages"]
    )


def _message(document: Mapping[str, Any], operation: Mapping[str, Any], reference: str) -> Message:
    channel = document["channels"][_last(operation["channel"]["$ref"])]
    message = document["components"]["messages"][_last(channel["messages"][_last(reference)]["$ref"])]
    payload = message["payload"]
    required = payload.get("required", ())
    return Message(
        action=operation["action"],
        type_name=message["name"],
        title=message["title"],
        description=message["description"],
        topic=channel["address"],
        handler=operation.get("title", ""),
        sensitivity=message["x-sensitivity"],
        fields=tuple(_field(name, schema, name in required) for name, schema in payload.get("properties", {}).items()),
        examples=tuple(
            orjson.dumps(example["payload"], option=orjson.OPT_INDENT_2).decode() for example in message["examples"]
        ),
    )


def _last(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _field(name: str, schema: Mapping[str, Any], is_required: bool) -> PayloadField:
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("type") != "null"]
    return PayloadField(
        name=name,
        kind=" | ".join(_kind(choice) for choice in choices),
        rules=tuple(rule for choice in choices for rule in _rules(choice)),
        is_required=is_required,
        description=schema.get("description", ""),
    )


def _kind(schema: Mapping[str, Any]) -> str:
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"array<{_kind(schema.get('items', {}))}>"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _rules(schema: Mapping[str, Any]) -> Iterator[str]:
    """What JSON Schema asks of a value besides its type, as it is written there."""
    for name, rule in schema.items():
        if name == "items":
            yield from (f"items.{inner}" for inner in _rules(rule))
        elif name not in ("type", "format", "description", "title", "default"):
            yield f"{name}: {rule if isinstance(rule, str) else orjson.dumps(rule).decode()}"
