"""What the simulators need to know, from the environment."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.chassis.settings import read_settings


class SandboxSettings(BaseSettings):
    """``SANDBOX_…``."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_", extra="ignore", frozen=True)

    http_port: int
    oidc_issuer: str
    intake_url: str
    casework_url: str
    disbursement_url: str = ""
    notifications_url: str = ""
    gateway_report_secret: str = ""


def sandbox_settings() -> SandboxSettings:
    """Read the environment; a mistake names its variable."""
    return read_settings(SandboxSettings)
