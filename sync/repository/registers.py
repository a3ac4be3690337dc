"""Lines of registers, what entries they may concern, and the record of their changes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository import bulk
from sync.tables import EntryRow, OrganisationRow, RegisterChangeRow, RegisterLineRow

_STEP = 500


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
        found: dict[str, RegisterLineRow] = {}
        keys = (
            (RegisterLineRow.credit_code, codes),
            (RegisterLineRow.name_key, names),
            (RegisterLineRow.project_key, projects),
        )
        for column, values in keys:
            for part in _parts(sorted(set(values) - {""})):
                rows = self._session.scalars(select(RegisterLineRow).where(col(column).in_(part)))
                found.update({row.id: row for row in rows})
        return list(found.values())

    def concerned(self, codes: Iterable[str], names: Iterable[str], projects: Iterable[str]) -> set[str]:
        """Ids of the entries with an organisation or a title that agrees with any of these."""
        found: set[str] = set()
        unit, code, name = col(OrganisationRow.entry_id), OrganisationRow.credit_code, OrganisationRow.name_key
        for column, values in ((code, codes), (name, names)):
            for part in _parts(sorted(set(values) - {""})):
                found.update(self._session.scalars(select(unit).where(col(column).in_(part))))
        for part in _parts(sorted(set(projects) - {""})):
            found.update(self._session.scalars(select(col(EntryRow.id)).where(col(EntryRow.project_key).in_(part))))
        return found

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store lines."""
        bulk.insert(self._session, RegisterLineRow, rows)

    def remove(self, ids: Sequence[str]) -> None:
        """Take lines away."""
        for part in _parts(ids):
            self._session.execute(delete(RegisterLineRow).where(col(RegisterLineRow.id).in_(part)))

    def record(self, change: RegisterChangeRow) -> None:
        """Keep a change."""
        self._session.add(change)
        self._session.flush()

    def changed(self) -> list[str]:
        """Registers that were ever changed."""
        return list(self._session.scalars(select(col(RegisterChangeRow.register_name)).distinct()))

    def changes(self, registers: Sequence[str] = (), limit: int = 100) -> list[RegisterChangeRow]:
        """Changes, newest first."""
        query = select(RegisterChangeRow).order_by(col(RegisterChangeRow.id).desc()).limit(limit)
        if registers:
            query = query.where(col(RegisterChangeRow.register_name).in_(registers))
        return list(self._session.scalars(query))


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _STEP] for start in range(0, len(values), _STEP))
