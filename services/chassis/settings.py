"""Settings of a service, all from the environment, each error naming its variable."""

import base64
import sys
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What every service needs; each subclass adds its own and sets ``env_prefix`` to its name."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: str
    migrator_database_url: str = ""
    database_pool_size: int = 8
    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    kafka_username: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: Path | None = None
    kafka_session_timeout_ms: int = 10_000
    kafka_heartbeat_interval_ms: int = 500
    consumer_at_once: int = Field(default=8, ge=1)
    consumer_in_hand_messages: int = Field(default=2048, ge=1)
    consumer_in_hand_bytes: int = Field(default=8_388_608, ge=1)
    topic_prefix: str = ""
    group_prefix: str = ""
    process_slot: str = "0"
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    task_queue: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    ops_port: int = 0
    root_path: str = ""
    public_url: str = ""
    oidc_issuer: str = ""
    oidc_audience: str = "sigap"
    oidc_client_id: str = "sigap-pages"
    district_packs: Path = Path("deploy/districts")
    sealing_private_key: str = ""
    trace_page_url: str = ""
    time_zone: str = "Asia/Jakarta"
    session_idle_minutes: int = 30
    session_hours: int = 10
    session_recheck_minutes: int = 3
    session_unchecked_minutes: int = 30
    deployment: Literal["local", "production"] = "production"
    relay_batch_rows: int = Field(default=1000, ge=4)
    relay_poll_ms: int = 250
    inbox_keep_days: int = 45
    outbox_keep_days: int = 14
    request_key_keep_days: int = 30
    request_body_limit_bytes: int = 1_048_576
    request_seconds: int = 60
    header_seconds: int = 15
    quotas: bool = True
    feed_waiting_requests: int = Field(default=500, ge=0)
    feed_waiting_requests_per_agency: int = Field(default=4, ge=0)
    upload_limit_bytes: int = 0
    outbox_age_limit_seconds: int = 60
    consumer_age_limit_seconds: int = 300
    log_folder: Path = Path()
    disk_room_limit_bytes: int = 1_073_741_824
    numbers_left_out_by_restore: int = 100
    dead_letter_first_retry_seconds: int = 30

    @field_validator("sealing_private_key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        if value and len(base64.b64decode(value)) != 32:
            raise ValueError("must be 32 bytes in base64")
        return value

    @model_validator(mode="after")
    def _a_guarded_broker_knows_us(self) -> Self:
        if self.kafka_security.startswith("SASL") and not (self.kafka_username and self.kafka_password):
            raise ValueError("KAFKA_SECURITY with SASL needs KAFKA_USERNAME and KAFKA_PASSWORD")
        if self.kafka_ca_file is not None and not self.kafka_ca_file.is_file():
            raise ValueError("KAFKA_CA_FILE names no file")
        return self

    @model_validator(mode="after")
    def _demo_secrets_stay_in_the_demo(self) -> Self:
        if self.deployment != "local" and any(
            ":demo-" in url for url in (self.database_url, self.migrator_database_url)
        ):
            raise ValueError("the demo's secrets may not be used outside the demo; set DEPLOYMENT=local or own secrets")
        return self

    @classmethod
    def service_name(cls) -> str:
        """``casework`` for the prefix ``CASEWORK_``."""
        return str(cls.model_config.get("env_prefix", "")).rstrip("_").lower()

    @property
    def queue(self) -> str:
        """The Temporal task queue: the service's name unless set."""
        return self.task_queue or self.service_name()

    @property
    def group(self) -> str:
        """The Kafka consumer group: the service's name, behind a prefix in tests."""
        return f"{self.group_prefix}{self.service_name()}"

    @property
    def folders_that_fill(self) -> tuple[Path, ...]:
        """Where this process writes: a disk without room there is told before it is full."""
        return (self.log_folder.resolve(),)

    @classmethod
    def from_environment(cls, **overrides: Any) -> Self:
        """Read the environment; on a mistake print one line per variable and exit 2."""
        return read_settings(cls, **overrides)


class ComparingSettings(ServiceSettings):
    """What a service needs besides that must know one real person again."""

    identity_secret: SecretStr
    """32 bytes in base64 under which NIKs are hashed, so that one person is known as one. Lost, nobody is."""

    @field_validator("identity_secret")
    @classmethod
    def _is_a_secret(cls, value: SecretStr) -> SecretStr:
        if len(base64.b64decode(value.get_secret_value())) != 32:
            raise ValueError("must be 32 bytes in base64")
        return value


S = TypeVar("S", bound=BaseSettings)


def read_settings(kind: type[S], **overrides: Any) -> S:
    """Build ``kind`` from the environment, or say which variable is wrong and how, and exit 2."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    try:
        return kind(**overrides)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            variable = prefix + "_".join(str(part) for part in problem["loc"]).upper()
            sys.stderr.write(f"{variable}: {problem['msg']}\n")
        raise SystemExit(2) from None
