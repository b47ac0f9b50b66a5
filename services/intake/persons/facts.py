"""What is said about persons: full state per message, personal fields sealed."""

import base64

from contracts.events.intake import PersonKeyIssued, PersonRecorded
from services.intake.persons.tables import Person, PersonKey


def person_recorded(person: Person) -> PersonRecorded:
    """The whole person as it now stands."""
    return PersonRecorded.model_validate(
        {
            "person_id": person.id,
            "identity_status": person.identity_status,
            "nik_level": person.nik_level,
            "sex": person.sex,
            "apparent_minor": person.is_minor,
            "merged_into": person.merged_into,
            "sealed": base64.b64encode(person.sealed).decode() if person.sealed else None,
        }
    )


def person_key_issued(key: PersonKey) -> PersonKeyIssued:
    """The key with which to unseal the person, wrapped for each service."""
    return PersonKeyIssued(person_id=key.person_id, wrapped=key.wrapped)
