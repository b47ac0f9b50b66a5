"""Every service's own copy of the persons intake told about: ciphertext, unsealed on reading only.

Here, not in a service, because whoever may show a name keeps the same two tables in the same way (see ADR 0002 for
what the chassis admits).
"""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, col, select

from contracts.envelope import Envelope
from contracts.events.intake import PersonKeyIssued, PersonRecorded
from services.chassis import sealing
from services.chassis.database import UTC_INSTANT, DistrictRow, ReadSession, UnitOfWork, Units, current_trace_id
from services.chassis.errors import Conflict
from services.chassis.principal import Principal


class PersonKnown(DistrictRow, table=True):
    """A person as intake last told; ``as_of`` is the age of this copy."""

    __tablename__ = "persons_known"

    person_id: UUID = Field(primary_key=True)
    identity_status: str
    apparent_minor: bool
    merged_into: UUID | None = None
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    sequence: int
    as_of: datetime = Field(sa_type=UTC_INSTANT)


class PersonKeyKnown(DistrictRow, table=True):
    """The person's key, wrapped for this service."""

    __tablename__ = "person_keys"

    person_id: UUID = Field(primary_key=True)
    wrapped_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    sequence: int


async def when_person_recorded_keep_copy(event: PersonRecorded, envelope: Envelope, uow: UnitOfWork) -> None:
    """Keep the full state; the inbox lets only a newer one through."""
    uow.put(
        PersonKnown(
            person_id=event.person_id,
            district=str(envelope.district),
            identity_status=event.identity_status,
            apparent_minor=event.apparent_minor,
            merged_into=event.merged_into,
            sealed=base64.b64decode(event.sealed),
            sequence=envelope.sequence,
            as_of=envelope.recordedtime,
        )
    )


def when_person_key_issued_keep_for(
    service: str,
) -> Callable[[PersonKeyIssued, Envelope, UnitOfWork], Awaitable[None]]:
    """The handler that keeps the key wrapped for one service."""

    async def when_person_key_issued_keep_wrapped_key(
        event: PersonKeyIssued, envelope: Envelope, uow: UnitOfWork
    ) -> None:
        """Keep our wrapped copy of the key."""
        wrapped = event.wrapped.get(service)
        uow.put(
            PersonKeyKnown(
                person_id=event.person_id,
                district=str(envelope.district),
                wrapped_key=base64.b64decode(wrapped) if wrapped else None,
                sequence=envelope.sequence,
            )
        )

    return when_person_key_issued_keep_wrapped_key


async def unseal_person(
    reading: ReadSession | UnitOfWork, person_id: UUID, fields: Sequence[str], private_key: str
) -> dict[str, str | None]:
    """Chosen fields of a person, in clear; empty while the copy or its key has not arrived or was destroyed."""
    return (await unseal_persons(reading, [person_id], fields, private_key)).get(person_id, {})


async def unseal_persons(
    reading: ReadSession | UnitOfWork, person_ids: Sequence[UUID], fields: Sequence[str], private_key: str
) -> dict[UUID, dict[str, str | None]]:
    """Chosen fields of several persons, in clear; left out is who is not known, or whose key was destroyed."""
    persons = await reading.all(select(PersonKnown).where(col(PersonKnown.person_id).in_(person_ids)))
    keys = {
        key.person_id: key.wrapped_key
        for key in await reading.all(select(PersonKeyKnown).where(col(PersonKeyKnown.person_id).in_(person_ids)))
    }
    found = {}
    for person in persons:
        wrapped = keys.get(person.person_id)
        if wrapped and person.sealed:
            opened = sealing.unseal(person.sealed, sealing.unwrap(wrapped, private_key))
            found[person.person_id] = {name: opened.get(name) for name in fields}
    return found


async def person_key_known(reading: ReadSession | UnitOfWork, person_id: UUID) -> bytes | None:
    """A person's key as it was wrapped for this service; nothing before it came and after it was destroyed."""
    known = await reading.first(select(PersonKeyKnown).where(PersonKeyKnown.person_id == person_id))
    return known.wrapped_key if known else None


async def opener_for_person(
    reading: ReadSession, person_id: UUID, private_key: str
) -> Callable[[bytes], Mapping[str, str | None]]:
    """What opens words that were sealed with a person's key; it finds none once that key was destroyed."""
    wrapped = await person_key_known(reading, person_id)
    if wrapped is None:
        return lambda _: {}
    key = sealing.unwrap(wrapped, private_key)
    return lambda sealed: sealing.unseal(sealed, key)


async def seal_for_person(
    uow: UnitOfWork, person_id: UUID, fields: Mapping[str, str | None], private_key: str
) -> bytes | None:
    """Fields sealed with a person's key; nothing before the key came and after it was destroyed."""
    wrapped = await person_key_known(uow, person_id)
    return sealing.seal(fields, sealing.unwrap(wrapped, private_key)) if wrapped else None


class PersonHasNoKey(Conflict):
    """The person's key has not arrived yet, or was destroyed."""

    text = "Tulisan ini belum dapat disegel karena kunci orang ini belum ada."
    advice = "Ulangi beberapa saat lagi; bila data orangnya sudah dihapus, tulisan baru tidak disimpan."


async def must_seal_for_person(
    uow: UnitOfWork, person_id: UUID, fields: Mapping[str, str | None], private_key: str
) -> bytes:
    """The same where nothing may be kept unsealed. Raises ``PersonHasNoKey``."""
    sealed = await seal_for_person(uow, person_id, fields, private_key)
    if sealed is None:
        raise PersonHasNoKey(())
    return sealed


async def person_known(reading: ReadSession | UnitOfWork, person_id: UUID) -> PersonKnown | None:
    """Our copy of a person."""
    return await reading.first(select(PersonKnown).where(col(PersonKnown.person_id) == person_id))


async def log_special_read(
    units: Units,
    principal: Principal,
    purpose: str,
    aggregate: str,
    aggregate_id: UUID,
    fields: Sequence[str],
    district: str,
) -> None:
    """Remember who read which SPECIAL fields of what, and why; before they are shown."""
    await log_special_reads(units, principal, purpose, aggregate, [(aggregate_id, district)], fields)


async def log_special_reads(
    units: Units,
    principal: Principal,
    purpose: str,
    aggregate: str,
    read: Sequence[tuple[UUID, str]],
    fields: Sequence[str],
) -> None:
    """The same of several at once; ``read``: each one's id and district."""
    await units.pool.execute(
        "INSERT INTO special_reads (actor, agency, purpose, aggregate, aggregate_id, fields, district, trace_id)"
        " SELECT $1, $2, $3, $4, id, $5, district, $6 FROM unnest($7::uuid[], $8::text[]) AS read(id, district)",
        principal.actor,
        principal.agency,
        purpose,
        aggregate,
        ",".join(sorted(fields)),
        current_trace_id(),
        [one for one, _ in read],
        [district for _, district in read],
    )
