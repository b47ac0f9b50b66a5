"""No fact is dropped because its receiver moved on: the table of what is heard, walked on the real handlers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.envelope import Envelope, Event
from contracts.events import casework as said
from contracts.events import disbursement, intake, notifications
from contracts.topics import topic_of
from contracts.values import RegionCode
from services.casework.subscriptions import SUBSCRIPTIONS
from services.chassis.inbox import Inbox
from services.chassis.principal import system_principal
from services.chassis.records import Record
from tests.support.casework.agencies import OFFICE, SOEGIRI
from tests.support.casework.asking import ask, later
from tests.support.casework.desk import Desk
from tests.support.casework.reports import BABAT, case_of, report_verified
from tests.support.facts_heard import Word, cells_of
from tests.support.identity import Issuer
from tests.support.services import Bench

DUKCAPIL = "dukcapil-lamongan"
SEQUENCES = count(1)
ACTING = {
    "cases": "correlation_id = $1",
    "matters": "correlation_id = $1",
    "handoffs": "correlation_id = $1",
    "tasks": "correlation_id = $1",
    "custodies": "correlation_id = $1",
    "occurrences": "case_id IN (SELECT id FROM cases WHERE correlation_id = $1)",
    "closing_rounds": "correlation_id = $1",
    "escalation_steps": "about_id IN (SELECT id FROM handoffs WHERE correlation_id = $1)",
    "operations_known": "correlation_id = $1",
    "operation_persons": "report_id = $1",
}
"""What a fact does something to; the timeline, and copies of other services' facts, only remember it."""


