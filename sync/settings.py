"""Settings, from the environment (`DEXHUB_…`) or a TOML file named by `DEXHUB_CONFIG` (default: dexhub.toml here).

Secrets come from files (`…_file`) or the environment and have no default.
"""

import base64
import os
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ModelWrapValidatorHandler, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from adapters.transport import Endpoint
from schema.audit import Signer
from schema.errors import Problem, RequestError
from schema.identity import Algorithm, Tokeniser
from schema.vocabulary import Role
from sync.unsound_settings import not_toml, not_valid, secret_in

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class PlatformSettings(BaseModel):
    """How to reach one region's platform."""

    url: str
    key_id: str = ""
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None

    def endpoint(self) -> Endpoint:
        """The endpoint, its secret read from its file where one is named."""
        secret = secret_in(self.secret_file) if self.secret_file else self.secret.get_secret_value()
        return Endpoint(self.url.rstrip("/"), self.key_id, secret)


class LimitSettings(BaseModel):
    """What one client may ask for. Numbers of a document are counted with its fragments unfolded; cost is about one unit
    for each object of the answer; `seconds` bounds a query, `head_seconds` and
    `body_seconds` the arrival of a request.
    """

    depth: int = Field(default=12, gt=0)
    aliases: int = Field(default=30, ge=0)
    root_fields: int = Field(default=40, gt=0)
    fields: int = Field(default=1000, gt=0)
    repeats: int = Field(default=10, gt=0)
    tokens: int = Field(default=4000, gt=0)
    cost: int = Field(default=150_000, gt=0)
    cost_per_minute: int = Field(default=3_000_000, gt=0)
    refusals_per_minute: int = Field(default=60, gt=0)
    seconds: float = Field(default=20, gt=0)
    body_bytes: int = Field(default=2 << 20, gt=0)
    body_seconds: float = Field(default=20, gt=0)
    head_seconds: float = Field(default=10, gt=0)
    connections: int = Field(default=1000, gt=0)


class OidcSettings(BaseModel):
    """An identity provider whose tokens are believed: its public keys come from a file, or from an address over TLS."""

    issuer: str
    audience: str
    jwks_url: str | None = None
    jwks_file: Path | None = None
    algorithms: tuple[Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"], ...] = ("RS256", "ES256")
    leeway_seconds: int = Field(default=30, ge=0, le=300)
    role_claim: str = "dexhub_role"
    region_claim: str = "dexhub_region"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.jwks_url is None) == (self.jwks_file is None):
            raise ValueError("either jwks_url or jwks_file, and not both")
        parts = urlsplit(self.jwks_url or "https:")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("jwks_url is an https address, or one of this machine")
        return self


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
        text = secret_in(self.secret_file) if self.secret_file else self.secret.get_secret_value()
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


