"""Settings of notifications (``NOTIFICATIONS_…``)."""

from typing import Self

from pydantic import Field, SecretStr, model_validator
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
    gateway_report_secret: SecretStr = SecretStr("")
    """Under which the gateway signs its delivery reports; without it none are taken."""
    gateway_report_window_seconds: int = 300
    gateway_connections: int = Field(default=16, ge=1)
    sweep_rows: int = Field(default=200, ge=1)
    sweep_lease_seconds: int = Field(default=60, ge=1, le=100)

    @property
    def longest_errand_seconds(self) -> float:
        """What one message may take at the gateway: asked for, then handed over."""
        return 2 * self.gateway_timeout_seconds

    @model_validator(mode="after")
    def _a_lease_outlives_its_errands(self) -> Self:
        if self.sweep_lease_seconds < 2 * self.longest_errand_seconds:
            raise ValueError("SWEEP_LEASE_SECONDS must be four times GATEWAY_TIMEOUT_SECONDS or more")
        return self
