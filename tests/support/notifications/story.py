"""A case as notifications hears of it, fact by fact."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Envelope, Event
from contracts.events.casework import (
    CaseOpened,
    CaseOutcomeRecorded,
    HandoffEscalated,
    HandoffFact,
    HandoffRejected,
    HandoffRequested,
    LinkPinIssued,
)
from contracts.events.disbursement import PaymentCredited
from contracts.events.intake import ReportVerified
from contracts.topics import topic_of
from contracts.values import Money, RegionCode
from services.chassis import sealing
from services.chassis.inbox import Inbox
from services.chassis.principal import system_principal
from services.chassis.records import Record
from services.notifications.subscriptions import SUBSCRIPTIONS
from tests.support.identity import Issuer
from tests.support.services import SEALING_KEYS, Bench

VILLAGE = "35.24.17.2007"
DUE = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


@dataclass(slots=True)
class Story:
    """One case and its facts."""

    bench: Bench
    issuer: Issuer
    report_id: UUID = field(default_factory=uuid4)
    case_id: UUID = field(default_factory=uuid4)
    number: str = field(default_factory=lambda: f"ODGJ/35.24/2026/{uuid4().int % 10**6:06d}")

    async def hear(self, fact: Event, subject: UUID | None = None, **changes: Any) -> str:
        """Give the inbox a fact as the broker would."""
        return await self.give(fact, self.envelope(fact, subject, **changes))

    async def give(self, fact: Event, envelope: Envelope) -> str:
        """Give the inbox this very message."""
        inbox = Inbox(self.bench.units, SUBSCRIPTIONS, system_principal("notifications"), first_retry_seconds=1)
        key = str(envelope.correlationid).encode()
        return await inbox.hear(
            Record(topic_of(fact.TYPE).name, 0, uuid4().int % 2**60, key, envelope.to_headers(), fact.to_body())
        )

    def envelope(self, fact: Event, subject: UUID | None = None, **changes: Any) -> Envelope:
        """An envelope around a fact of this case."""
        now = datetime.now(UTC)
        told = {
            "id": uuid4(),
            "source": f"/sigap/{fact.TYPE.split('.', 1)[0]}",
            "type": fact.TYPE,
            "subject": subject or self.case_id,
            "time": now,
            "factid": uuid4(),
            "recordedtime": now,
            "correlationid": self.report_id,
            "sequence": 1,
            "district": "35.24",
            "actor": "system:test",
            "sensitivity": fact.SENSITIVITY,
            **changes,
        }
        return Envelope.model_validate(told)

    def report_verified(self, reporter: str | None = "satpolpp-lamongan") -> ReportVerified:
        return ReportVerified(
            case_type_guess="ODGJ_TERLANTAR",
            kind="ODGJ",
            person_id=uuid4(),
            village_code=RegionCode(VILLAGE),
            urgency="NORMAL",
            channel="OTHER_AGENCY",
            reporter_agency=reporter,
            apparent_minor=False,
            found_at=datetime.now(UTC),
        )

    def case_opened(self) -> CaseOpened:
        return CaseOpened(
            case_number=self.number,
            case_type="ODGJ_TERLANTAR",
            person_id=uuid4(),
            village_code=RegionCode(VILLAGE),
            source_report_id=self.report_id,
            unit="rehsos",
        )

    def _handoff(self) -> dict[str, Any]:
        return {
            "handoff_id": uuid4(),
            "about_kind": "case",
            "about_id": self.case_id,
            "purpose": "INPATIENT_BED",
            "from_agency": "dinsos-lamongan",
            "to_agency": "rsj-lawang",
        }

    def handoff_requested(self, **changes: Any) -> HandoffRequested:
        said = {"to_desk": "admisi", "answer_by": DUE, "candidate_no": 1, "person_id": uuid4()}
        return HandoffRequested.model_validate({**self._handoff(), **said, **changes})

    def handoff_escalated(self, escalation: str, step_no: int = 1, **changes: Any) -> HandoffEscalated:
        return HandoffEscalated.model_validate(
            {
                **self._handoff(),
                "deadline": "ANSWER_BY",
                "occurrence": 1,
                "step_no": step_no,
                "escalation": escalation,
                "due_at": DUE,
                **changes,
            }
        )

    def handoff_rejected(self) -> HandoffRejected:
        return HandoffRejected(**self._handoff(), reason_code="NO_CAPACITY")

    def handoff_fact(self, kind: type[HandoffFact], **told: Any) -> HandoffFact:
        """What became of the story's hand-off, as one of its facts."""
        return kind.model_validate({**self._handoff(), **told})

    def link_pin_issued(self, pin: str, teller: str = "notifications", days: int = 7) -> LinkPinIssued:
        expires_at = datetime.now(UTC) + timedelta(days=days)
        sealed = sealing.wrap(pin.encode(), {"": bytes(SEALING_KEYS[teller].public_key)})[""]
        said = {
            "link_id": uuid4(),
            "to_desk": "admisi",
            "pin_number": 1,
            "expires_at": expires_at,
            "sealed_pin": sealed,
        }
        return LinkPinIssued.model_validate({**self._handoff(), **said})

    def outcome_recorded(self) -> CaseOutcomeRecorded:
        return CaseOutcomeRecorded(outcome="RETURNED_TO_FAMILY")

    def payment_credited(self) -> PaymentCredited:
        return PaymentCredited(
            payment_id=uuid4(),
            batch_id=uuid4(),
            entitlement_id=uuid4(),
            case_id=self.case_id,
            amount_rupiah=Money(1_500_000),
            bank_reference="BJT-1",
        )

    async def messages(self) -> list[dict[str, Any]]:
        """All messages of this story, by template."""
        rows = await self.bench.rows(
            "SELECT * FROM messages WHERE correlation_id = $1 ORDER BY template, recipient", self.report_id
        )
        return [dict(row) for row in rows]

    def as_(self, *roles: str) -> dict[str, str]:
        """Headers of a request by somebody with these roles."""
        return {"Authorization": f"Bearer {self.issuer.token(roles=roles)}"}