class Heard:
    """A case that people lead, as far as a fact needs one, and the handlers that hear of it."""

    def __init__(self, bench: Bench, issuer: Issuer) -> None:
        self.bench = bench
        self.office = Desk(bench, issuer, OFFICE, "caseworker", "section-head")
        self.registry = Desk(bench, issuer, DUKCAPIL)
        self.hospital = Desk(bench, issuer, SOEGIRI)
        self.report_id, self.case_id, self.person_id = uuid4(), uuid4(), uuid4()
        self.handoff_id, self.task_id, self.fact_id = uuid4(), uuid4(), uuid4()

    async def stands(self, state: str) -> "Heard":
        """The receiver as the cell says."""
        if state in ("unknown", "any"):
            return self
        guess = {"case_type_guess": "ORANG_TERLANTAR", "kind": "ORANG_TERLANTAR", "operation_id": None}
        self.report_id = await report_verified(self.bench, BABAT, person_id=self.person_id, **guess)
        self.case_id = await case_of(self.bench, self.report_id)
        await self.bench.units.pool.execute(
            "UPDATE cases SET aid_request_id = $2, aid_state = 'requested' WHERE id = $1", self.case_id, uuid4()
        )
        asked = await ask(self.office, self.case_id, DUKCAPIL, purpose="IDENTIFICATION")
        self.handoff_id = UUID(asked["handoff_id"])
        await self._request(state)
        await self._case(state)
        await self._beside(state)
        return self

    async def _request(self, state: str) -> None:
        """Where the registry's hand-off stands."""
        condition = {"code": "LETTER_COMPLETE", "owner": "SENDER", "due_at": later(days=1)}
        moves: Mapping[str, list[tuple[Desk, str, dict[str, Any]]]] = {
            "received": [(self.registry, "receipt", {})],
            "conditional": [(self.registry, "conditional-acceptance", {"conditions": [condition]})],
            "on-hold": [(self.office, "hold", {"reason_code": "WAITING_FOR_DOCUMENT"})],
            "accepted": [(self.registry, "acceptance", {})],
            "in-progress": [(self.registry, "acceptance", {}), (self.registry, "start", {})],
            "rejected": [(self.registry, "rejection", {"reason_code": "NOT_OUR_DUTY"})],
        }
        for desk, path, body in moves.get(state, []):
            await desk.move(str(self.handoff_id), path, **body)

    async def _case(self, state: str) -> None:
        if state == "dead":
            await self.office.post(f"/cases/{self.case_id}/occurrences", kind="DIED", happened_at=later(minutes=-1))
        states = {"aftercare": ("aftercare", "REUNIFIED", False), "closed": ("closed", "REUNIFIED", True)}
        if state in states:
            kind, outcome, is_closed = states[state]
            for table in ("cases", "matters"):
                key = "id = $1"
                closed = "closed_at = CASE WHEN $2 THEN now() END"
                await self.bench.units.pool.execute(f"UPDATE {table} SET {closed} WHERE {key}", self.case_id, is_closed)
            await self.bench.units.pool.execute(
                "UPDATE cases SET state = $2, outcome = $3 WHERE id = $1", self.case_id, kind, outcome
            )

    async def _beside(self, state: str) -> None:
        """What else a fact may be about: a round of closing, an escalation step, a task, an operation."""
        if state in ("asked", "answered", "over"):
            answers = '{"intake": [], "disbursement": [], "notifications": []}' if state == "answered" else "{}"
            await self.bench.units.pool.execute(
                "INSERT INTO closing_rounds (id, district, correlation_id, version, case_id, number, asked_at, answers,"
                " is_stale) VALUES ($1, '35.24', $2, 1, $3, $4, now(), $5::jsonb, false)",
                uuid4(), self.report_id, self.case_id, 2 if state == "over" else 1, answers,
            )  # fmt: skip
        if state in ("escalated", "escalated-and-ended"):
            await self.bench.units.pool.execute(
                "INSERT INTO escalation_steps (about_id, deadline, occurrence, step_no, kind, due_at, decided_at,"
                " district, fact_id, notice, notice_by) VALUES"
                " ($1, 'ANSWER_BY', 1, 1, 'REMIND_DESK', now(), now(), '35.24', $2, 'awaited',"
                " now() + interval '1 hour')",
                self.handoff_id, self.fact_id,
            )  # fmt: skip
        if state == "escalated-and-ended":
            await self.office.move(str(self.handoff_id), "cancellation", reason_code="NO_LONGER_NEEDED")

    async def reroutes(self, state: str) -> None:
        """A task of the office that says to which service somebody belongs."""
        await self.bench.units.pool.execute(
            "INSERT INTO tasks (id, district, correlation_id, version, about_kind, about_id, step, kind,"
            " agency, desk, state, due_at, is_overdue, result_code, reply_to, reply_workflow, call_agency, call_desk)"
            " VALUES ($1, '35.24', $2, 1, 'case', $3, 'reroute', $4, $5, '', 'done', now(), false, 'ELDERLY',"
            " '', '', '', '')",
            self.task_id, self.report_id, self.case_id, "REROUTE" if state != "other" else "CASE_CONFERENCE", OFFICE,
        )  # fmt: skip

    async def failed(self) -> None:
        """The hospital says with its failure that the person died; the consumer does not hear of it by itself."""
        await self.bench.units.pool.execute(
            "UPDATE handoffs SET state = 'failed', reason_code = 'DECEASED', ended_at = now(), last_moved_at = now()"
            " WHERE id = $1", self.handoff_id,
        )  # fmt: skip

    async def rows(self) -> dict[str, list[str]]:
        """Everything of the case that a fact may act on."""
        return {
            table: [
                row["line"]
                for row in await self.bench.rows(
                    f"SELECT t::text AS line FROM {table} t WHERE {where} ORDER BY 1", self.report_id
                )
            ]
            for table, where in ACTING.items()
        }

    async def findings(self) -> int:
        found: int = await self.bench.value(
            "SELECT count(*) FROM case_findings WHERE correlation_id = $1 AND state = 'open'", self.report_id
        )
        return found

    async def hears(self, fact: Event, subject: UUID) -> Word:
        """Give the inbox a fact as the broker would; answers what it did."""
        before, findings = await self.rows(), await self.findings()
        inbox = Inbox(self.bench.units, SUBSCRIPTIONS, system_principal("casework"), first_retry_seconds=1)
        envelope = envelope_of(fact, subject, self.report_id)
        key = str(envelope.correlationid).encode()
        record = Record(topic_of(fact.TYPE).name, 0, uuid4().int % 2**60, key, envelope.to_headers(), fact.to_body())
        assert await inbox.hear(record) == "applied", fact
        if await self.findings() > findings:
            return Word.FINDING
        return Word.APPLY if await self.rows() != before else Word.REMEMBER


def envelope_of(fact: Event, subject: UUID, correlation_id: UUID) -> Envelope:
    now = datetime.now(UTC)
    return Envelope.model_validate(
        {
            "id": uuid4(), "source": f"/sigap/{fact.TYPE.split('.')[0]}", "type": fact.TYPE, "subject": subject,
            "time": now, "factid": uuid4(), "recordedtime": now, "correlationid": correlation_id,
            "sequence": next(SEQUENCES), "district": "35.24", "actor": "system:test",
            "sensitivity": fact.SENSITIVITY,
        }
    )  # fmt: skip


