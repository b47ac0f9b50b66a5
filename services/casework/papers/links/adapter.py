"""Which keys this process seals and opens links with."""

from typing import Any

from services.casework.papers.links.commands import LinkKeys
from services.chassis.sealing import recipients_from


def keys_of(request: Any) -> LinkKeys:
    """From the settings of the process that serves a request."""
    settings = request.app.state.settings
    return LinkKeys(settings.sealing_private_key, recipients_from(settings.sealing_recipients))