class SignInSettings(BaseModel):
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
        return secret_in(file) if file else self.client_secret.get_secret_value()


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
    # The key of seals and errata, at least 32 bytes; unset, one derived from the key of tokens. Former ones, by their ids,
    # check what they signed.
    signing_key_file: Path | None = None
    signing_key_id: str = Field(default="s1", pattern="[a-z0-9]{1,8}")
    former_signing_keys: dict[str, Path] = {}
    # Where the hub is reached from outside, through the proxy that ends TLS.
    public_url: str | None = None
    # The age recipients that backups are encrypted for.
    backup_recipients: tuple[str, ...] = ()
    # After how many days what is not needed any more is removed; see docs/privacy.md.
    retention_days: int = Field(default=365, gt=0)
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
    # What one client may ask for.
    limits: LimitSettings = LimitSettings()
    # The roles that may ask for the schema and are told names that they may have meant.
    introspection: tuple[Role, ...] = tuple(Role)
    # An identity provider whose tokens are believed beside keys; unset: none.
    oidc: OidcSettings | None = None
    # A folder of documents (*.graphql) that clients may name by their SHA-256, and whether no other is run.
    trusted_documents: Path | None = None
    trusted_only: bool = False
    # Megabytes of answers that are kept for as long as nobody commits anything; 0 for none.
    kept_answers: int = Field(default=16, ge=0)
    # Origins, as https://console.example.org, whose pages may ask from a browser.
    origins: tuple[str, ...] = ()
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
    sign_in: SignInSettings | None = None
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
        path = os.environ.get("DEXHUB_CONFIG", "dexhub.toml")
        try:
            file = TomlConfigSettingsSource(settings_cls, path)
        except ValueError as error:
            raise not_toml(path, error) from None
        return init_settings, env_settings, file

    @model_validator(mode="wrap")
    @classmethod
    def _told(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401  whatever the sources give
        """RequestError with every setting that is not as it must be."""
        try:
            return handler(values)
        except ValidationError as error:
            raise not_valid(error, cls.model_config["env_prefix"]) from None

    def secret_of_router(self) -> str | None:
        """What a router must send; None where none is configured."""
        if self.router_secret_file:
            return secret_in(self.router_secret_file)
        return self.router_secret.get_secret_value() if self.router_secret else None

    def tokeniser_if_any(self) -> Tokeniser | None:
        """The maker of personal tokens; None where no key is configured, and people cannot be told apart."""
        return self.tokeniser() if self.token_key_file or self.token_key else None

    def tokeniser(self) -> Tokeniser:
        """The maker of personal tokens; RequestError where no key is configured."""
        return Tokeniser(self._key(), self.token_key_id, self.token_algorithm)

    def signer_if_any(self) -> Signer | None:
        """What signs seals and errata; None where there is neither a key for that nor one of tokens to derive it from."""
        tokens = {self.token_key_id: self._key()} if self.token_key_file or self.token_key else {}
        former = {name: secret_in(path).encode() for name, path in self.former_signing_keys.items()}
        if self.signing_key_file is not None:
            key = _long_enough(secret_in(self.signing_key_file), "DEXHUB_SIGNING_KEY_FILE")
            return Signer(key, self.signing_key_id, {**tokens, **former})
        return Signer(tokens[self.token_key_id], self.token_key_id, former) if tokens else None

    def secret_files(self) -> list[tuple[str, Path]]:
        """The files that secrets are read from, by the setting that names each."""
        own = {
            "DEXHUB_TOKEN_KEY_FILE": self.token_key_file,
            "DEXHUB_SIGNING_KEY_FILE": self.signing_key_file,
            "DEXHUB_ROUTER_SECRET_FILE": self.router_secret_file,
            "DEXHUB_SIGN_IN__CLIENT_SECRET_FILE": self.sign_in.client_secret_file if self.sign_in else None,
        }
        theirs = {f"PLATFORMS__{slug.upper()}__SECRET_FILE": each.secret_file for slug, each in self.platforms.items()}
        hooks = {f"WEBHOOKS__{slug.upper()}__SECRET_FILE": each.secret_file for slug, each in self.webhooks.items()}
        former = {f"FORMER_SIGNING_KEYS__{name.upper()}": path for name, path in self.former_signing_keys.items()}
        return [(name, path) for name, path in {**own, **theirs, **hooks, **former}.items() if path is not None]

    def secrets_in_environment(self) -> list[tuple[str, str]]:
        """Secrets that are given as they are, by the setting that holds each."""
        own = {
            "DEXHUB_TOKEN_KEY": self.token_key,
            "DEXHUB_ROUTER_SECRET": self.router_secret,
            "DEXHUB_SIGN_IN__CLIENT_SECRET": self.sign_in.client_secret if self.sign_in else None,
        }
        theirs = {f"PLATFORMS__{slug.upper()}__SECRET": each.secret for slug, each in self.platforms.items()}
        hooks = {f"WEBHOOKS__{slug.upper()}__SECRET": each.secret for slug, each in self.webhooks.items()}
        found = {name: each.get_secret_value() for name, each in {**own, **theirs, **hooks}.items() if each is not None}
        return [(name, value) for name, value in found.items() if value]

    def _key(self) -> bytes:
        text = (
            secret_in(self.token_key_file)
            if self.token_key_file
            else self.token_key.get_secret_value()
            if self.token_key
            else ""
        )
        return _long_enough(text, "DEXHUB_TOKEN_KEY_FILE")


def _long_enough(text: str, place: str) -> bytes:
    """A key's bytes; RequestError where it is shorter than 32."""
    if len(text.encode()) < 32:
        raise RequestError(
            Problem(
                "TOKEN_KEY_MISSING",
                place,
                zh="未配置密钥，或密钥短于 32 字节",
                en="no key is configured, or it is shorter than 32 bytes",
                remedy_zh=f"生成：openssl rand -hex 32 > token.key，并设置 {place}",
                remedy_en=f"make one: openssl rand -hex 32 > token.key, and set {place}",
            )
        )
    return text.encode()