def everything(heard: Heard) -> dict[str, Any]:
    """What any of the facts may carry, of this case."""
    return {
        "case_id": heard.case_id, "about_kind": "case", "about_id": heard.case_id, "person_id": heard.person_id,
        "handoff_id": heard.handoff_id, "task_id": heard.task_id, "cause_fact_id": heard.fact_id,
        "entitlement_id": uuid4(), "aid_request_id": uuid4(), "payment_id": uuid4(), "batch_id": uuid4(),
        "message_id": uuid4(), "check_id": uuid4(), "custody_id": uuid4(), "report_ids": [heard.report_id],
        "programme_code": "BLT", "rule_version": "v1", "amount_rupiah": 1, "bank_reference": "REF-1",
        "reason_code": "DECEASED", "round": 1, "blockers": [], "template": "x", "channel": "SMS",
        "recipient_kind": "RECEIVER", "kind": "IDENTITY", "result": "MISMATCHED", "source": "registry",
        "checked_at": datetime.now(UTC), "identity_status": "PROVISIONAL", "apparent_minor": True, "sealed": "AAAA",
        "wrapped": {"casework": "AAAA"}, "agency": "satpolpp-lamongan", "place_code": RegionCode(BABAT),
        "persons_count": 1, "kind_guess": "ODGJ", "village_code": RegionCode(BABAT), "urgency": "URGENT",
        "operation_id": heard.task_id, "found_at": datetime.now(UTC), "case_type_guess": "ORANG_TERLANTAR",
        "reporter_agency": "satpolpp-lamongan", "is_with_reporter": False, "from_agency": OFFICE,
        "to_agency": SOEGIRI, "observed_state": "STABLE", "purpose": "IDENTIFICATION", "result_code": "ELDERLY",
    }  # fmt: skip


OF_REPORT = {intake.ReportReceived, intake.ReportVerified}
VERIFIED = {"kind": "ORANG_TERLANTAR"}


def subject_of(kind: type[Event], heard: Heard) -> UUID:
    """What the fact is about, as its publisher keys it."""
    if kind in OF_REPORT:
        return heard.report_id
    if kind is said.HandoffFailed:
        return heard.handoff_id
    return heard.task_id if kind is intake.OperationConducted else uuid4()


EVENTS: dict[str, type[Event]] = {
    kind.TYPE: kind
    for kind in (
        intake.PersonRecorded, intake.PersonKeyIssued, intake.OperationConducted, intake.ReportReceived,
        intake.ReportVerified, intake.RegistryCheckCompleted, intake.ClosingAnswered,
        disbursement.EntitlementEstablished, disbursement.EntitlementRefused, disbursement.EntitlementEnded,
        disbursement.PaymentCredited, disbursement.PaymentFailed, disbursement.ClosingAnswered,
        notifications.MessageSent, notifications.MessageDelivered, notifications.MessageFailed,
        notifications.ClosingAnswered, said.HandoffFailed, said.TaskCompleted, said.CustodyTransferred,
    )
}  # fmt: skip
"""What is heard by more than the timeline."""


@pytest.mark.parametrize(("kind", "state", "word"), cells_of("casework", set(EVENTS)))
async def test_what_is_heard_is_done_kept_or_found(
    casework: Bench, issuer: Issuer, kind: str, state: str, word: Word
) -> None:
    heard = await Heard(casework, issuer).stands(state)
    event = EVENTS[kind]
    if event is said.TaskCompleted and state != "unknown":
        await heard.reroutes(state)
    if event is said.HandoffFailed and state != "unknown":
        await heard.failed()
    fact = event.model_validate(everything(heard) | (VERIFIED if event is intake.ReportVerified else {}))
    subject = subject_of(event, heard)
    assert await heard.hears(fact, subject) == (Word.REMEMBER if word is Word.DUPLICATE else word)
    if word is not Word.DUPLICATE:
        return
    assert await heard.hears(fact, subject) == Word.REMEMBER, "told again it changes nothing"


@pytest.mark.parametrize(
    "kind", sorted({cell[0] for cell in cells_of("casework", set(EVENTS)) if cell[2] in (Word.APPLY, Word.FINDING)})
)
async def test_what_is_told_again_changes_nothing_more(casework: Bench, issuer: Issuer, kind: str) -> None:
    state = next(cell[1] for cell in cells_of("casework", {kind}) if cell[2] in (Word.APPLY, Word.FINDING))
    heard = await Heard(casework, issuer).stands(state)
    event = EVENTS[kind]
    if event is said.TaskCompleted:
        await heard.reroutes(state)
    if event is said.HandoffFailed:
        await heard.failed()
    fact = event.model_validate(everything(heard) | (VERIFIED if event is intake.ReportVerified else {}))
    subject = subject_of(event, heard)
    assert await heard.hears(fact, subject) in (Word.APPLY, Word.FINDING)
    assert await heard.hears(fact, subject) == Word.REMEMBER
