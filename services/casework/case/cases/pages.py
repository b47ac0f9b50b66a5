"""The list of cases; mother and child tied; a hand-over written down."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import StringConstraints

from services.casework.case.cases import commands, queries
from services.casework.case.cases.domain import CaseState, Whose
from services.casework.case.cases.queries import case_of
from services.casework.case.cases.schemas import CaseDuplicateIn, TieFormIn, UndoDuplicateIn, UntieIn
from services.casework.office.case_types.domain import CASE_TYPES, DUPLICATE, NOT_MET, OTHER_TYPE
from services.casework.office.directory.pages import directory_of
from services.casework.person.custody.commands import record_custody
from services.casework.person.custody.domain import PARTIES_WITHOUT_A_DESK, CustodianKind, ObservedState, Proof
from services.casework.person.custody.pages import OBSERVED_STATES, PARTIES
from services.casework.person.custody.schemas import CustodyIn, PartyText
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.pages.places import places_near
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import PlaceText, Reading, ReferenceText, RequestBody, ShortText

TEMPLATES = Path(__file__).parent / "templates"
PAGE_ROWS = 50

STATES = {"open": "dalam pelayanan", "aftercare": "pascalayanan", "closed": "ditutup"}
OF_TYPES = CASE_TYPES.known.words()
STAGES = OF_TYPES["stage"]
OUTCOMES = OF_TYPES["outcome"]
AID = {
    "requested": "dimintakan",
    "entitled": "hak ditetapkan",
    "credited": "sudah masuk rekening",
    "refused": "ditolak",
    "failed": "gagal dibayar",
    "ended": "tidak dibayarkan lagi",
}
CASE_MOVES = {
    "enter_stage": "Masuki tahap berikutnya",
    "record_outcome": "Catat hasil pelayanan",
    "close": "Tutup",
    "force_close": "Tutup paksa",
    "mark_duplicate": "Tandai ganda",
    "undo_duplicate": "Cabut tanda ganda",
}
ENDED_BY_OUTCOME = {
    **{kind.not_this_type.code: kind.not_this_type.text for kind in CASE_TYPES},
    OTHER_TYPE.code: OTHER_TYPE.text,
    NOT_MET.code: "Orangnya tidak dijumpai",
    DUPLICATE.code: "Perkara ganda",
    "DUPLICATE_UNDONE": "Tanda ganda dicabut",
}
"""Why a hand-off ends with the service of its case, where a hand-off itself has no such reason."""
HANGING = {
    "HANDOFF": "Pekerjaan yang sudah disanggupi",
    "CUSTODY": "Dua pihak menguasai orang ini",
    "FAMILY": "Kaitan ibu dan anak",
}
WHOSE = {"mine": "Saya", "nobodys": "Belum ada petugas"}
WORDS = {
    "whose": WHOSE,
    "hanging": HANGING,
    "case_type": OF_TYPES["case_type"],
    "case_state": STATES,
    "case_move": CASE_MOVES,
    "stage": STAGES,
    "outcome": OUTCOMES,
    "aid_state": AID,
    "handoff_reason": ENDED_BY_OUTCOME,
    "field": {
        "taker": "Yang menerima",
        "from_agency": "Yang menyerahkan",
        "belongings_note": "Barang bawaan",
        "child_number": "Nomor perkara anak",
        "parent_case_id": "Perkara induk",
    },
    "done": {
        "case-tied": "Tercatat: ibu dan anak dikaitkan; pindah diminta bagi keduanya.",
        "case-untied": "Tercatat: kaitan ibu dan anak dilepas.",
        "case-doubled": "Tercatat: perkara ini ganda. Tanda ini dapat dicabut di bawah.",
        "case-undoubled": "Tercatat: tanda ganda dicabut. Perkara berjalan lagi.",
        "custody-recorded": "Tercatat. Lihat rantai penguasaan pada halaman perkara.",
    },
}

router = page_router()


@router.get("/perkara")
async def case_list(
    request: Request,
    caller: Annotated[Principal, page_requires("case:read")],
    reading: Reading,
    keadaan: CaseState | None = None,
    petugas: Whose | None = None,
    setelah: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The cases of the caller's districts, in order of their opening."""
    rows = await queries.list_cases(reading, keadaan.value if keadaan else None, setelah, PAGE_ROWS, petugas)
    directory = await directory_of(reading, {row.district for row in rows} | set(caller.offices))
    rendered: Response = request.app.state.pages.render(
        request,
        "cases.html",
        cases=rows,
        chosen=keadaan.value if keadaan else "",
        following=rows[-1].id if len(rows) == PAGE_ROWS else None,
        case_states=STATES,
        whose=petugas.value if petugas else "",
        all_whose=WHOSE,
        **directory.context(),
    )
    return rendered


