"""The trace is a contract: from the report's POST to the bank's statement line, as whoever operates the system sees it.

The picture is what the trace page finds for a case's id. A step of the same story is a child of the step before it; a
story of its own (a report among many, an agency's answer, a payment in a list) is linked to where it comes from.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from tests.support.eventually import eventually
from tests.support.whole_system import System

PARENT, LINK = "parent", "link"
Edge = tuple[str, str, str]

REPORT: list[Edge] = [
    ("intake post /intake/operations", "intake report", LINK),
    ("intake report", "intake intake.reports publish", PARENT),
    ("intake report", "intake intake.persons publish", PARENT),
    ("intake report", "intake intake.person-keys publish", PARENT),
    ("intake intake.reports publish", "casework intake.reports process", PARENT),
    ("intake intake.reports publish", "notifications intake.reports process", PARENT),
    ("intake intake.persons publish", "casework intake.persons process", PARENT),
    ("casework intake.reports process", "casework casework.cases publish", PARENT),
]
PROCEDURE: list[Edge] = [
    ("casework intake.reports process", "casework signalwithstartworkflow:odgjprocedure", PARENT),
    ("casework signalwithstartworkflow:odgjprocedure", "casework runworkflow:odgjprocedure", PARENT),
    ("casework signalwithstartworkflow:odgjprocedure", "casework handlesignal:step_ended", PARENT),
    ("casework signalwithstartworkflow:odgjprocedure", "casework handlesignal:step_ended", LINK),
    ("casework signalwithstartworkflow:odgjprocedure", "casework startactivity:request_handoff", PARENT),
    ("casework startactivity:request_handoff", "casework runactivity:request_handoff", PARENT),
    ("casework runactivity:request_handoff", "casework casework.handoffs publish", PARENT),
]
HANDOFF: list[Edge] = [
    ("casework runactivity:request_handoff", "casework signalwithstartworkflow:handoffworkflow", PARENT),
    ("casework signalwithstartworkflow:handoffworkflow", "casework runworkflow:handoffworkflow", PARENT),
    ("casework signalwithstartworkflow:handoffworkflow", "casework startactivity:read_deadlines", PARENT),
    ("casework startactivity:escalate_if_due", "casework runactivity:escalate_if_due", PARENT),
    ("casework runactivity:escalate_if_due", "casework casework.handoffs publish", PARENT),
    ("casework runactivity:request_handoff", "sandbox agency answers", LINK),
    ("casework runactivity:escalate_if_due", "sandbox agency answers", LINK),
    ("sandbox agency answers", "casework post /casework/handoffs/{handoff_id}/acceptance", PARENT),
    ("sandbox agency answers", "casework post /casework/handoffs/{handoff_id}/completion", PARENT),
    (
        "casework post /casework/handoffs/{handoff_id}/completion",
        "casework signalwithstartworkflow:handoffworkflow",
        PARENT,
    ),
    ("casework signalwithstartworkflow:handoffworkflow", "casework handlesignal:handoff_changed", LINK),
]
REGISTRY: list[Edge] = [
    ("casework casework.handoffs publish", "intake casework.handoffs process", PARENT),
    ("intake casework.handoffs process", "intake signalwithstartworkflow:registrycheckworkflow", PARENT),
    ("intake signalwithstartworkflow:registrycheckworkflow", "intake startactivity:ask_registry", PARENT),
    ("intake startactivity:ask_registry", "intake runactivity:ask_registry", PARENT),
    ("intake runactivity:ask_registry", "intake registry post", PARENT),
    ("intake registry post", "sandbox post /dukcapil/identifications", PARENT),
    ("intake registry post", "sandbox post /bpjs/memberships", PARENT),
    ("intake runactivity:ask_registry", "intake intake.registry-checks publish", PARENT),
    ("intake intake.registry-checks publish", "casework intake.registry-checks process", PARENT),
]
AID: list[Edge] = [
    ("casework startactivity:request_aid", "casework runactivity:request_aid", PARENT),
    ("casework runactivity:request_aid", "casework casework.cases publish", PARENT),
    ("casework casework.cases publish", "disbursement casework.cases process", PARENT),
    ("disbursement casework.cases process", "disbursement disbursement.entitlements publish", PARENT),
    ("disbursement disbursement.entitlements publish", "casework disbursement.entitlements process", PARENT),
    ("disbursement post /disbursement/batches", "disbursement entitlement batch", PARENT),
    ("disbursement casework.cases process", "disbursement entitlement batch", LINK),
]
PAYMENT: list[Edge] = [
    (
        "disbursement post /disbursement/batches/{batch_id}/approvals",
        "disbursement signalwithstartworkflow:paymentbatchworkflow",
        PARENT,
    ),
    ("disbursement startactivity:submit_file", "disbursement runactivity:submit_file", PARENT),
    ("disbursement runactivity:submit_file", "disbursement bank post", PARENT),
    ("disbursement bank post", "sandbox post /bank/files", PARENT),
    ("disbursement runactivity:record_sent", "disbursement disbursement.payments publish", PARENT),
    ("disbursement runactivity:import_statement", "disbursement bank get", PARENT),
    ("disbursement bank get", "sandbox get /bank/files/{file_id}/statement", PARENT),
    ("disbursement runactivity:import_statement", "disbursement statement line", PARENT),
    ("disbursement casework.cases process", "disbursement statement line", LINK),
    ("disbursement statement line", "disbursement disbursement.payments publish", PARENT),
    ("disbursement disbursement.payments publish", "casework disbursement.payments process", PARENT),
]
NOTICE: list[Edge] = [
    ("disbursement disbursement.payments publish", "notifications disbursement.payments process", PARENT),
    ("notifications disbursement.payments process", "notifications send message", PARENT),
    ("notifications send message", "notifications gateway post", PARENT),
    ("notifications send message", "notifications notifications.messages publish", PARENT),
    ("notifications post /notifications/gateway/reports", "notifications delivery report", PARENT),
    ("notifications disbursement.payments process", "notifications delivery report", LINK),
    ("notifications delivery report", "notifications notifications.messages publish", PARENT),
    ("notifications gateway post", "sandbox post /gateway/messages", PARENT),
    ("notifications notifications.messages publish", "casework notifications.messages process", PARENT),
]
EDGES = {*REPORT, *PROCEDURE, *HANDOFF, *REGISTRY, *AID, *PAYMENT, *NOTICE}
LINKED = re.compile(r"/traces/([0-9a-f]+)\?spanId=([0-9a-f]+)$")


@dataclass(slots=True)
class Picture:
    """The spans of some traces, and what ties them together; ``report_id`` is what the case began with."""

    report_id: str
    spans: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, traces: list[list[dict[str, Any]]]) -> None:
        self.spans |= {span["id"]: span for trace in traces for span in trace}

    def edges(self) -> set[Edge]:
        """From, to and kind, by service and name."""
        found: set[Edge] = set()
        for span in self.spans.values():
            if span.get("parentId") in self.spans:
                found.add((step(self.spans[span["parentId"]]), step(span), PARENT))
            found |= {(step(self.spans[origin]), step(span), LINK) for _, origin in links(span) if origin in self.spans}
        return found

    def stories(self) -> list[set[str]]:
        """Trace ids that hang together by links."""
        groups: list[set[str]] = []
        near: dict[str, set[str]] = defaultdict(set)
        for span in self.spans.values():
            for trace, _ in links(span):
                near[span["traceId"]].add(trace)
                near[trace].add(span["traceId"])
        left = {span["traceId"] for span in self.spans.values() if not reads(span)}
        while left:
            group, fresh = set(), {left.pop()}
            while fresh:
                group |= fresh
                fresh = {trace for known in fresh for trace in near[known]} - group
            groups.append(group)
            left -= group
        return groups


def step(span: dict[str, Any]) -> str:
    name = re.sub(r"^\S+ answers$", "agency answers", span.get("name", ""))
    return f"{span['localEndpoint']['serviceName']} {name}"


def reads(span: dict[str, Any]) -> bool:
    """Whether somebody only looked: that is a story of nobody's."""
    return span.get("kind") == "SERVER" and str(span.get("name", "")).startswith("get ")


