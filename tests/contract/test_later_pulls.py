"""What a second pull brings: nothing, the changed, the removed."""

from dataclasses import replace
from datetime import datetime, timedelta

from adapters.base import Adapter
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus, Registration
from adapters.source import Position
from adapters.transport import Endpoint
from schema.records import Entry, Tombstone

DAYS = timedelta(days=3)  # later than any overlap


def sound(content: Corpus, adapter: Adapter) -> Registration:
    return next(made for made in content.registrations[adapter.manifest.slug] if made.flaw is None)


def last_change(content: Corpus, adapter: Adapter) -> datetime:
    return max(made.updated_at for made in content.registrations[adapter.manifest.slug])


def since(adapter: Adapter, moment: datetime) -> datetime | None:
    """The time to ask from, as a hub would whose watermark is `moment`."""
    capabilities = adapter.manifest.capabilities
    return moment - timedelta(minutes=capabilities.overlap_minutes) if capabilities.changes == "since" else None


async def test_a_second_pull_with_known_rows_maps_nothing(adapter: Adapter, endpoint: Endpoint, pull) -> None:
    first = await pull(adapter, endpoint)
    second = await pull(adapter, endpoint, known=first.known)
    assert (second.mapped, sorted(second.unchanged)) == ([], sorted(first.ids))


async def test_a_row_that_was_set_aside_is_set_aside_again(adapter: Adapter, endpoint: Endpoint, pull) -> None:
    first = await pull(adapter, endpoint)
    second = await pull(adapter, endpoint, known=first.known)
    assert [row.key for row in second.rejected] == [row.key for row in first.rejected]


async def test_two_pulls_give_equal_fingerprints_and_hashes(
    adapter: Adapter, endpoint: Endpoint, pull, first_pulls
) -> None:
    again = await pull(adapter, endpoint)
    first = first_pulls[adapter.manifest.slug]
    assert {row.fingerprint: row.record.content_hash() for row in again.mapped} == {
        row.fingerprint: row.record.content_hash() for row in first.mapped
    }


async def test_a_newer_mapping_knows_no_row(adapter: Adapter, endpoint: Endpoint, pull) -> None:
    first = await pull(adapter, endpoint)
    version = adapter.manifest.mapping_version + 1
    newer = replace(adapter, manifest=adapter.manifest.model_copy(update={"mapping_version": version}))
    assert (await pull(newer, endpoint, known=first.known)).unchanged == []


async def test_a_pull_from_where_nothing_changed_since_brings_nothing_new(
    adapter: Adapter, content: Corpus, endpoint: Endpoint, pull
) -> None:
    first = await pull(adapter, endpoint)
    position = Position(since(adapter, last_change(content, adapter) + DAYS), first.cursor)
    assert (await pull(adapter, endpoint, position, known=first.known)).mapped == []


async def test_an_entry_changed_later_is_all_that_an_incremental_pull_maps(
    adapter: Adapter, content: Corpus, platform: Platform, endpoint: Endpoint, pull
) -> None:
    first = await pull(adapter, endpoint)
    later = last_change(content, adapter) + DAYS
    platform.put(replace(sound(content, adapter), title="改过名称的项目", updated_at=later))
    second = await pull(adapter, endpoint, Position(since(adapter, later), first.cursor), known=first.known)
    entries = [row.record for row in second.mapped if isinstance(row.record, Entry)]
    assert [(entry.id, entry.title) for entry in entries] == [(sound(content, adapter).entry_id, "改过名称的项目")]


async def test_an_entry_added_later_is_all_that_an_incremental_pull_maps(
    adapter: Adapter, content: Corpus, platform: Platform, endpoint: Endpoint, pull
) -> None:
    first = await pull(adapter, endpoint)
    later = last_change(content, adapter) + DAYS
    platform.put(replace(sound(content, adapter), native_id="NEW-1", submitted_at=later, updated_at=later))
    second = await pull(adapter, endpoint, Position(since(adapter, later), first.cursor), known=first.known)
    assert [row.record.native_id for row in second.mapped if isinstance(row.record, Entry)] == ["NEW-1"]


async def test_a_platform_with_a_change_feed_sends_only_what_changed(
    adapter: Adapter, content: Corpus, platform: Platform, endpoint: Endpoint, pull
) -> None:
    later = last_change(content, adapter) + DAYS
    platform.put(replace(sound(content, adapter), updated_at=later))
    second = await pull(adapter, endpoint, Position(since(adapter, later)))
    rows = 1 if adapter.manifest.capabilities.changes == "since" else len(content.registrations[adapter.manifest.slug])
    assert len(second.mapped) + len(second.rejected) == rows


async def test_a_removed_entry_comes_as_tombstone_or_is_missing_from_the_full_listing(
    adapter: Adapter, content: Corpus, platform: Platform, endpoint: Endpoint, pull
) -> None:
    first = await pull(adapter, endpoint)
    gone, later = sound(content, adapter), last_change(content, adapter) + DAYS
    platform.cancel(gone.native_id, later)
    second = await pull(adapter, endpoint, Position(since(adapter, later), first.cursor), known=first.known)
    told = [(row.record.id, row.record.deleted_at) for row in second.mapped if isinstance(row.record, Tombstone)]
    if adapter.manifest.capabilities.deletions == "persistent":
        assert told == [(gone.entry_id, later)]
    else:
        assert (told, set(first.ids) - set(second.ids)) == ([], {gone.entry_id})
