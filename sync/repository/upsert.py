"""Insert-or-update in sets, for both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import SQLModel


def upsert(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], keep: Sequence[str] = ()
) -> None:
    """Insert `rows`; where the primary key exists, set every other column but those in `keep`."""
    if not rows:
        return
    target = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(target)
    primary = [column.name for column in target.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in primary and name not in keep}
    session.execute(statement.on_conflict_do_update(index_elements=primary, set_=changed), list(rows))
