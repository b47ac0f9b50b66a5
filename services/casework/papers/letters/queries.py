"""Read models of letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.casework.handoff.disclosures.domain import entry_for
from services.casework.handoff.handoffs.queries import party_handoff
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.papers.letters import access, domain, repository
from services.casework.papers.letters.tables import Letter
from services.chassis.database import ReadSession, Units
from services.chassis.errors import NotFound
from services.chassis.persons import log_special_read
from services.chassis.principal import system_principal


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody who holds a letter may learn of it: no person, no case, no receiver."""

    number: str
    kind: str
    office: str
    letter: Letter
    is_valid: bool


async def letters_of(handoff: Handoff, reading: ReadSession) -> Sequence[Letter]:
    """A hand-off's letters, oldest first."""
    return await repository.of_handoff(reading, handoff.id)


async def letter_of(letter_id: UUID, reading: ReadSession) -> Letter:
    """One letter, to the parties of its hand-off. Raises ``NotFound``."""
    letter = await repository.one(reading, letter_id)
    if letter is None:
        raise NotFound(kind="letters")
    await party_handoff(letter.handoff_id, reading)
    return letter


async def note_printing(handoff_id: UUID, reading: ReadSession, units: Units) -> tuple[Handoff, CaseworkPack]:
    """Before a letter is made: that the caller may, and in the log that they see the package's fields on paper.

    Raises ``NotFound`` to whoever is no party, ``LetterIsTheOffices``.
    """
    handoff = await party_handoff(handoff_id, reading)
    pack = await pack_in_force(reading, handoff.district)
    access.check_writer(reading.principal, pack.office)
    fields = sorted(entry_for(handoff.purpose, pack.kind_of(handoff.to_agency)).fields)
    if fields:
        await log_special_read(
            units, reading.principal, handoff.purpose, "handoffs", handoff.id, fields, handoff.district
        )
    return handoff, pack


async def check_letter(token_digest: str, units: Units) -> Checked:
    """A letter by its QR code, for anybody. Raises ``NotFound``."""
    async with units.reading(system_principal("casework")) as reading:
        letter = await repository.by_token(reading, token_digest)
        if letter is None:
            raise NotFound(kind="letters")
        pack = await pack_in_force(reading, letter.district)
        return Checked(
            number=letter.number,
            kind=letter.kind,
            office=pack.agency(letter.office).name,
            letter=letter,
            is_valid=letter.state in domain.VALID,
        )
