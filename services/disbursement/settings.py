"""Settings of disbursement (``DISBURSEMENT_…``)."""

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import ComparingSettings


class DisbursementSettings(ComparingSettings):
    """What disbursement needs beyond every service."""

    model_config = SettingsConfigDict(
        env_prefix="DISBURSEMENT_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    bank_url: str = ""
    bank_token: SecretStr = SecretStr("")
    bank_timeout_seconds: float = 8.0