@router.post("/perkara/{case_id}/ikat")
async def post_tie(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:act")], reading: Reading, form: Form
) -> Response:
    """Mother and child belong together."""
    other = await queries.case_of_number(form.read(TieFormIn).child_number, reading)
    return await form.write(lambda uow: commands.tie_mother_and_child(case_id, other.id, uow), "case-tied")


@router.post("/perkara/{case_id}/lepas")
async def post_untie(case_id: UUID, caller: Annotated[Principal, page_requires("case:act")], form: Form) -> Response:
    """They belong together no longer."""
    other = form.read(UntieIn).other_case_id
    return await form.write(lambda uow: commands.untie(case_id, other, uow), "case-untied")


@router.get("/perkara/{case_id}/ganda")
async def duplicate_page(
    case_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("case:act")],
    reading: Reading,
    induk: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Which case goes on for this one, and what marking it would do, before it is done."""
    case = await case_of(case_id, reading)
    found = await queries.preview_duplicate(case_id, induk.strip(), reading) if induk.strip() else None
    rendered: Response = request.app.state.pages.render(
        request,
        "duplicate.html",
        case=case,
        found=found,
        asked=induk,
        **(await directory_of(reading, [case.district])).context(case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/ganda/tandai")
async def post_page_duplicate(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:act")], form: Form
) -> Response:
    """Mark it."""
    command = form.read(CaseDuplicateIn).command(case_id)
    return await form.write(lambda uow: commands.mark_duplicate(command, uow), "case-doubled")


@router.post("/perkara/{case_id}/ganda/cabut")
async def post_page_undo_duplicate(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:act")], form: Form
) -> Response:
    """Take the mark back."""
    seen = form.read(UndoDuplicateIn).expected_version
    return await form.write(lambda uow: commands.undo_duplicate(case_id, seen, uow), "case-undoubled")


class CustodyFormIn(RequestBody):
    """A page's record of a hand-over: who took the person, as ``KIND:code``; the time is the district's wall clock."""

    taker: Annotated[str, StringConstraints(pattern=r"^(AGENCY|CARRIER|FAMILY|OTHER):[a-z0-9._-]{1,64}$")]
    from_agency: PartyText | None = None
    happened_local: datetime
    place_code: PlaceText
    observed_state: ObservedState
    ba_number: ReferenceText | None = None
    belongings_note: ShortText | None = None

    def custody(self, case_id: UUID, zone: str) -> CustodyIn:
        """As the API takes it; a number of the berita acara means that it was signed."""
        kind, code = self.taker.split(":", 1)
        return CustodyIn(
            about_id=case_id,
            to_kind=CustodianKind(kind),
            to_agency=code,
            from_agency=self.from_agency,
            happened_at=self.happened_local.replace(tzinfo=ZoneInfo(zone)),
            place_code=self.place_code,
            observed_state=self.observed_state,
            ba_number=self.ba_number,
            proof=Proof.SIGNED if self.ba_number else Proof.NONE,
            belongings_note=self.belongings_note,
        )


def takers(names: Mapping[str, str]) -> dict[str, str]:
    """Who can have taken a person: agencies of the pack, and parties without a desk."""
    outside = {
        f"{kind.value}:{code}": PARTIES[code] for kind, codes in PARTIES_WITHOUT_A_DESK.items() for code in codes
    }
    return {f"AGENCY:{code}": name for code, name in names.items()} | outside


@router.get("/perkara/{case_id}/serah-terima-orang")
async def custody_form_page(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("case:act")], reading: Reading
) -> Response:
    """The form in which a hand-over that has happened is written down."""
    case = await case_of(case_id, reading)
    tag_span(case_id=str(case.correlation_id))
    directory = await directory_of(reading, [case.district])
    rendered: Response = request.app.state.pages.render(
        request,
        "custody-form.html",
        case=case,
        takers=takers(directory.names),
        givers={**directory.names, **PARTIES},
        observed_states=OBSERVED_STATES,
        places=places_near(case.district),
        **directory.context(case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/serah-terima-orang/catat")
async def post_custody_form(
    case_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("case:act")],
    reading: Reading,
    form: Form,
) -> Response:
    """Write it down; what it contradicts becomes a finding."""
    case = await case_of(case_id, reading)
    zone = (await directory_of(reading, [case.district])).zone(case.district)
    command = form.read(CustodyFormIn).custody(case_id, zone).command()
    private_key = request.app.state.settings.sealing_private_key
    return await form.write(lambda uow: record_custody(command, uow, private_key), "custody-recorded")
