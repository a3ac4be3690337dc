"""From rows to `Entry` types: everything a page needs in a fixed number of queries, then plain attributes."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from gateway import entry_types, facts
from gateway.freshness import touch
from schema.provenance import CHINA
from schema.types.catalogue import NATIONAL_TRACKS
from schema.types.entry import Entry, EntryWarning, Organisation, Representative, Source, Team
from schema.types.scalars import CreditCode
from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Stage, TrackMatch
from sync.database import Session
from sync.repository.browse import EntryBrowser
from sync.scope import Scope
from sync.tables import EntryRow, OrganisationRow, RepresentativeRow


def load(session: Session, scope: Scope, rows: Sequence[EntryRow]) -> list[Entry]:
    """The types of `rows`, in their order: two queries, however many rows."""
    browser, ids = EntryBrowser(session, scope), [row.id for row in rows]
    organisations, people = browser.organisations(ids), browser.representatives(ids)
    touch({row.region for row in rows})
    return [_entry(row, organisations[row.id], people[row.id]) for row in rows]


def by_ids(session: Session, scope: Scope, ids: Sequence[str]) -> dict[str, Entry]:
    """The types of those of these entries that are in scope, by id."""
    rows = EntryBrowser(session, scope).by_ids(ids)
    return {str(entry.id): entry for entry in load(session, scope, list(rows.values()))}


def beijing(moment: datetime) -> datetime:
    """The moment as contest people read it."""
    return moment.astimezone(CHINA)


def _entry(row: EntryRow, organisations: Sequence[OrganisationRow], people: Sequence[RepresentativeRow]) -> Entry:
    track, topic = facts.topic_types()[row.topic_id]
    units = [
        Organisation(
            name=unit.name,
            credit_code=CreditCode(unit.credit_code) if unit.credit_code else None,
            kind=OrganisationKind(unit.kind) if unit.kind else None,
            is_lead=unit.is_lead,
        )
        for unit in organisations
    ]
    proposed = NATIONAL_TRACKS.get(row.national_track or "")
    given = NATIONAL_TRACKS.get(row.declared_track or "")
    return entry_types.wholes()[row.region](
        id=strawberry.ID(row.id),
        native_id=row.native_id,
        region=facts.region_types()[row.region],
        city=row.city,
        title=row.title,
        summary=row.summary,
        track=track,
        topic=topic,
        sub_topic=facts.sub_topic_types().get(row.sub_topic_id or ""),
        proposed_national_track=proposed,
        declared_national_track=given,
        national_track=given or proposed,
        match=TrackMatch(row.match),
        stage=Stage(row.stage),
        status=EntryStatus(row.status),
        award=AwardLevel(row.award) if row.award else None,
        score=row.score,
        team=Team(
            name=row.team_name,
            representatives=[Representative(name=p.name, role=p.role, is_contact=p.is_contact) for p in people],
        ),
        organisations=units,
        lead_organisation=next(unit for unit in units if unit.is_lead),
        submitted_at=beijing(row.submitted_at),
        updated_at=beijing(row.updated_at),
        changed_at=beijing(row.changed_at),
        warnings=[EntryWarning(**warning) for warning in row.warnings],
        source=Source(
            url=row.source_url,
            fetched_at=beijing(row.fetched_at),
            sha256=row.source_sha256,
            locator=row.source_locator,
        ),
    )
