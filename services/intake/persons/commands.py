"""The only code that changes persons."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from services.chassis import sealing
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound
from services.intake.persons import domain, facts, repository
from services.intake.persons.domain import Description, IdentityStatus
from services.intake.persons.tables import Person, PersonKey


@dataclass(frozen=True, slots=True)
class Sealer:
    """What intake needs to seal: its own private key (base64) and every reader's public key, itself included."""

    private_key: str
    recipients: Mapping[str, bytes]

    def nik_digest(self, nik: str) -> bytes:
        """A keyed digest by which the same NIK is found again without storing it readable."""
        return hmac.digest(base64.b64decode(self.private_key), nik.encode(), hashlib.sha256)

    def storage_key(self) -> bytes:
        """The key under which a report's own words are kept until they become a person."""
        return _storage_key(self.private_key)


@cache
def _storage_key(private_key: str) -> bytes:
    return hmac.digest(base64.b64decode(private_key), b"reports at rest", hashlib.sha256)


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """Register a person under the id that was minted when the report came in."""

    person_id: UUID
    correlation_id: UUID
    district: str
    description: Description


async def register_person(
    command: RegisterPerson,
    uow: UnitOfWork,
    sealer: Sealer,
    today: date,
    is_known_region: Callable[[str], bool],
) -> Person:
    """A new person with a key of their own; publishes the sealed full state and the wrapped key."""
    description = command.description
    person_key = sealing.new_person_key()
    keyring = PersonKey(
        person_id=command.person_id,
        wrapped=sealing.wrap(person_key, sealer.recipients),
        district=command.district,
    )
    level = domain.nik_level(description, today, is_known_region)
    person = Person(
        id=command.person_id,
        correlation_id=command.correlation_id,
        district=command.district,
        identity_status=domain.identity_status(description).value,
        nik_level=level.value if level else None,
        nik_digest=sealer.nik_digest(description.nik) if description.nik else None,
        sex=description.sex,
        apparent_minor=domain.is_apparent_minor(description, today),
        sealed=sealing.seal(description.sealed_fields(), person_key),
    )
    uow.create(person, "register")
    uow.insert(keyring)
    uow.publish(facts.person_key_issued(keyring), about=person)
    uow.publish(facts.person_recorded(person), about=person)
    return person


@dataclass(frozen=True, slots=True)
class BindIdentity:
    """An outside registry recognised the person: bind name and NIK to the provisional identity."""

    person_id: UUID
    nik: str
    name: str
    birth_date: date | None
    sex: str | None


async def bind_identity(command: BindIdentity, uow: UnitOfWork, sealer: Sealer, today: date) -> Person:
    """The same person, now known. Raises ``NotFound`` for an unknown or erased person."""
    person = await uow.locked(Person, command.person_id)
    keyring = await repository.key_of(uow, command.person_id)
    if keyring is None or person.sealed is None:
        raise NotFound(kind="person_key")
    person_key = sealing.unwrap(base64.b64decode(keyring.wrapped["intake"]), sealer.private_key)
    before = sealing.unseal(person.sealed, person_key)
    description = Description(
        name=command.name, nik=command.nik, birth_date=command.birth_date, sex=command.sex or person.sex,
        features=before.get("features"),
    )  # fmt: skip
    uow.change(
        person,
        "bind_identity",
        identity_status=IdentityStatus.MATCHED.value,
        nik_level="DUKCAPIL_MATCHED",
        nik_digest=sealer.nik_digest(command.nik),
        sex=description.sex,
        apparent_minor=domain.is_minor_by_registry(
            command.nik, command.birth_date, today, until_now=person.apparent_minor
        ),
        sealed=sealing.seal(description.sealed_fields(), person_key),
    )
    uow.publish(facts.person_recorded(person), about=person)
    return person
