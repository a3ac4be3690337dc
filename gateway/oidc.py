"""Tokens of an identity provider (OpenID Connect): signed, for us, not expired, and with a role that the provider gives.

The provider's public keys come from a file or from its address (JWKS, RFC 7517), are kept for ten minutes, and asked for
again when a token names a key that is not among them, twice a minute at most. Only algorithms that are allowed by name
count, all of them asymmetric: a token without a signature, or signed with the public key as if it were a secret, is none.
"""

import threading
import time
import urllib.request
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from adapters.registry import regions
from gateway.auth import Viewer, scopes_of
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
        role, region = (claims.get(name) for name in (self._settings.role_claim, self._settings.region_claim))
        if not (isinstance(role, str) and isinstance(region, str | None)):
            return None
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
                found = self._read()
                if found is not None:
                    self._keys, self._fetched = found, now
            return self._keys

    def _read(self) -> KeySet | None:
        """None where the provider does not answer, or with something else than keys."""
        try:
            if self._settings.jwks_file is not None:
                return KeySet.import_key_set(orjson.loads(self._settings.jwks_file.read_bytes()))
            with urllib.request.urlopen(self._settings.jwks_url or "", timeout=_SECONDS) as answer:  # noqa: S310  the settings check it
                return KeySet.import_key_set(orjson.loads(answer.read(_MOST)))
        except (OSError, ValueError, KeyError, TypeError, JoseError):
            return None
