"""Tokens of an identity provider (OpenID Connect): signed, for us, not expired, and with a role that the provider gives.

The provider's public keys come from a file or from its address (JWKS, RFC 7517), are kept for ten minutes, and asked for
again when a token names a key that is not among them, twice a minute at most. Only algorithms that are allowed by name
count, all of them asymmetric: a token without a signature, or signed with the public key as if it were a secret, is none.
"""

import threading
import time
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from adapters.registry import regions
from gateway.auth import Viewer, scopes_of
from schema.errors import Problem, RequestError
from schema.key_scope import KeyScope
from schema.vocabulary import Role
from sync.settings import OidcSettings

_KEEP: Final = 600.0  # seconds
_AGAIN: Final = 30.0  # seconds between two requests for keys that we do not know
_SECONDS: Final = 5.0  # to wait for the provider
_MOST: Final = 1 << 20  # bytes of its answer


class Tokens:
    """One for a process."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._claims = jwt.JWTClaimsRegistry(
            leeway=settings.leeway_seconds,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._lock = threading.Lock()
        self._keys = KeySet([])
        self._fetched = self._tried = -_KEEP

    def viewer(self, token: str) -> Viewer | None:
        """The viewer whom a token speaks of; None where it is not to be believed, or gives no role of ours."""
        try:
            claims = self._verified(token)
        except (JoseError, ValueError, TypeError):
            return None
        role = claims.get(self._settings.role_claim)
        region = claims.get(self._settings.region_claim)
        if role not in set(Role) or (role == Role.REGION) != (region is not None and region in regions()):
            return None
        scopes = scopes_of(str(claims.get("scope", "")).split()) if "scope" in claims else frozenset(KeyScope)
        subject = str(claims["sub"])
        return Viewer(subject[:120], Role(role), region, scopes or frozenset({KeyScope.READ}), f"oidc:{subject[:120]}")

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            found = jwt.decode(token, self._current(), algorithms=list(self._settings.algorithms))
        except (JoseError, ValueError):
            found = jwt.decode(token, self._current(again=True), algorithms=list(self._settings.algorithms))
        self._claims.validate(found.claims)
        return found.claims

    def _current(self, *, again: bool = False) -> KeySet:
        """The provider's keys; the last good ones where it does not answer."""
        with self._lock:
            now = time.monotonic()
            due = now - self._fetched > _KEEP or again
            if due and now - self._tried > (_AGAIN if again else 0):
                self._tried = now
                content = self._read()
                if content is not None:
                    self._keys, self._fetched = KeySet.import_key_set(content), now
            return self._keys

    def _read(self) -> Any:  # noqa: ANN401  whatever JSON says; who imports it validates
        try:
            if self._settings.jwks_file is not None:
                return orjson.loads(self._settings.jwks_file.read_bytes())
            with urllib.request.urlopen(self._address(), timeout=_SECONDS) as answer:  # noqa: S310  see _address
                return orjson.loads(answer.read(_MOST))
        except (OSError, ValueError, urllib.error.URLError):
            return None

    def _address(self) -> str:
        """Over TLS, or on this machine."""
        url = self._settings.jwks_url or ""
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise RequestError(
                Problem(
                    "JWKS_ADDRESS_INVALID",
                    "DEXHUB_OIDC__JWKS_URL",
                    "公钥地址须为 https",
                    "the address of the provider's keys must be https",
                    url,
                )
            )
        return url
