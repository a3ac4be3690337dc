"""API keys: made once, shown once, stored as a digest; and what their holders may do.

A key reads `dexhub_<prefix>_<secret>`; the secret has 256 random bits, so a plain SHA-256 digest is enough. Every failed
authentication gives the same answer.
"""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request

from adapters.registry import regions
from gateway.hub import Hub
from schema.audit import AuditAction
from schema.errors import Problem, RequestError
from schema.vocabulary import Role
from sync.audit import record
from sync.database import Database
from sync.repository.keys import KeyStore
from sync.scope import EVERYTHING, Scope
from sync.tables import ApiKeyRow


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. A REGION viewer is bound to one region."""

    name: str
    role: Role
    region: str | None = None

    @property
    def scope(self) -> Scope:
        """What the viewer may see."""
        return Scope(self.region) if self.role is Role.REGION else EVERYTHING

    def require(self, *roles: Role) -> None:
        """Refuse a viewer of any other role."""
        if self.role not in roles:
            raise RequestError(
                Problem(
                    "FORBIDDEN",
                    "Authorization",
                    value=self.role,
                    zh="当前密钥无权执行该操作",
                    en="this key may not do that",
                    remedy_zh=f"需要 {'、'.join(roles)} 密钥",
                    remedy_en=f"a key of role {' or '.join(roles)} is needed",
                ),
                status=403,
            )


OPERATOR = Viewer("operator", Role.NATIONAL)  # whoever can run the command line on the hub's machine


def create_key(
    database: Database, name: str, role: Role, region: str | None = None, author: str = OPERATOR.name
) -> str:
    """Make a key and return it; this is the only time it can be seen."""
    if (role is Role.REGION) != (region is not None) or (region is not None and region not in regions()):
        raise RequestError(
            Problem(
                "KEY_REGION_INVALID",
                "region",
                value=region,
                zh="REGION 密钥须绑定一个已接入地区，其他密钥不绑定",
                en="a REGION key is bound to one connected region, other keys to none",
                remedy_zh="可用：" + "、".join(regions()),
                remedy_en="one of " + ", ".join(regions()),
            )
        )
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = f"dexhub_{prefix}_{secret}"
    row = ApiKeyRow(
        prefix=prefix, digest=_digest(key), name=name, role=role, region=region, created_at=datetime.now(UTC)
    )
    with database.write() as session:
        KeyStore(session).add(row)
        change = {"name": name, "role": role.value, "region": region}
        record(session, actor=author, action=AuditAction.KEY_CREATED, subject=prefix, change=change)
    return key


def revoke_key(database: Database, prefix: str, author: str, reason: str = "") -> bool:
    """Revoke a key, at once and for good; whether there was one to revoke."""
    now = datetime.now(UTC)
    with database.write() as session:
        done = KeyStore(session).revoke(prefix, now)
        if done:
            record(session, actor=author, action=AuditAction.KEY_REVOKED, subject=prefix, reason=reason, at=now)
    return done


def authenticate(database: Database, authorization: str | None) -> Viewer:
    """The viewer behind an Authorization header; RequestError with status 401 for anything but a valid key."""
    scheme, _, key = (authorization or "").partition(" ")
    parts = key.strip().split("_", 2)
    if scheme.lower() == "bearer" and len(parts) == 3:
        with database.read() as session:
            row = KeyStore(session).get(parts[1])
        if row is not None and row.revoked_at is None and hmac.compare_digest(row.digest, _digest(key.strip())):
            return Viewer(row.name, Role(row.role), row.region)
    raise unauthenticated()


def unauthenticated() -> RequestError:
    """What is said to whoever shows no valid key, whatever the reason."""
    return RequestError(
        Problem(
            "UNAUTHENTICATED",
            "Authorization",
            zh="缺少密钥，或密钥无效、已吊销",
            en="no key, or one that is invalid or revoked",
            remedy_zh="在请求头写 Authorization: Bearer <密钥>；密钥由 dexhub keys create 生成",
            remedy_en="send Authorization: Bearer <key>; keys are made by dexhub keys create",
        ),
        status=401,
    )


async def viewer_of(request: Request) -> Viewer:
    """The viewer behind a request to a served hub."""
    hub: Hub = request.app.state.hub
    return await asyncio.to_thread(authenticate, hub.database, request.headers.get("Authorization"))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
