"""The page of a hand-off's papers, and the page by which anybody checks a letter."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Path as PathPart
from fastapi import Request
from fastapi.responses import Response

from services.casework.handoff.disclosures.domain import entry_for
from services.casework.handoff.handoffs.domain import OPEN, HandoffState
from services.casework.handoff.handoffs.queries import party_handoff
from services.casework.office.directory.pages import directory_of
from services.casework.office.directory.queries import pack_in_force
from services.casework.papers.documents.adapter import taken
from services.casework.papers.documents.api import as_download
from services.casework.papers.documents.commands import KeepDocument, keep_document
from services.casework.papers.documents.domain import DocumentKind
from services.casework.papers.documents.queries import documents_of, open_document
from services.casework.papers.letters import access, commands, domain, queries
from services.casework.papers.letters.adapter import new_token, press_of
from services.casework.papers.letters.commands import ReissueLetter
from services.casework.papers.letters.schemas import LetterFormIn, LetterIn, LetterVoidFormIn
from services.casework.papers.links.domain import digest_of
from services.casework.papers.links.queries import links_of
from services.chassis import clock
from services.chassis.pages import FileForm, Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"

LETTER_STATES = {"issued": "berlaku, belum ditandatangani", "signed": "berlaku", "void": "batal", "replaced": "diganti"}
REASONS = {
    "WRONG_CONTENT": "Isi keliru",
    "WRONG_RECEIVER": "Penerima keliru",
    "NOT_SENT": "Tidak jadi dikirim",
    "PAPER_LOST": "Kertas hilang atau rusak",
}
KINDS = {
    "LETTER": "Surat",
    "SIGNED_LETTER": "Surat bertanda tangan",
    "HANDOVER_PHOTO": "Foto berita acara",
    "OTHER": "Berkas lain",
}
MOVES = {"sign": "Unggah hasil pindai", "void": "Batalkan", "reissue": "Ganti surat"}
WORDS = {
    "letter_state": LETTER_STATES,
    "letter_reason": {**REASONS, "UNSPECIFIED": "tanpa alasan"},
    "letter_move": MOVES,
    "document_kind": KINDS,
    "field": {"is_further": "Surat lain", "letter_id": "Surat", "signer": "Penanda tangan", "berkas": "Berkas"},
    "field.reason_code": REASONS,
    "done": {
        "letter-issued": "Tercatat: surat dibuat. Unduh, cetak, lalu minta ditandatangani.",
        "letter-voided": "Tercatat: surat dibatalkan.",
        "letter-reissued": "Tercatat: surat diganti dengan nomor baru.",
        "letter-signed": "Tercatat: hasil pindai dilampirkan.",
        "document-kept": "Tercatat: berkas disimpan.",
    },
}
Token = Annotated[str, PathPart(pattern=r"^[A-Za-z0-9_-]{16,64}$")]

router = page_router()


@router.get("/serah-terima/{handoff_id}/surat")
async def papers_page(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, page_requires("letter:read")], reading: Reading
) -> Response:
    """A hand-off's letters and scans, and what may be done with them now."""
    state = request.app.state
    handoff = await party_handoff(handoff_id, reading)
    tag_span(case_id=str(handoff.correlation_id), handoff_id=str(handoff.id))
    pack = await pack_in_force(reading, handoff.district)
    head = pack.letterhead
    may_write = caller.agency == pack.office and bool(caller.roles & access.PERMISSIONS["letter:write"])
    kind = entry_for(handoff.purpose, pack.kind_of(handoff.to_agency)).letter
    is_running = handoff.state in OPEN and handoff.state != HandoffState.DRAFT
    letters = await queries.letters_of(handoff, reading)
    directory = await directory_of(reading, [handoff.district])
    rendered: Response = state.pages.render(
        request,
        "papers.html",
        handoff=handoff,
        letters=letters,
        moves={letter.id: domain.legal_now(letter.state) if may_write else [] for letter in letters},
        numbers={letter.id: letter.number for letter in letters},
        days={letter.id: domain.day_in_words(letter.issued_on) for letter in letters},
        documents=await documents_of(handoff, reading),
        new_kind=kind if may_write and head and is_running else None,
        signers={signer.code: f"{signer.name}, {signer.title}" for signer in head.signers} if head else {},
        reasons=REASONS,
        standing=next((letter.number for letter in reversed(letters) if domain.holds(letter.state)), None),
        given_links=await links_of(handoff, reading) if may_write else None,
        may_link=may_write and is_running and handoff.to_agency != pack.office,
        may_open=bool(caller.roles & {"desk-officer", "caseworker", "duty-officer", "section-head"}),
        **directory.context(handoff.district),
    )
    return rendered


