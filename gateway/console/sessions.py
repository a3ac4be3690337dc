"""Who is signed in: a row in the database behind a cookie that holds nothing but chance.

A session ends by signing out, when the key that opened it is revoked or over, when it was idle too long, and at its longest;
each holds at once and in every process, since every request reads the row. It may do what that key may.

What pages ask is held to the limits that hold for everybody, and is charged to a budget of the same size as a key's, but one
of its own (`console:…`): a job that has spent its minute must not keep the people who share its key from their pages, nor they
it. It goes with the key or the person and not with the session, so signing in once more gives nobody more.

The cookie is HttpOnly and SameSite=Lax: Strict would
lose it on the way back from an identity provider, and no form acts without a token of its session anyway.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.auth import EVERY_SCOPE, Viewer, is_valid, scopes_of
from gateway.hub import Hub
from schema.vocabulary import Role
from sync.repository.console import ConsoleStore
from sync.repository.keys import KeyStore
from sync.settings import Settings
from sync.tables import ConsoleSessionRow

COOKIE: Final = "dexhub_session"
_NOTED: Final = timedelta(minutes=1)  # a page seen sooner after the last one is not worth a write


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds, as one request found it. `form_key` signs its forms, `remembered` is what its pages keep."""

    digest: str
    viewer: Viewer
    form_key: str
    remembered: dict[str, Any]


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


async def begin(hub: Hub, viewer: Viewer, key_prefix: str | None = None) -> str:
    """A new session; the cookie that opens it."""
    cookie, now = secrets.token_urlsafe(32), hub.now()
    row = ConsoleSessionRow(
        digest=_digest(cookie), key_prefix=key_prefix, name=viewer.name, role=viewer.role, region=viewer.region,
        form_key=secrets.token_hex(32), remembered={}, created_at=now, seen_at=now,
    )  # fmt: skip

    def work() -> None:
        with hub.database.write() as session:
            ConsoleStore(session).add(row)

    await asyncio.to_thread(work)
    return cookie


async def of(request: Request) -> Session | None:
    """The session of a request; None where there is none, or none any more."""
    cookie = request.cookies.get(COOKIE)
    hub: Hub = request.app.state.hub
    found = await asyncio.to_thread(_found, hub, _digest(cookie)) if cookie else None
    if found is not None:
        request.state.holder = found.viewer.holder
    return found


def _found(hub: Hub, digest: str) -> Session | None:
    now = hub.now()
    with hub.database.read() as session:
        row = ConsoleStore(session).get(digest)
        key = KeyStore(session).get(row.key_prefix) if row is not None and row.key_prefix else None
    if row is None or _is_over(row, hub.settings, now):
        return None
    if row.key_prefix and (key is None or not is_valid(key, now)):
        return None
    if now - row.seen_at >= _NOTED:
        with hub.database.write() as session:
            ConsoleStore(session).seen(digest, now)
    scopes = scopes_of(key.scopes) if key is not None else EVERY_SCOPE
    holder = f"console:{row.key_prefix or row.name}"
    return Session(digest, Viewer(row.name, Role(row.role), row.region, scopes, holder), row.form_key, row.remembered)


def _is_over(row: ConsoleSessionRow, settings: Settings, now: datetime) -> bool:
    idle, longest = (
        timedelta(minutes=each) for each in (settings.console_idle_minutes, settings.console_longest_minutes)
    )
    return row.ended_at is not None or now - row.seen_at >= idle + _NOTED or now - row.created_at >= longest


async def remember(hub: Hub, session: Session, **what: Any) -> None:  # noqa: ANN401  any JSON value
    """Keep something with a session until it ends."""
    session.remembered.update(what)

    def work() -> None:
        with hub.database.write() as opened:
            row = ConsoleStore(opened).get(session.digest)
            if row is not None:
                row.remembered = {**row.remembered, **what}

    await asyncio.to_thread(work)


async def end(hub: Hub, session: Session) -> None:
    """Sign out: the cookie opens nothing any more, whoever holds it."""

    def work() -> None:
        with hub.database.write() as opened:
            row = ConsoleStore(opened).get(session.digest)
            if row is not None:
                row.ended_at = hub.now()

    await asyncio.to_thread(work)


def give(response: Response, request: Request, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites' forms do not send; over TLS, for TLS alone. Without `seconds`
    it goes with the browser.
    """
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")
