"""Response shapes of entitlements."""

from uuid import UUID

from pydantic import BaseModel

from services.disbursement.entitlements.tables import Entitlement


class EntitlementOut(BaseModel):
    """One entitlement; the person by id only."""

    entitlement_id: UUID
    version: int
    state: str
    aid_request_id: UUID
    case_id: UUID
    person_id: UUID
    village_code: str
    programme_code: str
    rule_version: str
    period: str
    amount_rupiah: int
    attempt: int
    batch_id: UUID | None
    reason_code: str | None

    @classmethod
    def of(cls, row: Entitlement) -> "EntitlementOut":
        """From the row."""
        return cls(
            entitlement_id=row.id,
            version=row.version,
            state=row.state,
            aid_request_id=row.aid_request_id,
            case_id=row.case_id,
            person_id=row.person_id,
            village_code=row.village_code,
            programme_code=row.programme_code,
            rule_version=row.rule_version,
            period=row.period,
            amount_rupiah=row.amount_rupiah,
            attempt=row.attempt,
            batch_id=row.batch_id,
            reason_code=row.reason_code,
        )


class EntitlementPage(BaseModel):
    """Entitlements by id; ``next_after`` is the cursor of the following page, if there is one."""

    items: list[EntitlementOut]
    next_after: UUID | None
