"""Settings of casework (``CASEWORK_…``)."""

from pydantic_settings import SettingsConfigDict

from services.chassis.settings import ServiceSettings


class CaseworkSettings(ServiceSettings):
    """What casework needs beyond every service.

    ``clock_may_jump_seconds``: by how much the database's clock may leave the pace of this process before rungs wait.
    """

    model_config = SettingsConfigDict(env_prefix="CASEWORK_", extra="ignore", frozen=True, hide_input_in_errors=True)

    clock_may_jump_seconds: int = 300
