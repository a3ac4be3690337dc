"""Reads what is to be judged and keeps judgements; finds entries by them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.eligibility import Judgement
from schema.provenance import SourceRef
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import EntryStatus, OrganisationKind, Stage, TrackMatch, Verdict
from sync.repository import bulk
from sync.repository.parts import in_parts
from sync.tables import EligibilityRow, EntryRow, OrganisationRow, PatternVerdictRow, PeerRow, RepresentativeRow
from sync.tables.columns import table_of

_COLUMNS = (
    "id", "region", "native_id", "city", "title", "track_id", "topic_id", "sub_topic_id", "match", "stage",
    "status", "team_name", "submitted_at", "updated_at", "native", "first_seen_at", "content_hash",
)  # fmt: skip
# Written once: writing a question anew costs more than asking it of one entry.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
_ENTRY, _UNIT, _PERSON = table_of(EntryRow).c, table_of(OrganisationRow).c, table_of(RepresentativeRow).c
_JUDGED, _PATTERN, _PEER = table_of(EligibilityRow).c, table_of(PatternVerdictRow).c, table_of(PeerRow).c
_ENTRIES = (
    select(*(_ENTRY[name] for name in _COLUMNS), _JUDGED.content_hash.label("judged_hash"), _JUDGED.basis)
    .outerjoin_from(table_of(EntryRow), table_of(EligibilityRow), _JUDGED.entry_id == _ENTRY.id)
    .where(_ENTRY.id.in_(_IDS))
    .order_by(_ENTRY.id)
)
_UNITS = (
    select(_UNIT.entry_id, _UNIT.name, _UNIT.credit_code, _UNIT.kind, _UNIT.is_lead)
    .where(_UNIT.entry_id.in_(_IDS))
    .order_by(_UNIT.entry_id, _UNIT.position)
)
_PEOPLE = (
    select(_PERSON.entry_id, _PERSON.name, _PERSON.name_token, _PERSON.id_token)
    .where(_PERSON.entry_id.in_(_IDS))
    .order_by(_PERSON.entry_id, _PERSON.position)
)
_KNOWN_OF = select(_PEER.entry_id, _PEER.peer_id).where(_PEER.entry_id.in_(_IDS))
_KEPT_PATTERNS = select(_PATTERN.pattern).where(_PATTERN.pattern.in_(_NAMES), _PATTERN.position == 0)
_UNREAD = SourceRef(
    url="", fetched_at=datetime.fromtimestamp(0, UTC), sha256="", locator=""
)  # where an entry was read is nothing a clause asks


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it is stored, and since when the hub has followed it. `judged_hash` and `basis` are what it was judged
    on last, if it ever was.
    """

    entry: Entry
    first_seen_at: datetime
    content_hash: str
    judged_hash: str | None
    basis: str | None


class PatternVerdict(NamedTuple):
    """One verdict of a pattern."""

    clause_id: str
    clause_version: str
    verdict: Verdict


