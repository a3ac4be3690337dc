"""adapters/<region>/columns.toml: what the columns of a province's table are called, and where in its payload they belong."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

import adapters as package
from adapters.table import Cell, Unreadable, text_of
from adapters.values import china_time
from schema.errors import MappingError
from schema.fact_file import read_facts
from schema.provenance import CHINA, Fact

NUMBERED: Final = "{n}"
_YES: Final = "是"
_NO: Final = "否"
_FLAGS: Final[Mapping[str, bool]] = {_YES: True, "TRUE": True, _NO: False, "FALSE": False, "": False}
_BETWEEN: Final = "；"  # between the items of a list in one cell; the half-width form is read as well
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Column(Fact):
    """Where a column's cells stand in the payload, and as what. With "?" an empty cell is null. A "list" is a cell of texts
    with semicolons between them; "milliseconds" are a time as people write it, in the payload counted since 1970.
    """

    to: str
    type: Literal[
        "text", "text?", "integer", "integer?", "number", "number?", "flag", "flag?", "list", "milliseconds",
        "milliseconds?",
    ] = "text"  # fmt: skip

    def value(self, cell: Cell) -> object:
        """The cell as this type. What it cannot be stays text, for the payload type to refuse."""
        text = text_of(cell).strip()
        if isinstance(cell, Unreadable):
            return {"unreadable": text}  # of no payload's type, so that the row is refused again when mapped again
        if not text and self.type.endswith("?"):
            return None
        try:
            return self._read(text)
        except (ValueError, MappingError):
            return text

    def _read(self, text: str) -> object:
        match self.type.rstrip("?"):
            case "flag":
                return _FLAGS.get(text.upper(), text)
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "list":
                return [part.strip() for part in re.split("[；;]", text) if part.strip()]
            case "milliseconds":
                return (china_time(text, self.to) - _EPOCH) // _MILLISECOND
            case _:
                return text

    def cell(self, value: object) -> Cell:
        """The way back: how a value of the payload stands in a table."""
        if value is None:
            return ""
        if isinstance(value, list):
            return _BETWEEN.join(str(item) for item in value)
        if isinstance(value, bool):
            return _YES if value else _NO
        if self.type.startswith("milliseconds") and isinstance(value, int):
            return f"{(_EPOCH + value * _MILLISECOND).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        return value if isinstance(value, int | float) else str(value)


def _as_column(value: object) -> object:
    return {"to": value} if isinstance(value, str) else value


class Columns(Fact):
    """columns.toml. `key` is the heading of the entry's own number. A heading with {n} stands for any number of columns,
    counted from 1: `"成员{n}姓名" = "members.{n}.name"`. `constants` fill places that a table has no column for; `ignored`
    headings are read by nobody; objects named in `always` stand in the payload also where all their cells are empty, others are
    null then. White space in headings does not count; here they are written without.
    """

    key: str | None = None
    ignored: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    constants: dict[str, bool | int | str] = Field(default_factory=dict)
    columns: dict[str, Annotated[Column, BeforeValidator(_as_column)]] = Field(default_factory=dict)

    def place(self, heading: str) -> Column | None:
        """The column that this heading is, its number filled in."""
        for pattern, column in self.columns.items():
            form = re.escape(pattern).replace(re.escape(NUMBERED), "([1-9][0-9]?)")
            if found := re.fullmatch(form, heading):
                return column.model_copy(update={"to": column.to.replace(NUMBERED, "".join(found.groups()))})
        return None


def columns_of(slug: str) -> Columns:
    """What is agreed on the region's table; without columns.toml every column goes by its own heading."""
    for root in package.__path__:
        path = Path(root) / slug / "columns.toml"
        if path.is_file():
            return read_facts(path, Columns)
    return Columns()
