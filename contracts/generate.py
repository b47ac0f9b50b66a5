"""Writes what is derived from the event classes: `python -m contracts.generate [--check] [--unreleased]`.

The committed schemas are the truth about what readers outside this checkout rely on. A class that moved away from its
schema compatibly only makes the file stale; one that breaks it is refused, unless its type is not released yet.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contracts import asyncapi
from contracts.compatibility import event_breaks
from contracts.envelope import Event
from contracts.openapi_gate import openapi_breaks
from contracts.topics import TOPICS_BY_OWNER, all_topics, parse_type, topic_of

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
ASYNCAPI = HERE / "asyncapi"
OPENAPI = HERE / "openapi"
RELEASED = SCHEMAS / "released.txt"


@dataclass(frozen=True, slots=True)
class Finding:
    """A generated file that is not what the code says; `breaks` tells why it may not simply be written anew."""

    file: str
    type_name: str = ""
    breaks: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.breaks:
            return f"{self.file} is stale: run `make contracts`"
        return (
            f"{self.file} would break readers of {self.type_name}, publish a new version beside it instead: "
            f"{'; '.join(self.breaks)}"
        )


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event, as committed: without the titles pydantic invents for fields."""
    schema: dict[str, Any] = _without_field_titles(event.model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sigap:event:{event.TYPE}",
        "title": event.__name__,
        **{key: value for key, value in schema.items() if key != "title"},
        "x-topic": topic_of(event.TYPE).name,
        "x-sensitivity": event.SENSITIVITY.value,
    }


def schema_path(type_name: str, root: Path = SCHEMAS) -> Path:
    """Where the schema of an event type is committed."""
    return root / parse_type(type_name).owner / f"{type_name}.json"


