"""From rows of an entry's changes to types: people and organisations by name of the part alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import strawberry

from gateway.entries import beijing
from schema.types.history import EntryChange, PartChange
from schema.vocabulary import Followed
from sync.database import Session
from sync.repository import history
from sync.tables import EntryChangeRow

_TOLD: Final = frozenset(
    {
        Followed.TOPIC, Followed.TITLE, Followed.TEAM, Followed.STAGE, Followed.STATUS, Followed.AWARD, Followed.SCORE,
        Followed.CITY,
    }
)  # fmt: skip


def load(session: Session, ids: Sequence[str]) -> Mapping[str, list[EntryChange]]:
    """The changes of entries, oldest first: one query, however many entries."""
    return {entry: [_change(row) for row in rows] for entry, rows in history.changes_of(session, ids).items()}


def _change(row: EntryChangeRow) -> EntryChange:
    return EntryChange(
        changed_at=beijing(row.changed_at),
        recorded_at=beijing(row.recorded_at),
        run_id=strawberry.ID(row.run_id) if row.run_id else None,
        parts=[_part(Followed(part), *row.changes[part]) for part in Followed if part in row.changes],
    )


def _part(part: Followed, before: Any, after: Any) -> PartChange:  # noqa: ANN401  whatever a column holds
    if part not in _TOLD:
        return PartChange(part=part, before=None, after=None)
    return PartChange(part=part, before=_text(before), after=_text(after))


def _text(value: Any) -> str | None:  # noqa: ANN401  as above
    """A topic is kept as track, topic and sub-topic; the narrowest says it all."""
    if isinstance(value, list):
        value = next((each for each in reversed(value) if each is not None), None)
    return None if value is None else str(value)
