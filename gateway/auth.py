"""Who asks, and what they may do: API keys, made once, shown once and stored as a digest; or tokens of an identity provider.

A key reads `dexhub_<prefix>_<secret>`; the secret has 256 random bits, so a plain SHA-256 digest is enough. Every failed
authentication gives the same answer.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from adapters.registry import regions
from schema.audit import AuditAction
from schema.errors import Problem, RequestError, unnumbered
from schema.key_scope import KeyScope
from schema.vocabulary import Role
from sync.audit import record
from sync.database import Database, Session
from sync.repository.keys import KeyStore
from sync.scope import EVERYTHING, Scope
from sync.tables import ApiKeyRow

_PARTS: Final = 3
EVERY_SCOPE: Final = frozenset(KeyScope)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. A REGION viewer is bound to one region. `holder` is what budgets and logs know the viewer by, and no name; `until`
    is when the key ends.
    """

    name: str
    role: Role
    region: str | None = None
    scopes: frozenset[KeyScope] = EVERY_SCOPE
    holder: str = "operator"
    until: datetime | None = None

    @property
    def scope(self) -> Scope:
        """What the viewer may see."""
        return Scope(self.region) if self.role is Role.REGION else EVERYTHING

    def require(self, *roles: Role) -> None:
        """Refuse a viewer of any other role."""
        if self.role not in roles:
            raise _forbidden(
                self.role, f"需要 {'、'.join(roles)} 密钥", f"a key of role {' or '.join(roles)} is needed"
            )

    def require_scope(self, wanted: KeyScope | None) -> None:
        """Refuse a viewer whose key was not made for this."""
        if wanted is not None and wanted not in self.scopes:
            raise _forbidden(wanted, f"需要含 {wanted} 范围的密钥", f"a key with the scope {wanted} is needed")


