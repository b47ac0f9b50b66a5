"""HTTP routes of operations' counts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.person.operations import commands, queries
from services.casework.person.operations.schemas import CountIn, CountReceipt, CountsOut
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["operations"])


@router.get("/operations/{operation_id}/counts", response_model=CountsOut, responses=problems())
async def get_counts(
    operation_id: UUID, caller: Annotated[Principal, requires("operation:read")], reading: Reading
) -> CountsOut:
    """Jumlah orang menurut berita acara dibanding yang sudah diterima, untuk satu operasi."""
    return CountsOut.of(await queries.show_counts(reading, operation_id))


@router.post("/operations/{operation_id}/counts", response_model=CountReceipt, responses=problems())
async def post_count(
    operation_id: UUID, body: CountIn, caller: Annotated[Principal, requires("operation:count")], write: Write
) -> Response:
    """Jumlah orang pada berita acara menurut yang menyerahkan atau menerima; selisihnya menjadi temuan."""
    command = body.command(operation_id)
    return await write(lambda uow: commands.count_operation(command, uow), CountReceipt.of, 200)
