"""HTTP routes of entitlements."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import CodeText, PageLimit, Reading, problems
from services.disbursement.entitlements import queries
from services.disbursement.entitlements.domain import EntitlementState
from services.disbursement.entitlements.schemas import EntitlementOut, EntitlementPage

router = APIRouter(tags=["entitlements"])


@router.get("/entitlements", response_model=EntitlementPage, responses=problems())
async def get_entitlements(
    caller: Annotated[Principal, requires("entitlement:read")],
    reading: Reading,
    after: Annotated[UUID | None, Query(description="Kursor: entitlement_id terakhir halaman sebelumnya")] = None,
    limit: PageLimit = 50,
    state: EntitlementState | None = None,
    programme_code: CodeText | None = None,
) -> EntitlementPage:
    """Daftar hak bantuan."""
    rows = await queries.list_entitlements(reading, after, limit, state.value if state else None, programme_code)
    return EntitlementPage(
        items=[EntitlementOut.of(row) for row in rows], next_after=rows[-1].id if len(rows) == limit else None
    )


@router.get("/entitlements/{entitlement_id}", response_model=EntitlementOut, responses=problems())
async def get_entitlement(
    entitlement_id: UUID, caller: Annotated[Principal, requires("entitlement:read")], reading: Reading
) -> EntitlementOut:
    """Satu hak bantuan."""
    return EntitlementOut.of(await queries.show_entitlement(entitlement_id, reading))
