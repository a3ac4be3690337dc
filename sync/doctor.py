"""Looks at what is stored for what can never be: an entry that shows what it has not, half a list, two that count, a seal that
does not match, a gap on record, a roster that is not what its inputs give.

Nothing here should ever find anything, whatever was killed when: the database forbids some of it and transactions the rest.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson
import rfc8785

from schema.audit import AuditAction, Seal, Signer
from schema.errors import Problem
from schema.list_life import COUNTED, PENDING, ListAct, ListState, after
from sync.audit_verification import verify
from sync.database import Database, Session
from sync.diagnosis import unsound
from sync.lists.telling import TOLD, kind_of
from sync.publicity_examining import examine_publicity
from sync.repository.audit import AuditStore
from sync.repository.lists import MIGRATED, ListStore
from sync.repository.messages import MessageStore
from sync.repository.read_model import differing
from sync.roster.examining import examine_roster
from sync.scope import EVERYTHING
from sync.tables import ListEventRow, ListKeyRow, ListRow


def examine(database: Database, signer: Signer | None = None, outside: Iterable[Seal] = ()) -> list[Problem]:
    """Everything that is wrong: of entries, of lists, of publicity, of the roster, of the record of changes. With `signer`
    signatures are checked, and `outside` are seals that were kept elsewhere.
    """
    with database.read() as session:
        return [
            *_read_model(session), *_lists(session), *examine_publicity(session), *examine_roster(session, signer),
            *verify(session, signer, outside).problems,
        ]  # fmt: skip


def _read_model(session: Session) -> Iterator[Problem]:
    """What is shown of entries is what their tables say."""
    entries = differing(session)
    if entries:
        yield Problem(
            "READ_MODEL_DIFFERS", entries[0], f"{len(entries)} 个项目所示与其单位、代表不符",
            f"{len(entries)} entries show other organisations or representatives than they have", str(len(entries)),
            "运行 dexhub db reindex", "run dexhub db reindex",
        )  # fmt: skip


def _lists(session: Session) -> Iterator[Problem]:
    store = ListStore(session, EVERYTHING)
    rows, keys = store.versions(), store.every_key()
    events = store.events([row.receipt for row in rows])
    messages = MessageStore(session, EVERYTHING).counts()
    recorded = AuditStore(session).counts([AuditAction.LIST_CHANGED])
    yield from (*_counted(rows), *_numbered(rows), *_keys(keys, rows))
    for row in rows:
        lived = events.get(row.receipt, [])
        yield from (*_sealed(row), *_lived(row, lived), *_told(row, events, messages))
        if sum(event.reason != MIGRATED for event in lived) != recorded.get((AuditAction.LIST_CHANGED, row.receipt), 0):
            yield unsound(
                "NOT_ON_RECORD", row.receipt, None, "有事件未记录在案或重复记录", "an event is not on record, or twice"
            )


def _counted(rows: Sequence[ListRow]) -> Iterator[Problem]:
    """One version of an issuer counts, one waits."""
    for name, states in (("COUNTED_TWICE", COUNTED), ("PENDING_TWICE", PENDING)):
        found: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row.state in states:
                found[row.issuer].append(row.receipt)
        for issuer, receipts in found.items():
            if len(receipts) > 1:
                yield unsound(
                    name,
                    issuer,
                    "、".join(receipts),
                    "同一推荐单位有多个有效版本",
                    "an issuer has more than one such version",
                )


def _numbered(rows: Sequence[ListRow]) -> Iterator[Problem]:
    """Versions of an issuer are 1, 2, 3 …"""
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[row.issuer].append(row.version)
    for issuer, versions in found.items():
        if sorted(versions) != list(range(1, len(versions) + 1)):
            yield unsound("VERSION_MISSING", issuer, str(sorted(versions)), "版本号不连续", "a version is missing")


def _sealed(row: ListRow) -> Iterator[Problem]:
    """What is stored is what was sealed: canonical, with its digest, in its receipt."""
    content = orjson.loads(row.content)
    if hashlib.sha256(row.content.encode()).hexdigest() != row.digest:
        yield unsound(
            "DIGEST_DIFFERS", row.receipt, row.digest, "摘要与封存内容不符", "the digest is not the content's"
        )
    if rfc8785.dumps(content).decode() != row.content:
        yield unsound("NOT_CANONICAL", row.receipt, None, "封存内容不是规范 JSON", "the content is not canonical JSON")
    named = (content.get("issuer", row.issuer), content["version"])
    if named != (row.issuer, row.version) or not row.receipt.endswith(row.digest[:8].upper()):
        yield unsound("RECEIPT_DIFFERS", row.receipt, str(named), "回执与封存内容不符", "receipt and content disagree")
    ranks = sorted(item["rank"] for item in content["items"])
    if not ranks or ranks != list(range(1, len(ranks) + 1)):
        yield unsound("LIST_TORN", row.receipt, str(len(ranks)), "封存名单不完整", "the sealed list is not whole")


def _lived(row: ListRow, events: Sequence[ListEventRow]) -> Iterator[Problem]:
    """The events lead by the table of acts from nothing to the state the list is in."""
    state: ListState | None = None
    for event in events:
        reached = after(ListAct(event.act), state)
        if event.before != state or reached is None or event.after != reached:
            yield unsound(
                "EVENT_IMPOSSIBLE",
                row.receipt,
                f"{event.id} {event.act}",
                "事件与名单的流程不符",
                "an event does not follow",
            )
            return
        state = reached
    if state != row.state:
        yield unsound(
            "STATE_WITHOUT_EVENT", row.receipt, row.state, "状态没有相应的事件记录", "no event led to this state"
        )


def _told(
    row: ListRow, events: Mapping[str, Sequence[ListEventRow]], messages: Mapping[tuple[str, str], int]
) -> Iterator[Problem]:
    """The region was told of everything, once, but for what was before there were messages."""
    happened = [ListAct(event.act) for event in events.get(row.receipt, ()) if event.reason != MIGRATED]
    for act in TOLD:
        if messages.get((row.receipt, kind_of(act)), 0) != happened.count(act):
            yield unsound("NOT_TOLD", row.receipt, act, "有事件未告知地区或重复告知", "a region was not told, or twice")


def _keys(keys: Sequence[ListKeyRow], rows: Sequence[ListRow]) -> Iterator[Problem]:
    """Every key leads to a list of the same issuer."""
    issued = {row.receipt: row.issuer for row in rows}
    for key in keys:
        if issued.get(key.receipt) != key.issuer:
            yield unsound("KEY_WITHOUT_LIST", key.receipt, key.key, "幂等键没有对应的名单", "a key leads to no list")
