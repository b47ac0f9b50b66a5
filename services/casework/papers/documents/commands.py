"""The only code that keeps documents."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.handoff.handoffs.queries import handoff_of
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.papers.documents import access, domain
from services.casework.papers.documents.domain import Content, DocumentKind, DocumentState, Store
from services.casework.papers.documents.tables import Document, DocumentKey
from services.chassis import sealing
from services.chassis.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class KeepDocument:
    """A scan for a hand-off. ``document_id`` is given before the transaction, so that a second try writes no double."""

    document_id: UUID
    handoff_id: UUID
    kind: DocumentKind
    content: Content


async def keep_document(command: KeepDocument, uow: UnitOfWork, store: Store, private_key: str) -> Document:
    """Keep a party's scan. Raises ``NotFound`` to whoever is no party, ``StoreIsAway``."""
    handoff = await handoff_of(uow, command.handoff_id)
    access.check_party(uow.principal, handoff.from_agency, handoff.to_agency)
    return await put_away(command, handoff, uow, store, private_key)


async def put_away(
    command: KeepDocument, handoff: Handoff, uow: UnitOfWork, store: Store, private_key: str
) -> Document:
    """Seal the content with a key of its own, store it, then write the row.

    The bytes lie there before the row says so: a try that is rolled back leaves bytes that no key opens.
    """
    key = sealing.new_person_key()
    await store.put(domain.name_of(command.document_id), sealing.seal_bytes(command.content.body, key))
    document = Document(
        id=command.document_id,
        correlation_id=handoff.correlation_id,
        district=handoff.district,
        matter_id=handoff.about_id,
        handoff_id=handoff.id,
        kind=command.kind.value,
        media_type=command.content.media_type,
        size_bytes=len(command.content.body),
        digest=command.content.digest,
        uploaded_by=uow.principal.agency,
        state=DocumentState.KEPT.value,
    )
    uow.create(document, "keep")
    wrapped = sealing.wrap_for_owner(key, private_key)
    uow.insert(DocumentKey(document_id=document.id, district=document.district, wrapped_key=wrapped))
    return document
