"""HTTP routes of documents."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.casework.handoff.handoffs.queries import party_handoff
from services.casework.papers.documents import commands, queries
from services.casework.papers.documents.adapter import taken, without_metadata
from services.casework.papers.documents.commands import KeepDocument
from services.casework.papers.documents.domain import MEDIA_TYPES, Content, DocumentKind
from services.casework.papers.documents.schemas import DocumentOut, DocumentsOut
from services.chassis import clock
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["documents"])
BINARY = {"schema": {"type": "string", "format": "binary"}}
UPLOAD = {"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, BINARY)}}
ScanKind = Annotated[
    Literal["SIGNED_LETTER", "HANDOVER_PHOTO", "OTHER"], Query(description="Untuk apa berkas ini disimpan")
]


@router.post(
    "/handoffs/{handoff_id}/documents",
    response_model=DocumentOut,
    status_code=201,
    responses=problems(),
    openapi_extra=UPLOAD,
)
async def post_document(
    handoff_id: UUID,
    request: Request,
    caller: Annotated[Principal, requires("document:write")],
    reading: Reading,
    write: Write,
    kind: ScanKind = "OTHER",
) -> Response:
    """Simpan hasil pindai (PDF, JPEG, PNG; paling banyak 10 MiB) pada serah terima; isi permintaan adalah berkasnya."""
    state = request.app.state
    tag_span(handoff_id=str(handoff_id))
    await party_handoff(handoff_id, reading)
    body = await request.body()
    content = await taken(body)
    command = KeepDocument(clock.new_id(), handoff_id, DocumentKind(kind), content)
    private_key = state.settings.sealing_private_key
    return await write(
        lambda uow: commands.keep_document(command, uow, state.documents, private_key), DocumentOut.of, 201
    )


@router.get("/handoffs/{handoff_id}/documents", response_model=DocumentsOut, responses=problems())
async def get_documents(
    handoff_id: UUID, caller: Annotated[Principal, requires("document:read")], reading: Reading
) -> DocumentsOut:
    """Berkas pada serah terima, tanpa isinya; hanya untuk pengirim dan penerima."""
    tag_span(handoff_id=str(handoff_id))
    return DocumentsOut.of(await queries.documents_of(await party_handoff(handoff_id, reading), reading))


@router.get(
    "/documents/{document_id}",
    response_class=Response,
    responses={200: {"content": dict.fromkeys(MEDIA_TYPES, BINARY)}, **problems()},
)
async def get_document(
    document_id: UUID, request: Request, caller: Annotated[Principal, requires("document:read")], reading: Reading
) -> Response:
    """Isi berkas, hanya untuk pengirim dan penerima; setiap pembacaan dicatat."""
    state = request.app.state
    opened = await queries.open_document(
        document_id, reading, state.units, state.documents, state.settings.sealing_private_key
    )
    return await as_download(opened)


async def as_download(opened: queries.Opened) -> Response:
    """A document as an answer that no browser runs and no cache keeps; of a picture, others get no metadata."""
    content = Content(opened.document.media_type, opened.body)
    ending = opened.document.media_type.rsplit("/", 1)[-1]
    return Response(
        opened.body if opened.is_own else await without_metadata(content),
        media_type=opened.document.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{opened.document.id}.{ending}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
