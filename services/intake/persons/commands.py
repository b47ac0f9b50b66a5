"""The only code that changes persons."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from services.chassis import sealing
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound
from services.intake.persons import domain, facts, repository
from services.intake.persons.domain import REGISTRY, SAID, Description, IdentityStatus
from services.intake.persons.tables import Person, PersonKey


@dataclass(frozen=True, slots=True)
class Sealer:
    """What intake needs to seal: its own private key (base64) and every reader's public key, itself included."""

    private_key: str
    recipients: Mapping[str, bytes]

    def nik_digest(self, nik: str) -> bytes:
        """A keyed digest by which the same NIK is found again without storing it readable."""
        return hmac.digest(base64.b64decode(self.private_key), nik.encode(), hashlib.sha256)

    def tracking_secret(self, report_id: UUID) -> bytes:
        """Out of which a report's tracking code is made: the same whenever it is asked for, and kept nowhere."""
        return hmac.digest(base64.b64decode(self.private_key), b"tracking code:" + report_id.bytes, hashlib.sha256)

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
    circumstances: str | None = None


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
        sealed=sealing.seal(
            {**description.sealed_fields(), f"{SAID}sex": description.sex, "circumstances": command.circumstances},
            person_key,
        ),
    )
    uow.create(person, "register")
    uow.insert(keyring)
    uow.publish(facts.person_key_issued(keyring), about=person)
    uow.publish(facts.person_recorded(person), about=person)
    return person


@dataclass(frozen=True, slots=True)
class HearRegistry:
    """What a registry told of a person. ``is_match``: it says that this is somebody, whole and readable."""

    person_id: UUID
    told: Description
    as_told: str
    is_match: bool


async def hear_registry(command: HearRegistry, uow: UnitOfWork, sealer: Sealer, today: date) -> tuple[str, ...]:
    """Believe a registry's person if nothing that was said speaks against it; else keep both sides for a decision.

    Answers in what they differ; nothing when the identity was bound. Raises ``NotFound`` for an erased person.
    """
    opened = await _open(command.person_id, uow, sealer)
    said = Description.of(opened.fields, opened.person.sex)
    differs = domain.differences(said, command.told, today)
    if command.is_match and not differs:
        _bind(opened, command.told, uow, sealer, today)
        return ()
    told = {**command.told.sealed_fields(), "sex": command.told.sex, "answer": command.as_told or None}
    beside = {f"{REGISTRY}{name}": value for name, value in told.items() if value is not None}
    _seal(opened, "hear_registry", {**opened.fields, **beside}, uow)
    return differs


async def settle_identity(person_id: UUID, is_same: bool, uow: UnitOfWork, sealer: Sealer, today: date) -> None:
    """A person decided whether the registry's words are of ours: they are believed, or go.

    Raises ``NotFound`` for an erased person. Nothing changes when no words of a registry wait.
    """
    opened = await _open(person_id, uow, sealer)
    told = {name.removeprefix(REGISTRY): v for name, v in opened.fields.items() if name.startswith(REGISTRY)}
    if not told:
        return
    opened.fields = {name: v for name, v in opened.fields.items() if not name.startswith(REGISTRY)}
    if is_same and told.get("nik") and told.get("name"):
        _bind(opened, Description.of(told, told.get("sex")), uow, sealer, today)
    else:
        _seal(opened, "refuse_identity", opened.fields, uow)


async def decide_age(person_id: UUID, is_adult: bool, decided_at: datetime, uow: UnitOfWork) -> None:
    """Two people decided that somebody is an adult, or it was taken back; the last word stands, a registry's over it.

    Nothing for a person whom intake does not know.
    """
    person = await repository.known(uow, person_id)
    if person is None:
        return
    is_older = person.age_decided_at is not None and decided_at <= person.age_decided_at
    if is_older or person.identity_status == IdentityStatus.MATCHED:
        return
    uow.change(person, "decide_age", happened_at=decided_at, is_decided_adult=is_adult, age_decided_at=decided_at)
    uow.publish(facts.person_recorded(person), about=person)


@dataclass(slots=True)
class _Opened:
    """A person whose fields are in clear, for one command."""

    person: Person
    key: bytes
    fields: dict[str, str | None]


async def _open(person_id: UUID, uow: UnitOfWork, sealer: Sealer) -> _Opened:
    person = await uow.locked(Person, person_id)
    keyring = await repository.key_of(uow, person_id)
    if keyring is None or person.sealed is None:
        raise NotFound(kind="person_key")
    key = sealing.unwrap(base64.b64decode(keyring.wrapped["intake"]), sealer.private_key)
    return _Opened(person, key, sealing.unseal(person.sealed, key))


AS_SAID = ("approximate_age_years", "features", f"{SAID}sex", "circumstances")
"""What a reporter saw of somebody, which no registry replaces."""


def _bind(opened: _Opened, told: Description, uow: UnitOfWork, sealer: Sealer, today: date) -> None:
    """The same person, now known; what was said of them stays beside it."""
    assert told.nik is not None
    said = {
        f"{SAID}{name}": opened.fields.get(name) for name in ("name", "nik", "birth_date") if opened.fields.get(name)
    }
    kept = {name: opened.fields.get(name) for name in AS_SAID}
    sex = told.sex or opened.person.sex
    is_minor = domain.is_minor_by_registry(told.nik, told.birth_date, today, until_now=opened.person.is_minor)
    _seal(
        opened,
        "bind_identity",
        {**told.sealed_fields(), **kept, **said},
        uow,
        identity_status=IdentityStatus.MATCHED.value,
        nik_level="DUKCAPIL_MATCHED",
        nik_digest=sealer.nik_digest(told.nik),
        sex=sex,
        apparent_minor=is_minor,
        is_decided_adult=False,
    )


def _seal(opened: _Opened, verb: str, fields: Mapping[str, str | None], uow: UnitOfWork, **changes: Any) -> None:
    uow.change(opened.person, verb, sealed=sealing.seal(dict(fields), opened.key), **changes)
    uow.publish(facts.person_recorded(opened.person), about=opened.person)
