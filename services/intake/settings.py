"""Settings of intake (``INTAKE_…``)."""

from pydantic_settings import SettingsConfigDict

from services.chassis.settings import ServiceSettings


class IntakeSettings(ServiceSettings):
    """What intake needs beyond every service."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_", extra="ignore", frozen=True, hide_input_in_errors=True)

    sealing_recipients: str = ""
    dukcapil_url: str = ""
    bpjs_url: str = ""
    registry_timeout_seconds: float = 5.0
