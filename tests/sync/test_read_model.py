"""What entries show of organisations and people is kept in step with them, whatever happens, and can be made anew."""

from datetime import UTC, datetime

import orjson
import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from schema.provenance import SourceRef
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import OrganisationKind, Stage, TrackMatch
from sync import doctor, migrate
from sync.database import Database
from sync.repository.entries import EntryStore
from sync.repository.read_model import differing, rebuild
from sync.repository.statements import prepare
from sync.retention import forget_people

NOW = datetime(2025, 7, 1, tzinfo=UTC)
SHOWN = text("SELECT id, organisations, representatives FROM entry ORDER BY id")
NAMES = st.text(st.sampled_from("某甲乙\"'\\/<&🚀𠮷 ０x"), min_size=1, max_size=6)
UNITS = st.lists(
    st.builds(
        Organisation,
        name=NAMES,
        credit_code=st.none() | st.just("91410000MA40000000"),
        kind=st.none() | st.sampled_from(OrganisationKind),
    ),
    min_size=1,
    max_size=3,
).map(lambda units: (units[0].model_copy(update={"is_lead": True}), *units[1:]))
PEOPLE = st.lists(
    st.builds(Representative, name=NAMES, role=st.none() | NAMES, is_contact=st.booleans()), max_size=3
).map(tuple)
ENTRIES = st.sampled_from([f"41:{number}" for number in range(4)])
HISTORIES = st.lists(
    st.tuples(st.just("store"), ENTRIES, UNITS, PEOPLE)
    | st.tuples(st.just("withdraw"), ENTRIES)
    | st.just(("forget",)),
    max_size=12,
)


def record(entry: str, units: tuple[Organisation, ...], people: tuple[Representative, ...]) -> Entry:
    return Entry(
        id=entry, region="41", native_id=entry[3:], title="甲", track_id="HA-T01", topic_id="HA-T01-01", match=TrackMatch.EXACT,
        stage=Stage.FINAL, organisations=units, team=Team(name="甲队", representatives=people), submitted_at=NOW, updated_at=NOW,
        source=SourceRef(url="https://example.org", fetched_at=NOW, sha256="0" * 64, locator="1"),
    )  # fmt: skip


def store(database: Database, made: Entry) -> None:
    """As a pull does."""
    row = prepare(made, made.id, b"{}", mapping_version=1, now=NOW, database=database.name)
    with database.write() as session:
        entries = EntryStore(session)
        delta = entries.compare([row])
        entries.add(delta.new)
        entries.replace([*delta.changed, *delta.rewritten])


def lived(database: Database, history: list[tuple]) -> None:
    """Whatever stands in the history, from an empty database on."""
    with database.write() as session:
        session.execute(text("DELETE FROM entry"))
    for what, *given_ in history:
        if what == "store":
            store(database, record(*given_))
        elif what == "withdraw":
            with database.write() as session:
                EntryStore(session).withdraw(given_, NOW)
        else:
            forget_people(database, "test", "over")


def shown(database: Database) -> list[tuple[str, object, object]]:
    with database.read() as session:
        return [(row[0], orjson.loads(row[1]), orjson.loads(row[2])) for row in session.execute(SHOWN)]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lasting(request):
    """One database for all histories."""
    made = Database(request.getfixturevalue(f"{request.param}_backend").new("empty"))
    yield made
    made.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_made_anew_it_is_what_was_kept_in_step(lasting, history) -> None:
    lived(lasting, history)
    kept = shown(lasting)
    with lasting.write() as session:
        session.execute(text("UPDATE entry SET organisations = '[]', representatives = '[]'"))
        rebuild(session)
    assert shown(lasting) == kept


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_nothing_differs_after_any_history(lasting, history) -> None:
    lived(lasting, history)
    with lasting.write() as session:
        assert (differing(session), rebuild(session)) == ([], 0)


def test_what_a_pull_stored_does_not_differ(filled) -> None:
    with filled.read() as session:
        assert differing(session) == []


@pytest.mark.parametrize("broken", ["organisations = '[]'", "representatives = '[{}]'"])
def test_the_doctor_finds_what_differs(filled, broken) -> None:
    with filled.write() as session:
        session.execute(text(f"UPDATE entry SET {broken} WHERE id = (SELECT max(id) FROM entry)"))
    assert [(each.code, each.value) for each in doctor.examine(filled)] == [("READ_MODEL_DIFFERS", "1")]


def test_the_migration_makes_it_of_what_is_stored(filled) -> None:
    kept = shown(filled)
    config = migrate._config()
    with filled.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")
    migrate.upgrade(filled)
    assert shown(filled) == kept
