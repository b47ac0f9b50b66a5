"""The gate is only worth something if it stops each kind of break: so each is planted here."""

import json
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field, StringConstraints, create_model

from contracts import generate
from contracts.compatibility import close, event_breaks, reader_breaks, writer_breaks
from contracts.envelope import Event, Sensitivity
from contracts.fields import Code

TYPE = "intake.report.rejected.v1"


class Base(Event):
    """An event as committed."""

    TYPE: ClassVar[str] = TYPE
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL


FIELDS: dict[str, Any] = {
    "reason": (Code, ...),
    "kind": (Literal["A", "B"], ...),
    "items": (int, ...),
    "remark": (Code | None, None),
    "reference": (Annotated[str, StringConstraints(pattern="^[a-z]+$")], ...),
}


def event_with(**changes: Any) -> type[Event]:
    """The committed event with some fields changed; `None` takes a field away."""
    fields = {name: field for name, field in {**FIELDS, **changes}.items() if field is not None}
    made: type[Event] = create_model("ReportRejected", __base__=Base, **fields)
    return made


COMPATIBLE = {
    "an optional field more": {"added": (Code | None, None)},
    "an optional field more, with a default": {"added": (tuple[Code, ...], ())},
}
BREAKING = {
    "a required field more": {"added": (Code, ...)},
    "an enumeration's value more": {"kind": (Literal["A", "B", "C"], ...)},
    "an enumeration's value less": {"kind": (Literal["A"], ...)},
    "a whole number made a fraction": {"items": (float, ...)},
    "a required field less": {"reason": None},
    "a minimum more": {"items": (Annotated[int, Field(ge=1)], ...)},
    "an optional field less": {"remark": None},
    "a field of another type": {"items": (Code, ...)},
    "a required field made optional": {"reason": (Code | None, None)},
    "an optional field made required": {"remark": (Code, ...)},
    "another pattern": {"reference": (Annotated[str, StringConstraints(pattern="^[A-Z]+$")], ...)},
    "a pattern less": {"reference": (str, ...)},
    "a shorter limit": {"reason": (Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=8)], ...)},
    "another pattern of an optional field": {
        "remark": (Annotated[str, StringConstraints(pattern="^[a-z]+$", max_length=64)] | None, None)
    },
    "a renamed field": {"reason": None, "cause": (Code, ...)},
}


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """A folder of schemas in which the event stands as it was committed."""
    generate.write_schemas([event_with()], tmp_path)
    return tmp_path


@pytest.mark.parametrize("changes", COMPATIBLE.values(), ids=list(COMPATIBLE))
def test_a_compatible_change_is_only_stale_and_may_be_written(committed: Path, changes: dict[str, Any]) -> None:
    [finding] = generate.schema_findings([event_with(**changes)], committed)
    assert finding.breaks == ()
    assert "make contracts" in str(finding)
    assert generate.refused([finding], frozenset({TYPE}), may_break_unreleased=False) == []


@pytest.mark.parametrize("changes", BREAKING.values(), ids=list(BREAKING))
def test_a_breaking_change_is_refused_with_a_reason(committed: Path, changes: dict[str, Any]) -> None:
    [finding] = generate.schema_findings([event_with(**changes)], committed)
    assert finding.breaks
    assert "new version" in str(finding)
    assert generate.refused([finding], frozenset(), may_break_unreleased=False) == [finding]


def test_an_unreleased_type_may_break_when_told_so_and_a_released_one_never(committed: Path) -> None:
    [finding] = generate.schema_findings([event_with(reason=None)], committed)
    assert generate.refused([finding], frozenset(), may_break_unreleased=True) == []
    assert generate.refused([finding], frozenset({TYPE}), may_break_unreleased=True) == [finding]


def test_an_unchanged_event_is_current(committed: Path) -> None:
    assert generate.schema_findings([event_with()], committed) == []


def test_a_vanished_event_is_refused(committed: Path) -> None:
    [finding] = generate.schema_findings([], committed)
    assert finding.breaks == ("its event class is gone",)


def test_a_new_event_is_only_stale(tmp_path: Path) -> None:
    [finding] = generate.schema_findings([event_with()], tmp_path)
    assert finding.breaks == ()


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [name for name in properties if name != "more"]}


TABLE = [
    (
        "+ optional field",
        schema(a={"type": "string"}),
        schema(a={"type": "string"}, more={"type": "string"}),
        True,
        True,
    ),
    ("+ required field", schema(a={"type": "string"}), schema(a={"type": "string"}, b={"type": "string"}), False, True),
    ("+ enum value", schema(a={"enum": ["x"]}), schema(a={"enum": ["x", "y"]}), True, False),
    ("- enum value", schema(a={"enum": ["x", "y"]}), schema(a={"enum": ["x"]}), False, True),
    ("int to float", schema(a={"type": "integer"}), schema(a={"type": "number"}), True, False),
    ("- required field", schema(a={"type": "string"}, b={"type": "string"}), schema(a={"type": "string"}), True, False),
    ("+ minimum", schema(a={"type": "integer"}), schema(a={"type": "integer", "minimum": 0}), False, True),
    ("+ pattern", schema(a={"type": "string"}), schema(a={"type": "string", "pattern": "^a"}), False, True),
    ("- format", schema(a={"type": "string", "format": "uuid"}), schema(a={"type": "string"}), True, False),
]


@pytest.mark.parametrize(
    ("old", "new", "readers_go_on", "writers_go_on"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_each_direction_is_judged_by_itself(
    old: dict[str, Any], new: dict[str, Any], readers_go_on: bool, writers_go_on: bool
) -> None:
    assert (reader_breaks(old, new) == []) is readers_go_on
    assert (writer_breaks(old, new) == []) is writers_go_on


def test_a_change_behind_a_reference_that_turns_in_circles_is_found() -> None:
    def tree(pattern: str) -> dict[str, Any]:
        node = {
            "type": "object",
            "properties": {
                "name": {"type": "string", "pattern": pattern},
                "below": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
        }
        return {"$ref": "#/$defs/Node", "$defs": {"Node": node}}

    assert event_breaks(tree("^a$"), tree("^a$")) == []
    assert event_breaks(tree("^a$"), tree("^b$"))


def test_closing_leaves_maps_open() -> None:
    assert close({"type": "object", "additionalProperties": {"type": "string"}}) == {
        "type": "object",
        "additionalProperties": {"type": "string"},
    }


def test_the_command_refuses_to_overwrite_a_break_and_writes_when_it_may(
    committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "SCHEMAS", committed)
    monkeypatch.setattr(generate, "ASYNCAPI", tmp_path)
    monkeypatch.setattr(generate, "all_events", lambda: [event_with(reason=None)])
    monkeypatch.setattr(generate, "asyncapi_documents", lambda consumes: {})
    monkeypatch.setattr(generate, "openapi_documents", dict)
    file = committed / "intake" / f"{TYPE}.json"
    before = file.read_text()

    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 1
    assert "new version" in capsys.readouterr().err
    assert file.read_text() == before

    assert generate.main(["--unreleased"]) == 0
    assert "reason" not in json.loads(file.read_text())["properties"]
