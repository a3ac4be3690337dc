"""Writes mapping.py: the calls on `draft` that the sample's fields seem to ask for, each marked `# guessed`."""

from collections.abc import Iterator
from typing import Final

from adapters.scaffold.fields import Field
from adapters.scaffold.outline import UNFILLED, Outline

_GUESSED: Final = "  # guessed"
_ESSENTIAL: Final = ("title", "track", "topic", "team", "organisation_name", "submitted")
_LINE: Final = 120
_NO_FIELD: Final = f"  # {UNFILLED}: 样例中没有对应的字段 / no field of the sample seems to hold it"


def mapping_text(outline: Outline) -> str:
    """The module's text."""
    return _Mapping(outline).text()


class _Mapping:
    """One mapping being written. `_sure` are places that some rows lack and that no entry can do without: rows without
    them are taken for withdrawn ones, so that what follows may count on them.
    """

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._parts = outline.parts
        lists = [field for role in ("person_name", "organisation_name") for field, _ in outline.listed(role)]
        needed = [*(self._parts[role] for role in _ESSENTIAL if role in self._parts), *lists]
        self._sure = list(dict.fromkeys(path for field in needed for path in field.doubtful))

    def text(self) -> str:
        body = "\n".join([*self._withdrawn(), *self._organisations(), *self._people(), *self._entry()])
        values = [name for name in ("china_time", "epoch_time", "number") if f"{name}(" in body]
        ours = [
            "from adapters.draft import Draft",
            f"from adapters.{self._outline.region.slug}.payload import Project",
            *([f"from adapters.values import {', '.join(values)}"] if values else []),
        ]
        made = "Entry | Tombstone" if self._sure else "Entry"
        lines = [
            f'"""From a row of {self._outline.region.name} to the record. Guesses are to be checked, then unmarked."""',
            "",
            *sorted(ours),
            f"from schema.records import {made.replace(' |', ',')}",
            *(["from schema.vocabulary import Stage"] if "Stage." in body else []),
            "",
            "",
            f"def to_entry(row: Project, draft: Draft) -> {made}:",
            '    """The record of one row. Pure."""',
            body,
            "",
        ]
        return "\n".join(lines)

    def _withdrawn(self) -> list[str]:
        if not self._sure:
            return []
        absent = [f"{path} is None" for path in self._sure]
        line = f"    if {' or '.join(absent)}:"
        wide = ["    if (", f"        {absent[0]}", *(f"        or {each}" for each in absent[1:]), "    ):"]
        return [
            f"  {_GUESSED}: a row without these is a withdrawn entry",
            *([line] if len(line) <= _LINE else wide),
            "        return draft.tombstone(",
            f"            {self._plain(self._parts.get('native_id'))},",
            f"            {self._time('updated', 'submitted')},",
            "        )",
        ]

    def _organisations(self) -> list[str]:
        parts, lines = self._parts, []
        if "organisation_name" in parts:
            lines += self._organisation("    ", parts, "row", f'"{parts["organisation_name"].place}"')
        for group in self._outline.partners:
            lines.append(f"    if {self._read(group['organisation_name'])}:")
            lines += self._organisation("        ", group, "row", f'"{group["organisation_name"].place}"')
        for field, roles in self._outline.listed("organisation_name"):
            lines.append(f"    for index, unit in enumerate({self._list(field)}):{_GUESSED}")
            lines += self._organisation("        ", roles, "unit", f'f"{field.place}.{{index}}"')
        todo = f"    # {UNFILLED}: 参赛单位，第一个为牵头单位 / the organisations, the lead first: draft.organisation"
        return lines or [todo]

    def _organisation(self, indent: str, roles: dict[str, Field], item: str, place: str) -> list[str]:
        return [
            f"{indent}draft.organisation({_GUESSED}",
            f"{indent}    {self._plain(roles['organisation_name'], item)},",
            f"{indent}    credit_code={self._read(roles.get('organisation_code'), item)},",
            f"{indent}    kind={self._read(roles.get('organisation_kind'), item)},",
            f"{indent}    place={place},",
            f"{indent})",
        ]

    def _people(self) -> list[str]:
        lines = []
        for index, group in enumerate(self._outline.people):
            name, contact = group["person_name"], group.get("person_contact")
            lines.append(f"    if {self._read(name)}:")
            yes = f'{self._read(contact)} == "是"' if contact else str(index == 0)
            lines += self._person("        ", group, "row", f'"{name.place}"', yes)
        for field, roles in self._outline.listed("person_name"):
            contact = roles.get("person_contact")
            yes = self._read(contact, "person") if contact else "index == 0"
            lines.append(f"    for index, person in enumerate({self._list(field)}):{_GUESSED}")
            lines += self._person("        ", roles, "person", f'f"{field.place}.{{index}}"', yes)
        return lines or [f"    # {UNFILLED}: 参赛代表 / the representatives: draft.representative"]

    def _person(self, indent: str, roles: dict[str, Field], item: str, place: str, contact: str) -> list[str]:
        return [
            f"{indent}draft.representative({_GUESSED}",
            f"{indent}    {self._plain(roles['person_name'], item)},",
            f"{indent}    id_number={self._read(roles.get('person_id'), item)},",
            f"{indent}    phone={self._read(roles.get('person_phone'), item)},",
            f"{indent}    role={self._read(roles.get('person_role'), item)},",
            f"{indent}    is_contact={contact},",
            f"{indent}    place={place},",
            f"{indent})",
        ]

    def _entry(self) -> list[str]:
        parts = self._parts
        lines = [
            self._named("native_id", parts.get("native_id")),
            self._named("title", parts.get("title")),
            self._named("summary", parts["summary"]) if "summary" in parts else 'summary="",',
            *self._topic(),
            *self._labelled("stage", "Stage.REGISTERED"),
            *self._labelled("status"),
            self._named("team", parts.get("team") or parts.get("organisation_name")),
            *self._labelled("award"),
            *([f"score={self._score(parts['score'])},{_GUESSED}"] if "score" in parts else []),
            *([f"city={self._plain(parts['city'])} or None,{_GUESSED}"] if "city" in parts else []),
            f"submitted_at={self._time('submitted', 'updated')},{_GUESSED}",
            f"updated_at={self._time('updated', 'submitted')},{_GUESSED}",
        ]
        return ["    return draft.entry(", *(f"        {line}" for line in lines), "    )"]

    def _topic(self) -> Iterator[str]:
        track, topic = self._parts.get("track"), self._parts.get("topic")
        last = topic or track
        if last is None:
            yield f'topic_id="{self._outline.prefix}-T01-01",{_NO_FIELD}'
        elif self._outline.numbered and track and topic:
            numbers = (
                self._read(field) if field.type == "int" else f"int({self._read(field)})" for field in (track, topic)
            )
            yield f'topic_id=draft.topic({", ".join(numbers)}, "{topic.place}"),{_GUESSED}'
        else:
            label = self._plain(last)
            if track and topic and self._outline.joined:
                label = f'f"{{{self._read(track)}}}/{{{self._read(topic)}}}"'
            yield f"topic_id=draft.lookups.text({_GUESSED}"
            yield from (f"    {argument}," for argument in ('"topic"', label, f'"{last.place}"'))
            yield "),"

    def _labelled(self, table: str, instead: str = "") -> list[str]:
        if table not in self._parts:
            return [f"{table}={instead},{_NO_FIELD}"] if instead else []
        field = self._parts[table]
        label = self._read(field) if table == "award" else self._plain(field)
        return [f'{table}=draft.{table}({label}, "{field.place}"),{_GUESSED}']

    def _named(self, name: str, field: Field | None) -> str:
        return f"{name}={self._plain(field)},{_GUESSED if field else _NO_FIELD}"

    def _score(self, field: Field) -> str:
        return self._read(field) if field.type in ("int", "float") else f'number({self._read(field)}, "{field.place}")'

    def _time(self, *roles: str) -> str:
        field = next((self._parts[role] for role in roles if role in self._parts), None)
        if field is None:
            return f'china_time("2025-05-01", "{UNFILLED}")'
        return f'{"epoch_time" if field.type == "int" else "china_time"}({self._read(field)}, "{field.place}")'

    def _list(self, field: Field) -> str:
        return self._read(field) if set(field.doubtful) <= set(self._sure) else f"({self._read(field)}) or ()"

    def _plain(self, field: Field | None, item: str = "row") -> str:
        """The field as a text that is never None."""
        if field is None:
            return '""'
        read = self._read(field, item)
        if field.type != "str":
            return f"str({read})"
        sure = field.path in self._sure or not (field.nullable or field.absent)
        return read if sure and " if " not in read else f'({read}) or ""' if " if " in read else f'{read} or ""'

    def _read(self, field: Field | None, item: str = "row") -> str:
        """The field off the row, or off the item of a list; None where there is no such field."""
        if field is None:
            return "None"
        path = field.path.replace("row.", f"{item}.", 1)
        guards = [above for above in field.doubtful if above not in self._sure and above != field.path]
        return f"{path} if {' and '.join(guards)} else None" if guards else path
