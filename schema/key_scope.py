"""What a key may be used for, apart from whose it is."""

from enum import StrEnum


class KeyScope(StrEnum):
    """What a key was made for, within what its role may do."""

    READ = "read"  # queries and exports
    WRITE = "write"  # mutations and uploads
    METRICS = "metrics"  # the figures of the process, for a monitor