class EligibilityStore:
    """Reads and writes of judgements within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pending(self, compared: str) -> list[str]:
        """Ids of entries that changed since they were judged, were never judged, or were held against other regions than
        `compared`.
        """
        query = _pending(select(col(EntryRow.id)), compared).order_by(col(EntryRow.id))
        return list(self._session.scalars(query))

    def pending_sizes(self, compared: str) -> dict[str, int]:
        """The number of such entries, by region."""
        query = _pending(select(col(EntryRow.region), func.count()), compared).group_by(col(EntryRow.region))
        return dict(self._session.execute(query).all())

    def all_ids(self) -> list[str]:
        """Ids of all entries."""
        return list(self._session.scalars(select(col(EntryRow.id)).order_by(col(EntryRow.id))))

    def entries(self, ids: Sequence[str]) -> list[Stored]:
        """The entries of these ids as records, as far as clauses read them."""
        if not ids:
            return []
        wanted = {"ids": ids}
        units: dict[str, list[Organisation]] = defaultdict(list)
        for entry, name, code, kind, lead in self._session.execute(_UNITS, wanted):
            known = OrganisationKind(kind) if kind else None
            units[entry].append(Organisation(name=name, credit_code=code, kind=known, is_lead=lead))
        people: dict[str, list[Representative]] = defaultdict(list)
        for entry, name, name_token, id_token in self._session.execute(_PEOPLE, wanted):
            people[entry].append(Representative(name=name, name_token=name_token, id_token=id_token))
        return [
            Stored(
                _record(row, units[row.id], people[row.id]),
                row.first_seen_at,
                row.content_hash,
                row.judged_hash,
                row.basis,
            )
            for row in self._session.execute(_ENTRIES, wanted)
        ]

    def rows(self, ids: Sequence[str]) -> dict[str, EligibilityRow]:
        """What is kept of these entries."""
        found: dict[str, EligibilityRow] = {}
        for part in in_parts(ids):
            query = select(EligibilityRow).where(col(EligibilityRow.entry_id).in_(part))
            found.update({row.entry_id: row for row in self._session.scalars(query)})
        return found

    def forms(self, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Of that, pattern and sentences, which tell all judgements."""
        found: dict[str, tuple[str, bytes]] = {}
        for part in in_parts(ids):
            query = select(_JUDGED.entry_id, _JUDGED.pattern, _JUDGED.body).where(_JUDGED.entry_id.in_(part))
            found.update({entry: (pattern, body) for entry, pattern, body in self._session.execute(query)})
        return found

    def peers(self, ids: Sequence[str]) -> dict[str, set[str]]:
        """The entries that these were last judged knowing of."""
        found: dict[str, set[str]] = defaultdict(set)
        for entry, peer in self._session.execute(_KNOWN_OF, {"ids": ids}):
            found[entry].add(peer)
        return found

    def patterns(self, names: Iterable[str]) -> dict[str, list[PatternVerdict]]:
        """The verdicts of patterns, in order."""
        found: dict[str, list[PatternVerdict]] = defaultdict(list)
        query = select(_PATTERN.pattern, _PATTERN.clause_id, _PATTERN.clause_version, _PATTERN.verdict)
        query = query.where(_PATTERN.pattern.in_(sorted(set(names)))).order_by(_PATTERN.position)
        for pattern, clause, version, verdict in self._session.execute(query):
            found[pattern].append(PatternVerdict(clause, version, Verdict(verdict)))
        return found

    def save(self, rows: Sequence[dict[str, Any]], patterns: Mapping[str, Sequence[Judgement]]) -> None:
        """Keep judgements, and the patterns that they are in."""
        bulk.upsert(self._session, EligibilityRow, rows)
        known = set(self._session.scalars(_KEPT_PATTERNS, {"names": list(patterns)})) if patterns else set()
        lines = [
            {
                "pattern": name, "position": position, "clause_id": one.clause_id, "clause_version": one.clause_version,
                "verdict": one.verdict.value,
            }
            for name in sorted(patterns.keys() - known)  # in one order, so that two who meet the same new ones get through
            for position, one in enumerate(patterns[name])
        ]  # fmt: skip
        bulk.insert_missing(self._session, PatternVerdictRow, lines)

    def save_peers(self, peers: dict[str, set[str]]) -> None:
        """Keep which entries these were judged knowing of, instead of what was kept before."""
        if peers:
            self._session.execute(delete(PeerRow).where(col(PeerRow.entry_id).in_(list(peers))))
            rows = [{"entry_id": entry, "peer_id": peer} for entry, found in peers.items() for peer in sorted(found)]
            bulk.insert(self._session, PeerRow, rows)


def judged_as(clauses: Sequence[str], verdicts: Sequence[str]) -> ColumnElement[bool]:
    """The condition that an entry has one of these verdicts (or any), by one of these clauses (or any)."""
    patterns = select(col(PatternVerdictRow.pattern))
    if clauses:
        patterns = patterns.where(col(PatternVerdictRow.clause_id).in_(clauses))
    if verdicts:
        patterns = patterns.where(col(PatternVerdictRow.verdict).in_(verdicts))
    entries = select(col(EligibilityRow.entry_id)).where(col(EligibilityRow.pattern).in_(patterns))
    return col(EntryRow.id).in_(entries)


def standing_as(statuses: Sequence[str], waived: Mapping[str, str]) -> ColumnElement[bool]:
    """The condition that an entry's standing is one of these. `waived` are the standings, at this moment, of the entries
    for which a waiver holds: they are few, and what is stored of them leaves waivers out.
    """
    stored = select(col(EligibilityRow.entry_id)).where(col(EligibilityRow.status).in_(statuses))
    if waived:
        stored = stored.where(col(EligibilityRow.entry_id).not_in(waived))
    lifted = [entry for entry, status in waived.items() if status in statuses]
    return or_(col(EntryRow.id).in_(stored), col(EntryRow.id).in_(lifted))


def _record(row: Any, units: list[Organisation], people: list[Representative]) -> Entry:  # noqa: ANN401  a row of columns
    return Entry(
        id=row.id, region=row.region, native_id=row.native_id, city=row.city, title=row.title,
        track_id=row.track_id, topic_id=row.topic_id, sub_topic_id=row.sub_topic_id, match=TrackMatch(row.match),
        stage=Stage(row.stage), status=EntryStatus(row.status), organisations=tuple(units),
        team=Team(name=row.team_name, representatives=tuple(people)),
        submitted_at=row.submitted_at, updated_at=row.updated_at, native=row.native, source=_UNREAD,
    )  # fmt: skip


def _pending(query: Any, compared: str) -> Any:  # noqa: ANN401  a SELECT, whose type lists its columns
    return query.outerjoin(EligibilityRow, col(EligibilityRow.entry_id) == col(EntryRow.id)).where(
        or_(
            col(EligibilityRow.entry_id).is_(None),
            col(EligibilityRow.content_hash) != col(EntryRow.content_hash),
            col(EligibilityRow.compared) != compared,
        )
    )
