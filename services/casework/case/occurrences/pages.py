"""The page on which a worker sees what an event will do, and then records it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.occurrences import access, commands, queries
from services.casework.case.occurrences.commands import RecordOccurrence
from services.casework.case.occurrences.domain import (
    REVOKE,
    Occurrence,
    RevocationState,
    fingerprint,
    last_standing,
)
from services.casework.case.occurrences.schemas import Fingerprint, Kind, RevocationDecisionIn, RevocationIn
from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.office.directory.pages import directory_of
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading, RequestBody

TEMPLATES = Path(__file__).parent / "templates"

KINDS = {
    "DIED": "Meninggal dunia",
    "ABSCONDED": "Pergi tanpa pamit",
    "FOUND_AGAIN": "Ditemukan kembali",
    "NOT_THIS_TYPE": "Ternyata bukan jenis perkara ini",
    "SENT_ON": "Dikirim pulang atau ke daerah lain",
}
ENDED_BY_OCCURRENCE = {"SENT_ON": "Dikirim pulang atau ke daerah lain", "REVOKED": "Kejadiannya dicabut"}
"""Why a hand-off ends with what happened to its person, where neither a hand-off nor a case has such a reason."""
REVOCATION_REASONS = {
    "WRONG_PERSON": "Ternyata orang lain",
    "WRONGLY_TOLD": "Kabarnya keliru",
    "ENTERED_IN_ERROR": "Salah catat",
}
REVOCATION_MOVES = {"confirm": "Setujui pencabutan", "refuse": "Tolak pencabutan"}
ITEMS = {
    "NOT_ACCEPTED": "Permintaan yang belum disanggupi",
    "ACCEPTED": "Kesanggupan yang belum tiba",
    "IN_PROGRESS": "Pekerjaan yang berjalan",
    "AID": "Bantuan",
    "VISIT": "Kunjungan",
    "CUSTODY": "Penguasaan atas orang",
    "TASK": "Tugas lain",
    "SERVICE": "Pelayanan",
    "CONDITION": "Syarat yang masih ditunggu",
}
DISPOSITIONS = {
    "EXPIRES": "tidak berlaku lagi",
    "EXPIRES_UNLESS_SEARCH": "tidak berlaku lagi, kecuali pencarian",
    "EXPIRES_AND_NOTIFIED": "tidak berlaku lagi, penerima diberi tahu",
    "FAILS": "berakhir tanpa hasil; laporannya masih dapat menyusul",
    "RECEIVER_ASKED": "penerima diminta melepaskan",
    "GOES_ON": "tetap berjalan",
    "NEW_REQUEST_PROPOSED": "dapat diminta baru",
    "MAY_REOPEN": "dapat dikerjakan lagi",
    "HELD": "ditahan dahulu",
    "RELEASED": "dilepas kembali",
    "RECHECKED": "ditahan dan diperiksa ulang",
    "GOES_ALONG": "ikut orangnya",
    "ENDS": "berakhir",
    "PAUSED": "dihentikan sementara",
    "RESUMED": "dijalankan lagi",
    "REPLACED": "diganti",
    "HANDED_ON": "diserahkan kepada daerah tujuan",
    "STAYS_UNTIL_BURIAL": "tetap pada pemegangnya sampai pemakaman",
    "CLOSES_AS_UNKNOWN": "berakhir, tempat terakhir dicatat",
    "NEW_ROW": "dicatat baru saat diserahterimakan",
    "UNCHANGED": "tidak berubah",
    "MOVES_BY_SIGNATURE": "berpindah dengan tanda tangan",
    "JOINED": "digabung",
    "RESOLVE_FIRST": "harus diselesaikan dahulu",
    "MUST_BE_EMPTY": "harus sudah tidak ada",
    "MUST_BE_DECIDED": "harus sudah diputuskan",
    "BLOCKS": "menghalangi penutupan",
    "ASKED": "diminta melanjutkan",
    "OPENED": "dibuka",
    "DISPOSITION_CHOSEN": "nasibnya harus dipilih",
    "NEVER_FORCED": "tidak dapat dipaksa",
    "NOTHING": "tidak ada akibat",
}
WORDS = {
    "occurrence": {**KINDS, "REVOKE": "Cabut kejadian terakhir"},
    "revocation_reason": REVOCATION_REASONS,
    "revocation_move": REVOCATION_MOVES,
    "occurrence_item": ITEMS,
    "occurrence_disposition": DISPOSITIONS,
    "handoff_reason": ENDED_BY_OCCURRENCE,
    "field": {"kind": "Kejadian", "expected_fingerprint": "Akibat yang ditampilkan"},
    "field.kind": KINDS,
    "done": {
        "occurrence-recorded": "Tercatat. Akibatnya sudah dijalankan seperti yang ditampilkan.",
        "revocation-proposed": "Tercatat: pencabutan diusulkan dan menunggu keputusan orang lain.",
        "revocation-confirmed": "Kejadian dicabut. Yang berakhir karenanya kembali atau dibawa ke rapat perkara.",
        "revocation-refused": "Pencabutan ditolak; kejadian tetap berlaku.",
    },
}

router = page_router()


class OccurrenceFormIn(RequestBody):
    """A page's record of what happened, as it was shown; the time is the district's wall clock."""

    kind: Kind
    happened_local: datetime
    expected_fingerprint: Fingerprint


@router.get("/perkara/{case_id}/kejadian")
async def occurrence_page(
    case_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("occurrence:record")],
    reading: Reading,
    kind: Kind | None = None,
) -> Response:
    """What happened so far, what can be told, and what it would do."""
    view = await queries.happened(case_id, reading)
    case, proposal = view.case, view.proposal
    tellable = [code for code in view.legal_now if code in KINDS]
    last = last_standing(view.rows) if REVOKE in view.legal_now else None
    chosen = kind if kind in tellable else None
    found = await queries.preview(case_id, Occurrence(chosen), reading) if chosen else []
    rendered: Response = request.app.state.pages.render(
        request,
        "occurrence.html",
        case=case,
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        rows=view.rows,
        late=view.late,
        last=last if caller.roles & access.PERMISSIONS["case:propose-revocation"] else None,
        proposal=proposal,
        proposed=next((row for row in view.rows if proposal and row.id == proposal.occurrence_id), None),
        may_decide=bool(caller.roles & access.PERMISSIONS["case:decide-revocation"])
        and proposal is not None
        and proposal.proposed_by != caller.actor,
        revocation_reasons=REVOCATION_REASONS,
        tellable={code: KINDS[code] for code in tellable},
        chosen=chosen,
        consequences=found,
        fingerprint=fingerprint(found),
        became=view.consequences,
        **(await directory_of(reading, [case.district])).context(case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/kejadian/catat")
async def post_occurrence(
    case_id: UUID, caller: Annotated[Principal, page_requires("occurrence:record")], reading: Reading, form: Form
) -> Response:
    """Record it."""
    told = form.read(OccurrenceFormIn)
    zone = (await directory_of(reading, caller.offices)).zone()
    happened_at = told.happened_local.replace(tzinfo=ZoneInfo(zone))
    command = RecordOccurrence(
        case_id, Occurrence(told.kind), happened_at, expected_fingerprint=told.expected_fingerprint
    )
    return await form.write(lambda uow: commands.record_occurrence(command, uow), "occurrence-recorded")


class RevocationFormIn(RevocationIn):
    """A page's request to revoke the occurrence that it shows."""

    occurrence_id: UUID


