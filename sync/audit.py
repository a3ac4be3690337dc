"""Puts changes on record, in the transaction that makes them: `record` is what everybody calls who changes something.

The chain has one order, so whoever appends waits for whoever did before. Records are therefore only gathered while a
transaction is at work and appended in its last moment, in three statements, however long it ran: what others wait for is
its commit. Readers wait for nobody.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from schema.audit import AuditAction, Record, Seal, Signer, record_digest
from schema.canonical import Json, canonical
from sync.database import Database, Session, at_the_end
from sync.repository.audit import AuditStore

_GATHERED: Final = "audit records of this transaction"


def record(
    session: Session,
    *,
    actor: str,
    action: AuditAction,
    subject: str,
    reason: str = "",
    change: Json = None,
    at: datetime | None = None,
) -> None:
    """Put a change on record when this transaction commits; nothing is on record where it does not.

    `subject` is what was changed, by the id it is known by elsewhere; `change` says what was and what became and holds
    nothing personal. `at` is the moment by which the change was judged, now unless given.
    """
    made = Record(
        0, at or datetime.now(UTC), actor, action.value, subject, reason.strip(), canonical(change).decode()
    )  # fmt: skip
    if _GATHERED not in session.info:
        session.info[_GATHERED] = []
        at_the_end(session, _append)
    session.info[_GATHERED].append(made)


def _append(session: Session) -> None:
    gathered: Sequence[Record] = session.info.pop(_GATHERED)
    store = AuditStore(session)
    count, digest = store.lock()
    rows: list[dict[str, object]] = []
    for count, each in enumerate(gathered, start=count + 1):  # noqa: B020  it goes on where the chain ends
        made, previous = each._replace(sequence=count), digest
        digest = record_digest(previous, made)
        rows.append({**made._asdict(), "previous": previous, "digest": digest})
    store.append(rows)


def seal(database: Database, signer: Signer | None, outside: Path | None, now: datetime) -> Seal | None:
    """Seal what is on record, unless it is sealed already; the newest seal, None where nothing is on record.

    `outside` is a file that seals are added to, best on another machine: what is cut off the database with its seals is
    still found by it. A seal that a crash kept out of the file is added with the next.
    """
    with database.write() as session:
        store = AuditStore(session)
        count, head = store.lock()
        newest = store.newest_seal()
        if count and (newest is None or newest.count < count):
            newest = Seal.make(count, now, head, signer)
            store.add_seal(newest)
        seals = store.seals() if outside is not None else []
    if outside is not None:
        _bring_up_to_date(outside, seals)
    return newest


def seals_in(path: Path) -> list[Seal]:
    """The seals of a file; RequestError where a line is none."""
    return [Seal.parse(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _bring_up_to_date(path: Path, seals: Sequence[Seal]) -> None:
    written = {each.count for each in seals_in(path)} if path.exists() else set()
    missing = [each for each in seals if each.count not in written]
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{each}\n" for each in missing))
