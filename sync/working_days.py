"""When a period of days ends, by the Civil Code and the State Council's calendar of holidays and moved working days.

The day on which it begins is not counted (民法典第二百零一条). It ends with its last day, and where that is a day of rest
with the next that is none (第二百零三条). Days are Beijing's.
"""

from datetime import date, datetime, time, timedelta

from chinese_calendar import is_workday

from schema.errors import Problem, RequestError
from schema.provenance import CHINA
from schema.publicity import DayKind

_DAY = timedelta(days=1)


def end_of_period(begun: datetime, days: int, kind: DayKind) -> datetime:
    """The moment after the last day; RequestError where the calendar of that year is not published yet."""
    try:
        day = begun.astimezone(CHINA).date()
        left = days
        while left or not is_workday(day):
            day += _DAY
            if left and (kind is DayKind.CALENDAR or is_workday(day)):
                left -= 1
    except NotImplementedError:
        raise RequestError(_unknown(day)) from None
    return datetime.combine(day + _DAY, time(), CHINA)


def _unknown(day: date) -> Problem:
    return Problem(
        "CALENDAR_UNKNOWN", "closesAt", f"{day.year} 年的放假安排尚未收录", f"the holidays of {day.year} are not known yet",
        day.isoformat(), "自行指定截止时间，或更新 chinesecalendar", "give the end yourself, or update chinesecalendar",
    )  # fmt: skip
