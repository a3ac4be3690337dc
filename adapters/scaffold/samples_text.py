"""Writes samples/entry.json: the first rows of the sample with every person in them replaced by an invented one."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson

from adapters.sandbox import identities, writing
from adapters.scaffold.fields import Field
from adapters.scaffold.outline import Outline
from schema.identity import scrub

_KEPT: Final = 3


def samples_text(outline: Outline) -> str:
    """The file's text."""
    rng = random.Random(outline.region.slug)  # noqa: S311  invented persons, the same each time
    rows = [_replaced(row, outline.fields, outline.region.code, rng) for row in outline.sample.rows[:_KEPT]]
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _replaced(row: Mapping[str, Any], fields: Sequence[Field], region: str, rng: random.Random) -> dict[str, Any]:
    return {field.key: _value(row[field.key], field, region, rng) for field in fields if field.key in row}


def _value(value: Any, field: Field, region: str, rng: random.Random) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(value, dict):
        return _replaced(value, field.below, region, rng)
    if isinstance(value, list):
        return [_value(item, field, region, rng) for item in value]
    if value in ("", None) or isinstance(value, bool):
        return value
    invented: dict[str, Callable[[], str]] = {
        "person_id": lambda: identities.id_number(rng, region),
        "person_phone": lambda: identities.phone(rng),
        "person_name": lambda: writing.person_name(rng),
        "person_other": lambda: "（已略去 / left out）",
    }
    if field.role in invented:
        return invented[field.role]()
    return scrub(value) if isinstance(value, str) else value