def links(span: dict[str, Any]) -> list[tuple[str, str]]:
    found = (LINKED.search(text) for name, text in span["tags"].items() if re.fullmatch(r"link\.\d+", name))
    return [(match[1], match[2]) for match in found if match]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pictures(system: System, cases: list[dict[str, Any]]) -> dict[str, Picture]:
    """What the trace page finds for each case that was paid, by number; and the operation's trace beside it."""
    zipkin = f"http://127.0.0.1:{system.site.ports['zipkin']}/api/v2"
    found: dict[str, Picture] = {}
    for case in cases:
        if case["aid_state"] != "credited":
            continue
        query = {"annotationQuery": f"case.id={case['source_report_id']}", "lookback": 86_400_000, "limit": 500}

        async def ask(query: dict[str, Any] = query) -> Any:
            return (await system.client.get(f"{zipkin}/traces", params=query)).json()

        picture = Picture(case["source_report_id"])
        picture.add(await eventually(ask, what=f"traces of {case['number']}"))
        linked = {trace for span in picture.spans.values() for trace, _ in links(span)}
        for trace in linked - {span["traceId"] for span in picture.spans.values()}:
            answer = await system.client.get(f"{zipkin}/trace/{trace}")
            if answer.status_code == 200:
                picture.add([answer.json()])
        found[case["number"]] = picture
    assert found, "nobody was paid"
    return found


async def test_the_whole_way_is_one_picture_of_parents_and_links(pictures: dict[str, Picture]) -> None:
    drawn = {edge for picture in pictures.values() for edge in picture.edges()}
    assert sorted(EDGES - drawn) == []


async def test_what_is_found_by_a_case_hangs_together(pictures: dict[str, Picture]) -> None:
    """Killed processes take their last spans with them, so it is asked of most cases and not of each."""
    whole = [number for number, picture in pictures.items() if len(picture.stories()) == 1]
    assert len(whole) > len(pictures) / 2, {number: len(p.stories()) for number, p in pictures.items()}


TOLD_BY_PHONE = 1
"""Whoever was told of by phone and is paid in the end: that report's root is its own request."""


async def test_each_report_of_an_operation_has_its_own_root(pictures: dict[str, Picture]) -> None:
    own = {
        number: {
            span["traceId"]
            for span in picture.spans.values()
            if step(span) == "intake report"
            and "parentId" not in span
            and span["tags"].get("case.id") == picture.report_id
        }
        for number, picture in pictures.items()
    }
    found = [trace for traces in own.values() for trace in traces]
    assert len(found) >= len(pictures) - TOLD_BY_PHONE, own
    assert len(found) == len(set(found)), own
