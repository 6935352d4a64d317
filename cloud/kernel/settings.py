"""What a process of the cloud is told by its environment (variables `DOMOVOY_…`)."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of every cloud process; each reads the ones it needs and fails early without them."""

    model_config = SettingsConfigDict(
        env_prefix="DOMOVOY_", extra="ignore", frozen=True, env_ignore_empty=True
    )

    database_url: SecretStr | None = Field(default=None, description="libpq URL of the process's own role")
    owner_database_url: SecretStr | None = Field(default=None, description="libpq URL of domovoy_owner")
    database_pool_size: int = Field(default=10, ge=1, le=200)
    redis_url: SecretStr = Field(
        default=SecretStr("redis://127.0.0.1:6379/0"), description="the queue's broker"
    )
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int = 8883
    mqtt_ca: Path | None = None
    mqtt_cert: Path | None = None
    mqtt_key: Path | None = None
    pki_dir: Path | None = Field(default=None, description="the CA's key; read by edge-api alone")
    command_key_file: Path | None = Field(default=None, description="Ed25519 private key that signs commands")
    secrets_key_file: Path | None = Field(default=None, description="32 bytes that seal device secrets")
    files_dir: Path | None = Field(default=None, description="content-addressed store")
    files_quota_mb: int = Field(default=10_240, ge=1, description="per company")
    public_url: str = Field(default="http://127.0.0.1:8000", description="where people reach the web app")
    edge_url: str = Field(default="https://127.0.0.1:8443", description="where boxes reach edge-api")
    smtp_url: SecretStr | None = Field(
        default=None, description="smtp://user:password@host:port or smtps://…"
    )
    mail_from: str = "domovoy@localhost"
    web_dir: Path | None = Field(default=None, description="the built web app")
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="of processes other than api; 0: their metrics are not shown"
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="lets others than loopback read /metrics"
    )
    trusted_proxies: str = Field(default="127.0.0.1", description="whose X-Forwarded-For is believed")
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _urls_have_no_tail(self) -> Self:
        for name in ("public_url", "edge_url"):
            if getattr(self, name).endswith("/"):
                raise ValueError(f"DOMOVOY_{name.upper()} must not end with a slash")
        return self

    @property
    def is_https(self) -> bool:
        """Whether people reach the house by https; cookies are Secure then."""
        return self.public_url.startswith("https://")

    def need_database_url(self) -> str:
        return self._needed("database_url")

    def need_owner_database_url(self) -> str:
        return self._needed("owner_database_url")

    def need_path(self, name: str) -> Path:
        """A path setting by name; a missing one says which variable to set."""
        value = getattr(self, name)
        if not isinstance(value, Path):
            raise SettingMissing(name)
        return value

    def _needed(self, name: str) -> str:
        value = getattr(self, name)
        if not isinstance(value, SecretStr):
            raise SettingMissing(name)
        return value.get_secret_value()


class SettingFault(Exception):
    """A process cannot do its work with the environment it was given; the text names the variable."""


class SettingMissing(SettingFault):
    """It needs this variable."""

    def __init__(self, name: str) -> None:
        super().__init__(f"set DOMOVOY_{name.upper()}")


class SettingWrong(SettingFault):
    """What the variable says does not hold."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"DOMOVOY_{name.upper()}: {reason}")
