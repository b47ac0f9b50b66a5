"""Where a person is now, and who stays with an agency tonight."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import Response

from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.directory.pages import directory_of
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
from services.casework.person.custody import access, commands, queries
from services.casework.person.custody.domain import legal_claim_moves
from services.casework.person.custody.schemas import ClaimFormIn
from services.casework.person.custody.tables import CustodyClaim
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 25

PARTIES = {"ambulance": "Ambulans", "escort": "Pengawal", "family": "Keluarga", "other": "Pihak di luar daftar"}
CUSTODIANS = {"AGENCY": "Instansi", "CARRIER": "Pengantar", "FAMILY": "Keluarga", "OTHER": "Pihak di luar daftar"}
PROOFS = {"SIGNED": "Berita acara ditandatangani", "PHOTO": "Foto berita acara", "NONE": "Belum ada bukti"}
BELONGINGS = {
    "CLOTHES": "Pakaian",
    "BAG": "Tas",
    "MONEY": "Uang",
    "PHONE": "Telepon",
    "IDENTITY_PAPER": "Surat identitas",
    "OTHER_PAPER": "Surat lain",
    "MEDICINE": "Obat",
    "VALUABLE": "Barang berharga",
    "AID_DEVICE": "Alat bantu",
    "OTHER_THING": "Barang lain",
}
OBSERVED_STATES = {
    "STABLE": "Stabil",
    "AGITATED": "Gelisah",
    "ILL": "Sakit",
    "INJURED": "Terluka",
    "UNCONSCIOUS": "Tidak sadar",
    "UNKNOWN": "Belum diketahui",
}
"""In what state a person was seen when taken over: the one list."""
ENDINGS = {
    "RETURNED_HOME": "sudah pulang",
    "PLACED": "sudah ditempatkan",
    "TRANSFERRED": "dilimpahkan",
    "ABSCONDED": "pergi tanpa pamit",
    "DUPLICATE": "perkaranya ganda",
    "REVOKED": "kejadiannya dicabut",
    "DUPLICATE_UNDONE": "perkaranya ternyata tidak ganda",
    "BURIED": "sudah dimakamkan",
}
"""Why nobody has the person in hand any more."""
CLAIM_STATES = {
    "claimed": "menunggu jawaban",
    "contested": "disangkal, menunggu keputusan kantor",
    "confirmed": "dibenarkan",
    "refused": "ditolak",
}
CLAIM_MOVES = {"confirm": "Benar, orang ini sudah diserahkan", "contest": "Tidak benar", "refuse": "Tolak pernyataan"}
WORDS = {
    "claim_state": CLAIM_STATES,
    "claim_move": CLAIM_MOVES,
    "field": {"answer": "Jawaban"},
    "field.answer": CLAIM_MOVES,
    "done": {"claim-answer": "Tercatat: pernyataan dijawab."},
    "party": PARTIES,
    "custodian_kind": CUSTODIANS,
    "proof": PROOFS,
    "belonging": BELONGINGS,
    "observed_state": OBSERVED_STATES,
    "custody_end": ENDINGS,
    "field.from_agency": PARTIES,
    "field.observed_state": OBSERVED_STATES,
}

router = page_router()


@router.get("/orang/{person_id}")
async def whereabouts_page(
    person_id: UUID, request: Request, caller: Annotated[Principal, page_requires("custody:read")], reading: Reading
) -> Response:
    """Where a person is now; the name only to whoever may read it, and logged."""
    state = request.app.state
    found = await queries.where_is(reading, person_id)
    custody = found.custody
    tag_span(case_id=str(custody.correlation_id))
    private_key = state.settings.sealing_private_key
    names_known = await queries.names_of(reading, [custody], state.units, private_key)
    directory = await directory_of(reading, [custody.district])
    office = (await pack_in_force(reading, custody.district)).office
    rendered: Response = state.pages.render(
        request,
        "whereabouts.html",
        found=found,
        custody=custody,
        findings=found.findings,
        may_name=person_id in names_known,
        name=names_known.get(person_id),
        note=await queries.note_of(reading, custody, state.units, private_key),
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        may_tell=custody.about_kind == AboutKind.CASE
        and custody.until is None
        and custody.agency == caller.agency
        and bool(caller.roles & access.PERMISSIONS["custody:record"]),
        claims=[(claim, _answers(caller, claim, office)) for claim in found.claims],
        **directory.context(custody.district),
    )
    return rendered


def _answers(caller: Principal, claim: CustodyClaim, office: str) -> dict[str, str]:
    """What the caller may say to a claim now, with its words."""
    if not caller.roles & access.PERMISSIONS["custody:record"]:
        return {}
    sides = access.claim_sides(caller, office, claim.against)
    return {move: CLAIM_MOVES[move] for side in sides for move in legal_claim_moves(claim.state, side)}


@router.post("/orang/{person_id}/jawab-pernyataan")
async def post_claim_answer(
    person_id: UUID, caller: Annotated[Principal, page_requires("custody:record")], form: Form
) -> Response:
    """Confirm, contest or refuse what another agency says about this person's custody."""
    asked = form.read(ClaimFormIn)
    return await form.write(lambda uow: commands.answer_claim(asked.command(asked.claim_id), uow), "claim-answer")


@router.get("/bermalam")
async def night_page(
    request: Request,
    caller: Annotated[Principal, page_requires("custody:read")],
    reading: Reading,
    instansi: Annotated[str | None, Query(pattern=r"^[a-z0-9._-]{1,64}$")] = None,
    setelah: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Whom an agency has in hand now; names only to whoever may read them, each logged."""
    state = request.app.state
    night = await queries.who_stays(reading, instansi, setelah, PAGE_ROWS)
    names_known = await queries.names_of(reading, night.rows, state.units, state.settings.sealing_private_key)
    directory = await directory_of(reading, {row.district for row in night.rows} | set(caller.offices))
    rendered: Response = state.pages.render(
        request,
        "night.html",
        night=night,
        people=names_known,
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        following=night.rows[-1].id if len(night.rows) == PAGE_ROWS else None,
        **directory.context(),
    )
    return rendered
