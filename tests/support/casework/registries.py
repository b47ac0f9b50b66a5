"""What the registries answer to a check that a case waits for."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.events.intake import RegistryCheckCompleted
from tests.support.eventually import eventually
from tests.support.services import Bench
from tests.support.wire import wire


async def registry_answers(bench: Bench, report_id: UUID, purpose: str, kind: str, result: str) -> None:
    """Intake heard the request and the registry's answer."""

    async def find() -> Any:
        return await bench.rows(
            "SELECT id, about_id, person_id FROM handoffs WHERE correlation_id = $1 AND purpose = $2",
            report_id,
            purpose,
        )

    row = (await eventually(find, what=purpose))[0]
    event = RegistryCheckCompleted.model_validate(
        {
            "check_id": uuid4(),
            "person_id": row["person_id"],
            "kind": kind,
            "result": result,
            "source": "registry",
            "checked_at": datetime.now(UTC),
            "handoff_id": row["id"],
            "about_id": row["about_id"],
        }
    )
    key, body, headers = wire(event, subject=event.check_id, correlation_id=report_id)
    async with bench.producer() as send:
        await send("intake.registry-checks", key, body, headers)