class RevocationDecisionFormIn(RevocationDecisionIn):
    """The page's form names the revocation that it decides on: another one may wait by now."""

    revocation_id: UUID


@router.post("/perkara/{case_id}/kejadian/cabut")
async def post_page_revocation(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:propose-revocation")], form: Form
) -> Response:
    """Ask that it be revoked."""
    asked = form.read(RevocationFormIn)
    command = asked.command(case_id, asked.occurrence_id)
    return await form.write(lambda uow: commands.propose_revocation(command, uow), "revocation-proposed")


@router.post("/perkara/{case_id}/kejadian/setuju")
async def post_page_confirmation(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:decide-revocation")], form: Form
) -> Response:
    """The other person confirms."""
    return await _decide(RevocationState.CONFIRMED, form)


@router.post("/perkara/{case_id}/kejadian/tolak")
async def post_page_refusal(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:decide-revocation")], form: Form
) -> Response:
    """The other person refuses."""
    return await _decide(RevocationState.REFUSED, form)


async def _decide(state: RevocationState, form: Form) -> Response:
    seen = form.read(RevocationDecisionFormIn)
    return await form.write(
        lambda uow: commands.decide_revocation(seen.revocation_id, state, seen.expected_version, uow),
        f"revocation-{state.value}",
    )
