"""When keys were last used: noted in memory and written once a minute, so that reading never waits for a writer."""

import threading
from datetime import UTC, datetime

from sync.database import Database
from sync.repository.keys import KeyStore


class KeyUses:
    """One for a process. What a crash loses is a minute of times and nothing else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, datetime] = {}

    def note(self, prefix: str) -> None:
        """This key was used now."""
        with self._lock:
            self._seen[prefix] = datetime.now(UTC)

    def write(self, database: Database) -> None:
        """Store what was noted since the last time."""
        with self._lock:
            seen, self._seen = self._seen, {}
        if seen:
            with database.write() as session:
                KeyStore(session).used(seen)
