"""Writes sandbox.py: every field of the sample, filled from a generated registration where its role is known."""

from collections.abc import Sequence
from typing import Final

import orjson

from adapters.scaffold.facts_text import filled
from adapters.scaffold.fields import Field
from adapters.scaffold.outline import UNFILLED, Outline

_PLAIN: Final = {
    "native_id": "made.native_id",
    "title": "made.title",
    "summary": "made.summary",
    "team": "made.team",
    "city": "made.city",
    "stage": 'self._label("stage", made.stage)',
    "status": 'self._label("status", made.status)',
    "award": 'self._label("award", made.award)',
    "submitted": 'made.submitted_at.strftime("%Y-%m-%d %H:%M:%S")',
    "updated": 'made.updated_at.strftime("%Y-%m-%d %H:%M:%S")',
}
_UNIT: Final = {
    "organisation_name": ".name",
    "organisation_code": ".credit_code",
    "organisation_kind": ".kind",
}
_PERSON: Final = {"person_name": "name", "person_id": "id_number", "person_phone": "phone", "person_role": "duty"}
_EMPTY: Final = {"str": '""', "int": "0", "float": "0.0", "bool": "False", "object": "{}", "objects": "[]"}


def sandbox_text(outline: Outline) -> str:
    """The module's text."""
    lines = _object(outline, outline.fields, "return ", "        ", "")
    if outline.sample.is_table:
        return filled("sandbox_table.py", outline, spoil=_spoil(outline), render="\n".join(lines))
    document = "self.rows()"
    for step in reversed(outline.sample.envelope):
        document = f'{{"{step}": {document}}}'
    return filled("sandbox_json.py", outline, spoil=_spoil(outline), render="\n".join(lines), document=document)


def _spoil(outline: Outline) -> str:
    """Which field each flaw breaks, and with what: always one at the top, as the frame of the sandbox asks."""
    top = {field.role: field for field in outline.fields if field.role and field.type not in ("object", "objects")}
    first = top.get("title") or outline.fields[0]
    wrong = {
        "stage": "不存在的阶段",
        "topic": "99",
        "track": "99",
        "submitted": "2025年13月40日",
        "updated": "2025年13月40日",
    }

    def flaw(name: str, *roles: str) -> str:
        field = next((top[role] for role in roles if role in top), first)
        value = "99" if field.type == "int" else f'"{wrong.get(field.role, "")}"'
        return f'        "{name}": ({_quoted(field.key)}, {value}),'

    last = '        "new_field": ("aiFlag", "1"),'
    lines = [
        flaw("unknown_stage", "stage"),
        flaw("unknown_topic", "topic", "track"),
        flaw("no_title"),
        flaw("bad_time", "submitted", "updated"),
        flaw("new_field", "updated", "submitted") if outline.sample.is_table else last,
    ]
    return "\n".join(lines)


def _object(outline: Outline, fields: Sequence[Field], front: str, indent: str, item: str) -> list[str]:
    lines = [f"{indent}{front}{{"]
    for field in fields:
        key = f"{_quoted(field.key)}: "
        if field.type == "object":
            lines += _object(outline, field.below, key, f"{indent}    ", item)
        elif field.type == "objects":
            lines += _listed(outline, field, key, f"{indent}    ")
        else:
            lines.append(f"{indent}    {key}{_value(outline, field, item)}")
    return [*lines, f"{indent}}}" + ("" if front == "return " else ",")]


def _listed(outline: Outline, field: Field, key: str, indent: str) -> list[str]:
    roles = {below.role for below in field.below}
    if "person_name" in roles:
        item, source = "person", "made.people"
    elif "organisation_name" in roles:
        item, source = "unit", "made.companies[1:]" if "organisation_name" in outline.parts else "made.companies"
    else:
        return [f"{indent}{key}[],  # {UNFILLED}"]
    inner = _object(outline, field.below, "", f"{indent}    ", item)
    inner[-1] = inner[-1].rstrip(",")
    return [f"{indent}{key}[", *inner, f"{indent}    for {item} in {source}", f"{indent}],"]


def _value(outline: Outline, field: Field, item: str) -> str:
    role, plain = field.role, _plain(outline, field, item)
    if plain is None:
        return f"{'None' if field.nullable else _EMPTY.get(field.type, 'None')},  # {UNFILLED}"
    if role in ("submitted", "updated") and field.type == "int":
        return f"int(made.{role}_at.timestamp() * 1000),"
    if role == "score":
        return '"" if made.score is None else f"{made.score:g}",' if field.type == "str" else "made.score,"
    return f"{plain},"


def _plain(outline: Outline, field: Field, item: str) -> str | None:
    role = field.role
    if role in ("track", "topic"):
        return _topic(outline, field)
    if role in _UNIT:
        unit = item if item == "unit" else f"made.companies[{field.number}]"
        value = f'self._label("organisation_kind", {unit}.kind)' if role == "organisation_kind" else unit + _UNIT[role]
        return f'{value} if len(made.companies) > {field.number} else ""' if field.number else value
    if role == "person_contact":
        return "person is made.people[0]" if item == "person" else '"是"' if field.number < 2 else '"否"'
    if role in _PERSON:
        index = max(field.number, 1) - 1
        value = f"{item if item == 'person' else f'made.people[{index}]'}.{_PERSON[role]}"
        return value if not index else f'{value} if len(made.people) > {index} else ""'
    return "made.score" if role == "score" else _PLAIN.get(role)


def _topic(outline: Outline, field: Field) -> str:
    if outline.numbered:
        value = f"made.topic.{field.role}_number"
        return value if field.type == "int" else f"str({value})"
    label = 'self._label("topic", made.topic.topic_id)'
    if not outline.joined:
        return label if field.role == "topic" or "topic" not in outline.parts else "made.topic.track_name"
    return f'{label}.partition("/")[{0 if field.role == "track" else 2}]'


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
