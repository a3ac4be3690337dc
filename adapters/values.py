"""Single values out of foreign text: times and numbers. What cannot be read raises, naming place and value."""

import math
from datetime import UTC, datetime

from schema.errors import MappingError, Problem, redact
from schema.provenance import CHINA

_YEARS = range(2020, 2100)


def _fault(place: str, value: object, zh: str, en: str) -> MappingError:
    return MappingError(
        Problem(
            "VALUE_UNREADABLE",
            place,
            value=redact(value),
            zh=f"{zh}：{redact(value)}",
            en=f"{en}: {redact(value)}",
            remedy_zh="请省平台按约定格式改正该值",
            remedy_en="ask the province to send this value in the agreed form",
        )
    )


def china_time(value: str, place: str) -> datetime:
    """A time as Chinese platforms write it: ISO 8601 with or without offset, `T` or a space, `/` or `-`.

    Without an offset it is Beijing time. A bare date is that day's first moment. Years are 2020 to 2099.

    >>> china_time("2025-06-12 10:33:21", "at").isoformat()
    '2025-06-12T10:33:21+08:00'
    >>> china_time("2025/6/1", "at").isoformat()
    '2025-06-01T00:00:00+08:00'
    """
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _loose(text, place)
    if moment.year not in _YEARS:
        raise _fault(place, text, "时间超出范围", "a time out of range")
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _loose(text: str, place: str) -> datetime:
    day, _, clock = (
        text.replace("/", "-").replace("年", "-").replace("月", "-").replace("日", " ").strip().partition(" ")
    )
    try:
        year, month, date = (int(part) for part in day.split("-"))
        hours = [int(part) for part in clock.strip().split(":")] if clock.strip() else [0]
        hour, minute, second = (*hours, *(0,) * (3 - len(hours)))
        return datetime(year, month, date, hour, minute, second, tzinfo=CHINA)
    except (ValueError, TypeError, OverflowError):
        raise _fault(place, text, "时间无法识别", "not a time we can read") from None


def epoch_time(value: int, place: str) -> datetime:
    """Milliseconds since 1970 as a time, between 2020 and 2100."""
    if not 1_577_836_800_000 <= value < 4_102_444_800_000:
        raise _fault(place, value, "毫秒时间戳超出范围", "milliseconds out of range")
    return datetime.fromtimestamp(value / 1000, UTC)


def number(value: str | float | None, place: str) -> float | None:
    """A figure, or None where the cell is empty or a dash."""
    if value is None or isinstance(value, int | float):
        return None if value is None else float(value)
    text = value.strip()
    if text in ("", "-", "—", "/"):
        return None
    try:
        figure = float(text)
    except ValueError:
        figure = math.nan
    if not math.isfinite(figure):  # float() also reads "nan" and "inf", which JSON cannot carry
        raise _fault(place, value, "数值无法识别", "not a number")
    return figure
