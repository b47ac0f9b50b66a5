"""Settings of disbursement (``DISBURSEMENT_…``)."""

import base64

from pydantic import SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import ServiceSettings


class DisbursementSettings(ServiceSettings):
    """What disbursement needs beyond every service."""

    model_config = SettingsConfigDict(
        env_prefix="DISBURSEMENT_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    identity_secret: SecretStr
    """32 bytes in base64 under which NIKs are hashed, so that one person is known as one. Lost, nobody is."""
    bank_url: str = ""
    bank_token: SecretStr = SecretStr("")
    bank_timeout_seconds: float = 8.0

    @field_validator("identity_secret")
    @classmethod
    def _is_a_secret(cls, value: SecretStr) -> SecretStr:
        if len(base64.b64decode(value.get_secret_value())) != 32:
            raise ValueError("must be 32 bytes in base64")
        return value
