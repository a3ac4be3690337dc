"""Finds entries by words, alike on both databases, and makes what is searched anew."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, column, delete, func, or_, select, table, tablesample, text
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.prepared import Told
from sync.repository.statements import statements
from sync.search_text import grams, sought, words
from sync.tables import EntryRow, EntrySearchRow, OrganisationRow

_STEP: Final = 1000
_WORDS: Final = table("entry_search_words", column("rowid"), column("entry_search_words"))
_NEW_WORDS: Final = text(
    "INSERT INTO entry_search_words(rowid, body, organisations) "
    "SELECT id, body, organisations FROM entry_search WHERE id > :last"
)
_COLUMNS: Final = (col(EntrySearchRow.body), col(EntrySearchRow.organisations))
# Entries that say what is asked: so many are looked up first, more are met by walking through the others.
_FEW: Final = 1000
_SAMPLE: Final = 1  # per cent of the rows


def says(
    session: Session, question: str, *, organisations_only: bool = False, whole: bool = False
) -> ColumnElement[bool] | None:
    """The condition that every word of `question` occurs in an entry's text, or in what is told of its organisations; None
    where nothing is asked.

    Which way is quick depends on how many entries say it, which neither database guesses well: a page of a word that stands
    in every second entry is found by walking, one of a rare word by the index. So a look is taken first, unless the `whole`
    of them is asked for and not a page.
    """
    asked = words(question)
    if not asked:
        return None
    columns = _COLUMNS[1:] if organisations_only else _COLUMNS
    way = _on_sqlite if session.get_bind().dialect.name == "sqlite" else _on_postgresql
    holds, looked_up, few = way(session, asked, columns)
    if whole or few():
        return col(EntryRow.id).in_(looked_up)
    found = select(col(EntrySearchRow.entry_id)).where(holds, col(EntrySearchRow.entry_id) == col(EntryRow.id))
    return found.correlate(EntryRow).exists()


_Way = tuple[ColumnElement[bool], Select[Any], Callable[[], bool]]
"""That a row holds the words; the ids of entries that do, by the index; whether these are few."""


def _on_sqlite(session: Session, asked: Sequence[str], columns: Sequence[Any]) -> _Way:
    every = dict.fromkeys(gram for word in asked for gram in grams(word))
    match = " AND ".join('"' + gram.replace('"', '""') + '"' for gram in every)
    rows = select(_WORDS.c.rowid).where(_WORDS.c.entry_search_words.op("MATCH")(match))
    holds = and_(*(or_(*(func.instr(each, sought(word)) > 0 for each in columns)) for word in asked))
    looked_up = select(col(EntrySearchRow.entry_id)).where(col(EntrySearchRow.id).in_(rows))
    if columns is not _COLUMNS or max(map(len, asked)) > 2:  # else the trigrams say all there is to say
        looked_up = looked_up.where(holds)
    number = select(func.count()).select_from(rows.limit(_FEW).subquery())
    return holds, looked_up, lambda: session.execute(number).scalar_one() < _FEW


def _on_postgresql(session: Session, asked: Sequence[str], columns: Sequence[Any]) -> _Way:
    def held(sources: Sequence[Any]) -> ColumnElement[bool]:
        return and_(*(or_(*(each.contains(sought(word), autoescape=True) for each in sources)) for word in asked))

    sample = tablesample(EntrySearchRow, func.system(_SAMPLE))
    number = select(func.count()).where(held([sample.c[each.key] for each in columns]))
    looked_up = select(col(EntrySearchRow.entry_id)).where(held(columns)).offset(0)  # on its own, before anything else
    return held(columns), looked_up, lambda: session.execute(number).scalar_one() < _FEW * _SAMPLE / 100


def add(session: Session, told: Sequence[Told]) -> None:
    """Store the text of entries that have none."""
    from sync.searchable_texts import searchable  # noqa: PLC0415  it loads numpy, which whoever only answers does without

    made = statements(session.get_bind().dialect.name).search
    texts = iter(searchable([text for _, *both in told for text in both]))
    rows = made.layout.ready(
        [{"entry_id": entry, "body": next(texts), "organisations": next(texts)} for entry, *_ in told]
    )
    if session.get_bind().dialect.name != "sqlite":
        made.run(session, rows)
        return
    last = session.execute(select(func.coalesce(func.max(col(EntrySearchRow.id)), 0))).scalar_one()
    made.run(session, rows)
    # All at once: FTS5 puts what it holds to disk before each row that a trigger adds, which takes five times as long.
    session.execute(_NEW_WORDS, {"last": last})


def rebuild(session: Session) -> int:
    """Make what is searched anew from what is stored; the number of entries. For an index that is in doubt."""
    session.execute(delete(EntrySearchRow))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO entry_search_words(entry_search_words) VALUES ('rebuild')"))
    last, number = "", 0
    while rows := _entries(session, last):
        named = _named(session, [row[0] for row in rows])
        add(session, [Told(entry, body, " ".join(named[entry])) for entry, body in rows])
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
