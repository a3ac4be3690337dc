"""What was understood of a sample: which field plays which part, which groups of columns are persons, which topics and
labels occur. Everything that is written is read off this.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from adapters.scaffold.fields import Field, fields_of, leaves, lists
from adapters.scaffold.roles import LABELS
from adapters.scaffold.sample import Sample
from schema.identifiers import RegionCode

UNFILLED: Final = "待填"  # stands wherever a person must fill something in; the checklist looks for it
WANTED: Final = {
    "native_id": "项目编号 / the entry's own number",
    "title": "项目名称 / title",
    "track": "赛道 / track",
    "topic": "赛题 / topic",
    "team": "团队名称 / team",
    "organisation_name": "牵头单位 / lead organisation",
    "stage": "当前阶段 / stage",
    "submitted": "报名时间 / time of registration",
    "updated": "更新时间 / time of last change",
}
_DEFAULTS: Final = {"stage": "已报名", "status": "正常"}
_GROUPED: Final = ("organisation_name", "organisation_code", "organisation_kind")


@dataclass(frozen=True)
class Outline:
    """One sample, understood as far as it goes."""

    region: RegionCode
    file: str
    sample: Sample

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The sample's fields."""
        return fields_of(self.sample.rows)

    @property
    def prefix(self) -> str:
        """Letters in front of ids of tracks: those of ISO 3166-2."""
        return self.region.iso.partition("-")[2]

    @cached_property
    def parts(self) -> dict[str, Field]:
        """The field of each role that occurs once in an entry; of several the one with the shortest name."""
        found: dict[str, Field] = {}
        for field in sorted(leaves(self.fields), key=lambda field: len(field.place)):
            if field.role and not field.role.startswith("person") and not field.number:
                found.setdefault(field.role, field)
        return found

    def groups(self, roles: Sequence[str]) -> list[dict[str, Field]]:
        """Like groups of columns that have these roles, by number."""
        found: dict[int, dict[str, Field]] = {}
        for field in leaves(self.fields):
            wanted = field.role in roles and (field.number or field.role.startswith("person"))
            if wanted:
                found.setdefault(field.number, {}).setdefault(field.role, field)
        return [found[number] for number in sorted(found)]

    @property
    def people(self) -> list[dict[str, Field]]:
        """Groups of columns that are persons."""
        roles = ("person_name", "person_id", "person_phone", "person_role", "person_contact")
        return [group for group in self.groups(roles) if "person_name" in group]

    @property
    def partners(self) -> list[dict[str, Field]]:
        """Groups of columns that are further organisations."""
        return [group for group in self.groups(_GROUPED) if "organisation_name" in group]

    def listed(self, role: str) -> list[tuple[Field, dict[str, Field]]]:
        """Lists of objects that are persons, or organisations, as this role says; with their fields by role."""
        found = [(field, {below.role: below for below in field.below if below.role}) for field in lists(self.fields)]
        other = {"person_name": "organisation_code", "organisation_name": "person_id"}[role]
        return [(field, roles) for field, roles in found if role in roles and other not in roles]

    @cached_property
    def topics(self) -> list[tuple[Any, Any]]:
        """Track and topic of every row, each pair once; None for what the sample does not have."""
        pairs = {(self._value(row, "track"), self._value(row, "topic")) for row in self.sample.rows}
        return sorted((pair for pair in pairs if pair != ("", "")), key=lambda pair: [_sortable(part) for part in pair])

    @property
    def numbered(self) -> bool:
        """Whether tracks and topics are given by their numbers."""
        both = "track" in self.parts and "topic" in self.parts
        return both and all(str(part).isdecimal() for pair in self.topics for part in pair)

    def topic_label(self, track: object, topic: object) -> str:
        """What stands for a topic in lookups.toml: its label, with the track's in front where two tracks share it."""
        if topic is None or track is None:
            return str(topic or track or "")
        shared = sum(other == topic for _, other in self.topics) > 1
        return f"{track}/{topic}" if shared or str(topic).isdecimal() else str(topic)

    @property
    def joined(self) -> bool:
        """Whether topics are known by their track's label and their own."""
        return any("/" in self.topic_label(*pair) and None not in pair for pair in self.topics)

    def labels(self, table: str) -> list[str]:
        """The distinct labels of a lookup table in the sample; a common one where the sample has no such field."""
        found = [field for field in self._everywhere() if field.role == table]
        seen = [str(value) for field in found for value in field.values if str(value).strip()]
        default = [_DEFAULTS[table]] if table in _DEFAULTS and not seen else []
        return list(dict.fromkeys(seen or default))

    @property
    def unmapped(self) -> list[Field]:
        """Plain fields that mean nothing to us."""
        used = {id(field) for field in self.parts.values()}
        used |= {id(field) for group in (*self.people, *self.partners) for field in group.values()}
        for role in ("person_name", "organisation_name"):
            used |= {id(below) for _, roles in self.listed(role) for below in roles.values()}
        return [field for field in self._everywhere() if id(field) not in used]

    @property
    def missing(self) -> list[str]:
        """What an entry needs and no field seems to hold."""
        listed = {"organisation_name"} if self.listed("organisation_name") else set()
        return [told for role, told in WANTED.items() if role not in {*self.parts, *listed}]

    def _everywhere(self) -> Iterator[Field]:
        yield from leaves(self.fields)
        for field in lists(self.fields):
            yield from leaves(field.below)

    def _value(self, row: Any, role: str) -> Any:  # noqa: ANN401  any JSON value
        if role not in self.parts:
            return None
        for key in (field.key for field in (*self.parts[role].above, self.parts[role])):
            row = row.get(key) if isinstance(row, dict) else None
        return row


def tables() -> tuple[str, ...]:
    """The lookup tables that lead to closed lists."""
    return tuple(LABELS)


def _sortable(part: object) -> tuple[int, int, str]:
    text = str(part if part is not None else "")
    return (0, int(text), "") if text.isdecimal() else (1, 0, text)
