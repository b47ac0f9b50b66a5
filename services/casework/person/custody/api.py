"""HTTP routes of custody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.casework.person.custody import commands, queries
from services.casework.person.custody.commands import Recorded
from services.casework.person.custody.schemas import (
    ClaimAnswerIn,
    ClaimOut,
    CustodyIn,
    CustodyReceipt,
    NightOut,
    ProofIn,
    WhereaboutsOut,
)
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import PageLimit, Reading, Write, problems

router = APIRouter(tags=["custody"])
AgencyText = Annotated[
    str, Query(pattern=r"^[a-z0-9._-]{1,64}$", description="Instansi lain, hanya untuk petugas kantor")
]


def _receipt(recorded: Recorded) -> CustodyReceipt:
    tag_span(case_id=str(recorded.row.correlation_id))
    return CustodyReceipt.of(recorded)


@router.post("/custodies", response_model=CustodyReceipt, status_code=201, responses=problems(409))
async def post_custody(
    request: Request, body: CustodyIn, caller: Annotated[Principal, requires("custody:record")], write: Write
) -> Response:
    """Catat serah terima orang yang sudah terjadi, juga bila terlambat; yang bertentangan menjadi temuan."""
    private_key = request.app.state.settings.sealing_private_key
    command = body.command()
    return await write(lambda uow: commands.record_custody(command, uow, private_key), _receipt, 201)


@router.post("/custodies/claims/{claim_id}/answer", response_model=CustodyReceipt, responses=problems(409))
async def post_claim_answer(
    claim_id: UUID, body: ClaimAnswerIn, caller: Annotated[Principal, requires("custody:record")], write: Write
) -> Response:
    """Benarkan atau sangkal pernyataan pihak lain bahwa orang ini sudah diterimanya; bila berbeda kantor memutuskan."""
    command = body.command(claim_id)
    return await write(lambda uow: commands.answer_claim(command, uow), _receipt, 200)


@router.get("/custodies/claims/{claim_id}", response_model=ClaimOut, responses=problems())
async def get_claim(
    claim_id: UUID, caller: Annotated[Principal, requires("custody:read")], reading: Reading
) -> ClaimOut:
    """Pernyataan bahwa orang ini sudah diterima, dan alasan sangkalan atau keputusannya."""
    return ClaimOut.of(await queries.show_claim(reading, claim_id))


@router.get("/custodies/tonight", response_model=NightOut, responses=problems())
async def get_tonight(
    caller: Annotated[Principal, requires("custody:read")],
    reading: Reading,
    agency: AgencyText | None = None,
    after: UUID | None = None,
    limit: PageLimit = 50,
) -> NightOut:
    """Siapa bermalam di sini malam ini: orang yang sekarang dijaga instansi Anda, tanpa nama."""
    return NightOut.of(await queries.who_stays(reading, agency, after, limit), limit)


@router.post("/custodies/{custody_id}/proof", response_model=CustodyReceipt, responses=problems(409))
async def post_proof(
    custody_id: UUID, body: ProofIn, caller: Annotated[Principal, requires("custody:record")], write: Write
) -> Response:
    """Berita acara yang ditandatangani, atau fotonya, menyusul."""
    command = body.command(custody_id)
    return await write(lambda uow: commands.add_proof(command, uow), lambda row: _receipt(Recorded(row, ())), 200)


@router.get("/persons/{person_id}/custody", response_model=WhereaboutsOut, responses=problems())
async def get_whereabouts(
    person_id: UUID, caller: Annotated[Principal, requires("custody:read")], reading: Reading
) -> WhereaboutsOut:
    """Di mana orang ini sekarang: penjaga, tempat, sejak kapan, bukti, dan temuan yang masih terbuka."""
    found = await queries.where_is(reading, person_id)
    tag_span(case_id=str(found.custody.correlation_id))
    return WhereaboutsOut.of(found)
