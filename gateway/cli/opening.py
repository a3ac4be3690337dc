"""How a command opens the configured hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.hub import Hub
    from sync.settings import Settings


@contextmanager
def open_hub(settings: "Settings | None" = None) -> Iterator["Hub"]:
    """The configured hub with its database ready; closed at the end. Loaded only here: not every command opens it."""
    from gateway.hub import Hub  # noqa: PLC0415  see above
    from sync import revision  # noqa: PLC0415  see above
    from sync.database import Database  # noqa: PLC0415  see above
    from sync.settings import Settings  # noqa: PLC0415  see above

    chosen = settings or Settings()
    database = Database(chosen.database_url)
    hub = Hub(chosen, database)
    try:
        revision.ready(database)
        yield hub
    finally:
        hub.stop()
