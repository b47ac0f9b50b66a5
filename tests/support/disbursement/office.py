"""The office around disbursement: cases that ask for aid, and the people who propose and approve."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Envelope, Event
from contracts.events.casework import CaseAidRequested
from contracts.topics import topic_of
from contracts.values import RegionCode
from services.chassis.inbox import Inbox
from services.chassis.principal import system_principal
from services.chassis.records import Record
from services.disbursement.batches.commands import hand_in, record_sent
from services.disbursement.reconciliation.commands import import_statement
from services.disbursement.reconciliation.domain import read_statement
from services.disbursement.wiring import SERVICE
from tests.support.identity import Issuer
from tests.support.services import Bench

PROGRAMME = "BANTUAN_MODAL_AWAL"
AMOUNT = 1_500_000
PEOPLE = {
    "budi": ("aaaaaaaa-0000-4000-8000-000000000001", ("section-head", "aid-proposer")),
    "wati": ("aaaaaaaa-0000-4000-8000-000000000002", ("aid-verifier",)),
    "hadi": ("aaaaaaaa-0000-4000-8000-000000000003", ("aid-approver",)),
    "nur": ("aaaaaaaa-0000-4000-8000-000000000004", ("auditor",)),
    "sri": ("aaaaaaaa-0000-4000-8000-000000000005", ("caseworker",)),
    "rangkap": ("aaaaaaaa-0000-4000-8000-000000000006", ("aid-proposer", "aid-verifier", "aid-approver")),
}


@dataclass(frozen=True, slots=True)
class Office:
    """Acts on one disbursement service."""

    bench: Bench
    issuer: Issuer
    tokens: dict[str, str] = field(default_factory=dict)

    def as_(self, who: str) -> dict[str, str]:
        """Headers of a person's next request."""
        if who not in self.tokens:
            subject, roles = PEOPLE[who]
            self.tokens[who] = self.issuer.token(subject, roles=roles, expires_in_seconds=4 * 3600)
        return {"Authorization": f"Bearer {self.tokens[who]}", "Idempotency-Key": str(uuid4())}

    async def hear(self, fact: Event, envelope: Envelope) -> str:
        """Give the inbox a message as the broker would."""
        inbox = Inbox(
            self.bench.units,
            SERVICE.hears(self.bench.settings),
            system_principal("disbursement"),
            first_retry_seconds=1,
        )
        key = str(envelope.correlationid).encode()
        return await inbox.hear(
            Record(topic_of(fact.TYPE).name, 0, uuid4().int % 2**60, key, envelope.to_headers(), fact.to_body())
        )

    async def entitle(self, count: int = 1) -> list[str]:
        """New entitlements, each of a case and a person of its own."""
        found = []
        for _ in range(count):
            fact, envelope = aid_requested()
            assert await self.hear(fact, envelope) == "applied"
            found.append(await self.entitlement_of(fact.aid_request_id))
        return found

    async def entitlement_of(self, aid_request_id: UUID) -> str:
        """The entitlement that answers a request."""
        return str(await self.bench.value("SELECT id FROM entitlements WHERE aid_request_id = $1", aid_request_id))

    async def propose(self, entitlements: list[str], who: str = "budi") -> dict[str, Any]:
        """A batch of these entitlements."""
        answer = await self.bench.client.post(
            "/batches",
            json={"programme_code": PROGRAMME, "entitlement_ids": entitlements},
            headers=self.as_(who),
        )
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def approve(self, batch: dict[str, Any], who: str, **changes: Any) -> Any:
        """Somebody's answer to «approve this list»."""
        version = changes.get("expected_version") or (await self.show(batch["batch_id"]))["version"]
        body = {"digest": batch["digest"], "expected_version": version, **changes}
        return await self.bench.client.post(f"/batches/{batch['batch_id']}/approvals", json=body, headers=self.as_(who))

    async def show(self, batch_id: str, who: str = "nur") -> dict[str, Any]:
        """The batch as somebody sees it."""
        answer = await self.bench.client.get(f"/batches/{batch_id}", headers=self.as_(who))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def bank_says(self, batch_id: str, status: str, only: str = "", **changes: Any) -> None:
        """The bank's statement has this about every payment of a batch, or about one."""
        lines = [
            line_of(line["payment_id"], line["amount_rupiah"], status, f"BJT-{line['payment_id'][:8]}") | changes
            for line in (await self.show(batch_id))["lines"]
            if only in ("", line["payment_id"])
        ]
        await self.bank_tells(batch_id, lines)

    async def bank_tells(self, batch_id: str, lines: list[dict[str, Any]]) -> None:
        """The bank's statement has these lines."""
        read = read_statement(UUID(batch_id), json.dumps(lines).encode(), "application/json")
        await self.bench.units.perform(
            lambda uow: import_statement(UUID(batch_id), read, uow), principal=system_principal("disbursement")
        )

    async def sent(self, count: int = 1) -> str:
        """A list that is with the bank."""
        batch_id = str((await self.approved(count))["batch_id"])
        as_system = system_principal("disbursement")
        await self.bench.units.perform(partial(hand_in, UUID(batch_id)), principal=as_system)
        await self.bench.units.perform(partial(record_sent, UUID(batch_id), "0" * 64), principal=as_system)
        return batch_id

    async def approved(self, count: int = 1) -> dict[str, Any]:
        """A batch that two people approved."""
        batch = await self.propose(await self.entitle(count))
        for who in ("wati", "hadi"):
            answer = await self.approve(batch, who)
            assert answer.status_code == 201, answer.text
        return await self.show(batch["batch_id"])


def line_of(payment_id: str, amount: int, status: str, bank_reference: str) -> dict[str, Any]:
    """A line of a statement."""
    return {
        "payment_id": payment_id, "amount": amount, "status": status, "bank_reference": bank_reference, "reason": ""
    }  # fmt: skip


def aid_requested(
    *, person_id: UUID | None = None, programme: str = PROGRAMME, **envelope: Any
) -> tuple[CaseAidRequested, Envelope]:
    """A case's request for aid."""
    fact = CaseAidRequested(
        aid_request_id=uuid4(),
        programme_code=programme,
        person_id=person_id or uuid4(),
        village_code=RegionCode("35.24.17.2001"),
        reason_code="RETURNED_TO_FAMILY",
    )
    now = datetime.now(UTC)
    told = {
        "id": uuid4(),
        "source": "/sigap/casework",
        "type": CaseAidRequested.TYPE,
        "subject": uuid4(),
        "time": now,
        "factid": uuid4(),
        "recordedtime": now,
        "correlationid": uuid4(),
        "sequence": 7,
        "district": "35.24",
        "actor": "system:casework",
        "sensitivity": "PERSONAL",
        **envelope,
    }
    return fact, Envelope.model_validate(told)


def said_later(first: Envelope, fact: Event, **envelope: Any) -> Envelope:
    """The envelope of a later fact of the same case."""
    now = datetime.now(UTC)
    later = {"id": uuid4(), "factid": uuid4(), "type": fact.TYPE, "time": now, "recordedtime": now}
    return first.model_copy(update=later | {"sequence": first.sequence + 1} | envelope)
