"""Regions, tracks and topics as GraphQL types, made once a process and shared by all answers."""

from functools import cache, lru_cache

from adapters import registry
from schema.types.catalogue import Region, SubTopic, Topic, Track


@cache
def region_types() -> dict[str, Region]:
    """Regions by code."""
    return {code: Region.of(code, adapter.catalogue) for code, adapter in registry.regions().items()}


@cache
def topic_types() -> dict[str, tuple[Track, Topic]]:
    """Topics and their tracks by topic id."""
    return {
        str(topic.id): (track, topic)
        for region in region_types().values()
        for track in region.tracks
        for topic in track.topics
    }


@cache
def sub_topic_types() -> dict[str, SubTopic]:
    """Sub-topics by id."""
    return {str(sub.id): sub for _, topic in topic_types().values() for sub in topic.sub_topics}


@lru_cache(maxsize=4096)
def label(value: str | None) -> str | None:
    """The Chinese name behind the id of a region, track or topic; None where `value` is none of these."""
    if value is None:
        return None
    if value in region_types():
        return region_types()[value].name
    if value in topic_types():
        return topic_types()[value][1].title
    return next((t.name for region in region_types().values() for t in region.tracks if t.id == value), None)
