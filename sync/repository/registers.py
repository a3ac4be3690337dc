"""Lines of registers, what entries they may concern, and the record of their changes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository import bulk
from sync.repository.parts import in_parts
from sync.tables import EntryRow, OrganisationRow, RegisterChangeRow, RegisterLineRow
from sync.tables.columns import table_of

_CODES: BindParameter[str] = bindparam("codes", expanding=True)
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
_PROJECTS: BindParameter[str] = bindparam("projects", expanding=True)
_LINE, _UNIT, _ENTRY = table_of(RegisterLineRow), table_of(OrganisationRow).c, table_of(EntryRow).c
_CHANGED = select(table_of(RegisterChangeRow).c.register_name).distinct()
_ABOUT = select(_LINE).where(
    or_(_LINE.c.credit_code.in_(_CODES), _LINE.c.name_key.in_(_NAMES), _LINE.c.project_key.in_(_PROJECTS))
)
_WITH_CODE = select(_UNIT.entry_id).where(_UNIT.credit_code.in_(_CODES))
_WITH_NAME = select(_UNIT.entry_id).where(_UNIT.name_key.in_(_NAMES))
_IN_TOPIC = select(_ENTRY.id).where(_ENTRY.topic_id.in_(_PROJECTS))
_WITH_PROJECT = select(_ENTRY.id).where(_ENTRY.project_key.in_(_PROJECTS))


class RegisterStore:
    """Reads and writes of registers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lines(self, registers: Sequence[str] = ()) -> list[RegisterLineRow]:
        """The maintained lines of these registers, or of all; in order of what they name."""
        query = select(RegisterLineRow).order_by(
            col(RegisterLineRow.register_name), col(RegisterLineRow.name), col(RegisterLineRow.project)
        )
        if registers:
            query = query.where(col(RegisterLineRow.register_name).in_(registers))
        return list(self._session.scalars(query))

    def by_ids(self, ids: Sequence[str]) -> list[RegisterLineRow]:
        """Lines by id."""
        return list(self._session.scalars(select(RegisterLineRow).where(col(RegisterLineRow.id).in_(ids))))

    def about(self, codes: Iterable[str], names: Iterable[str], projects: Iterable[str]) -> list[RegisterLineRow]:
        """The lines that agree with any of these credit codes, names or projects as they are compared."""
        wanted = {"codes": _known(codes), "names": _known(names), "projects": _known(projects)}
        return [RegisterLineRow(**row) for row in self._session.execute(_ABOUT, wanted).mappings()]

    def concerned(self, codes: Iterable[str], names: Iterable[str], projects: Iterable[str]) -> set[str]:
        """Ids of the entries with an organisation or a title that agrees with any of these."""
        found: set[str] = set()
        asked = ((_WITH_CODE, "codes", codes), (_WITH_NAME, "names", names), (_WITH_PROJECT, "projects", projects))
        for question, name, values in asked:
            for part in in_parts(_known(values)):
                found.update(self._session.scalars(question, {name: part}))
        return found

    def entered_for(self, topics: Iterable[str]) -> set[str]:
        """Ids of the entries in these topics."""
        return set(self._session.scalars(_IN_TOPIC, {"projects": _known(topics)}))

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store lines."""
        bulk.insert(self._session, RegisterLineRow, rows)

    def remove(self, ids: Sequence[str]) -> None:
        """Take lines away."""
        for part in in_parts(ids):
            self._session.execute(delete(RegisterLineRow).where(col(RegisterLineRow.id).in_(part)))

    def record(self, change: RegisterChangeRow) -> None:
        """Keep a change."""
        self._session.add(change)
        self._session.flush()

    def changed(self) -> list[str]:
        """Registers that were ever changed."""
        return list(self._session.scalars(_CHANGED))

    def changes(self, registers: Sequence[str] = (), limit: int = 100) -> list[RegisterChangeRow]:
        """Changes, newest first."""
        query = select(RegisterChangeRow).order_by(col(RegisterChangeRow.id).desc()).limit(limit)
        if registers:
            query = query.where(col(RegisterChangeRow.register_name).in_(registers))
        return list(self._session.scalars(query))


def _known(values: Iterable[str]) -> list[str]:
    """Without what is empty: two organisations without a code have nothing in common."""
    return sorted(set(values) - {""})
