"""A person with a case that asks for aid, as intake and casework tell of them."""

import base64
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Envelope
from contracts.events.casework import CaseOpened
from contracts.events.intake import PersonKeyIssued, PersonRecorded
from contracts.values import RegionCode
from services.chassis import sealing
from tests.support.disbursement.office import Office, aid_requested, said_later
from tests.support.services import SEALING_KEYS

NEWER = count(100)
"""Of a compacted topic only what is newer is heard."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person with a case, who asks for aid."""

    office: Office
    person_id: UUID
    case: Envelope
    request: Any
    key: bytes = field(default_factory=sealing.new_person_key)

    async def has(self, nik: str | None, *, merged_into: UUID | None = None, with_key: bool = True) -> None:
        """Intake tells of the person, sealed under a key of its own."""
        wrapped = sealing.wrap(self.key, {"disbursement": bytes(SEALING_KEYS["disbursement"].public_key)})
        told = PersonRecorded(
            person_id=self.person_id,
            identity_status="CLAIMED" if nik else "PROVISIONAL",
            apparent_minor=False,
            merged_into=merged_into,
            sealed=base64.b64encode(sealing.seal({"nik": nik}, self.key)).decode(),
        )
        await self.tell(told, subject=self.person_id)
        if with_key:
            await self.tell(PersonKeyIssued(person_id=self.person_id, wrapped=wrapped), subject=self.person_id)

    async def tell(self, fact: Any, **envelope: Any) -> None:
        """A later fact, about the case unless another subject is named."""
        newer = {"sequence": next(NEWER)} if "subject" in envelope else {}
        assert await self.office.hear(fact, said_later(self.case, fact, **envelope, **newer)) == "applied"

    async def asks(self) -> str:
        """The aid, and where it stands."""
        assert await self.office.hear(self.request, self.case) == "applied"
        return await self.stands()

    async def stands(self) -> str:
        """The state of the aid."""
        return str(await self._value("state"))

    async def entitlement(self) -> str:
        """Its id."""
        return str(await self._value("id"))

    async def _value(self, column: str) -> Any:
        return await self.office.bench.value(
            f"SELECT {column} FROM entitlements WHERE aid_request_id = $1", self.request.aid_request_id
        )


async def somebody(office: Office, nik: str | None = None) -> Somebody:
    """Somebody new, whose case was opened."""
    person_id = uuid4()
    request, case = aid_requested(person_id=person_id)
    found = Somebody(office, person_id, case, request)
    opened = CaseOpened(
        case_number="ODGJ/35.24/2026/000001",
        case_type="ODGJ",
        person_id=person_id,
        village_code=RegionCode("35.24.17.2001"),
        source_report_id=uuid4(),
        unit="dinsos",
    )
    await found.tell(opened)
    if nik is not None:
        await found.has(nik)
    return found


def a_nik() -> str:
    """A number that nobody else has."""
    return f"3524{uuid4().int % 10**12:012d}"
