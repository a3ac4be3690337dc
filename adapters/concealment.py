"""Conceals the personal values of a decoded row before it is validated, mapped or stored.

Two nets. Fields that the payload type marks as personal are found by their path, whatever else is wrong with the row.
Every other text is scrubbed of mobile and identity numbers, so that next year's unknown field cannot carry one in. The
second net looks at the row's JSON as a whole first: most rows hold nothing that could be such a number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from adapters.payload import AnyPayload, models_in, personal_kind
from schema.identity import Tokeniser, TokenKind, may_hold_personal_number, scrub


@dataclass(frozen=True, slots=True)
class Concealed:
    """A row with nothing personal in it, and the same as JSON."""

    row: dict[str, Any]
    payload: bytes


@dataclass(slots=True)
class _Plan:
    """Which keys below this place are personal, and which lead to places that hold some."""

    kinds: dict[str, TokenKind] = field(default_factory=dict)
    below: dict[str, "_Plan"] = field(default_factory=dict)


class Concealer:
    """Made once for a payload type."""

    def __init__(self, payload: AnyPayload) -> None:
        self._plan = _Plan()
        _grow(self._plan, payload._type)  # noqa: SLF001  pydantic keeps no public way to the type

    def names(self) -> frozenset[str]:
        """The keys of all personal fields, as the province writes them."""
        return frozenset(_names(self._plan))

    def conceal(self, row: Mapping[str, Any], tokens: Tokeniser) -> Concealed:
        """A copy of the row, as far as it had to be changed, with nothing personal in it."""
        concealed = _tokenised(row, self._plan, tokens)
        payload = orjson.dumps(concealed, default=str)
        if may_hold_personal_number(payload):
            concealed = _scrubbed(concealed)
            payload = orjson.dumps(concealed, default=str)
        return Concealed(concealed, payload)


def _grow(plan: _Plan, annotation: Any) -> None:  # noqa: ANN401  any annotation may stand in a payload
    for model in models_in(annotation):
        for name, info in model.model_fields.items():
            key = info.alias or name
            kind = personal_kind(info)
            if kind is not None:
                plan.kinds[key] = kind
            else:
                below = _Plan()
                _grow(below, info.annotation)
                if below.kinds or below.below:
                    plan.below[key] = below


def _names(plan: _Plan) -> Iterator[str]:
    yield from plan.kinds
    for below in plan.below.values():
        yield from _names(below)


def _tokenised(value: Any, plan: _Plan, tokens: Tokeniser) -> Any:  # noqa: ANN401  any JSON value
    """`value` with tokens where the plan says so; what holds nothing personal is not copied."""
    if isinstance(value, dict):
        copy = value.copy()
        for key, kind in plan.kinds.items():
            if isinstance(content := copy.get(key), str):
                copy[key] = tokens.conceal(kind, content)
        for key, below in plan.below.items():
            if content := copy.get(key):
                copy[key] = _tokenised(content, below, tokens)
        return copy
    return [_tokenised(each, plan, tokens) for each in value] if isinstance(value, list) else value


_key = lru_cache(maxsize=4096)(scrub)  # a dialect has few keys, and an unknown one may be anything


def _scrubbed(value: Any) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {_key(key): _scrubbed(content) for key, content in value.items()}
    if isinstance(value, list):
        return [_scrubbed(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _SHORTEST_NUMBER:
        hidden = scrub(str(value))
        return value if hidden == str(value) else hidden  # a number that is a phone: its field will say it is no figure
    return value


_SHORTEST_NUMBER = 10_000_000_000  # eleven digits; milliseconds since 1970 have thirteen and are no mobile number
