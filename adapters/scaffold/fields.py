"""The fields of a sample as a tree, each with a guessed name, type and role."""

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel

from adapters.scaffold.roles import Surroundings, number_of, role_of

_SCALARS: Final = {bool: "bool", int: "int", float: "float", str: "str"}
_SURROUNDINGS: Final[tuple[tuple[Surroundings, str], ...]] = (
    ("person", r"姓名|身份证|手机|idno|mobile|phone|idnumber"),
    ("organisation", r"单位|信用代码|credit|unit|organi[sz]ation"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `type` is a Python type's name, "object" or "objects"; `below` are the fields of such; `values` the
    distinct values of a plain one. `number` counts like groups of columns.
    """

    key: str
    name: str
    type: str
    role: str
    number: int
    nullable: bool
    absent: bool
    values: tuple[Any, ...]
    below: tuple["Field", ...] = ()
    above: tuple["Field", ...] = ()

    @property
    def path(self) -> str:
        """How the mapping reads it off a row, where nothing on the way is missing."""
        return ".".join(["row", *(field.name for field in (*self.above, self))])

    @property
    def doubtful(self) -> list[str]:
        """The places on the way to it, itself included, that some rows lack."""
        return [field.path for field in (*self.above, self) if field.nullable or field.absent]

    @property
    def place(self) -> str:
        """Where it stands, as problems name it."""
        return ".".join(field.key for field in (*self.above, self))

    @property
    def annotation(self) -> str:
        """Its type in the payload, apart from personal marks."""
        plain = {"object": class_name(self), "objects": f"list[{class_name(self)}]"}.get(self.type, self.type)
        return f"{plain} | None" if self.nullable or self.absent else plain


def class_name(field: Field) -> str:
    """The payload class of a nested field."""
    return "".join(part[:1].upper() + part[1:] for part in field.name.split("_")) + (
        "Item" if field.type == "objects" else ""
    )


def fields_of(
    rows: Sequence[Mapping[str, Any]], above: tuple[Field, ...] = (), surroundings: Surroundings = ""
) -> tuple[Field, ...]:
    """The fields of these rows, in order of first appearance."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    found: list[Field] = []
    names: set[str] = set()
    for index, key in enumerate(keys, start=1):
        values = [row[key] for row in rows if key in row]
        present = [value for value in values if value is not None]
        scalars = tuple(dict.fromkeys(value for value in present if not isinstance(value, dict | list)))
        role = role_of(key, above[-1].key if above else "", surroundings, scalars)
        name = _unique(_name(key, role, index), names)
        field = Field(
            key=key,
            name=name,
            type=_type(present),
            role=role if scalars or not present else "",
            number=number_of(key),
            nullable=len(present) < len(values),
            absent=len(values) < len(rows),
            values=scalars,
            above=above,
        )
        found.append(replace(field, below=_below(field, present)))
    return tuple(found)


def leaves(fields: Iterable[Field]) -> Iterator[Field]:
    """Every plain field that stands once in a row: those inside lists are left out."""
    for field in fields:
        if field.type == "object":
            yield from leaves(field.below)
        elif field.type != "objects":
            yield field


def lists(fields: Iterable[Field]) -> Iterator[Field]:
    """Every list of objects."""
    for field in fields:
        if field.type == "objects":
            yield field
        elif field.type == "object":
            yield from lists(field.below)


def _below(field: Field, present: list[Any]) -> tuple[Field, ...]:
    items = [item for value in present for item in (value if isinstance(value, list) else [value])]
    if field.type not in ("object", "objects"):
        return ()
    keys = " ".join(key for item in items for key in item).lower()
    around = next((kind for kind, pattern in _SURROUNDINGS if re.search(pattern, keys)), None)
    above = () if field.type == "objects" else (*field.above, field)  # an item is read by itself
    return fields_of(items, above, around or "")


def _type(present: list[Any]) -> str:
    if not present:
        return "str"  # guessed from nothing; the checklist says so
    if all(isinstance(value, dict) for value in present):
        return "object"
    if all(isinstance(value, list) for value in present):
        items = [item for value in present for item in value]
        if items and all(isinstance(item, dict) for item in items):
            return "objects"
        return f"list[{_type(items)}]"
    kinds = {_SCALARS.get(type(value), "Any") for value in present}
    return "float" if kinds == {"int", "float"} else " | ".join(sorted(kinds))


def _name(key: str, role: str, index: int) -> str:
    if key.isascii() and key.replace("-", "_").isidentifier():
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", key).lower().strip("_") or f"column_{index}"
    elif role:
        number = number_of(key)
        front = "member" if role.startswith("person") else "partner"
        snake = f"{front}_{number}_{role.partition('_')[2]}" if number else role
    else:
        snake = f"column_{index}"
    taken = keyword.iskeyword(snake) or hasattr(BaseModel, snake) or snake.startswith("model_")
    return f"{snake}_" if taken and not snake.startswith("model_") else f"its_{snake}" if taken else snake


def _unique(name: str, taken: set[str]) -> str:
    made, count = name, 2
    while made in taken:
        made, count = f"{name}_{count}", count + 1
    taken.add(made)
    return made
