"""Keys that were looked up, by the version of the data at which they were: as long as nobody has committed anything, a key is
what it was, so it need not be looked up again. One that was revoked is unknown from that commit on.
"""

import hashlib
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.auth import Viewer

_MOST: Final = 1000


class KnownKeys:
    """One for a process. Digests are kept, and no keys."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._viewers: OrderedDict[bytes, tuple[str, Viewer]] = OrderedDict()

    def find(self, authorization: str, version: str) -> "Viewer | None":
        """The viewer that was behind this header at this version, and still is."""
        with self._lock:
            known, viewer = self._viewers.get(_digest(authorization), ("", None))
        if viewer is None or known != version or (viewer.until is not None and viewer.until <= datetime.now(UTC)):
            return None
        return viewer

    def note(self, authorization: str, version: str, viewer: "Viewer") -> None:
        """This viewer was looked up after a look that found this version."""
        with self._lock:
            self._viewers[_digest(authorization)] = version, viewer
            if len(self._viewers) > _MOST:
                self._viewers.popitem(last=False)


def _digest(authorization: str) -> bytes:
    return hashlib.blake2b(authorization.encode(), digest_size=32).digest()
