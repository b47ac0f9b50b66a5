"""Which keys this process seals and opens doors with."""

from typing import Any

from services.casework.papers.links.commands import DoorKeys
from services.chassis.sealing import recipients_from


def keys_of(request: Any) -> DoorKeys:
    """From the settings of the process that serves a request."""
    settings = request.app.state.settings
    return DoorKeys(settings.sealing_private_key, recipients_from(settings.sealing_recipients))
