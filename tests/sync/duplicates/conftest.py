"""Entries at hand: what detection reads, put into a database as a pull would."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schema.provenance import CHINA, SourceRef
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import Stage, TrackMatch
from sync.database import Database
from sync.duplicates.blocking import RULES
from sync.duplicates.records import Record
from sync.repository.entries import EntryStore
from sync.repository.statements import prepare

NOW = datetime(2025, 7, 1, 9, tzinfo=CHINA)
SOURCE = SourceRef(url="https://example.invalid", fetched_at=NOW, sha256="0" * 64, locator="1")
Store = Callable[..., None]


def entry_of(record: Record) -> Entry:
    """The entry that is read back as this record. Names stand for their tokens, masked they stand behind a star."""
    units = ((record.org_name, record.org_uscc), *((each.name, each.uscc) for each in record.partners))
    return Entry(
        id=record.id,
        region=record.id[:2],
        native_id=record.id[3:],
        city=record.city or None,
        title=record.project_name or "无题",
        summary=record.abstract,
        track_id=record.track or "T01",
        topic_id=record.topic or "T01-01",
        match=TrackMatch.NONE,
        stage=Stage.REGISTERED,
        organisations=tuple(
            Organisation(name=name or "无名单位", credit_code=code or None, is_lead=place == 0)
            for place, (name, code) in enumerate(units)
        ),
        team=Team(
            name=record.team_name or "无名队",
            representatives=tuple(
                Representative(
                    name=f"{each.name[:1]}*",
                    name_token=each.name or None,
                    id_token=each.id_token or None,
                    phone_token=each.phone_token or None,
                )
                for each in record.members
            ),
        ),
        submitted_at=NOW,
        updated_at=NOW,
        source=SOURCE,
    )


@pytest.fixture
def low_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are set aside from the third entry on, so that a handful of entries passes their caps time and again."""
    for name, rule in RULES.items():
        monkeypatch.setitem(RULES, name, replace(rule, cap=2))


@pytest.fixture
def store() -> Store:
    def put(database: Database, *records: Record) -> None:
        rows = [
            prepare(
                entry_of(record), record.id, b"{}", mapping_version=1, now=datetime.now(UTC), database=database.name
            )
            for record in records
        ]
        with database.write() as session:
            entries = EntryStore(session)
            delta = entries.compare(rows)
            entries.add(delta.new)
            entries.replace([*delta.changed, *delta.rewritten])

    return put
