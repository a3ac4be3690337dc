"""Looks at stored windows of publicity and objections for what can never be: a published list without a window, names that are
not those of the first day, an objection upheld without a word on its entry or decided by halves, what is not on record.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from schema.audit import AuditAction
from schema.canonical import canonical, digest
from schema.errors import Problem
from schema.list_life import ListState
from schema.publicity import ObjectionStatus
from sync.database import Session
from sync.diagnosis import unsound
from sync.repository.audit import AuditStore
from sync.repository.lists import ListStore
from sync.repository.publicity import PublicityStore
from sync.repository.rosters import RosterStore
from sync.scope import EVERYTHING
from sync.tables import ObjectionRow, PublicityRow

_PUBLISHED = (ListState.PUBLICITY, ListState.CONFIRMED, ListState.FINAL)


def examine_publicity(session: Session) -> Iterator[Problem]:
    """Everything that is wrong with windows and objections."""
    store = PublicityStore(session, EVERYTHING)
    windows, objections = store.windows(None), store.objections()
    opened = {row.receipt for row in windows}
    for row in ListStore(session, EVERYTHING).versions():
        if row.state in _PUBLISHED and row.receipt not in opened:
            yield unsound(
                "WINDOW_MISSING", row.receipt, row.state, "公示过的名单没有公示记录", "published, and no window"
            )
    for window in windows:
        if digest(canonical(window.names)) != window.digest:
            yield unsound(
                "NAMES_CHANGED", window.id, window.digest, "公示内容与首日不符", "not the names of the first day"
            )
    yield from _decided(session, objections)
    yield from _on_record(session, windows, objections)


def _decided(session: Session, objections: Sequence[ObjectionRow]) -> Iterator[Problem]:
    """A decision is whole: with its time, without the way to reach the objector, and with a word on the entry if upheld."""
    words = RosterStore(session).from_objections()
    for row in objections:
        waits = row.status == ObjectionStatus.RECEIVED
        if waits in (row.decided_at is not None, row.contact is None):
            yield unsound("OBJECTION_TORN", row.id, row.status, "异议只处理了一半", "an objection is decided by halves")
        if (row.status == ObjectionStatus.UPHELD) != ((row.id, row.entry_id) in words):
            yield unsound(
                "WORD_MISSING", row.id, row.status, "异议的处理与对项目的决定不符", "its decision and the word on its entry disagree"
            )  # fmt: skip


def _on_record(
    session: Session, windows: Sequence[PublicityRow], objections: Sequence[ObjectionRow]
) -> Iterator[Problem]:
    """Every window, objection and decision has one record."""
    happened = Counter((AuditAction.PUBLICITY_OPENED.value, row.id) for row in windows)
    for row in objections:
        happened[AuditAction.OBJECTION_FILED.value, row.id] += 1
        happened[AuditAction.OBJECTION_DECIDED.value, row.id] += row.status != ObjectionStatus.RECEIVED
    told = AuditStore(session).counts(
        [AuditAction.PUBLICITY_OPENED, AuditAction.OBJECTION_FILED, AuditAction.OBJECTION_DECIDED]
    )
    for what in sorted({*happened, *told}):
        if happened[what] != told.get(what, 0):
            yield unsound(
                "NOT_ON_RECORD", what[1], what[0], "公示或异议没有记录在案或重复记录", "publicity or objection not on record, or twice"
            )  # fmt: skip
