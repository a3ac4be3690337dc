"""Predicates on the application form: what must be filled in, and how long or how many it may be."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, JsonValue

from schema.facts import Facts
from schema.form import FormField, chapter, form_fields
from schema.predicates.finding import Finding, Predicate, met, named, not_met, unknown

_FORM: Final = frozenset({"form"})
_LATIN: Final = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+")
_BLANK: Final[tuple[JsonValue, ...]] = (None, "", [], {})
_Measure = Literal["characters", "options", "rows"]
_UNITS: Final = {"characters": ("字", "characters"), "options": ("项", "options"), "rows": ("行", "rows")}


def _of_the_form(name: str) -> str:
    if name not in form_fields():
        raise ValueError(f"the form has no field {name}")
    return name


def _chapter_of_the_form(name: str) -> str:
    if not chapter(name):
        raise ValueError(f"the form has no chapter {name}")
    return name


FieldId = Annotated[str, AfterValidator(_of_the_form)]
ChapterName = Annotated[str, AfterValidator(_chapter_of_the_form)]


def characters(text: str) -> int:
    """The most 字 that a text can be said to have: every character but white space.

    >>> characters("数据要素 2025 AI")
    10
    """
    return sum(map(len, text.split()))


def words(text: str) -> int:
    """The least: a word of Latin letters or figures counts as one, as word processors do.

    >>> words("数据要素 2025 AI")
    6
    """
    return characters(text) - sum(len(word) - 1 for word in _LATIN.findall(text))


def _is_blank(value: JsonValue) -> bool:
    return value.isspace() if isinstance(value, str) and value else value in _BLANK


def _count(value: JsonValue) -> int:
    """Options or rows that are not blank; one that stands alone is one."""
    return sum(not _is_blank(item) for item in value) if isinstance(value, list) else int(not _is_blank(value))


def _cells(value: JsonValue, column: str | None, *, per_unit: bool) -> Iterator[JsonValue]:
    """The values a limit holds for, one by one: of each organisation, of each row of a table."""
    units = value if per_unit and isinstance(value, list) else [value]
    for unit in units:
        if column is None:
            yield unit
        else:
            rows = unit if isinstance(unit, list) else [unit]
            yield from (row.get(column) for row in rows if isinstance(row, Mapping))


class FormLimit(Predicate):
    """A limit that the form prints: 限 500 字, 最多选 2 项, 最多添加 5 名. Of several fields the sum counts (a chapter).

    >>> FormLimit(fields=("F063",), at_most=500)(known(form={"F063": "字" * 501})).verdict.value
    'NOT_MET'
    >>> FormLimit(fields=("F011",), at_most=2, measure="options")(known(form={"F011": ["公共数据", "企业数据"]})).verdict.value
    'MET'
    """

    fields: tuple[FieldId, ...]
    at_most: int
    measure: _Measure = "characters"
    column: str | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The form."""
        return _FORM

    @cached_property
    def _label(self) -> str:
        names = "、".join(form_fields()[name].label for name in self.fields)
        return f"{names}·{self.column}" if self.column else names

    @cached_property
    def _kept(self) -> Finding:
        """The one answer that is the same every time, said once."""
        zh_unit, en_unit = _UNITS[self.measure]
        zh, en = f"{self._label}不超过 {self.at_most} {zh_unit}", f"{self._label}: within {self.at_most} {en_unit}"
        return met(f"form.{self.fields[0]}", zh, en)

    def __call__(self, facts: Facts) -> Finding:
        """Between the two ways of counting characters the answer stays open."""
        form = facts.form
        if form is None:
            return unknown("form", "未提交申报书，无法核对", "the form was not handed in with the entry")
        cells = [[*_cells(form.get(name), self.column, per_unit=form_fields()[name].per_unit)] for name in self.fields]
        most = least = self._amount(cells, _most if self.measure == "characters" else _count)
        if most > self.at_most and self.measure == "characters":
            least = self._amount(cells, _least)
        if most <= self.at_most and all(cells) and all(cell is not None for row in cells for cell in row):
            return self._kept
        label, field, (zh_unit, en_unit) = self._label, self._kept.field, _UNITS[self.measure]
        if least > self.at_most:
            zh = f"{label}不超过 {self.at_most} {zh_unit}，现有 {least} {zh_unit}"
            return not_met(field, zh, f"{label}: at most {self.at_most} {en_unit}, there are {least}")
        if most > self.at_most:
            zh = f"{label}不超过 {self.at_most} 字；按字符计 {most}，按字数计 {least}，请核对"
            return unknown(field, zh, f"{label}: {most} characters, {least} with words as one; limit {self.at_most}")
        return unknown(field, f"{label}未填，请补充", f"{label} is not given")

    def _amount(self, cells: list[list[JsonValue]], measured: Callable[[JsonValue], int]) -> int:
        """The largest of one field's values, or the sum of a chapter's."""
        amounts = [measured(cell) for row in cells for cell in row if cell is not None]
        return sum(amounts) if len(self.fields) > 1 else max(amounts, default=0)


def _most(value: JsonValue) -> int:
    return characters(str(value))


def _least(value: JsonValue) -> int:
    return words(str(value))


