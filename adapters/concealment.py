"""Conceals the personal values of a decoded row before it is validated, mapped or stored.

Two nets. Fields that the payload type marks as personal are found by their path, whatever else is wrong with the row.
Every other text is scrubbed of mobile and identity numbers, so that next year's unknown field cannot carry one in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel

from adapters.payload import AnyPayload, personal_kind
from schema.identity import Tokeniser, TokenKind, scrub


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

    def conceal(self, row: Mapping[str, Any], tokens: Tokeniser) -> dict[str, Any]:
        """A copy of the row with nothing personal in it."""
        concealed: dict[str, Any] = _concealed(row, self._plan, tokens)
        return concealed


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  any annotation may stand in a payload
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _grow(plan: _Plan, annotation: Any) -> None:  # noqa: ANN401  as above
    for model in _models(annotation):
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


_NOTHING = _Plan()
_key = lru_cache(maxsize=4096)(scrub)  # a dialect has few keys, and an unknown one may be anything


def _concealed(value: Any, plan: _Plan, tokens: Tokeniser) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        kinds, below = plan.kinds, plan.below
        return {
            _key(key): tokens.conceal(kinds[key], content)
            if key in kinds and isinstance(content, str)
            else _concealed(content, below.get(key, _NOTHING), tokens)
            for key, content in value.items()
        }
    if isinstance(value, list):
        return [_concealed(each, plan, tokens) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _SHORTEST_NUMBER:
        hidden = scrub(str(value))
        return value if hidden == str(value) else hidden  # a number that is a phone: its field will say it is no figure
    return value


_SHORTEST_NUMBER = 10_000_000_000  # eleven digits; milliseconds since 1970 have thirteen and are no mobile number
