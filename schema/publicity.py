"""What days publicity counts, and what becomes of an objection. For how long a list is laid open is in `schema.selection`."""

from enum import StrEnum


class DayKind(StrEnum):
    """What days are counted."""

    CALENDAR = "CALENDAR"  # 天, 日
    WORKING = "WORKING"  # 工作日, by the State Council's calendar with its moved working days


class ObjectionStatus(StrEnum):
    """The life of an objection."""

    RECEIVED = "RECEIVED"
    UPHELD = "UPHELD"  # the entry does not go to the final
    REJECTED = "REJECTED"  # nothing changes