@router.get("/serah-terima/{handoff_id}/surat/{document_id}")
async def download(
    handoff_id: UUID,
    document_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("document:read")],
    reading: Reading,
) -> Response:
    """A letter or a scan, to its parties; the opening is logged."""
    state = request.app.state
    await party_handoff(handoff_id, reading)
    return await as_download(
        await open_document(document_id, reading, state.units, state.documents, state.settings.sealing_private_key)
    )


@router.post("/serah-terima/{handoff_id}/surat/buat")
async def post_letter(
    handoff_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("letter:write")],
    reading: Reading,
    form: Form,
) -> Response:
    """Make the letter."""
    await queries.note_printing(handoff_id, reading, request.app.state.units)
    press = press_of(request.app.state)
    command = form.read(LetterIn).command(handoff_id)
    return await form.write(lambda uow: commands.issue_letter(command, uow, press), "letter-issued")


@router.post("/serah-terima/{handoff_id}/surat/batalkan")
async def post_void(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("letter:write")], form: Form
) -> Response:
    """A letter holds no longer."""
    given = form.read(LetterVoidFormIn)
    return await form.write(
        lambda uow: commands.void_letter(given.letter_id, given.reason_code, None, uow), "letter-voided"
    )


@router.post("/serah-terima/{handoff_id}/surat/ganti")
async def post_reissue(
    handoff_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("letter:write")],
    reading: Reading,
    form: Form,
) -> Response:
    """A letter is made anew."""
    given = form.read(LetterVoidFormIn)
    await queries.note_printing(handoff_id, reading, request.app.state.units)
    press = press_of(request.app.state)
    command = ReissueLetter(
        given.letter_id, given.reason_code, clock.new_id(), clock.new_id(), new_token(), link_id=clock.new_id()
    )
    return await form.write(lambda uow: commands.reissue_letter(command, uow, press), "letter-reissued")


@router.post("/serah-terima/{handoff_id}/surat/pindaian")
async def post_signed_copy(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, page_requires("letter:write")], form: FileForm
) -> Response:
    """The scan of the copy signed by hand."""
    letter_id = form.read(LetterFormIn).letter_id
    scan = await taken(form.file)
    press, document_id = press_of(request.app.state), clock.new_id()
    return await form.write(
        lambda uow: commands.sign_letter_with_scan(letter_id, document_id, scan, uow, press), "letter-signed"
    )


@router.post("/serah-terima/{handoff_id}/surat/berkas")
async def post_document(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, page_requires("document:write")], form: FileForm
) -> Response:
    """A scan of something else."""
    state = request.app.state
    content = await taken(form.file)
    keep = KeepDocument(clock.new_id(), handoff_id, DocumentKind.HANDOVER_PHOTO, content)
    private_key = state.settings.sealing_private_key
    return await form.write(lambda uow: keep_document(keep, uow, state.documents, private_key), "document-kept")


@router.get("/surat/{token}", tags=["public"])
async def check_page(token: Token, request: Request) -> Response:
    """Whether a letter holds: number, kind, office and day, no person."""
    state = request.app.state
    found = await queries.check_letter(digest_of(token), state.units)
    rendered: Response = state.pages.render(
        request,
        "letter-check.html",
        found=found,
        link_address=f"{state.root_path}/pintu/{token}" if found.is_valid and found.letter.link_id else None,
        day=domain.day_in_words(found.letter.issued_on),
    )
    rendered.headers["Referrer-Policy"] = "no-referrer"
    return rendered
