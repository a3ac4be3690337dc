"""Writes mapping.py: the calls on `draft` that the sample's fields seem to ask for, each marked `# guessed`."""

from adapters.scaffold.fields import Field
from adapters.scaffold.outline import UNFILLED, Outline

_GUESSED = "  # guessed"


def mapping_text(outline: Outline) -> str:
    """The module's text."""
    body = [*_organisations(outline), *_people(outline), *_entry(outline)]
    text = "\n".join(body)
    values = [name for name in ("china_time", "epoch_time", "number") if f"{name}(" in text]
    ours = [
        "from adapters.draft import Draft",
        f"from adapters.{outline.region.slug}.payload import Project",
        *([f"from adapters.values import {', '.join(values)}"] if values else []),
    ]
    imports = [
        *sorted(ours),
        "from schema.records import Entry",
        *(["from schema.vocabulary import Stage"] if "Stage." in text else []),
    ]
    head = f'"""From a row of {outline.region.name} to the record. Every line marked as guessed is to be checked, then unmarked."""'
    signature = "def to_entry(row: Project, draft: Draft) -> Entry:"
    return "\n".join([head, "", *imports, "", "", signature, '    """The record of one row. Pure."""', text, ""])


def _organisations(outline: Outline) -> list[str]:
    parts, lines = outline.parts, []
    if lead := parts.get("organisation_name"):
        code, kind = parts.get("organisation_code"), parts.get("organisation_kind")
        lines += _organisation("    ", _read(lead), _read(code), _read(kind), f'"{lead.place}"')
    for group in outline.partners:
        name, code, kind = (group.get(f"organisation_{part}") for part in ("name", "code", "kind"))
        if name:
            lines.append(f"    if {name.expression}:")
            lines += _organisation("        ", _read(name), _read(code), _read(kind), f'"{name.place}"')
    for field, roles in outline.listed("organisation_name"):
        name, code, kind = (roles.get(f"organisation_{part}") for part in ("name", "code", "kind"))
        lines.append(f"    for index, unit in enumerate({_list(field)}):{_GUESSED}")
        of_name, of_code, of_kind = (_read(each).replace("row.", "unit.", 1) for each in (name, code, kind))
        lines += _organisation("        ", of_name, of_code, of_kind, f'f"{field.place}.{{index}}"')
    return lines or [
        f"    # {UNFILLED}: 参赛单位，第一个为牵头单位 / the organisations, the lead first: draft.organisation"
    ]


def _organisation(indent: str, name: str, code: str, kind: str, place: str) -> list[str]:
    return [
        f"{indent}draft.organisation({_GUESSED}",
        f"{indent}    {name},",
        f"{indent}    credit_code={code},",
        f"{indent}    kind={kind},",
        f"{indent}    place={place},",
        f"{indent})",
    ]


def _people(outline: Outline) -> list[str]:
    lines = []
    for index, group in enumerate(outline.people):
        name = group["person_name"]
        contact = group.get("person_contact")
        yes = f'{contact.expression} == "是"' if contact and contact.type == "str" else _read(contact)
        lines.append(f"    if {name.expression}:")
        lines += _person("        ", group, "row.", f'"{name.place}"', yes if contact else str(index == 0))
    for field, roles in outline.listed("person_name"):
        contact = roles.get("person_contact")
        yes = _read(contact).replace("row.", "person.", 1) if contact else "index == 0"
        lines.append(f"    for index, person in enumerate({_list(field)}):{_GUESSED}")
        lines += _person("        ", roles, "person.", f'f"{field.place}.{{index}}"', yes)
    return lines or [f"    # {UNFILLED}: 参赛代表 / the representatives: draft.representative"]


def _person(indent: str, roles: dict[str, Field], item: str, place: str, contact: str) -> list[str]:
    name, id_number, phone, duty = (
        _read(roles.get(f"person_{part}")).replace("row.", item, 1) for part in ("name", "id", "phone", "role")
    )
    return [
        f"{indent}draft.representative({_GUESSED}",
        f"{indent}    {name},",
        f"{indent}    id_number={id_number},",
        f"{indent}    phone={phone},",
        f"{indent}    role={duty},",
        f"{indent}    is_contact={contact},",
        f"{indent}    place={place},",
        f"{indent})",
    ]


def _entry(outline: Outline) -> list[str]:
    parts = outline.parts
    team = parts.get("team") or parts.get("organisation_name")
    lines = [
        _text("native_id", parts.get("native_id")),
        _text("title", parts.get("title")),
        *([_text("summary", parts["summary"])] if "summary" in parts else ['summary="",']),
        f"topic_id={_topic(outline)},{_GUESSED}",
        *_label("stage", parts.get("stage"), "Stage.REGISTERED"),
        *_label("status", parts.get("status")),
        _text("team", team),
        *_label("award", parts.get("award")),
        *([f"score={_score(parts['score'])},{_GUESSED}"] if "score" in parts else []),
        *([f"city={_read(parts['city'])}{_or_none(parts['city'])},{_GUESSED}"] if "city" in parts else []),
        f"submitted_at={_time(parts.get('submitted') or parts.get('updated'))}",
        f"updated_at={_time(parts.get('updated') or parts.get('submitted'))}",
    ]
    return ["    return draft.entry(", *(f"        {line}" for line in lines), "    )"]


def _read(field: Field | None) -> str:
    return field.expression if field else "None"


def _list(field: Field) -> str:
    return (
        f"{field.expression} or ()"
        if field.nullable or field.absent or " if " in field.expression
        else field.expression
    )


def _text(name: str, field: Field | None) -> str:
    if field is None:
        return f'{name}="",  # {UNFILLED}: 样例中没有对应的列 / no field of the sample seems to hold it'
    if field.annotation == "str" and " if " not in field.expression:
        return f"{name}={field.expression},{_GUESSED}"
    whole = f"str({field.expression})" if field.annotation == "int" else f'str({field.expression} or "")'
    return f"{name}={whole},{_GUESSED}"


def _label(name: str, field: Field | None, instead: str = "") -> list[str]:
    if field is None:
        return [f"{name}={instead},  # {UNFILLED}: 样例中没有对应的列 / no such field in the sample"] if instead else []
    plain = field.expression if field.annotation == "str" or name == "award" else f'str({field.expression} or "")'
    return [f'{name}=draft.{name}({plain}, "{field.place}"),{_GUESSED}']


def _topic(outline: Outline) -> str:
    track, topic = outline.parts.get("track"), outline.parts.get("topic")
    last = topic or track
    if last is None:
        return f'"{outline.prefix}-T01-01"'
    if outline.numbered and track and topic:
        numbers = f"{_integer(track)}, {_integer(topic)}"
        return f'draft.topic({numbers}, "{topic.place}")'
    label = f"{{{track.expression}}}/{{{topic.expression}}}" if track and topic and outline.joined else ""
    return f'draft.lookups.text("topic", {f"f{chr(34)}{label}{chr(34)}" if label else last.expression}, "{last.place}")'


def _integer(field: Field) -> str:
    return field.expression if field.annotation == "int" else f"int({field.expression})"


def _score(field: Field) -> str:
    return field.expression if field.type in ("int", "float") else f'number({field.expression}, "{field.place}")'


def _or_none(field: Field) -> str:
    return " or None" if field.annotation == "str" else ""


def _time(field: Field | None) -> str:
    if field is None:
        return f'china_time("2025-05-01", "{UNFILLED}"),  # 样例中没有时间 / the sample has no time'
    reader = "epoch_time" if field.type == "int" else "china_time"
    return f'{reader}({field.expression}, "{field.place}"),{_GUESSED}'
