"""Whether two versions of a JSON Schema can live side by side: the gate before every contract.

`jsoncompat` judges structure, types, enumerations and limits. What it does not see (patterns, formats, names of keys,
removed optional fields) is judged here. A development tool: no service imports it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from jsoncompat import check_compat

Schema = Mapping[str, Any]
Role = Literal["reader", "writer"]

_UNSEEN_BY_JSONCOMPAT = ("pattern", "format", "propertyNames")


def event_breaks(old: Schema, new: Schema) -> list[str]:
    """Why `new` may not replace `old` for the same event version; empty when it may.

    Both ways must hold (FULL compatibility): today's reader with messages still kept by the topic, and yesterday's
    reader, not yet restarted, with today's messages. Fields are only added.
    """
    return [*reader_breaks(old, new), *writer_breaks(old, new), *removed_fields(old, new)]


def reader_breaks(old: Schema, new: Schema) -> list[str]:
    """Why a reader that moved to `new` would refuse data written under `old`."""
    reasons = [f"{place} was narrowed for readers" for place in _unseen_changes(old, new, "reader")]
    if not _lives_with(close(old), new, "deserializer"):
        reasons.append("the new reader refuses data that the old version allowed")
    return reasons


def writer_breaks(old: Schema, new: Schema) -> list[str]:
    """Why a writer that moved to `new` would write data that a reader of `old` refuses."""
    reasons = [f"{place} was widened for writers" for place in _unseen_changes(old, new, "writer")]
    if not _lives_with(old, close(new), "serializer"):
        reasons.append("the new writer may send what the old reader refuses")
    return reasons


def removed_fields(old: Schema, new: Schema) -> list[str]:
    """Fields that `new` no longer has, optional ones included: a listener may still look at them."""
    pairs = _walk(old, new, old, new, "$", frozenset())
    return [
        f"{place}.{name} was removed"
        for place, before, after in pairs
        for name in before.get("properties", {})
        if "properties" in after and name not in after["properties"]
    ]


def close(schema: Any) -> Any:
    """The schema as its writer fills it: no object holds more than its stated fields.

    Without this the gate takes an added optional field for a break, since an open reader might have met that name.
    """
    if isinstance(schema, Mapping):
        closed = {key: close(value) for key, value in schema.items()}
        if isinstance(closed.get("properties"), dict) and "additionalProperties" not in closed:
            closed["additionalProperties"] = False
        return closed
    if isinstance(schema, list):
        return [close(item) for item in schema]
    return schema


def _lives_with(old: Schema, new: Schema, role: Literal["serializer", "deserializer"]) -> bool:
    try:
        return bool(check_compat(_text(old), _text(new), role))
    except ValueError:
        # What cannot be judged may only stay as it is.
        return bool(close(old) == close(new))


def _text(schema: Schema) -> str:
    # jsoncompat takes an `$id` for a reference to another document.
    return json.dumps({key: value for key, value in schema.items() if key != "$id"})


def _unseen_changes(old: Schema, new: Schema, role: Role) -> Iterator[str]:
    for place, before, after in _walk(old, new, old, new, "$", frozenset()):
        for keyword in _UNSEEN_BY_JSONCOMPAT:
            was, now = before.get(keyword), after.get(keyword)
            limit = now if role == "reader" else was
            if was != now and limit is not None:
                yield f"{place} ({keyword})"


def _walk(
    old: Any, new: Any, old_root: Schema, new_root: Schema, place: str, seen: frozenset[tuple[str, str]]
) -> Iterator[tuple[str, Schema, Schema]]:
    """Both schemas side by side, node by node, references followed, as far as both have the node."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return
    references = (str(old.get("$ref", "")), str(new.get("$ref", "")))
    if any(references):
        if references in seen:
            return
        seen |= {references}
        old, new = _resolve(old, old_root), _resolve(new, new_root)
    old_choices, new_choices = _choices(old, old_root), _choices(new, new_root)
    if len(old_choices) > 1 or len(new_choices) > 1:
        for number, (old_choice, new_choice) in enumerate(_paired(old_choices, new_choices)):
            yield from _walk(old_choice, new_choice, old_root, new_root, f"{place}[{number}]", seen)
        return
    old, new = old_choices[0], new_choices[0]
    yield place, old, new
    for name, node in old.get("properties", {}).items():
        if name in new.get("properties", {}):
            yield from _walk(node, new["properties"][name], old_root, new_root, f"{place}.{name}", seen)
    for keyword in ("items", "additionalProperties"):
        if keyword in old and keyword in new:
            yield from _walk(old[keyword], new[keyword], old_root, new_root, f"{place}.{keyword}", seen)


def _choices(schema: Schema, root: Schema) -> list[Schema]:
    choices = schema.get("anyOf") or schema.get("oneOf") or [schema]
    resolved = [_resolve(choice, root) if isinstance(choice, Mapping) else choice for choice in choices]
    return [choice for choice in resolved if choice.get("type") != "null"] or [schema]


def _paired(old: list[Schema], new: list[Schema]) -> Iterator[tuple[Schema, Schema]]:
    # Choices of one type are compared in order; a type that only one side has is jsoncompat's to judge.
    for kind in sorted({str(choice.get("type")) for choice in old}):
        olds = [choice for choice in old if str(choice.get("type")) == kind]
        news = [choice for choice in new if str(choice.get("type")) == kind]
        if news:
            padded_olds = olds + [olds[-1]] * (len(news) - len(olds))
            padded_news = news + [news[-1]] * (len(olds) - len(news))
            yield from zip(padded_olds, padded_news, strict=True)


def _resolve(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        node: Any = root
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        schema = node
    return schema
