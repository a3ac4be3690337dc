"""What text search looks through."""

from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import text


class EntrySearchRow(SQLModel, table=True):
    """An entry's text, normalised and spread (see `sync.search_text`): title, summary and team; names and credit codes of its
    organisations. Derived from the entry in the transaction that writes it, so it can be made anew at any time.

    PostgreSQL finds words by an index of trigrams, `entry_search_trigrams`; SQLite by the FTS5 table `entry_search_words`,
    which `repository.search` and triggers keep in step and whose rows are known by the number `id`. The migration makes both.
    """

    __tablename__: ClassVar[Any] = "entry_search"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: str = Field(foreign_key="entry.id", ondelete="CASCADE", index=True, unique=True)
    body: str = text()
    organisations: str = text()
