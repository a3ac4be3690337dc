"""Looks at how secrets are kept and what stands in front: what an operator forgets, and nobody notices until it is too late."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import make_url

from schema.errors import Problem
from sync.database import Database
from sync.repository.inspection import token_of_another_key
from sync.settings import Settings

_LEAST_DIFFERENT: Final = 12  # characters; what a person types or a demonstration uses has fewer
_LOCAL: Final = ("127.0.0.1", "::1", "localhost", "")


def examine_secrets(settings: Settings, database: Database) -> list[Problem]:
    """Everything that is doubtful; no secret stands in what is said."""
    return [*_files(settings), *_keys(settings), *_addresses(settings), *_tokens(settings, database)]


def _files(settings: Settings) -> Iterator[Problem]:
    """Files of secrets, and the database, that others on the machine may read."""
    files = [path for _, path in settings.secret_files()]
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        files.append(Path(url.database))
    for path in files:
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield _problem(
                "FILE_MODE_WIDE", str(path), oct(path.stat().st_mode & 0o777), "其他用户可读", "others may read it",
                f"chmod 600 {path.name}",
            )  # fmt: skip


def _keys(settings: Settings) -> Iterator[Problem]:
    for name, value in settings.secrets_in_environment():
        yield _problem(
            "SECRET_NOT_IN_A_FILE", name, None, "密钥不在文件中", "the secret is not in a file", f"{name}_FILE"
        )
        if len(set(value)) < _LEAST_DIFFERENT:
            yield _problem(
                "SECRET_WEAK", name, None, "密钥像是默认值", "it looks like a default", "openssl rand -hex 32"
            )
    for name, path in settings.secret_files():
        if path.exists() and len(set(path.read_text("utf-8").strip())) < _LEAST_DIFFERENT:
            yield _problem(
                "SECRET_WEAK", name, None, "密钥像是默认值", "it looks like a default", "openssl rand -hex 32"
            )


def _addresses(settings: Settings) -> Iterator[Problem]:
    """Whether TLS stands in front of us, and of those whom we ask."""
    if settings.public_url is None or urlsplit(settings.public_url).scheme != "https":
        yield _problem(
            "TLS_MISSING", "DEXHUB_PUBLIC_URL", settings.public_url, "未见 TLS 代理", "no TLS in front that we know of",
            "https://…",
        )  # fmt: skip
    for slug, platform in settings.platforms.items():
        parts = urlsplit(platform.url)
        if parts.scheme != "https" and (parts.hostname or "") not in _LOCAL:
            yield _problem(
                "PLATFORM_WITHOUT_TLS", slug, None, "平台地址不是 https", "its address is not https", "https://…"
            )
    url = make_url(settings.database_url)
    if (
        url.get_backend_name() != "sqlite"
        and (url.host or "") not in _LOCAL
        and url.query.get("sslmode") != "verify-full"
    ):
        yield _problem(
            "DATABASE_WITHOUT_TLS", "DEXHUB_DATABASE_URL", None, "数据库连接未校验证书",
            "the connection to the database is not verified", "?sslmode=verify-full",
        )  # fmt: skip


def _tokens(settings: Settings, database: Database) -> Iterator[Problem]:
    """Tokens made with another key than today's match nobody: within a season the key stays."""
    with database.read() as session:
        other = token_of_another_key(session, settings.token_key_id)
    if other is not None:
        yield _problem(
            "TOKEN_KEY_MIXED", "DEXHUB_TOKEN_KEY_ID", other.partition(".")[0], "库中有另一密钥的令牌，无法与新令牌匹配",
            "tokens of another key are stored and match no new ones", "dexhub pull --full",
        )  # fmt: skip


def _problem(code: str, place: str, value: str | None, zh: str, en: str, remedy: str) -> Problem:
    return Problem(code, place, zh, en, value, remedy, remedy)
