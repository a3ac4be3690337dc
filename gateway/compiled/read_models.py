"""The read model of `Entry`: from which column each of its fields is read. What is not here is worked out in the ordinary way."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from gateway import facts
from gateway.compiled.projection import Chosen, Column, Listed, Made, Reading, moment
from schema.types.catalogue import NATIONAL_TRACKS
from sync.repository.prepared import ORGANISATION, REPRESENTATIVE


@cache
def _tracks() -> Mapping[str, Any]:
    return {topic: track for topic, (track, _) in facts.topic_types().items()}


@cache
def _topics() -> Mapping[str, Any]:
    return {key: topic for key, (_, topic) in facts.topic_types().items()}


ENTRY: Final[Mapping[str, Reading]] = {
    "id": Column("id"),
    "nativeId": Column("native_id"),
    "region": Chosen("region", facts.region_types),
    "city": Column("city"),
    "title": Column("title"),
    "summary": Column("summary"),
    "track": Chosen("topic_id", _tracks),
    "topic": Chosen("topic_id", _topics),
    "subTopic": Chosen("sub_topic_id", facts.sub_topic_types),
    "proposedNationalTrack": Chosen("national_track", lambda: NATIONAL_TRACKS),
    "declaredNationalTrack": Chosen("declared_track", lambda: NATIONAL_TRACKS),
    "nationalTrack": Chosen("counted_track", lambda: NATIONAL_TRACKS),
    "match": Column("match"),
    "stage": Column("stage"),
    "status": Column("status"),
    "award": Column("award"),
    "score": Column("score"),
    "team": Made({"name": Column("team_name"), "representatives": Listed("representatives", tuple(REPRESENTATIVE))}),
    "organisations": Listed("organisations", tuple(ORGANISATION)),
    "leadOrganisation": Listed("organisations", tuple(ORGANISATION), only="isLead"),
    "submittedAt": Column("submitted_at", moment),
    "updatedAt": Column("updated_at", moment),
    "changedAt": Column("changed_at", moment),
    "warnings": Listed("warnings", ("code", "place", "zh", "en"), exactly=False),
    "source": Made(
        {
            "url": Column("source_url"),
            "fetchedAt": Column("fetched_at", moment),
            "sha256": Column("source_sha256"),
            "locator": Column("source_locator"),
        }
    ),
}
