"""What an entry's content hash covers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schema.provenance import SourceRef
from schema.records import Entry, Organisation, RecordWarning, Representative, Team
from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Stage, TrackMatch

SOURCE = SourceRef(url="sample", fetched_at=datetime(2025, 7, 1, tzinfo=UTC), sha256="0" * 64, locator="[0]")
LEAD = Organisation(name="云帆数据科技有限公司", kind=OrganisationKind.PRIVATE, is_lead=True)
ENTRY = Entry(
    id="41:A1",
    region="41",
    native_id="A1",
    title="质量追溯平台",
    track_id="T1",
    topic_id="T1-1",
    match=TrackMatch.EXACT,
    stage=Stage.REGISTERED,
    organisations=(LEAD,),
    team=Team(name="云帆团队", representatives=(Representative(name="王**", id_token="k1." + "0" * 32),)),
    submitted_at=datetime(2025, 6, 1, tzinfo=UTC),
    updated_at=datetime(2025, 6, 2, tzinfo=UTC),
    source=SOURCE,
)
OTHER: dict[str, Any] = {
    "id": "41:A2",
    "region": "13",
    "native_id": "A2",
    "city": "郑州",
    "title": "质量追溯系统",
    "summary": "汇聚设备运行数据。",
    "track_id": "T2",
    "topic_id": "T1-2",
    "sub_topic_id": "T1-1-S1",
    "national_track": "N01",
    "match": TrackMatch.TOPIC,
    "stage": Stage.FINAL,
    "status": EntryStatus.WITHDRAWN,
    "award": AwardLevel.FIRST,
    "score": 90.5,
    "organisations": (LEAD.model_copy(update={"credit_code": "X"}),),
    "team": ENTRY.team.model_copy(update={"name": "星枢团队"}),
    "submitted_at": datetime(2025, 6, 1, 1, tzinfo=UTC),
    "updated_at": datetime(2025, 6, 2, 1, tzinfo=UTC),
    "native": {"verification_result": "通过"},
    "warnings": (RecordWarning(code="W", place="p", zh="注意", en="look"),),
}


def test_every_field_but_the_source_has_a_changed_value_below() -> None:
    assert OTHER.keys() == Entry.model_fields.keys() - {"source"}


@pytest.mark.parametrize("field", OTHER)
def test_the_content_hash_changes_with_any_field_but_the_source(field: str) -> None:
    assert ENTRY.model_copy(update={field: OTHER[field]}).content_hash() != ENTRY.content_hash()


@given(st.datetimes(timezones=st.just(UTC)), st.text(), st.text(), st.text())
def test_the_content_hash_does_not_depend_on_where_and_when_it_was_read(
    moment: datetime, url: str, digest: str, locator: str
) -> None:
    source = SourceRef(url=url, fetched_at=moment, sha256=digest, locator=locator)
    assert ENTRY.model_copy(update={"source": source}).content_hash() == ENTRY.content_hash()


def test_the_content_hash_is_the_same_after_a_way_through_json() -> None:
    again = Entry.model_validate_json(ENTRY.model_dump_json())
    assert again.content_hash() == ENTRY.content_hash()


def test_the_lead_is_the_organisation_marked_as_such() -> None:
    partner = Organisation(name="恒川软件有限公司")
    assert ENTRY.model_copy(update={"organisations": (partner, LEAD)}).lead == LEAD


def test_a_record_is_frozen() -> None:
    with pytest.raises(ValidationError):
        ENTRY.title = "x"  # type: ignore[misc]  # that it is refused is the point


def test_a_time_without_a_zone_is_refused() -> None:
    content = {**ENTRY.model_dump(), "updated_at": datetime(2025, 6, 1)}  # noqa: DTZ001  the fault under test
    with pytest.raises(ValidationError):
        Entry.model_validate(content)
