"""Writes payload.py: the classes of the sample's shapes, innermost first."""

from collections.abc import Iterator, Sequence

from adapters.scaffold.fields import Field, class_name
from adapters.scaffold.roles import personal_type

_FILLED = frozenset({"native_id", "title", "team", "organisation_name"})


def payload_text(name: str, fields: Sequence[Field], file: str) -> str:
    """The module's text."""
    classes = [*_classes(fields), _class("Project", "参赛项目.", fields)]
    body = "\n\n\n".join(classes)
    marks = sorted({mark for mark in ("PersonalId", "PersonalName", "PersonalPhone") if mark in body})
    lines = [
        f'"""The shapes of {name}\'s entries, guessed from {file}: types and marks are to be checked. A field marked Personal',
        "is concealed before anything else happens to a row.",
        '"""',
        "",
        *(["from typing import Any", ""] if "Any" in body else []),
        f"from pydantic import {'Field, ' if 'Field(' in body else ''}TypeAdapter",
        "",
        f"from adapters.payload import {', '.join(['Payload', *marks])}",
        "",
        "",
        body,
        "",
        "",
        "PAYLOAD: TypeAdapter[Project] = TypeAdapter(Project)",
        "",
    ]
    return "\n".join(lines)


def _classes(fields: Sequence[Field]) -> Iterator[str]:
    for field in fields:
        if field.below or field.type in ("object", "objects"):
            yield from _classes(field.below)
            yield _class(class_name(field), f"`{field.key}`.", field.below)


def _class(name: str, told: str, fields: Sequence[Field]) -> str:
    lines = [f"class {name}(Payload):", f'    """{told}"""', ""]
    return "\n".join([*lines, *(f"    {_line(field)}" for field in fields)])


def _line(field: Field) -> str:
    mark = personal_type(field.role) if field.type == "str" else None
    annotation = field.annotation.replace("str", mark, 1) if mark else field.annotation
    options = [f'alias="{field.key}"'] if field.name != field.key else []
    if field.role in _FILLED and not field.number and field.annotation == "str" and all(field.values):
        options.append("min_length=1")
    if field.absent:
        options.insert(0, "default=None")
    return f"{field.name}: {annotation}" + (f" = Field({', '.join(options)})" if options else "")
