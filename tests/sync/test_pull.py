from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.registry import regions
from adapters.sandbox.platform import Fault
from adapters.sandbox.registrations import Registration
from schema.provenance import CHINA
from schema.vocabulary import PullStatus
from sync.repository.pulls import PullStore

MANIFESTS = {adapter.manifest.slug: adapter.manifest for adapter in regions().values()}
SLUGS = tuple(MANIFESTS)
WITH_TOMBSTONES = tuple(slug for slug, each in MANIFESTS.items() if each.capabilities.deletions == "persistent")
WITH_FULL_LISTINGS = tuple(slug for slug, each in MANIFESTS.items() if each.capabilities.changes == "full")


AFTERWARDS = datetime(2025, 10, 1, 9, 30, tzinfo=CHINA)  # later than any change of the corpus


def later(made: Registration, **changes) -> Registration:
    """The registration, changed after all others."""
    return replace(made, updated_at=AFTERWARDS, **changes)


async def test_a_first_pull_stores_every_sound_row_of_every_region(world) -> None:
    await world.pull()
    expected = {made.entry_id: made.title for slug in SLUGS for made in world.sound(slug)}
    assert {row["id"]: row["title"] for row in world.rows("entry")} == expected


async def test_a_first_pull_sets_aside_exactly_the_flawed_rows(world) -> None:
    await world.pull()
    flawed = {(label.entries[0][:2], label.entries[0][3:]) for label in world.content.flaws}
    assert {(row["region"], row["key"]) for row in world.rows("quarantine")} == flawed


async def test_a_run_counts_what_it_did(world) -> None:
    rows = await world.pull()
    assert [(row.status, row.created, row.quarantined) for row in rows] == [(PullStatus.SUCCEEDED, 25, 5)] * len(SLUGS)


async def test_pulling_twice_changes_nothing(world) -> None:
    await world.pull()
    before = world.everything()
    again = await world.pull()
    assert (world.everything(), [(row.created, row.changed, row.withdrawn) for row in again]) == (
        before,
        [(0, 0, 0)] * len(SLUGS),
    )


async def test_a_pull_from_the_beginning_over_stored_rows_changes_nothing(world) -> None:
    await world.pull()
    before = world.everything()
    await world.pull(full=True)
    assert world.everything() == before


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_changed_entry_is_changed_and_no_other(world, slug) -> None:
    await world.pull()
    made = world.sound(slug)[0]
    world.sites[slug].put(later(made, title="改过的名称"))
    rows = await world.pull(slug)
    titles = [row["title"] for row in world.rows("entry", f"id = '{made.entry_id}'")]
    assert (rows[0].created, rows[0].changed, titles) == (0, 1, ["改过的名称"])


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_changed_entry_keeps_no_old_representatives(world, slug) -> None:
    await world.pull()
    made = next(each for each in world.sound(slug) if len(each.people) > 1)
    world.sites[slug].put(later(made, people=made.people[:1]))
    await world.pull(slug)
    assert len(world.rows("entry_representative", f"entry_id = '{made.entry_id}'")) == 1


@pytest.mark.parametrize("slug", SLUGS)
async def test_an_incremental_pull_equals_a_full_one(world, slug) -> None:
    await world.pull()
    first, second = world.sound(slug)[:2]
    world.sites[slug].put(later(first, title="甲"))
    world.sites[slug].put(later(second, summary="乙"))
    await world.pull(slug)
    incremental = world.everything()
    await world.pull(slug, full=True)
    assert world.everything() == incremental


@pytest.mark.parametrize("slug", SLUGS)
async def test_an_entry_that_its_platform_dropped_is_withdrawn(world, slug) -> None:
    await world.pull()
    made = world.sound(slug)[0]
    world.sites[slug].cancel(made.native_id, AFTERWARDS)
    rows = await world.pull(slug)
    assert (rows[0].withdrawn, world.status_of(made.entry_id)) == (1, "WITHDRAWN")


@pytest.mark.parametrize("slug", SLUGS)
async def test_an_entry_that_returns_unchanged_is_active_again(world, slug) -> None:
    await world.pull()
    made = next(each for each in world.sound(slug) if each.status == "ACTIVE")
    world.sites[slug].cancel(made.native_id, AFTERWARDS)
    await world.pull(slug)
    world.sites[slug].put(later(made) if slug in WITH_TOMBSTONES else made)
    await world.pull(slug)
    assert world.status_of(made.entry_id) == "ACTIVE"


