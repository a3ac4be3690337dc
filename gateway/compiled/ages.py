"""What stands beside an answer that comes from regions: how old their data is. It is looked up once for a version of the data, and put
into words once a minute.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import orjson

from adapters.registry import regions
from gateway.freshness import Reads, beside, good_until, reads, stated
from gateway.hub import Hub
from sync.database import Session
from sync.scope import Scope

Told = tuple[bytes, datetime | None]  # as JSON, and until when it is true; None for as long as nothing changes


class Ages:
    """Of regions as they were last read. It may be used from any thread: what one of them sets another may set again."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known: dict[Scope, AgesAt] = {}

    def known(self, scope: Scope, version: str) -> "AgesAt | None":
        """What was looked up at this version of the data."""
        found = self._known.get(scope)
        return found if found is not None and found.version == version else None

    def at(self, scope: Scope, version: str, session: Session) -> "AgesAt":
        """The same, looked up where it was not."""
        found = self.known(scope, version)
        if found is None:
            found = self._known[scope] = AgesAt(version, scope, reads(session, scope, regions()), self._hub)
        return found


class AgesAt:
    """Those at one version of the data, within a scope."""

    def __init__(self, version: str, scope: Scope, read: Reads, hub: Hub) -> None:
        self.version: Final = version
        self._scope, self._read, self._hub = scope, read, hub
        self._told: dict[tuple[str, ...], Told] = {}

    def beside(self, codes: Iterable[str]) -> Told:
        """What an answer says whose entries come from these regions."""
        key, now = tuple(sorted(codes)), self._hub.now()
        told = self._told.get(key)
        if told is None or (told[1] is not None and told[1] <= now):
            ages = stated(self._read, self._scope, key, now)
            told = self._told[key] = orjson.dumps(beside(key, ages)), good_until(ages)
        return told
