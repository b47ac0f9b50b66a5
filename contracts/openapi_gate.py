"""Whether a new OpenAPI document may replace the committed one: `python -m contracts.openapi_gate COMMITTED CURRENT`.

Judged per operation: what clients send must still be taken, what they get must still be what they know. An operation
that has to change otherwise gets a new path version beside the old one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts.compatibility import reader_breaks, removed_fields, writer_breaks

Document = Mapping[str, Any]
Operation = Mapping[str, Any]

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def openapi_breaks(old: Document, new: Document) -> list[str]:
    """Why clients of `old` would fail against `new`: a line each, starting with the operation; empty when none."""
    new_operations = dict(_operations(new))
    breaks: list[str] = []
    for key, operation in _operations(old):
        name = f"{key[0].upper()} {key[1]}"
        if key not in new_operations:
            breaks.append(f"{name}: was removed")
            continue
        current = new_operations[key]
        reasons = [
            *_parameter_breaks(operation, current, old, new),
            *_request_breaks(operation, current, old, new),
            *_response_breaks(operation, current, old, new),
            *_security_breaks(operation, current, old, new),
        ]
        breaks += [f"{name}: {reason}" for reason in reasons]
    return breaks


def _operations(document: Document) -> Iterator[tuple[tuple[str, str], Operation]]:
    """Method and path (names of path parameters left out, since no client sees them) with the operation."""
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in _METHODS:
                shared = item.get("parameters", [])
                merged = {**operation, "parameters": [*shared, *operation.get("parameters", [])]}
                yield (method, re.sub(r"\{[^}]*\}", "{}", path)), merged


def _parameter_breaks(old: Operation, new: Operation, old_root: Document, new_root: Document) -> Iterator[str]:
    before, after = _parameters(old, old_root), _parameters(new, new_root)
    for (place, name), parameter in after.items():
        if parameter.get("required") and not before.get((place, name), {}).get("required"):
            yield f"{place} parameter {name} is now required"
    for (place, name), parameter in before.items():
        if (place, name) not in after:
            yield f"{place} parameter {name} was removed"
            continue
        schemas = (_schema(parameter, old_root), _schema(after[place, name], new_root))
        yield from (f"{place} parameter {name}: {reason}" for reason in reader_breaks(*schemas))


def _parameters(operation: Operation, root: Document) -> dict[tuple[str, str], Document]:
    found: dict[tuple[str, str], Document] = {}
    number = 0
    for parameter in operation["parameters"]:
        node = _resolved(parameter, root)
        name = node["name"].lower() if node["in"] == "header" else node["name"]
        if node["in"] == "path":
            name, number = str(number), number + 1
        found[node["in"], name] = node
    return found


def _request_breaks(old: Operation, new: Operation, old_root: Document, new_root: Document) -> Iterator[str]:
    before = _resolved(old.get("requestBody", {}), old_root)
    after = _resolved(new.get("requestBody", {}), new_root)
    if before and not after:
        yield "the request body was removed"
        return
    if after.get("required") and not before.get("required"):
        yield "a request body is now required"
    for media_type, content in before.get("content", {}).items():
        if media_type not in after["content"]:
            yield f"request bodies of {media_type} are no longer taken"
            continue
        schemas = (_schema(content, old_root), _schema(after["content"][media_type], new_root))
        yield from (f"request body: {reason}" for reason in reader_breaks(*schemas))


def _response_breaks(old: Operation, new: Operation, old_root: Document, new_root: Document) -> Iterator[str]:
    before, after = old.get("responses", {}), new.get("responses", {})
    for status in after:
        if status.startswith(("2", "3")) and status not in before:
            yield f"answers {status} that clients do not know"
    for status, response in before.items():
        if status not in after:
            if status.startswith(("2", "3")):
                yield f"no longer answers {status}"
            continue
        yield from _answer_breaks(status, _resolved(response, old_root), after[status], old_root, new_root)


def _answer_breaks(status: str, old: Document, new: Document, old_root: Document, new_root: Document) -> Iterator[str]:
    new = _resolved(new, new_root)
    kept_headers = {name.lower() for name in new.get("headers", {})}
    for name in old.get("headers", {}):
        if name.lower() not in kept_headers:
            yield f"answer {status}: header {name} was removed"
    for media_type, content in old.get("content", {}).items():
        if media_type not in new.get("content", {}):
            yield f"answer {status}: no longer given as {media_type}"
            continue
        schemas = (_schema(content, old_root), _schema(new["content"][media_type], new_root))
        yield from (f"answer {status}: {reason}" for reason in [*writer_breaks(*schemas), *removed_fields(*schemas)])


def _security_breaks(old: Operation, new: Operation, old_root: Document, new_root: Document) -> Iterator[str]:
    before = old.get("security", old_root.get("security", []))
    after = new.get("security", new_root.get("security", []))
    if not after or {} in after:
        return
    if not before or {} in before:
        yield "now asks for authentication"
        return
    for way in before:
        if not any(_is_covered_by(wanted, way) for wanted in after):
            yield f"no longer takes the authentication {', '.join(sorted(way))} with the scopes clients have"


def _is_covered_by(wanted: Mapping[str, Sequence[str]], held: Mapping[str, Sequence[str]]) -> bool:
    return all(name in held and set(scopes) <= set(held[name]) for name, scopes in wanted.items())


def _schema(holder: Document, root: Document) -> dict[str, Any]:
    """The schema of a parameter or body with the document's shared schemas beside it, so that references hold."""
    schema: dict[str, Any] = dict(holder.get("schema", {}))
    shared = root.get("components", {}).get("schemas", {})
    reached = {name: shared[name] for name in sorted(_reached(schema, shared))}
    return {**schema, "components": {"schemas": reached}} if reached else schema


def _reached(node: Any, shared: Document) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            name = str(current.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in shared and name not in found:
                found.add(name)
                waiting.append(shared[name])
            waiting += current.values()
        elif isinstance(current, list):
            waiting += current
    return found


def _resolved(node: Document, root: Document) -> Document:
    while "$ref" in node:
        target: Any = root
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 when the current document may replace the committed one, else 1 with a line per break."""
    parser = argparse.ArgumentParser(prog="python -m contracts.openapi_gate", description=__doc__)
    parser.add_argument("committed", type=Path)
    parser.add_argument("current", type=Path)
    options = parser.parse_args(arguments)
    breaks = openapi_breaks(json.loads(options.committed.read_text()), json.loads(options.current.read_text()))
    for line in breaks:
        sys.stderr.write(f"{options.current.name} would break its clients: {line}\n")
    return 1 if breaks else 0


if __name__ == "__main__":
    sys.exit(main())