@pytest.mark.parametrize("slug", WITH_FULL_LISTINGS)
async def test_an_entry_whose_row_went_bad_is_not_taken_for_gone(world, slug) -> None:
    await world.pull()
    made = world.sound(slug)[0]
    world.sites[slug].put(later(made, flaw="unknown_stage"))
    rows = await world.pull(slug)
    assert (rows[0].withdrawn, rows[0].quarantined, world.status_of(made.entry_id)) == (0, 6, made.status)


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_flawed_row_leaves_quarantine_when_its_platform_mends_it(world, slug, code) -> None:
    await world.pull()
    flawed = next(made for made in world.content.registrations[slug] if made.flaw == "unknown_stage")
    world.sites[slug].put(later(flawed, flaw=None))
    await world.pull(slug)
    kept = {row["key"] for row in world.rows("quarantine", f"region = '{code[slug]}'")}
    assert (flawed.native_id in kept, len(kept)) == (False, 4)


async def test_a_platform_that_fails_leaves_the_others_their_pull(world) -> None:
    world.sites["henan"].fault = Fault("html", times=99)
    rows = await world.pull()
    assert {row.region: row.status for row in rows} == dict.fromkeys(regions(), "SUCCEEDED") | {"41": "FAILED"}


async def test_a_platform_that_recovers_heals_by_itself(world) -> None:
    world.sites["henan"].fault = Fault("html", times=1)
    await world.pull("henan")
    (row,) = await world.pull("henan")
    assert (row.status, row.created) == (PullStatus.SUCCEEDED, 25)


async def test_a_failed_pull_does_not_move_the_watermark(world) -> None:
    world.sites["henan"].fault = Fault("status", 503, 99)
    await world.pull("henan")
    with world.database.read() as session:
        assert PullStore(session).state("41").watermark is None


async def test_the_watermark_is_the_newest_change_that_was_stored(world) -> None:
    await world.pull("henan")
    newest = max(made.updated_at for made in world.sound("henan"))
    with world.database.read() as session:
        assert PullStore(session).state("41").watermark == newest


async def test_the_watermark_never_passes_the_start_of_the_run(world) -> None:
    skewed = replace(world.sound("henan")[0], updated_at=datetime.now(UTC).replace(microsecond=0) + timedelta(days=400))
    world.sites["henan"].put(skewed)
    (row,) = await world.pull("henan")
    with world.database.read() as session:
        assert PullStore(session).state("41").watermark == row.started_at


async def test_a_row_as_old_as_the_watermark_is_not_missed(world) -> None:
    await world.pull("henan")
    newest = max(world.sound("henan"), key=lambda made: made.updated_at)
    world.sites["henan"].put(replace(newest, native_id="HA2025999999"))
    (row,) = await world.pull("henan")
    assert (row.created, world.status_of("41:HA2025999999")) == (1, newest.status)


async def test_a_region_without_an_address_is_told_so(world) -> None:
    (row,) = await world.restarted(platforms={}).pull("henan")
    assert (row.status, row.problems[0]["code"]) == (PullStatus.FAILED, "PLATFORM_NOT_CONFIGURED")


async def test_a_wrong_secret_is_told_as_such(world) -> None:
    platforms = {slug: {"url": each.url, "secret": "wrong"} for slug, each in world.puller._settings.platforms.items()}
    rows = await world.restarted(platforms=platforms).pull("henan", "hebei", "shanxi", "shaanxi")
    assert [row.problems[0]["code"] for row in rows] == ["PLATFORM_REFUSED"] * 4


async def test_a_raised_mapping_version_maps_everything_again(world) -> None:
    await world.pull()
    adapter = world.sites["henan"].adapter
    raised = replace(adapter, manifest=adapter.manifest.model_copy(update={"mapping_version": 2}))
    row = await world.puller.pull(raised, "test")
    with world.database.read() as session:
        version = PullStore(session).state("41").mapping_version
    assert (row.unchanged, row.created, row.changed, version) == (25, 0, 0, 2)


async def test_a_defect_in_one_regions_mapping_leaves_the_others_their_pull(world) -> None:
    def broken(row: object, draft: object) -> None:
        raise KeyError("a defect")

    adapters = [replace(each, to_entry=broken) if code == "41" else each for code, each in regions().items()]
    rows = await world.puller.pull_all(adapters, "test")
    told = {row.region: [problem["code"] for problem in row.problems] for row in rows}
    assert told == {code: ["PULL_DEFECT"] if code == "41" else [] for code in regions()}
