"""What is kept no longer than it is needed: see docs/privacy.md. Both acts are on record, in numbers."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from schema.audit import AuditAction
from sync.audit import record
from sync.database import Database
from sync.repository.retention import RetentionStore


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of each were emptied or removed."""

    people: int = 0
    payloads: int = 0
    quarantined: int = 0
    changes: int = 0
    contacts: int = 0
    keys: int = 0


def apply(database: Database, days: int, now: datetime, author: str, *, dry_run: bool = False) -> Removed:
    """Empty rows set aside, payloads of withdrawn entries and contacts of decided objections that are older than `days`,
    and remove keys that ended as long ago.
    """
    before = now - timedelta(days=days)
    with database.write() as session:
        store = RetentionStore(session)
        found = Removed(
            payloads=store.payloads_of_withdrawn(before),
            quarantined=store.quarantined(before),
            contacts=store.contacts(before),
            keys=store.ended_keys(before),
        )
        if dry_run:
            session.rollback()
        elif found != Removed():
            change = {"days": days, **asdict(found)}
            record(
                session, actor=author, action=AuditAction.RETENTION_APPLIED, subject="retention", change=change, at=now
            )
    return found


def forget_people(database: Database, author: str, reason: str, *, dry_run: bool = False) -> Removed:
    """Delete every token and masked name of the edition that this database holds, and whatever else people could be told
    apart by: afterwards nobody can be matched with anybody, and rows cannot be mapped again.
    """
    with database.write() as session:
        store = RetentionStore(session)
        found = Removed(
            people=store.people(),
            payloads=store.payloads(),
            quarantined=store.quarantined(None),
            changes=store.changes(),
        )
        if dry_run:
            session.rollback()
        else:
            change = asdict(found)
            record(
                session,
                actor=author,
                action=AuditAction.TOKENS_DELETED,
                subject="edition",
                reason=reason,
                change=change,
            )
    return found
