"""Settings of notifications (``NOTIFICATIONS_…``)."""

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import ServiceSettings


class NotificationsSettings(ServiceSettings):
    """What notifications needs beyond every service."""

    model_config = SettingsConfigDict(
        env_prefix="NOTIFICATIONS_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    gateway_url: str = ""
    gateway_token: SecretStr = SecretStr("")
    gateway_timeout_seconds: float = 8.0
