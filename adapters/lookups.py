"""adapters/<region>/lookups.toml: a province's own words for things that have one name in the hub.

A table is named by what it leads to; the tables of `VOCABULARY` lead to members of closed lists and are checked when the
file is read. A word that is not in its table stops the row and names the file to edit: guessing would be worse.
"""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from schema.errors import FactsError, MappingError, Problem, redact
from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Stage

VOCABULARY: Final[dict[str, type[StrEnum]]] = {
    "stage": Stage,
    "status": EntryStatus,
    "award": AwardLevel,
    "organisation_kind": OrganisationKind,
}
NONE: Final = "NONE"  # what a label leads to when it says that there is nothing (TOML has no null)
_E = TypeVar("_E", bound=StrEnum)


class Lookups:
    """The tables of one region."""

    def __init__(self, path: Path) -> None:
        self._file = f"{path.parent.name}/{path.name}"
        try:
            self._tables: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise FactsError(self._fault("", str(error))) from error
        problems = [
            self._fault(f"{table}.{label}", f"{target} is no member of {VOCABULARY[table].__name__}")
            for table, labels in self._tables.items()
            if table in VOCABULARY
            for label, target in labels.items()
            if target not in {*VOCABULARY[table], NONE}
        ]
        if problems:
            raise FactsError(problems)

    def _fault(self, key: str, message: str) -> Problem:
        return Problem(
            "LOOKUP_INVALID",
            f"{self._file}: {key}",
            zh=f"对照表有误：{message}",
            en=message,
            remedy_zh="改为 schema/vocabulary.py 所列的成员，或修复该文件",
            remedy_en="name a member listed in schema/vocabulary.py, or mend the file",
        )

    def text(self, table: str, label: str, place: str) -> str:
        """What `label` leads to in `table`; MappingError UNKNOWN_LABEL where it is not there."""
        target = self._tables.get(table, {}).get(label.strip())
        if target is None:
            shown = redact(label)
            raise MappingError(
                Problem(
                    "UNKNOWN_LABEL",
                    place,
                    value=shown,
                    zh=f"未知的{table}标签“{shown}”",
                    en=f"unknown {table} label “{shown}”",
                    remedy_zh=f"核对后在 adapters/{self._file} 的 [{table}] 中补充",
                    remedy_en=f"check it, then add it to [{table}] in adapters/{self._file}",
                )
            )
        return target

    def member(self, kind: type[_E], table: str, label: str, place: str) -> _E:
        """The member of the closed list that `label` leads to."""
        return kind(self.text(table, label, place))

    def member_or_none(self, kind: type[_E], table: str, label: str | None, place: str) -> _E | None:
        """As `member`; None for an empty label and for one that says there is nothing."""
        if not label or not label.strip():
            return None
        target = self.text(table, label, place)
        return None if target == NONE else kind(target)

    def labels(self, table: str) -> dict[str, str]:
        """A whole table, for the side that speaks the province's words (its sandbox)."""
        return dict(self._tables.get(table, {}))
