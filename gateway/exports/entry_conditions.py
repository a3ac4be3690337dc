"""GraphQL's filter of entries as an address or a command line has it: names with values, and the whole filter as JSON."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import orjson

from gateway.inputs import DEEPEST, camel, checked
from schema.errors import Problem, RequestError, redact
from schema.types.scalars import moment
from sync.repository.entry_filter import Declared, EntryFilter, declared

WHOLE: Final = "filter"  # the name under which a filter stands as JSON
_DECLARED: Final[Mapping[str, Declared]] = {camel(each.name): each for each in declared()}
_TOGETHER: Final = {"and": "and_", "or": "or_"}
NAMES: Final = (*_DECLARED, WHOLE)


def entry_filter(values: Mapping[str, Sequence[str]]) -> EntryFilter:
    """The filter of these names and values, which must all hold; RequestError (422) with all that makes no sense."""
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    whole = EntryFilter()
    for name, given in values.items():
        if len(given) > 1 and not (name in _DECLARED and _DECLARED[name].many):
            problems.append(wrong(name, given[1], "只能给出一次", "may be given once", given[:1]))
        elif name == WHOLE:
            whole = _read(_json(given[0], problems), WHOLE, problems)
        else:
            kind = _DECLARED[name]
            found[kind.name] = _value(kind, list(given) if kind.many else given[0], name, problems)
    named = EntryFilter(**found)
    for each in (named, whole):
        try:
            checked(each, WHOLE)
        except RequestError as error:
            problems += error.problems
    if problems:
        raise RequestError(problems, status=422)
    return replace(named, and_=(whole,))


def _json(text: str, problems: list[Problem]) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        problems.append(wrong(WHOLE, text, "不是 JSON", "not JSON", ('{"not": {"stages": ["FINAL"]}}',)))
        return {}


def _read(given: object, place: str, problems: list[Problem]) -> EntryFilter:
    """A filter out of JSON, as GraphQL would read it; of one that is too deep, as much as shows that it is."""
    if place.count(".") > DEEPEST:
        return EntryFilter()
    found: dict[str, Any] = {}
    if not isinstance(given, dict):
        problems.append(wrong(place, str(given), "须为一个 JSON 对象", "must be a JSON object", ("{}",)))
        return EntryFilter()
    for name, value in given.items():
        where = f"{place}.{name}"
        if value is None:
            continue
        if name in _TOGETHER:
            parts = value if isinstance(value, list) else [value]
            found[_TOGETHER[name]] = tuple(_read(p, f"{where}[{n}]", problems) for n, p in enumerate(parts))
        elif name == "not":
            found["not_"] = _read(value, where, problems)
        elif name in _DECLARED:
            kind = _DECLARED[name]
            found[kind.name] = _value(kind, value, where, problems)
        else:
            problems.append(wrong(where, name, "没有这个筛选条件", "no such filter", (*_DECLARED, *_TOGETHER, "not")))
    return EntryFilter(**found)


def _value(kind: Declared, given: object, place: str, problems: list[Problem]) -> Any:  # noqa: ANN401  as it is declared
    """What is asked for; None, and a problem more, where it makes no sense."""
    if kind.many:
        return [
            _value(kind._replace(many=False), each, place, problems)
            for each in (given if isinstance(given, list) else [given])
        ]
    text = str(given)
    if issubclass(kind.value, StrEnum):
        members = kind.value.__members__
        if text not in members:
            problems.append(wrong(place, text, "没有这个取值", "no such value", tuple(members)))
        return members.get(text)
    if kind.value is datetime:
        try:
            return moment(given)
        except RequestError as error:
            problems += [replace(each, place=redact(place), value=redact(text)) for each in error.problems]
            return None
    if kind.value is float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            problems.append(wrong(place, text, "不是数", "no number", ("85.5",)))
        return number
    if not isinstance(given, str):
        problems.append(wrong(place, text, "须为文字", "must be text", ('"41"',)))
    return text


def wrong(name: str, value: str, zh: str, en: str, known: Sequence[str]) -> Problem:
    """That a value of a filter makes no sense; `known` are values that do."""
    return Problem(
        "FILTER_INVALID", redact(name), zh, en, redact(value), "可用：" + "、".join(known), "one of " + ", ".join(known)
    )
