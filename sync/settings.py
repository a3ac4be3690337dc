"""Settings, from the environment (`DEXHUB_…`) or a TOML file named by `DEXHUB_CONFIG` (default: dexhub.toml here).

Secrets come from files (`…_file`) or the environment and have no default.
"""

import base64
import os
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from adapters.transport import Endpoint
from schema.audit import Signer
from schema.errors import Problem, RequestError
from schema.identity import Algorithm, Tokeniser
from schema.vocabulary import Role


class PlatformSettings(BaseModel):
    """How to reach one region's platform."""

    url: str
    key_id: str = ""
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None

    def endpoint(self) -> Endpoint:
        """The endpoint, its secret read from its file where one is named."""
        secret = self.secret_file.read_text("utf-8").strip() if self.secret_file else self.secret.get_secret_value()
        return Endpoint(self.url.rstrip("/"), self.key_id, secret)


class WebhookSettings(BaseModel):
    """Where one region wants to be told what happens to its lists. The secret is the one of the Standard Webhooks scheme,
    Base64 behind "whsec_"; an address that is not public is sent to only where `allow_private` says so.
    """

    url: str
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    allow_private: bool = False

    def key(self) -> bytes:
        """The bytes to sign with; RequestError where they cannot be read or are fewer than 24, the least that the scheme
        recommends.
        """
        text = self.secret_file.read_text("utf-8").strip() if self.secret_file else self.secret.get_secret_value()
        try:
            key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
        except ValueError:
            key = b""
        if len(key) < 24:
            raise RequestError(
                Problem(
                    "WEBHOOK_SECRET_INVALID",
                    "DEXHUB_WEBHOOKS__…__SECRET",
                    zh="Webhook 密钥须为 whsec_ 加 Base64，至少 24 字节",
                    en="a webhook secret is whsec_ and Base64, at least 24 bytes",
                    remedy_zh='生成：echo "whsec_$(openssl rand -base64 32)"',
                    remedy_en='make one: echo "whsec_$(openssl rand -base64 32)"',
                )
            )
        return key


class OidcSettings(BaseModel):
    """The identity provider (OpenID Connect) that people sign in to the console with, and what its claims mean here. A
    person's role is the value of `role_claim`, a REGION's region that of `region_claim`; `roles` translates the provider's
    own words.
    """

    issuer: str
    client_id: str
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    role_claim: str = "dexhub_role"
    region_claim: str = "dexhub_region"
    roles: dict[str, Role] = {}

    def secret(self) -> str:
        """The client's secret, from its file where one is named."""
        file = self.client_secret_file
        return file.read_text("utf-8").strip() if file else self.client_secret.get_secret_value()


class Settings(BaseSettings):
    """What differs between installations."""

    model_config = SettingsConfigDict(env_prefix="DEXHUB_", env_nested_delimiter="__", extra="forbid")

    # SQLite by default, made when missing; "postgresql+psycopg://…" for production.
    database_url: str = "sqlite:///var/dexhub.sqlite3"
    # The key of personal tokens, at least 32 bytes, as text; never change it within a season.
    token_key: SecretStr | None = None
    token_key_file: Path | None = None
    token_key_id: str = Field(default="k1", pattern="[a-z0-9]{1,8}")
    token_algorithm: Algorithm = "sha256"  # noqa: S105  the name of a function
    # Platforms by region slug; a region without one is not pulled.
    platforms: dict[str, PlatformSettings] = {}
    # Webhooks by region slug; a region without one has its inbox alone.
    webhooks: dict[str, WebhookSettings] = {}
    # How many seconds a reader waits at most for what only a province knows, and how long an answer is good for.
    native_seconds: float = Field(default=3, gt=0)
    native_keep_seconds: float = Field(default=30, ge=0)
    # What a router must send to a subgraph as X-Dexhub-Router, from a file or as it is; unset, a subgraph only listens
    # on loopback.
    router_secret: SecretStr | None = None
    router_secret_file: Path | None = None
    # How long a claimed run may be silent before another process may take it over, in seconds.
    lease_seconds: float = Field(default=60, gt=0)
    # Processes that map rows beside that of a large pull; unset: one for each further core, up to three.
    mapping_processes: int | None = Field(default=None, ge=0, le=64)
    # Where backups are laid down, for the scheduler's check of their age.
    backup_folder: Path | None = None
    # Where tables that provinces hand in are laid down, each region's in a folder called by its slug.
    files_folder: Path | None = None
    # How long a session of the console may be idle, and how long it may last at all, in minutes.
    console_idle_minutes: float = Field(default=30, gt=0)
    console_longest_minutes: float = Field(default=720, gt=0, le=1440)
    # Where people sign in to the console beside keys; unset: keys alone.
    oidc: OidcSettings | None = None
    # Where certificates of `dexhub adapters check` are laid down, for the console to show.
    certificates_folder: Path | None = None
    # A file that seals of the record of changes are added to, best on another machine.
    seals_file: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the TOML file."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, os.environ.get("DEXHUB_CONFIG", "dexhub.toml"))
        return init_settings, env_settings, file

    def secret_of_router(self) -> str | None:
        """What a router must send; None where none is configured."""
        if self.router_secret_file:
            return self.router_secret_file.read_text("utf-8").strip()
        return self.router_secret.get_secret_value() if self.router_secret else None

    def tokeniser_if_any(self) -> Tokeniser | None:
        """The maker of personal tokens; None where no key is configured, and people cannot be told apart."""
        return self.tokeniser() if self.token_key_file or self.token_key else None

    def tokeniser(self) -> Tokeniser:
        """The maker of personal tokens; RequestError where no key is configured."""
        return Tokeniser(self._key(), self.token_key_id, self.token_algorithm)

    def signer_if_any(self) -> Signer | None:
        """What signs seals and errata, under a key derived from that of tokens; None where none is configured."""
        return Signer(self._key(), self.token_key_id) if self.token_key_file or self.token_key else None

    def _key(self) -> bytes:
        text = (
            self.token_key_file.read_text("utf-8").strip()
            if self.token_key_file
            else self.token_key.get_secret_value()
            if self.token_key
            else ""
        )
        if len(text.encode()) < 32:
            raise RequestError(
                Problem(
                    "TOKEN_KEY_MISSING",
                    "DEXHUB_TOKEN_KEY_FILE",
                    zh="未配置个人信息令牌密钥，或密钥短于 32 字节",
                    en="no key for personal tokens is configured, or it is shorter than 32 bytes",
                    remedy_zh="生成：openssl rand -hex 32 > token.key，并设置 DEXHUB_TOKEN_KEY_FILE",
                    remedy_en="make one: openssl rand -hex 32 > token.key, and set DEXHUB_TOKEN_KEY_FILE",
                )
            )
        return text.encode()
