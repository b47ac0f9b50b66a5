"""What is said about registry checks: the code of the answer, never what was asked."""

from datetime import datetime

from contracts.events.intake import RegistryCheckCompleted
from services.intake.registries.tables import RegistryCheck


def registry_check_completed(check: RegistryCheck, checked_at: datetime) -> RegistryCheckCompleted:
    """A registry answered."""
    return RegistryCheckCompleted.model_validate(
        {
            "check_id": check.id,
            "person_id": check.person_id,
            "kind": check.kind,
            "result": check.result,
            "source": check.source,
            "checked_at": checked_at,
            "handoff_id": check.handoff_id,
            "about_id": check.about_id,
        }
    )