def released_types(file: Path = RELEASED) -> frozenset[str]:
    """The event types that a tagged release has published."""
    lines = (line.strip() for line in file.read_text().splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def schema_findings(events: Iterable[type[Event]], root: Path = SCHEMAS) -> list[Finding]:
    """Every committed schema under `root` that is missing, stale, left over or broken by its class."""
    wanted = {schema_path(event.TYPE, root): event for event in events}
    findings = []
    for path, event in wanted.items():
        text = render(schema_of(event))
        if not path.exists():
            findings.append(Finding(_shown(path)))
        elif path.read_text() != text:
            breaks = event_breaks(json.loads(path.read_text()), json.loads(text))
            findings.append(Finding(_shown(path), event.TYPE, tuple(breaks)))
    for path in sorted(root.glob("*/*.json")):
        if path not in wanted:
            findings.append(Finding(_shown(path), path.stem, ("its event class is gone",)))
    return findings


def render(document: dict[str, Any]) -> str:
    """JSON as committed."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write_schemas(events: Sequence[type[Event]], root: Path = SCHEMAS) -> None:
    """Write every schema and remove what is left over; asks nothing, see `main`."""
    wanted = {schema_path(event.TYPE, root): event for event in events}
    for path, event in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(schema_of(event)))
    for path in root.glob("*/*.json"):
        if path not in wanted:
            path.unlink()


def refused(findings: Iterable[Finding], released: frozenset[str], may_break_unreleased: bool) -> list[Finding]:
    """The findings that must not be written: breaks, except of unreleased types when those may break."""
    return [
        finding
        for finding in findings
        if finding.breaks and (finding.type_name in released or not may_break_unreleased)
    ]


def all_events() -> list[type[Event]]:
    """Every event class of the house."""
    return [event for topic in all_topics() for event in topic.events]


def what_services_consume() -> dict[str, dict[str, str]]:
    """Service -> event type -> handler's name, from each `services/<service>/subscriptions.py` that exists."""
    pages = {service: _imported(f"services.{service}.subscriptions") for service in TOPICS_BY_OWNER}
    return {
        service: {type_name: _handler_name(handler) for type_name, handler in page.SUBSCRIPTIONS.items()}
        for service, page in pages.items()
        if page is not None
    }


def openapi_documents() -> dict[str, dict[str, Any]]:
    """Service -> OpenAPI document, from `openapi_document()` in each `services/<service>/wiring.py` that has it."""
    wirings = {service: _imported(f"services.{service}.wiring") for service in TOPICS_BY_OWNER}
    return {
        service: wiring.openapi_document() for service, wiring in wirings.items() if hasattr(wiring, "openapi_document")
    }


def openapi_findings(documents: Mapping[str, dict[str, Any]], root: Path = OPENAPI) -> list[Finding]:
    """Every committed OpenAPI document that is missing or stale, and what in it would break a client."""
    findings = []
    for service, document in documents.items():
        path = root / f"{service}.json"
        committed = path.read_text() if path.exists() else ""
        if committed != render(document):
            breaks = openapi_breaks(json.loads(committed), document) if committed else []
            findings.append(Finding(_shown(path), f"{service}.openapi", tuple(breaks)))
    return findings


def _imported(module_name: str) -> Any:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        # Only the absence of the module itself is quiet; one that imports what is missing is broken.
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        return None


def asyncapi_documents(consumes: asyncapi.Consumes) -> dict[str, asyncapi.Document]:
    """File name -> AsyncAPI document of each service."""
    schemas = {event.TYPE: schema_of(event) for event in all_events()}
    return {f"{service}.yaml": asyncapi.service_document(service, consumes, schemas) for service in TOPICS_BY_OWNER}


def house_document() -> asyncapi.Document:
    """The AsyncAPI document of the whole house, built on demand: every event with all who send and receive it."""
    schemas = {event.TYPE: schema_of(event) for event in all_events()}
    return asyncapi.house_document(what_services_consume(), schemas)


def asyncapi_findings(documents: Mapping[str, asyncapi.Document], root: Path = ASYNCAPI) -> list[Finding]:
    """Every committed AsyncAPI document that is missing or stale, and what would break listeners of its service."""
    findings = []
    for name, document in documents.items():
        path = root / name
        committed = path.read_text() if path.exists() else ""
        if committed == render_yaml(document):
            continue
        breaks = asyncapi.message_breaks(yaml.safe_load(committed), document) if committed else {}
        breaks = {type_name: why for type_name, why in breaks.items() if type_name.startswith(f"{path.stem}.")}
        findings += [Finding(_shown(path), type_name, tuple(reasons)) for type_name, reasons in breaks.items()]
        if not breaks:
            findings.append(Finding(_shown(path)))
    return findings


def render_yaml(document: asyncapi.Document) -> str:
    """YAML as committed."""
    text: str = yaml.dump(document, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=120)
    return text


class _WithoutAliases(yaml.SafeDumper):
    """Writes a part that occurs twice twice: people read these files."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _handler_name(handler: Any) -> str:
    return str(getattr(handler, "__name__", type(handler).__name__))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 when all is current or written, 1 with one line per finding otherwise."""
    parser = argparse.ArgumentParser(prog="python -m contracts.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is not current")
    parser.add_argument("--house", action="store_true", help="write nothing but the whole house's AsyncAPI document")
    parser.add_argument("--unreleased", action="store_true", help="let types that no release has published break")
    options = parser.parse_args(arguments)

    if options.house:
        sys.stdout.write(render_yaml(house_document()))
        return 0
    documents = asyncapi_documents(what_services_consume())
    rest = openapi_documents()
    findings = [
        *schema_findings(all_events(), SCHEMAS),
        *asyncapi_findings(documents, ASYNCAPI),
        *openapi_findings(rest, OPENAPI),
    ]
    if options.check:
        return _report(findings)
    stopped = refused(findings, released_types(), options.unreleased)
    if stopped:
        return _report(stopped)
    write_schemas(all_events(), SCHEMAS)
    for name, document in documents.items():
        (ASYNCAPI / name).write_text(render_yaml(document))
    for service, document in rest.items():
        (OPENAPI / f"{service}.json").write_text(render(document))
    return 0


def _report(findings: Iterable[Finding]) -> int:
    lines = [str(finding) for finding in findings]
    for line in lines:
        sys.stderr.write(f"{line}\n")
    return 1 if lines else 0


def _shown(path: Path) -> str:
    return path.relative_to(HERE.parent).as_posix() if path.is_relative_to(HERE.parent) else path.as_posix()


def _without_field_titles(node: Any, *, is_names: bool = False) -> Any:
    """Drop `title` where it is a keyword; below `properties` the keys are names of fields, not keywords."""
    if isinstance(node, dict):
        return {
            key: _without_field_titles(value, is_names=key in ("properties", "$defs") and not is_names)
            for key, value in node.items()
            if is_names or key != "title" or not isinstance(value, str)
        }
    if isinstance(node, list):
        return [_without_field_titles(item) for item in node]
    return node


if __name__ == "__main__":
    sys.exit(main())
