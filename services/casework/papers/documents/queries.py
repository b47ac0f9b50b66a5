"""Reading documents; every opening is logged before a byte is shown."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.handoff.disclosures.domain import Reader, has_apprehended
from services.casework.handoff.handoffs.domain import OPEN, HandoffState
from services.casework.handoff.handoffs.queries import handoff_of
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.queries import pack_in_force
from services.casework.papers.documents import access, domain, repository
from services.casework.papers.documents.domain import DocumentIsDamaged, Store
from services.casework.papers.documents.tables import Document
from services.chassis import sealing
from services.chassis.database import ReadSession, UnitOfWork, Units
from services.chassis.errors import NotFound
from services.chassis.persons import log_special_read, person_known


@dataclass(frozen=True, slots=True)
class Opened:
    """A document in clear, for one answer."""

    document: Document
    body: bytes
    is_own: bool


async def documents_of(handoff: Handoff, reading: ReadSession) -> list[Document]:
    """What was handed in for a hand-off, without content."""
    return await repository.of_handoff(reading, handoff.id)


async def document_for(uow: UnitOfWork, document_id: UUID) -> Document | None:
    """A document's row, for a command that refers to it."""
    return await repository.one(uow, document_id)


async def open_document(
    document_id: UUID, reading: ReadSession, units: Units, store: Store, private_key: str
) -> Opened:
    """A document in clear, to a party of its hand-off that works with the person; the read is logged.

    Raises ``NotFound`` to everybody else, ``DocumentIsNotForYou``, ``PurposeHasEnded``, ``StoreIsAway``,
    ``DocumentIsDamaged``.
    """
    document = await repository.one(reading, document_id)
    key = await repository.key_of(reading, document_id)
    if document is None or key is None:
        raise NotFound(kind="documents")
    handoff = await handoff_of(reading, document.handoff_id)
    access.check_party(reading.principal, handoff.from_agency, handoff.to_agency)
    is_draft = handoff.state == HandoffState.DRAFT
    access.check_purpose(reading.principal, handoff.from_agency, is_open=handoff.state in OPEN, is_draft=is_draft)
    known = await person_known(reading, handoff.person_id)
    reader = Reader(
        reading.principal.agency, (await pack_in_force(reading, handoff.district)).kind_of(reading.principal.agency)
    )
    apprehended = has_apprehended(reader, handoff.purpose, handoff.from_agency)
    access.check_reader(
        reading.principal, named_child_was_apprehended=apprehended and (known is None or known.apparent_minor)
    )
    what = f"document:{document.kind}"
    await log_special_read(units, reading.principal, handoff.purpose, "handoffs", handoff.id, (what,), handoff.district)
    sealed = await store.get(domain.name_of(document.id))
    try:
        body = sealing.unseal_bytes(sealed, sealing.unwrap(key.wrapped_key, private_key))
        if domain.Content(document.media_type, body).digest != document.digest:
            raise DocumentIsDamaged
    except sealing.CannotUnseal:
        raise DocumentIsDamaged from None
    return Opened(document, body, is_own=reading.principal.agency == document.uploaded_by)
