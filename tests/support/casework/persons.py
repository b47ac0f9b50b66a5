"""A person as intake seals them, and casework's copy."""

import base64
from collections.abc import Awaitable, Callable
from itertools import count
from uuid import UUID

from contracts.envelope import Event
from contracts.events.intake import PersonKeyIssued, PersonRecorded
from services.chassis import sealing
from tests.support.services import SEALING_KEYS, Bench
from tests.support.wire import wire

NEWER = count(100)
"""Of a compacted topic only what is newer is heard."""

PERSON = {
    "name": "Warga Uji Paket", "nik": "3524051503909901", "birth_date": "1990-03-15", "approximate_age_years": "36",
    "features": "Tahi lalat besar di dagu kiri", "said_sex": "MALE",
}  # fmt: skip


async def know(bench: Bench, case_id: UUID, *, minor: bool = False, sequence: int = 1, **changed: str) -> None:
    """Our copy of the case's person, with a key that casework can open."""
    person_id = await bench.value("SELECT person_id FROM cases WHERE id = $1", case_id)
    key = sealing.new_person_key()
    wrapped = sealing.wrap(key, {"casework": bytes(SEALING_KEYS["casework"].public_key)})["casework"]
    await bench.units.pool.execute(
        "INSERT INTO person_keys (person_id, wrapped_key, district, sequence) VALUES ($1, $2, '35.24', $3)"
        " ON CONFLICT (person_id) DO UPDATE SET wrapped_key = excluded.wrapped_key, sequence = excluded.sequence",
        person_id, base64.b64decode(wrapped), sequence,
    )  # fmt: skip
    await bench.units.pool.execute(
        "INSERT INTO persons_known (person_id, identity_status, apparent_minor, sealed, district, sequence, as_of)"
        " VALUES ($1, 'CLAIMED', $2, $3, '35.24', $4, now()) ON CONFLICT (person_id) DO UPDATE SET"
        " sealed = excluded.sealed, sequence = excluded.sequence, apparent_minor = excluded.apparent_minor",
        person_id, minor, sealing.seal(PERSON | changed, key), sequence,
    )  # fmt: skip


async def tell_of(
    bench: Bench,
    person_id: UUID,
    nik: str | None,
    *,
    merged_into: UUID | None = None,
    minor: bool = False,
    identity_status: str = "CLAIMED",
) -> Callable[..., Awaitable[None]]:
    """Intake tells of a person, sealed under a new key; what is answered tells the key, or that it is gone."""
    key = sealing.new_person_key()
    told = PersonRecorded(
        person_id=person_id, identity_status=identity_status, apparent_minor=minor,
        merged_into=merged_into, sealed=base64.b64encode(sealing.seal({**PERSON, "nik": nik}, key)).decode(),
    )  # fmt: skip

    async def send(fact: Event, topic: str) -> None:
        async with bench.producer() as producer:
            await producer(topic, *wire(fact, subject=person_id, correlation_id=person_id, sequence=next(NEWER)))

    async def tell_key(*, gone: bool = False) -> None:
        wrapped = {} if gone else sealing.wrap(key, {"casework": bytes(SEALING_KEYS["casework"].public_key)})
        await send(PersonKeyIssued(person_id=person_id, wrapped=wrapped), "intake.person-keys")

    await send(told, "intake.persons")
    return tell_key