class FormLimits(Predicate):
    """Every limit of the form at once, for regions whose notice does not print the form itself.

    >>> FormLimits()(known(form={"F008": "字" * 1001})).verdict.value
    'NOT_MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The form."""
        return _FORM

    def __call__(self, facts: Facts) -> Finding:
        """NOT_MET with every limit that is passed."""
        if facts.form is None:
            return unknown("form", "未提交申报书，无法核对", "the form was not handed in with the entry")
        findings = [limit(facts) for limit in _limits()]
        worst = [f for f in findings if f.verdict == "NOT_MET"] or [f for f in findings if f.verdict == "UNDETERMINED"]
        if not worst:
            return met("form", "申报书各项均未超出限制", "the form keeps every limit")
        zh, en = "；".join(f.zh for f in worst), "; ".join(f.en for f in worst)
        return Finding(worst[0].verdict, worst[0].field, zh, en)


@cache
def _limits() -> tuple[FormLimit, ...]:
    """What the form's own data limit: characters, chapters, options, rows."""
    return tuple(_read_limits())


def _read_limits() -> Iterator[FormLimit]:
    fields = form_fields().values()
    for field in fields:
        for at_most, measure in (
            (field.max_chars, "characters"),
            (field.max_select, "options"),
            (field.max_rows, "rows"),
        ):
            if at_most is not None:
                yield FormLimit(fields=(field.id,), at_most=at_most, measure=measure)
        for column in field.columns:
            if column.max_chars is not None:
                yield FormLimit(fields=(field.id,), at_most=column.max_chars, column=column.label)
    chapters = {
        (field.chapter, field.chapter_max_chars) for field in fields if field.chapter and field.chapter_max_chars
    }
    for name, at_most in sorted(chapters):
        yield FormLimit(fields=chapter(name), at_most=at_most)


@cache
def _required() -> tuple[FormField, ...]:
    return tuple(field for field in form_fields().values() if field.required)


class FormComplete(Predicate):
    """Fields with a star, or in a block with a star, must be filled in.

    >>> FormComplete()(known(form={"F005": ""})).verdict.value
    'NOT_MET'
    """

    @property
    def inputs(self) -> frozenset[str]:
        """The form."""
        return _FORM

    def __call__(self, facts: Facts) -> Finding:
        """A field that is there and blank is a gap; one that is not there is unknown."""
        form = facts.form
        if form is None:
            return unknown("form", "未提交申报书，无法核对", "the form was not handed in with the entry")
        filled = [(field, [*_cells(form.get(field.id), None, per_unit=field.per_unit)]) for field in _required()]
        blank = [f for f, cells in filled if form.get(f.id) is not None and (not cells or any(map(_is_blank, cells)))]
        if blank:
            gaps = named(f"{field.id} {field.label}" for field in blank)
            return not_met(f"form.{blank[0].id}", f"必填项为空：{gaps}", f"required and blank: {gaps}")
        if missing := [field for field in _required() if form.get(field.id) is None]:
            gaps = named(f"{field.id} {field.label}" for field in missing)
            return unknown(f"form.{missing[0].id}", f"必填项未提供：{gaps}", f"required and not given: {gaps}")
        return met("form", "申报书必填项齐全", "every required field is filled in")


class FormLeast(Predicate):
    """项目应用成效(至少填2项): so many parts of a field must be filled in.

    >>> FormLeast(field="F029", at_least=2)(known(form={"F029": {"降低人力成本": 12}})).verdict.value
    'NOT_MET'
    """

    field: FieldId
    at_least: int

    @property
    def inputs(self) -> frozenset[str]:
        """The form."""
        return _FORM

    def __call__(self, facts: Facts) -> Finding:
        """Counts what is not blank."""
        value = (facts.form or {}).get(self.field)
        label, place = form_fields()[self.field].label, f"form.{self.field}"
        if value is None:
            return unknown(place, f"{label}未提供，请补充", f"{label} is not given")
        parts = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
        count = sum(not _is_blank(part) for part in parts)
        if count >= self.at_least:
            return met(place, f"{label}已填 {count} 项", f"{label}: {count} filled in")
        if any(part is None for part in parts):
            return unknown(
                place, f"{label}至少填 {self.at_least} 项，部分内容未提供", f"{label}: some parts are not given"
            )
        zh, en = (
            f"{label}至少填 {self.at_least} 项，已填 {count} 项",
            f"{label}: at least {self.at_least}, there are {count}",
        )
        return not_met(place, zh, en)


class FormSections(Predicate):
    """项目申报书 … 项目概述、解决方案、应用价值、商业模式、团队介绍: the application has all its sections.

    `chapters` are those of the form that answer to the notice's sections (the form prints 应用成效 for 应用价值 and puts the
    team into part one).

    >>> FormSections(chapters=("商业模式",))(known(form={"F074": "推广", "F075": ""})).verdict.value
    'NOT_MET'
    """

    chapters: tuple[ChapterName, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """The form."""
        return _FORM

    def __call__(self, facts: Facts) -> Finding:
        """Every part of every section is there and not blank."""
        form = facts.form
        if form is None:
            return unknown("form", "未提交申报书，无法核对", "the form was not handed in with the entry")
        values = [
            (f"{name}·{form_fields()[field].label}", form.get(field))
            for name in self.chapters
            for field in chapter(name)
        ]
        if blank := [name for name, value in values if value is not None and _is_blank(value)]:
            return not_met(
                "form", f"申报书缺少内容：{named(blank)}", f"sections of the application are blank: {named(blank)}"
            )
        if missing := [name for name, value in values if value is None]:
            return unknown("form", f"申报书内容未提供：{named(missing)}", f"sections not given: {named(missing)}")
        return met("form", "申报书各部分齐全", "every section of the application is filled in")
