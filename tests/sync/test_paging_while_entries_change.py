"""Whatever comes and goes between two pages: what was there throughout is met once, in either direction."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from schema.provenance import SourceRef
from schema.records import Entry, Organisation, Team
from schema.vocabulary import AwardLevel, EntryStatus, Stage, TrackMatch
from sync.database import Database
from sync.repository.browse import EntryBrowser, Sort, SortKey, Wanted
from sync.repository.entries import EntryStore
from sync.repository.entry_filter import EntryFilter
from sync.repository.keyset import Slice
from sync.repository.prepared import Prepared
from sync.repository.statements import prepare
from sync.scope import EVERYTHING

START = datetime(2025, 7, 1, tzinfo=UTC)
ACTIVE = Wanted(EntryFilter(statuses=[EntryStatus.ACTIVE]))

# Few values, so that many entries share them.
entries = st.tuples(
    st.integers(0, 40), st.sampled_from("甲乙丙"), st.sampled_from([None, 60.0, 80.5]), st.sampled_from([None, *AwardLevel]),
    st.integers(0, 3),
)  # fmt: skip
changes = st.lists(st.tuples(st.booleans(), entries), max_size=4)
sorts = st.lists(
    st.builds(Sort, st.sampled_from(SortKey), st.booleans()), min_size=1, max_size=3, unique_by=lambda sort: sort.by
)


def made(database: Database, values) -> Prepared:
    number, title, score, award, day = values
    moment = START + timedelta(days=day)
    record = Entry(
        id=f"41:{number:03d}", region="41", native_id=str(number), title=title, track_id="T", topic_id="P", match=TrackMatch.NONE,
        stage=list(Stage)[day], award=award, score=score, organisations=(Organisation(name="某院", is_lead=True),),
        team=Team(name="队"), submitted_at=moment, updated_at=moment,
        source=SourceRef(url="https://example.org", fetched_at=START, sha256="0" * 64, locator="1"),
    )  # fmt: skip
    return prepare(record, "", b"{}", mapping_version=1, now=START, database=database.name)


def apply(database: Database, change) -> set[str]:
    """Add entries that are not stored yet, withdraw others; the ids that were touched."""
    touched = set()
    with database.write() as session:
        store = EntryStore(session)
        for adds, values in change:
            identifier = f"41:{values[0]:03d}"
            touched.add(identifier)
            if adds:
                store.add(store.compare([made(database, values)]).new)
            else:
                store.withdraw([identifier], START)
    return touched


def active(database: Database, order) -> list[str]:
    with database.read() as session:
        return [row.id for row in EntryBrowser(session, EVERYTHING).listing(ACTIVE, order).rows(Slice())]


@pytest.mark.parametrize("backwards", [False, True], ids=["forward", "backward"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=st.lists(entries, max_size=25, unique_by=lambda values: values[0]),
    between=st.lists(changes, min_size=1, max_size=6),
    order=sorts,
    size=st.integers(1, 7),
)
def test_what_is_there_throughout_is_met_once_and_in_order(database, backwards, stored, between, order, size) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM entry"))
    with database.write() as session:
        EntryStore(session).add([made(database, values) for values in stored])
    before, touched, found, place = active(database, order), set(), [], None
    for change in (*between, *([] for _ in range(50))):
        with database.read() as session:
            listing = EntryBrowser(session, EVERYTHING).listing(ACTIVE, order)
            part = Slice(size, before=place, backwards=True) if backwards else Slice(size, after=place)
            rows = listing.rows(part)
            if not rows:
                break
            place = listing.place(rows[0 if backwards else -1])
        ids = [row.id for row in rows]
        found = [*ids, *found] if backwards else [*found, *ids]
        touched |= apply(database, change)
    throughout = [entry for entry in before if entry not in touched]
    assert ([entry for entry in found if entry not in touched], len(found)) == (throughout, len(set(found)))
