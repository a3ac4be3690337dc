"""Finds entries by words, alike on both databases, and makes what is searched anew."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, column, delete, or_, select, table, text
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.prepared import searched, statements
from sync.search_text import sought, words
from sync.tables import EntryRow, EntrySearchRow, OrganisationRow

_STEP: Final = 1000
_WORDS: Final = table("entry_search_words", column("rowid"), column("entry_search_words"))
_BODY, _ORGANISATIONS = col(EntrySearchRow.body), col(EntrySearchRow.organisations)


def says(question: str, database: str, *, organisations_only: bool = False) -> ColumnElement[bool] | None:
    """The condition that every word of `question` occurs in an entry's text, or in what is told of its organisations; None
    where nothing is asked. `database` is the kind of database, by SQLAlchemy's name.
    """
    asked = [sought(word) for word in words(question)]
    if not asked:
        return None
    found = select(col(EntrySearchRow.entry_id))
    if database == "sqlite":
        phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in asked)
        match = f"organisations : ({phrases})" if organisations_only else phrases
        rows = select(_WORDS.c.rowid).where(_WORDS.c.entry_search_words.op("MATCH")(match))
        found = found.where(col(EntrySearchRow.id).in_(rows))
    else:
        columns = (_ORGANISATIONS,) if organisations_only else (_BODY, _ORGANISATIONS)
        found = found.where(and_(*(or_(*(each.contains(word, autoescape=True) for each in columns)) for word in asked)))
    return col(EntryRow.id).in_(found)


def rebuild(session: Session) -> int:
    """Make what is searched anew from what is stored; the number of entries. For an index that is in doubt."""
    session.execute(delete(EntrySearchRow))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO entry_search_words(entry_search_words) VALUES ('rebuild')"))
    made, last, number = statements(session.get_bind().dialect.name).search, "", 0
    while rows := _entries(session, last):
        named = _named(session, [row[0] for row in rows])
        made.run(session, [made.ready(searched(entry, body, " ".join(named[entry]))) for entry, body in rows])
        last, number = rows[-1][0], number + len(rows)
    return number


def _entries(session: Session, last: str) -> Sequence[tuple[str, str]]:
    row = EntryRow
    query = select(row.id, row.title, row.summary, row.team_name).where(col(row.id) > last)  # type: ignore[call-overload]
    found = session.execute(query.order_by(col(row.id)).limit(_STEP))
    return [(entry, f"{title} {summary} {team}") for entry, title, summary, team in found]


def _named(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    row, found = OrganisationRow, defaultdict[str, list[str]](list)
    query = select(row.entry_id, row.name, row.credit_code).where(col(row.entry_id).in_(ids))  # type: ignore[call-overload]
    for entry, name, code in session.execute(query.order_by(col(row.entry_id), col(row.position))):
        found[entry].append(f"{name} {code or ''}")
    return found
