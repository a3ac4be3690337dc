"""What every province's payload models have in common: strict, closed, and knowing which fields are personal."""

from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from schema.errors import Problem, redact

AnyPayload = TypeAdapter[Any]


class Payload(BaseModel):
    """Base of a province's shapes. Types are exact, unknown fields are refused: next year's field is news, not noise."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field whose content is never stored, logged or shown as it came."""


PersonalText = Annotated[str, Personal()]


def personal_names(model: Any) -> frozenset[str]:  # noqa: ANN401  any annotation may stand in a payload
    """The names, as the province writes them, of all personal fields of a payload type and the types inside it."""
    found: set[str] = set()
    _collect(model, found, set())
    return frozenset(found)


def _collect(annotation: Any, found: set[str], seen: set[Any]) -> None:  # noqa: ANN401  as above
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
        seen.add(annotation)
        for name, field in annotation.model_fields.items():
            marks = [*field.metadata, *(mark for part in get_args(field.annotation) for mark in get_args(part)[1:])]
            if any(isinstance(mark, Personal) for mark in marks):
                found.add(field.alias or name)
            _collect(field.annotation, found, seen)
    for part in get_args(annotation):
        _collect(part, found, seen)


def problems_of(error: ValidationError, payload: AnyPayload, file: str) -> list[Problem]:
    """A pydantic error of a payload, or of the record made from it, as problems: JSON path as place, values redacted,
    personal values hidden.
    """
    # Cold path: only rows that fail come here. `name` is how records call what payloads call 姓名, member name, …
    personal = personal_names(payload._type) | {"name"}  # noqa: SLF001  pydantic keeps no public way to the type
    tagged = error.title.startswith("tagged-union")  # then the first part of every path is the tag, not a place
    problems = []
    for fault in error.errors(include_url=False, include_context=False):
        names = [str(part) for part in fault["loc"][1 if tagged else 0 :]]
        scalar = not isinstance(fault["input"], dict | list | tuple)
        value = "***" if personal.intersection(names) else redact(fault["input"]) if scalar else None
        extra, missing = fault["type"] == "extra_forbidden", fault["type"] == "missing"
        problems.append(
            Problem(
                "FIELD_UNKNOWN" if extra else "FIELD_MISSING" if missing else "FIELD_INVALID",
                ".".join(names),
                value=None if missing else value,
                zh="出现未约定的字段" if extra else "缺少约定的字段" if missing else "字段内容不符合约定",
                en=fault["msg"],
                remedy_zh=f"若属平台升级，请更新 adapters/{file}；否则请省平台改正",
                remedy_en=f"if the platform changed, update adapters/{file}; otherwise ask the province to mend the row",
            )
        )
    return problems
