"""Settings of casework (``CASEWORK_…``)."""

from pydantic_settings import SettingsConfigDict

from services.chassis.settings import ServiceSettings


class CaseworkSettings(ServiceSettings):
    """What casework needs beyond every service."""

    model_config = SettingsConfigDict(env_prefix="CASEWORK_", extra="ignore", frozen=True, hide_input_in_errors=True)