OPERATOR = Viewer("operator", Role.NATIONAL)  # whoever can run the command line on the hub's machine


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a key shall be for."""

    name: str
    role: Role
    region: str | None = None
    scopes: frozenset[KeyScope] = EVERY_SCOPE
    expires_at: datetime | None = None

    def check(self) -> None:
        """RequestError with all that is wrong with it."""
        problems = []
        bound = self.region is not None
        if (self.role is Role.REGION) != bound or (bound and self.region not in regions()):
            problems.append(
                Problem(
                    "KEY_REGION_INVALID",
                    "region",
                    value=self.region,
                    zh="REGION 密钥须绑定一个已接入地区，其他密钥不绑定",
                    en="a REGION key is bound to one connected region, other keys to none",
                    remedy_zh="可用：" + "、".join(regions()),
                    remedy_en="one of " + ", ".join(regions()),
                )
            )
        if not self.scopes:
            problems.append(
                Problem(
                    "KEY_SCOPES_EMPTY", "scopes", "密钥须至少有一个范围", "a key has at least one scope", None,
                    "可用：" + "、".join(KeyScope), "one of " + ", ".join(KeyScope),
                )
            )  # fmt: skip
        if self.expires_at is not None and self.expires_at <= datetime.now(UTC):
            value = self.expires_at.isoformat()
            problems.append(
                Problem(
                    "KEY_EXPIRED", "expires", "到期时间已过", "it would have expired already", value,
                    "给出将来的时间", "give a time to come",
                )
            )  # fmt: skip
        if problems:
            raise RequestError(problems)


def create_key(
    database: Database, name: str, role: Role, region: str | None = None, author: str = OPERATOR.name
) -> str:
    """Make a key that may do all that its role may, without an end; see `make_key`."""
    return make_key(database, KeyWish(name, role, region), author)


def make_key(database: Database, wish: KeyWish, author: str = OPERATOR.name) -> str:
    """Make a key and return it; this is the only time it can be seen."""
    wish.check()
    with database.write() as session:
        return _made(session, wish, author, None, AuditAction.KEY_CREATED)


def rotate_key(database: Database, prefix: str, overlap: timedelta, author: str = OPERATOR.name) -> str | None:
    """A new key in the place of one, which goes on for `overlap` so that its holder can change over; None where there is
    none to rotate.
    """
    now = datetime.now(UTC)
    with database.write() as session:
        store = KeyStore(session)
        old = store.get(prefix)
        if old is None or not is_valid(old, now):
            return None
        scopes = frozenset(map(KeyScope, old.scopes))
        life = old.expires_at - old.created_at if old.expires_at else None
        wish = KeyWish(old.name, Role(old.role), old.region, scopes, now + life if life else None)
        store.expire(old, min(now + overlap, old.expires_at or now + overlap))
        return _made(session, wish, author, prefix, AuditAction.KEY_ROTATED)


def _made(session: Session, wish: KeyWish, author: str, replaces: str | None, action: AuditAction) -> str:
    prefix, secret = unnumbered(secrets.token_hex(4)), secrets.token_urlsafe(32)
    key = f"dexhub_{prefix}_{secret}"
    scopes = sorted(each.value for each in wish.scopes)
    KeyStore(session).add(
        ApiKeyRow(
            prefix=prefix,
            digest=_digest(key),
            name=wish.name,
            role=wish.role,
            region=wish.region,
            scopes=scopes,
            created_at=datetime.now(UTC),
            expires_at=wish.expires_at,
            replaces=replaces,
        )
    )
    end = wish.expires_at.isoformat() if wish.expires_at else None
    change = {
        "name": wish.name, "role": wish.role.value, "region": wish.region, "scopes": list(scopes), "expires": end,
        "replaces": replaces,
    }  # fmt: skip
    record(session, actor=author, action=action, subject=prefix, change=change)
    return key


def revoke_key(database: Database, prefix: str, author: str, reason: str = "") -> bool:
    """Revoke a key, at once and for good; whether there was one to revoke."""
    now = datetime.now(UTC)
    with database.write() as session:
        done = KeyStore(session).revoke(prefix, now)
        if done:
            record(session, actor=author, action=AuditAction.KEY_REVOKED, subject=prefix, reason=reason, at=now)
    return done


def authenticate(database: Database, key: str) -> Viewer | None:
    """The viewer behind a key; None for anything but one that is valid now."""
    parts = key.split("_", _PARTS - 1)
    if len(parts) != _PARTS:
        return None
    with database.read() as session:
        row = KeyStore(session).get(parts[1])
    # A digest is compared even where there is no such key, so that the answer takes as long.
    same = hmac.compare_digest(row.digest if row else "0" * 64, _digest(key))
    if row is None or not same or not is_valid(row, datetime.now(UTC)):
        return None
    return Viewer(
        row.name, Role(row.role), row.region, frozenset(map(KeyScope, row.scopes)), row.prefix, row.expires_at
    )


def is_valid(row: ApiKeyRow, now: datetime) -> bool:
    """Whether a key opens anything at a moment: neither revoked nor over."""
    return row.revoked_at is None and (row.expires_at is None or now < row.expires_at)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def unauthenticated() -> RequestError:
    """What is said to whoever shows no valid key, whatever the reason."""
    return RequestError(
        Problem(
            "UNAUTHENTICATED",
            "Authorization",
            zh="缺少密钥，或密钥无效、已吊销、已到期",
            en="no key, or one that is invalid, revoked or expired",
            remedy_zh="在请求头写 Authorization: Bearer <密钥>；密钥由 dexhub keys create 生成",
            remedy_en="send Authorization: Bearer <key>; keys are made by dexhub keys create",
        ),
        status=401,
    )


def _forbidden(value: str, remedy_zh: str, remedy_en: str) -> RequestError:
    return RequestError(
        Problem(
            "FORBIDDEN",
            "Authorization",
            value=value,
            zh="当前密钥无权执行该操作",
            en="this key may not do that",
            remedy_zh=remedy_zh,
            remedy_en=remedy_en,
        ),
        status=403,
    )


def scopes_of(names: Iterable[str]) -> frozenset[KeyScope]:
    """Scopes by their names; those that are none are left out."""
    known = {each.value: each for each in KeyScope}
    return frozenset(known[name] for name in names if name in known)
