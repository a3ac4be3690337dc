"""The read model of entries: organisations and representatives as JSON in the entry's own row, so that a page is one query.

It is written with the entry, in the same transaction; `rebuild` makes it again from the tables that it repeats, and `differing`
names the entries of which it does not tell the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sync.repository.prepared import ORGANISATION, REPRESENTATIVE, shown
from sync.tables import EntryRow, OrganisationRow, RepresentativeRow
from sync.tables.columns import table_of

_STEP: Final = 1000  # entries
_PARTS: Final = (
    ("organisations", OrganisationRow, ORGANISATION),
    ("representatives", RepresentativeRow, REPRESENTATIVE),
)


def rebuild(session: Session) -> int:
    """Make it again for all entries; how many of them told something else before."""
    table = table_of(EntryRow)
    write = update(table).where(table.c.id == bindparam("of"))
    write = write.values({name: bindparam(f"new_{name}") for name, *_ in _PARTS})
    count = 0
    for differing_part in _differing(session):
        session.connection().execute(
            write,
            [{"of": entry, **{f"new_{name}": told for name, told in right.items()}} for entry, right in differing_part],
        )
        count += len(differing_part)
    return count


def differing(session: Session) -> list[str]:
    """The entries whose part of the read model is not what their tables say, by id."""
    return [entry for part in _differing(session) for entry, _ in part]


def _differing(session: Session) -> Iterator[Sequence[tuple[str, dict[str, str]]]]:
    """By steps: entries, and what they should tell."""
    table, last = table_of(EntryRow), ""
    query = select(table.c.id, table.c.organisations, table.c.representatives).order_by(table.c.id).limit(_STEP)
    while rows := session.execute(query.where(table.c.id > last)).all():
        right = {name: _told(session, row, columns, last, rows[-1].id) for name, row, columns in _PARTS}
        last = rows[-1].id
        found = []
        for row in rows:
            should = {name: right[name].get(row.id, "[]") for name in right}
            if should != {"organisations": row.organisations, "representatives": row.representatives}:
                found.append((row.id, should))
        if found:
            yield found


def _told(session: Session, part: Any, columns: Mapping[str, str], after: str, end: str) -> dict[str, str]:  # noqa: ANN401  a table's class
    table = table_of(part)
    told = (table.c.entry_id, *(table.c[name] for name in columns.values()))
    query = select(*told).where(table.c.entry_id > after, table.c.entry_id <= end)
    by_entry: dict[str, list[Any]] = {}
    for row in session.execute(query.order_by(table.c.entry_id, table.c.position)).mappings():
        by_entry.setdefault(row["entry_id"], []).append(row)
    return {entry: shown(rows, columns) for entry, rows in by_entry.items()}
