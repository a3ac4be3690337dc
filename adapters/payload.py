"""What every province's payload models have in common: strict, closed, and knowing which fields are personal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from schema.errors import Problem, redact
from schema.identity import TokenKind

AnyPayload = TypeAdapter[Any]


class Payload(BaseModel):
    """Base of a province's shapes. Types are exact, unknown fields are refused: next year's field is news, not noise."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field whose content is concealed before anything else happens to the row (see `adapters.concealment`)."""

    kind: TokenKind


PersonalName = Annotated[str, Personal("name")]
PersonalId = Annotated[str, Personal("id")]
PersonalPhone = Annotated[str, Personal("phone")]


def personal_kind(field: FieldInfo) -> TokenKind | None:
    """The kind of a personal field; None for any other. The mark may stand inside an Optional."""
    marks = [*field.metadata, *(mark for part in get_args(field.annotation) for mark in get_args(part)[1:])]
    return next((mark.kind for mark in marks if isinstance(mark, Personal)), None)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  any annotation may stand in a payload
    """The models that an annotation holds, however deep inside lists, unions and Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def problems_of(error: ValidationError, personal: frozenset[str], file: str) -> list[Problem]:
    """A pydantic error of a payload, or of the record made from it, as problems: JSON path as place, values redacted,
    personal values hidden.
    """
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
