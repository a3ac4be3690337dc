"""The national application form (参赛项目申报书): its 79 fields with their limits, as data.

Source: the form is printed in one province's notice alone, with nothing of that province in it; `national/form.toml` says
where, and why we take it for the national one.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from schema.fact_file import NATIONAL, read_facts
from schema.provenance import Fact


class FormColumn(Fact):
    """A column of a table field, and how many characters it takes."""

    label: str
    max_chars: int | None = None


class FormField(Fact):
    """One field. `required` is True where it or its block bears a star, False where not, None in part two of the form, which
    uses no stars. `chapter` are the sections of the application as the notices name them; `chapter_max_chars` is a limit on
    the chapter as a whole. A field `per_unit` is filled once for every organisation.
    """

    id: str
    label: str
    section: str
    line: int
    type: str
    required: bool | None = None
    per_unit: bool = False
    personal_data: bool = False
    max_chars: int | None = None
    chapter: str | None = None
    chapter_max_chars: int | None = None
    max_select: int | None = None
    min_filled: int | None = None
    max_rows: int | None = None
    limit: str | None = None
    options: tuple[str, ...] = ()
    columns: tuple[FormColumn, ...] = ()


class _FormFacts(Fact):
    title: str
    notice: str
    locator: str
    reason: str
    fields: tuple[FormField, ...]


@cache
def form_fields() -> Mapping[str, FormField]:
    """Every field by its id, in printed order."""
    return MappingProxyType({field.id: field for field in read_facts(NATIONAL / "form.toml", _FormFacts).fields})


@cache
def chapter(name: str) -> tuple[str, ...]:
    """The ids of the fields that make up a section of the application."""
    return tuple(field.id for field in form_fields().values() if field.chapter == name)
